import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodedError } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, type Environment, parseCommandLine, readConfig } from './index.ts';
import { environmentName, flagName, settingNames, settings } from './settings.ts';
import type { Setting } from './setting.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rivero-config-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Given {
  readonly words?: readonly string[];
  readonly environment?: Environment;
  /** The text of rivero.json in the working folder. */
  readonly file?: string;
  readonly cores?: number;
}

function read({ words = [], environment = {}, file, cores = 4 }: Given): Config {
  if (file !== undefined) writeFileSync(path.join(folder, 'rivero.json'), file);
  return readConfig({ commandLine: parseCommandLine(words), environment, folder, surroundings: { cores } });
}

function refusalOf(given: Given): { readonly code: string; readonly message: string } {
  try {
    read(given);
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('defaults', () => {
  it('are those of the table when nothing is written', () => {
    expect(read({})).toEqual({
      datapath: 'auto',
      httpPort: 8080,
      httpsPort: 8443,
      httpHost: undefined,
      tlsCert: undefined,
      tlsKey: undefined,
      mediaPort: 40_000,
      mediaWorkers: 3,
      roomSessionsPerWorker: 150,
      mediaUdp: true,
      mediaTcp: true,
      externalIpv4: undefined,
      externalIpv6: undefined,
      dataDir: path.join(folder, '.rivero'),
      roomCapacity: 25,
      socketsPerAddress: 64,
      trustProxy: false,
      publicHosts: [],
      signalingOrigins: [],
      metricsAllow: ['127.0.0.0/8', '::1'],
      kurentoPort: 8888,
      kurentoTlsPort: 'off',
      kurentoHost: 'localhost',
      kurentoAllow: [],
      kurentoToken: undefined,
      kurentoOrigins: [],
      rtpPorts: { first: 20_000, last: 20_999 },
      dtlsRsaPem: undefined,
      dtlsEcdsaPem: undefined,
      turnPort: 3478,
      turnTlsPort: 5349,
      turnHost: undefined,
      turnRealm: 'rivero',
      turnUsers: [],
      turnSecret: undefined,
      turnUrls: [],
      turnRelayPorts: { first: 61_000, last: 65_535 },
      turnRelayAddress: [],
      turnAllowPeers: [],
      turnAllocations: 4_000,
      turnAllocationsPerUser: 64,
      turnBandwidth: 30_000,
      turnTcpRelays: 'users',
      log: { standard: 'info', modules: {} },
    });
  });

  it.each([
    { cores: 1, workers: 1 },
    { cores: 2, workers: 1 },
    { cores: 16, workers: 15 },
    { cores: 256, workers: 64 },
  ])('give $workers media workers to $cores cores', ({ cores, workers }) => {
    expect(read({ cores }).mediaWorkers).toBe(workers);
  });

  it('say the same in the document as in the program', () => {
    for (const name of settingNames) {
      const setting: Setting<unknown> = settings[name];
      const value = setting.default({ cores: 4 });
      if (typeof value === 'string' || typeof value === 'number') {
        if (name !== 'mediaWorkers') expect(setting.defaultText.en, name).toBe(String(value));
      } else if (typeof value === 'boolean') expect(setting.defaultText.en, name).toBe(value ? 'on' : 'off');
    }
  });
});

describe('order', () => {
  it('is default < file < environment < flag', () => {
    const file = '{"httpPort": 1001}';
    const environment = { RIVERO_HTTP_PORT: '1002' };
    const words = ['--http-port', '1003'];
    expect(read({ file }).httpPort).toBe(1001);
    expect(read({ file, environment }).httpPort).toBe(1002);
    expect(read({ file, environment, words }).httpPort).toBe(1003);
    expect(read({ words: ['serve', '--http-port=1004'], environment }).httpPort).toBe(1004);
  });

  it('refuses a wrong value even when a stronger source overrides it', () => {
    expect(refusalOf({ environment: { RIVERO_HTTP_PORT: 'x' }, words: ['--http-port', '1'] }).code).toBe(
      'config-bad-value',
    );
  });

  it('takes an empty variable as not set', () => {
    expect(read({ environment: { RIVERO_EXTERNAL_IPV4: '', RIVERO_HTTP_PORT: ' ' } })).toMatchObject({
      externalIpv4: undefined,
      httpPort: 8080,
    });
  });

  it('reads the file that --config names before the one that RIVERO_CONFIG names', () => {
    writeFileSync(path.join(folder, 'a.json'), '{"roomCapacity": 2}');
    writeFileSync(path.join(folder, 'b.json'), '{"roomCapacity": 3}');
    const environment = { RIVERO_CONFIG: 'a.json' };
    expect(read({ environment }).roomCapacity).toBe(2);
    expect(read({ environment, words: ['--config', 'b.json'] }).roomCapacity).toBe(3);
  });
});

describe('values', () => {
  it('in the file may be JSON numbers and booleans or texts', () => {
    expect(
      read({ file: '{"httpPort": "off", "mediaUdp": false, "mediaTcp": "on", "mediaWorkers": "2"}' }),
    ).toMatchObject({
      httpPort: 'off',
      mediaUdp: false,
      mediaTcp: true,
      mediaWorkers: 2,
    });
  });

  it('that are paths start at the file that has them, else at the working folder', () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'rivero-config-'));
    const file = path.join(elsewhere, 'mine.json');
    writeFileSync(file, '{"dataDir": "data"}');
    expect(read({ words: ['--config', file] }).dataDir).toBe(path.join(elsewhere, 'data'));
    expect(read({ words: ['--data-dir', 'data'] }).dataDir).toBe(path.join(folder, 'data'));
    rmSync(elsewhere, { recursive: true });
  });

  it('of the log name modules', () => {
    expect(read({ environment: { RIVERO_LOG: 'warn, engine=debug,http=trace' } }).log).toEqual({
      standard: 'warn',
      modules: { engine: 'debug', http: 'trace' },
    });
    expect(read({ environment: { RIVERO_LOG: 'engine=debug' } }).log.standard).toBe('info');
  });

  it('of hosts are names in lower case', () => {
    const environment = { RIVERO_PUBLIC_HOSTS: `Meet.Example, xn--fiqs8s,a-b.c,${'a.'.repeat(126)}a` };
    const { publicHosts } = read({ environment });
    expect(publicHosts).toEqual(['meet.example', 'xn--fiqs8s', 'a-b.c', `${'a.'.repeat(126)}a`]);
    expect(Object.isFrozen(publicHosts)).toBe(true);
  });

  it('of networks, origins and ports', () => {
    const environment = {
      RIVERO_KURENTO_ALLOW: '10.0.0.0/8, ::1,2001:db8::/32',
      RIVERO_KURENTO_ORIGINS: 'https://example.org,http://localhost:3000',
      RIVERO_RTP_PORTS: '30000-30001',
    };
    const { kurentoAllow, kurentoOrigins, rtpPorts } = read({ environment });
    expect(kurentoAllow).toEqual(['10.0.0.0/8', '::1', '2001:db8::/32']);
    expect(kurentoOrigins).toEqual(['https://example.org', 'http://localhost:3000']);
    expect(rtpPorts).toEqual({ first: 30_000, last: 30_001 });
  });

  it('are frozen, the inner ones too', () => {
    const config = read({ environment: { RIVERO_LOG: 'engine=debug' } });
    for (const value of [config, config.log, config.log.modules]) expect(Object.isFrozen(value)).toBe(true);
  });

  it.each([
    ['RIVERO_HTTP_PORT', 'abc'],
    ['RIVERO_HTTP_PORT', '65536'],
    ['RIVERO_HTTP_PORT', '-1'],
    ['RIVERO_HTTP_PORT', '80.5'],
    ['RIVERO_HTTP_PORT', '0x50'],
    ['RIVERO_HTTP_HOST', 'no such host'],
    ['RIVERO_MEDIA_PORT', 'off'],
    ['RIVERO_MEDIA_WORKERS', '0'],
    ['RIVERO_MEDIA_WORKERS', '65'],
    ['RIVERO_MEDIA_UDP', 'maybe'],
    ['RIVERO_MEDIA_TCP', '1'],
    ['RIVERO_EXTERNAL_IPV4', '2001:db8::1'],
    ['RIVERO_EXTERNAL_IPV6', '203.0.113.7'],
    ['RIVERO_DATA_DIR', 'a\0b'],
    ['RIVERO_ROOM_CAPACITY', '1001'],
    ['RIVERO_SOCKETS_PER_ADDRESS', '0'],
    ['RIVERO_TRUST_PROXY', '127.0.0.1'],
    ['RIVERO_PUBLIC_HOSTS', 'meet.example:8443'],
    ['RIVERO_PUBLIC_HOSTS', 'https://meet.example'],
    ['RIVERO_PUBLIC_HOSTS', 'a,,b'],
    ['RIVERO_PUBLIC_HOSTS', 'meet..example'],
    ['RIVERO_PUBLIC_HOSTS', `${'a.'.repeat(126)}ab`],
    ['RIVERO_KURENTO_ALLOW', '10.0.0.0/33'],
    ['RIVERO_KURENTO_ALLOW', '10.0.0.0/8/8'],
    ['RIVERO_KURENTO_ALLOW', 'localhost'],
    ['RIVERO_KURENTO_ORIGINS', 'example.org'],
    ['RIVERO_KURENTO_ORIGINS', 'https://example.org/'],
    ['RIVERO_KURENTO_ORIGINS', '*'],
    ['RIVERO_RTP_PORTS', '20000'],
    ['RIVERO_RTP_PORTS', '20001-20000'],
    ['RIVERO_RTP_PORTS', '1023-2000'],
    ['RIVERO_RTP_PORTS', '60000-70000'],
    ['RIVERO_TURN_RELAY_ADDRESS', '192.0.2.1,192.0.2.2'],
    ['RIVERO_TURN_RELAY_ADDRESS', 'fe80::1%eth0'],
    ['RIVERO_TURN_TCP_RELAYS', 'none'],
    ['RIVERO_TURN_REALM', 'a"b'],
    ['RIVERO_TURN_REALM', 'é'],
    ['RIVERO_TURN_ALLOW_PEERS', 'everybody'],
    ['RIVERO_LOG', 'loud'],
    ['RIVERO_LOG', 'info,warn'],
    ['RIVERO_LOG', 'engine=debug,engine=info'],
    ['RIVERO_LOG', 'engine=loud'],
    ['RIVERO_LOG', 'engine=debug=info'],
  ])('%s=%j is refused by name', (name, value) => {
    const { code, message } = refusalOf({ environment: { [name]: value } });
    expect(code).toBe('config-bad-value');
    expect(message).toMatch(new RegExp(`^${name} is ".*"; it must be .+\\.$`));
  });

  it.each(['web', 'constructor', ''])(
    'of the log that name the module %j, which is none, are told those that are',
    (name) => {
      expect(refusalOf({ environment: { RIVERO_LOG: `info,${name}=debug` } })).toEqual({
        code: 'config-bad-value',
        message: `RIVERO_LOG names "${name}"; the modules are rivero, http, signaling, engine, kurento and turn.`,
      });
    },
  );

  it('that are secret are refused without being told', () => {
    expect(refusalOf({ environment: { RIVERO_KURENTO_TOKEN: 'hunter2' } }).message).toBe(
      'RIVERO_KURENTO_TOKEN is wrong; it must be a text of 16 to 256 letters, digits, - and _.',
    );
    for (const written of ['ann', 'ann:hunt', 'ann:hunter22,ann:hunter23', ':hunter22']) {
      const { code, message } = refusalOf({ environment: { RIVERO_TURN_USERS: written } });
      expect(code).toBe('config-bad-value');
      expect(message).not.toContain('hunter');
    }
  });

  it('are refused by the name under which they were written', () => {
    expect(refusalOf({ words: ['--media-workers', 'many'] }).message).toBe(
      '--media-workers is "many"; it must be a whole number from 1 to 64.',
    );
    expect(refusalOf({ file: '{"mediaWorkers": true}' }).message).toBe(
      `mediaWorkers in ${path.join(folder, 'rivero.json')} is true; it must be a whole number from 1 to 64.`,
    );
  });
});

