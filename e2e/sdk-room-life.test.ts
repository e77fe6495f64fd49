import { expect, it } from 'vitest';
import { type BrowserPage, eventually, openChromiumPages } from './harness/browser.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** In the page: the SDK as the server serves it. */
const sdk = `import(new URL('/sdk.js', location.href))`;

/** Joins with the served SDK, without devices; `room` and what its events told are kept in the page. */
async function join(page: BrowserPage, name: string, hostToken = ''): Promise<void> {
  await page.evaluate(`(async () => {
    const { joinRoom } = await ${sdk};
    window.told = [];
    window.room = await joinRoom({ room: 'tea', name: '${name}', hostToken: '${hostToken}' });
    for (const event of ['chatMessage', 'reaction', 'handChanged', 'lockChanged', 'removed']) {
      room.on(event, (first) => told.push(event + ' ' + (first?.text ?? first?.code ?? first)));
    }
    room.on('muteAsked', (by, source) => told.push('muteAsked ' + by?.name + ' ' + source));
  })()`);
}

async function codeOf(page: BrowserPage, expression: string): Promise<string> {
  return await page.evaluate<string>(`Promise.resolve(${expression}).then(() => 'ok', ({ code }) => code)`);
}

const idOf = (name: string): string => `room.participants.find((one) => one.name === '${name}')?.participantId`;

async function knows(page: BrowserPage, expression: string): Promise<void> {
  await eventually(page, `Promise.resolve(${expression})`, expression, 10_000);
}

it('a room chats, reacts and raises hands; its host locks it, lowers, removes, and ends it', async () => {
  const url = await scene.start();
  const [ann, bob, eve] = await scene.openedAll(openChromiumPages(3, { hasDevices: false }));
  if (ann === undefined || bob === undefined || eve === undefined) throw new Error('no pages were opened');
  for (const page of [ann, bob, eve]) await page.goto(`${url}/healthz`);
  await join(ann, 'Ann');
  await join(bob, 'Bob');
  expect(await bob.evaluate(`[room.role, room.hostToken, room.participants[0].role].join()`)).toBe('guest,,host');

  await ann.evaluate(`room.chat.send('Hello\\nBob')`);
  await ann.evaluate(`room.react('party')`);
  await bob.evaluate(`room.setHandRaised(true)`);
  await knows(bob, `told.join('|') === 'chatMessage Hello\\nBob|reaction party|handChanged ' + room.handRaisedAt`);
  await knows(ann, `room.participants[0].handRaisedAt > Date.now() - 60_000`);

  expect(await codeOf(bob, `room.moderation.lock()`)).toBe('not-host');
  expect(await codeOf(ann, `room.moderation.lock()`)).toBe('ok');
  await knows(bob, `room.isLocked`);
  expect(await codeOf(eve, `${sdk}.then((sdk) => sdk.joinRoom({ room: 'tea', name: 'Eve' }))`)).toBe('room-locked');
  await join(eve, 'Eve', await ann.evaluate(`room.hostToken`));
  expect(await eve.evaluate(`[room.role, room.chat.messages[0].text].join()`)).toBe('host,Hello\nBob');

  await ann.evaluate(`room.moderation.askToMute(${idOf('Bob')}, 'microphone')`);
  await eve.evaluate(`room.moderation.lowerAllHands()`);
  await knows(
    bob,
    `told.includes('muteAsked Ann microphone') && told.includes('handChanged null') && !room.isHandRaised`,
  );
  await eve.evaluate(`room.moderation.remove(${idOf('Bob')})`);
  await knows(bob, `told.at(-1) === 'removed removed-by-host' && room.state === 'left'`);
  expect(await codeOf(ann, `room.moderation.remove('nobody')`)).toBe('participant-unknown');
  await ann.evaluate(`room.moderation.end()`);
  await knows(eve, `told.at(-1) === 'removed ended-by-host' && room.state === 'left'`);
  expect(await ann.evaluate(`room.state`)).toBe('left');
  expect(scene.program.log).toMatch(/host \S+ ended the room/);
});

it('who comes back after the server was restarted has its hand up again, and the chat as it was', async () => {
  const url = await scene.start();
  const [ann, bob] = await scene.openedAll(openChromiumPages(2, { hasDevices: false }));
  if (ann === undefined || bob === undefined) throw new Error('no pages were opened');
  for (const page of [ann, bob]) await page.goto(`${url}/healthz`);
  await join(ann, 'Ann');
  await join(bob, 'Bob');
  await ann.evaluate(`room.chat.send('Before')`);
  await bob.evaluate(`room.setHandRaised(true)`);
  await knows(ann, `room.participants[0].handRaisedAt !== null`);
  await scene.program.stop();
  await knows(ann, `room.state === 'reconnecting'`);
  await scene.start({ HTTP_PORT: new URL(url).port });
  await knows(ann, `room.state === 'connected' && room.participants[0]?.handRaisedAt > 0`);
  await knows(bob, `room.state === 'connected' && room.isHandRaised`);
  await bob.evaluate(`room.chat.send('After')`);
  for (const page of [ann, bob]) {
    await knows(page, `room.chat.messages.map(({ text }) => text).join() === 'Before,After'`);
  }
  expect(await ann.evaluate(`room.chat.messages.map(({ isOwn }) => isOwn).join()`)).toBe('true,false');
  const roles = `[room.role, room.participants[0].role].sort().join()`;
  expect([await ann.evaluate(roles), await bob.evaluate(roles)]).toEqual(['guest,host', 'guest,host']);
});
