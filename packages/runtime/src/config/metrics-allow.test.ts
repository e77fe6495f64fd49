import { describe, expect, it } from 'vitest';
import { parseCommandLine, readConfig } from './index.ts';

function allowed(written: string | undefined): readonly string[] {
  return readConfig({
    commandLine: parseCommandLine([]),
    environment: { RIVERO_METRICS_ALLOW: written },
    folder: '/nowhere',
    surroundings: { cores: 1 },
  }).metricsAllow;
}

describe('RIVERO_METRICS_ALLOW', () => {
  it.each([
    [undefined, ['127.0.0.0/8', '::1']],
    ['off', []],
    ['10.0.0.0/8, 2001:db8::/32,192.0.2.1', ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']],
  ])('%j lets in %j', (written, expected) => {
    expect(allowed(written)).toEqual(expected);
  });

  it.each(['on', '10.0.0.0/33', 'localhost', '10.0.0.1,off', '10.0.0.0/', '10.0.0.0/-1', 'fe80::1%eth0'])(
    'cannot be %j',
    (written) => {
      expect(() => allowed(written)).toThrowError(expect.objectContaining({ code: 'config-bad-value' }));
    },
  );
});
