import { describe, expect, it } from 'vitest';
import { type LogsOptions, openLogs } from './index.ts';

function record(options: Omit<LogsOptions, 'output'>): {
  readonly logs: ReturnType<typeof openLogs>;
  readonly text: () => string;
} {
  let text = '';
  const logs = openLogs({ ...options, output: { write: (chunk) => (text += chunk) } });
  return { logs, text: () => text };
}

const info = { standard: 'info', modules: {} } as const;

describe('logs', () => {
  it('are JSON lines for programs: level as a word, ISO time, module', () => {
    const { logs, text } = record({ levels: info, format: 'json' });
    logs.module('http').info({ port: 8080 }, 'listening');
    const { time, ...line } = JSON.parse(text()) as Record<string, unknown>;
    expect(line).toEqual({ level: 'info', module: 'http', port: 8080, msg: 'listening' });
    expect(new Date(String(time)).toISOString()).toBe(time);
  });

  it('are lines for people', () => {
    const { logs, text } = record({ levels: info, format: 'lines' });
    logs.module('http').info({ port: 8080, why: 'two words', none: null }, 'listening');
    expect(text()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}http: listening port=8080 why="two words" none=null\n$/);
  });

  it('for people show an error with its stack, and colours only when asked for', () => {
    const { logs, text } = record({ levels: info, format: 'lines', colour: true });
    logs.module('http').error({ err: new Error('broken') }, 'failed');
    expect(text()).toContain('\u001B[31merror\u001B[0m http: failed\nError: broken\n    at ');
  });

  it('have a level by module', () => {
    const { logs, text } = record({ levels: { standard: 'warn', modules: { engine: 'debug' } }, format: 'lines' });
    logs.module('engine').debug('shown');
    logs.module('signaling').info('hidden');
    logs.module('signaling').warn('also shown');
    expect(text().match(/\w+: .*/g)).toEqual(['engine: shown', 'signaling: also shown']);
  });

  it('of one module are one log', () => {
    const { logs } = record({ levels: info, format: 'json' });
    expect(logs.module('signaling')).toBe(logs.module('signaling'));
  });
});
