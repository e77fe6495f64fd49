import { describe, it } from 'vitest';
import { type BrowserPage, openChromium, openFirefox } from './harness/browser.ts';
import { blue, red } from './harness/known-media.ts';
import { PlainPage } from './harness/plain-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** Somebody on the example page of the 1:1 protocol, in the room. */
async function join(page: Promise<BrowserPage>, name: string): Promise<PlainPage> {
  const open = await scene.opened(page);
  await open.goto(`${scene.program.url}/examples/p2p/`);
  const guest = new PlainPage(open, name);
  await guest.type('room', 'e2e');
  await guest.press('join');
  return guest;
}

describe('the 1:1 room protocol', () => {
  it('brings two together, Chromium and Firefox, refuses a third, and tells who is left', async () => {
    await scene.start();
    const ann = await join(openChromium({ colour: red, hertz: 440 }), 'Ann');
    await ann.says('Waiting for somebody.');
    const bob = await join(openFirefox(), 'Bob');
    await bob.seesHue('remote', 0);
    await Promise.all([ann.says('Direct.'), bob.says('Direct.')]);
    await Promise.all([bob.hearsTone('remote', 440), bob.seesMovement('remote'), ann.seesMovement('remote')]);

    const cid = await join(openChromium({ colour: blue }), 'Cid');
    await cid.says('Two are in this room already.');
    await ann.seesMovement('remote');

    await bob.press('leave');
    await ann.says('The other left.');
    await ann.seesNothing('remote');
    await cid.press('join');
    await ann.seesHue('remote', 240);
    await cid.seesHue('remote', 0);
  });
});
