import { PeerPolicy, TurnAccounts, turnServerLimits } from '@rivero/protocol/turn-server';
import { afterAll, describe, expect, it } from 'vitest';
import { Hairpin } from './hairpin.ts';
import { RelayedClient } from './test/relayed-client.ts';
import { TurnService } from './turn-service.ts';
import { openDatagramSockets } from '@rivero/datapath';

const relays = { 4: { ip: '10.0.0.5', announced: '203.0.113.1' }, 6: { ip: '2001:db8::5' } } as const;
const user = { username: 'ann', password: 'secret' };
const sockets = openDatagramSockets('auto');
afterAll(() => sockets.close());

const ports = { first: 50_000, last: 50_009 };

describe('what relays behind a NAT send each other', () => {
  const hairpin = new Hairpin(relays, ports);

  it('goes to the address inside, and comes from the one outside', () => {
    expect(hairpin.inward({ ip: '203.0.113.1', port: 50_000 })).toEqual({ ip: '10.0.0.5', port: 50_000 });
    expect(hairpin.outward({ ip: '10.0.0.5', port: 50_009 })).toEqual({ ip: '203.0.113.1', port: 50_009 });
  });

  it.each([
    ['another port of this machine', { ip: '203.0.113.1', port: 49_999 }],
    ['a port behind the last', { ip: '203.0.113.1', port: 50_010 }],
    ['another address', { ip: '198.51.100.1', port: 50_000 }],
    ['a family without a NAT', { ip: '2001:db8::5', port: 50_000 }],
  ])('%s stays as it is', (_, address) => {
    expect(hairpin.inward(address)).toBe(address);
  });

  it('the media port of this machine keeps its address inside', () => {
    const address = { ip: '10.0.0.5', port: 40_000 };
    expect(hairpin.outward(address)).toBe(address);
  });
});

it('leads two clients together by their addresses outside of a NAT that leads nothing back in', async () => {
  const relayPorts = { first: 20_000, last: 29_999 };
  const { ip, announced } = { ip: '127.0.0.1', announced: '203.0.113.1' };
  const service = new TurnService({
    sockets,
    accounts: new TurnAccounts({ realm: 'example.org', users: [user], secrets: [] }),
    policy: new PeerPolicy({ allow: [], own: [ip, announced], ownPorts: [relayPorts] }),
    limits: turnServerLimits,
    addresses: [ip],
    port: 0,
    relayAddresses: { 4: { ip, announced } },
    relayPorts,
    onSkipped: () => {},
    onEvent: () => {},
    onBug: (error) => {
      throw error;
    },
  });
  await service.open();
  const port = service.ports.plain ?? 0;
  const [ann, bob] = await Promise.all([RelayedClient.open(port, user), RelayedClient.open(port, user)]);
  const got = Promise.all([ann.received(), bob.received()]);
  ann.sends('of Ann', bob.relayed);
  bob.sends('of Bob', ann.relayed);
  expect([ann.relayed.ip, bob.relayed.ip]).toEqual([announced, announced]);
  expect(await got).toEqual([
    { peer: bob.relayed, text: 'of Bob' },
    { peer: ann.relayed, text: 'of Ann' },
  ]);
  for (const client of [ann, bob]) client.close();
  await service.close();
});
