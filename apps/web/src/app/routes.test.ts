import { describe, expect, it, vi } from 'vitest';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { readInvitation } from '../meeting/invitation.ts';
import { isRoomId } from '../home/room-id.ts';
import { routes } from './routes.ts';

// Node compiles no components; which one stands at an address is all that counts here.
vi.mock('../home/HomePage.vue', () => ({ default: { name: 'home', render: () => undefined } }));
vi.mock('../meeting/MeetPage.vue', () => ({ default: { name: 'meet', render: () => undefined } }));
vi.mock('../trickle-ice/TrickleIcePage.vue', () => ({ default: { name: 'trickle-ice', render: () => undefined } }));
vi.mock('./LostPage.vue', () => ({ default: { name: 'lost', render: () => undefined } }));

/** As somebody comes who types the address. */
const typed = { referrer: '', origin: 'https://here.example' };

async function open(address: string): Promise<Router['currentRoute']['value']> {
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push(address);
  return router.currentRoute.value;
}

function pageOf(route: Router['currentRoute']['value']): string | undefined {
  const [record] = route.matched;
  const page = record?.components?.['default'];
  return typeof page === 'object' && 'name' in page ? page.name : undefined;
}

describe('the address', () => {
  it('/ is the home page', async () => {
    expect(pageOf(await open('/'))).toBe('home');
  });

  it('/trickle-ice is the connection test', async () => {
    expect(pageOf(await open('/trickle-ice'))).toBe('trickle-ice');
  });

  it.each(['room', 'Room-1', 'a.b_c~d', 'x'.repeat(64)])('/meet/%s is that room', async (room) => {
    const route = await open(`/meet/${room}`);
    expect(pageOf(route)).toBe('meet');
    expect(route.params).toEqual({ room });
    expect(readInvitation(route.query, typed)).toEqual({
      name: undefined,
      joinsAtOnce: false,
      isRelayOnly: false,
      opensDevices: false,
    });
  });

  it.each(['/meet', '/meet/'])('%s leads home', async (address) => {
    const route = await open(address);
    expect(route.path).toBe('/');
    expect(pageOf(route)).toBe('home');
  });

  it.each([
    '/meet/a/b',
    '/elsewhere',
    '/elsewhere/room',
    '/trickle-ice/a',
    '/meet/a%20b',
    `/meet/${'x'.repeat(65)}`,
    '/meet/caf%C3%A9',
  ])('%s leads nowhere, and stays in the address bar', async (address) => {
    const route = await open(address);
    expect(route.path).toBe(address);
    expect(pageOf(route)).toBe('lost');
  });

  it.each([
    ['a%20b', 'a b'],
    ['caf%C3%A9', 'café'],
    ['x'.repeat(65), 'x'.repeat(65)],
  ])('/meet/%s tells the page that it leads to which name is wrong', async (path, name) => {
    const { matched, params } = await open(`/meet/${path}`);
    expect(params).toEqual({ name });
    expect(matched[0]?.props).toEqual({ default: true });
  });

  it.each([
    ['?name=Ann&join', 'Ann', true],
    ['?join&name=Ann%20Lee', 'Ann Lee', true],
    ['?name=%E6%9D%8E%E9%9B%B7&join=', '李雷', true],
    ['?name=Ann', 'Ann', false],
    ['?name=Ann&name=Ben', 'Ann', false],
    ['?name=%20Ann%20', 'Ann', false],
    ['?join', undefined, true],
    ['?name&join', undefined, true],
    ['?name=%20', undefined, false],
  ])('/meet/room%s invites %s to join at once: %s', async (query, name, joinsAtOnce) => {
    const invitation = readInvitation((await open(`/meet/room${query}`)).query, typed);
    expect(invitation).toEqual({ name, joinsAtOnce, isRelayOnly: false, opensDevices: false });
  });

  it.each([
    ['?relay', { name: undefined, joinsAtOnce: false }],
    ['?relay=', { name: undefined, joinsAtOnce: false }],
    ['?name=Ann&join&relay', { name: 'Ann', joinsAtOnce: true }],
  ])('/meet/room%s lets media through a relay only', async (query, rest) => {
    const invitation = readInvitation((await open(`/meet/room${query}`)).query, typed);
    expect(invitation).toEqual({ ...rest, isRelayOnly: true, opensDevices: false });
  });

  it.each([
    ['', false],
    ['https://here.example/', true],
    ['https://here.example/meet/other?join', true],
    ['http://here.example/', false],
    ['https://here.example:8443/', false],
    ['https://here.example.evil.example/', false],
    ['https://evil.example/?https://here.example/', false],
    ['android-app://here.example/', false],
    ['about:blank', false],
    ['no address', false],
  ])('opens devices at once, from %j: %s', async (referrer, opensDevices) => {
    const { query } = await open('/meet/room?name=Ann&join');
    expect(readInvitation(query, { ...typed, referrer }).opensDevices).toBe(opensDevices);
  });
});

describe('isRoomId', () => {
  it.each(['a', 'Room-1', '0._~-', '...', 'x'.repeat(64)])('takes %s', (room) => {
    expect(isRoomId(room)).toBe(true);
  });

  it.each(['', '.', '..', 'a b', 'a/b', 'ä', '%41', 'a\n', 'x'.repeat(65)])('refuses %j', (room) => {
    expect(isRoomId(room)).toBe(false);
  });
});
