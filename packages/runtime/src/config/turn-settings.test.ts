import { expect, it } from 'vitest';
import { parseCommandLine, readConfig } from './index.ts';

it('those of the TURN server are read', () => {
  const environment = {
    RIVERO_TURN_USERS: 'ann:secret:with:colons, bob:another',
    RIVERO_TURN_RELAY_ADDRESS: '192.0.2.1,2001:db8::1',
    RIVERO_TURN_ALLOW_PEERS: '10.0.0.0/8',
    RIVERO_TURN_REALM: 'meet.example',
    RIVERO_TURN_TLS_PORT: 'off',
  };
  const config = readConfig({
    commandLine: parseCommandLine([]),
    environment,
    folder: '/tmp',
    surroundings: { cores: 4 },
  });
  expect(config).toMatchObject({
    turnUsers: [
      { username: 'ann', password: 'secret:with:colons' },
      { username: 'bob', password: 'another' },
    ],
    turnRelayAddress: ['192.0.2.1', '2001:db8::1'],
    turnAllowPeers: ['10.0.0.0/8'],
    turnRealm: 'meet.example',
    turnTlsPort: 'off',
  });
});
