import { describe, expect, it } from 'vitest';
import { formatAddresses, type Reachable } from './addresses.ts';

const everywhere: Reachable = {
  httpPort: 8080,
  httpsPort: 8443,
  host: undefined,
  kurentoUrls: [],
  kurentoProblem: undefined,
  turnUrls: [],
  externalTurnUrls: [],
  turnProblem: undefined,
  localAddresses: [
    { family: 'IPv6', address: '2001:db8::10' },
    { family: 'IPv4', address: '192.0.2.10' },
  ],
  externalAddresses: [],
  isSelfMade: true,
};

function urls(changes: Partial<Reachable>): readonly string[] {
  return formatAddresses({ ...everywhere, ...changes }).match(/https?:\S+/g) ?? [];
}

describe('printed addresses', () => {
  it('are http on this machine and https on others, with a word on the certificate', () => {
    expect(urls({})).toEqual(['http://localhost:8080', 'https://192.0.2.10:8443']);
    expect(formatAddresses(everywhere)).toContain('self-made certificate');
    expect(formatAddresses({ ...everywhere, isSelfMade: false })).not.toContain('self-made certificate');
  });

  it.each([
    { given: { httpPort: undefined }, printed: ['https://localhost:8443', 'https://192.0.2.10:8443'] },
    { given: { httpsPort: undefined }, printed: ['http://localhost:8080'] },
    { given: { host: '127.0.0.1' }, printed: ['http://localhost:8080'] },
    { given: { host: '0.0.0.0' }, printed: ['http://localhost:8080', 'https://192.0.2.10:8443'] },
    { given: { host: '192.0.2.11' }, printed: ['http://192.0.2.11:8080', 'https://192.0.2.11:8443'] },
    { given: { host: '2001:db8::1' }, printed: ['http://[2001:db8::1]:8080', 'https://[2001:db8::1]:8443'] },
    { given: { localAddresses: [] }, printed: ['http://localhost:8080'] },
    {
      given: { localAddresses: [{ family: 'IPv6', address: '2001:db8::10' } as const] },
      printed: ['http://localhost:8080', 'https://[2001:db8::10]:8443'],
    },
    {
      given: { externalAddresses: ['203.0.113.7', '2001:db8::7', '192.0.2.10'] },
      printed: [
        'http://localhost:8080',
        'https://203.0.113.7:8443',
        'https://[2001:db8::7]:8443',
        'https://192.0.2.10:8443',
      ],
    },
    {
      given: { host: '192.0.2.11', externalAddresses: ['203.0.113.7'] },
      printed: ['http://192.0.2.11:8080', 'https://203.0.113.7:8443', 'https://192.0.2.11:8443'],
    },
    { given: { host: '127.0.0.1', externalAddresses: ['203.0.113.7'] }, printed: ['http://localhost:8080'] },
  ])('are $printed for $given', ({ given, printed }) => {
    expect(urls(given)).toEqual(printed);
  });

  it('name the Kurento API, or why there is none', () => {
    const kurentoUrls = ['ws://localhost:8888/kurento'];
    expect(formatAddresses({ ...everywhere, kurentoUrls })).toContain('Kurento API: ');
    expect(formatAddresses({ ...everywhere, kurentoUrls })).toContain('ws://localhost:8888/kurento\n');
    expect(formatAddresses({ ...everywhere, kurentoProblem: 'Port 8888 is taken.' })).toContain(
      'Port 8888 is taken.\n',
    );
    expect(formatAddresses(everywhere)).not.toContain('Kurento');
  });

  it('say whether the STUN and TURN server is ours', () => {
    const own = formatAddresses({ ...everywhere, turnUrls: ['turn:192.0.2.10:3478'] });
    expect(own).toMatch(/STUN, TURN: +turn:192\.0\.2\.10:3478\n/);
    const external = formatAddresses({ ...everywhere, externalTurnUrls: ['turn:turn.example.org'] });
    expect(external).toMatch(/STUN, TURN \(not ours \/ 外部\)： turn:turn\.example\.org\n/);
  });

  it('for other devices are four at most', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ family: 'IPv4', address: `192.0.2.${index}` }) as const);
    expect(urls({ localAddresses: many })).toHaveLength(1 + 4);
  });
});