describe('unknown names', () => {
  it.each([
    {
      given: { environment: { RIVERO_HTP_PORT: '1' } },
      message: 'There is no setting RIVERO_HTP_PORT. Did you mean RIVERO_HTTP_PORT?',
    },
    {
      given: { environment: { RIVERO_ENTIRELY_OTHER: '' } },
      message: 'There is no setting RIVERO_ENTIRELY_OTHER. See npm start -- --help.',
    },
    { given: { words: ['--media-prt', '1'] }, message: 'There is no flag --media-prt. Did you mean --media-port?' },
    { given: { words: ['-x'] }, message: 'There is no flag -x. See npm start -- --help.' },
  ])('$message', ({ given, message }) => {
    expect(refusalOf(given)).toEqual({ code: 'config-unknown-setting', message });
  });

  it('in the file are refused with the nearest', () => {
    expect(refusalOf({ file: '{"httpprot": 1}' })).toEqual({
      code: 'config-unknown-setting',
      message: `There is no setting "httpprot" (in ${path.join(folder, 'rivero.json')}). Did you mean httpPort?`,
    });
  });

  it('of commands are refused with the nearest', () => {
    expect(refusalOf({ words: ['serv'] })).toEqual({
      code: 'command-unknown',
      message: 'There is no command "serv". Did you mean serve?',
    });
    expect(refusalOf({ words: ['serve', 'now'] }).code).toBe('command-unknown');
  });
});

