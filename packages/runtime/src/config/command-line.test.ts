import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

describe('command line', () => {
  it.each([
    [[], 'serve'],
    [['serve'], 'serve'],
    [['--help'], 'help'],
    [['serve', '-h'], 'help'],
    [['help'], 'help'],
    [['--version'], 'version'],
    [['-v'], 'version'],
    [['bench', '--help'], 'bench'],
  ])('%j is the command %s', (words, command) => {
    expect(parseCommandLine(words).command).toBe(command);
  });

  it('leaves all that follows bench to the benchmarks', () => {
    expect(parseCommandLine(['bench', 'forward', '--json']).benchWords).toEqual(['forward', '--json']);
  });

  it.each([[['--http-port']], [['--http-port=']], [['--config']]])('%j needs a value', (words) => {
    expect(() => parseCommandLine(words)).toThrow(expect.objectContaining({ code: 'config-value-missing' }));
  });

  it.each(['--help', '--version'])('%s takes no value', (flag) => {
    const refusal = { code: 'config-bad-value', message: `${flag} takes no value.` };
    expect(() => parseCommandLine([`${flag}=1`])).toThrow(expect.objectContaining(refusal));
  });
});
