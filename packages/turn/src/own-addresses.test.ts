import { expect, it } from 'vitest';
import { followRelayAddresses } from './own-addresses.ts';

const before = { 4: { ip: '192.0.2.1', announced: '203.0.113.1' }, 6: { ip: '2001:db8::1' } };

it.each([
  {
    what: 'while they are ours, whatever came before them',
    own: ['192.0.2.9', '192.0.2.1', '2001:db8::1'],
    after: before,
  },
  { what: 'while nothing else is there', own: [], after: before },
  {
    what: 'each until there is another in its place, behind the same NAT',
    own: ['192.0.2.9', '192.0.2.8', '2001:db8::1'],
    after: { ...before, 4: { ip: '192.0.2.9', announced: '203.0.113.1' } },
  },
  { what: 'and no other family', own: ['2001:db8::9'], after: { ...before, 6: { ip: '2001:db8::9' } } },
])('relays stay at their addresses $what', ({ own, after }) => {
  expect(followRelayAddresses(before, own)).toEqual(after);
});