describe('files', () => {
  it.each([
    ['not JSON', '{"httpPort": }', 'config-file-invalid'],
    ['a list', '[]', 'config-file-invalid'],
    ['a setting that is an object', '{"httpPort": {}}', 'config-file-invalid'],
    ['a setting that is null', '{"httpPort": null}', 'config-file-invalid'],
  ])('with %s are refused in one line', (_, file, code) => {
    const refusal = refusalOf({ file });
    expect(refusal.code).toBe(code);
    expect(refusal.message).not.toContain('\n');
  });

  it('that are named must exist', () => {
    expect(refusalOf({ words: ['--config', 'absent.json'] })).toEqual({
      code: 'config-file-unreadable',
      message: `The settings file ${path.join(folder, 'absent.json')} cannot be read (ENOENT); name another one with --config or RIVERO_CONFIG.`,
    });
  });
});

describe('together', () => {
  it.each([
    { RIVERO_HTTP_PORT: 'off', RIVERO_HTTPS_PORT: 'off' },
    { RIVERO_HTTP_PORT: '9000', RIVERO_HTTPS_PORT: '9000' },
    { RIVERO_MEDIA_UDP: 'off', RIVERO_MEDIA_TCP: 'off' },
    { RIVERO_TLS_CERT: 'cert.pem' },
    { RIVERO_MEDIA_PORT: '65535', RIVERO_MEDIA_WORKERS: '2' },
    { RIVERO_MEDIA_PORT: '8079', RIVERO_MEDIA_WORKERS: '2' },
    { RIVERO_TURN_PORT: '5349' },
    { RIVERO_MEDIA_PORT: '3478', RIVERO_MEDIA_WORKERS: '1' },
    { RIVERO_TURN_RELAY_PORTS: '8000-8999' },
  ])('%j is refused and names a setting to change', (environment) => {
    const { code, message } = refusalOf({ environment });
    expect(code).toBe('config-conflict');
    expect(message).toMatch(/RIVERO_[A-Z0-9_]+.*\bset\b/);
  });

  it.each([
    { RIVERO_HTTP_PORT: '0', RIVERO_HTTPS_PORT: '0' },
    { RIVERO_MEDIA_PORT: '65534', RIVERO_MEDIA_WORKERS: '2' },
    { RIVERO_MEDIA_PORT: '0', RIVERO_MEDIA_WORKERS: '64' },
    { RIVERO_MEDIA_PORT: '8080', RIVERO_MEDIA_WORKERS: '1', RIVERO_MEDIA_TCP: 'off' },
  ])('%j is fine', (environment) => {
    expect(() => read({ environment })).not.toThrow();
  });
});

describe('names', () => {
  it('of variables and flags follow from the table', () => {
    expect(environmentName('externalIpv4')).toBe('RIVERO_EXTERNAL_IPV4');
    expect(flagName('externalIpv4')).toBe('--external-ipv4');
  });

  it('of every setting can be written in all three places', () => {
    for (const name of settingNames) {
      const environment = { [environmentName(name)]: 'x\0' };
      expect(refusalOf({ environment }).message, name).toContain(environmentName(name));
      expect(refusalOf({ words: [flagName(name), 'x\0'] }).message, name).toContain(flagName(name));
      expect(refusalOf({ file: JSON.stringify({ [name]: 'x\0' }) }).message, name).toContain(`${name} in `);
      rmSync(path.join(folder, 'rivero.json'));
    }
  });
});
