import { afterEach, describe, it } from 'vitest';
import { type BrowserPage, openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { KurentoExample } from './harness/kurento-example.ts';
import { blue, red } from './harness/known-media.ts';
import { PlainPage } from './harness/plain-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();
let example: KurentoExample | undefined;

async function start(name: string, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await scene.start(settings);
  example = await KurentoExample.start(name, scene.program.kurentoUrl);
}

async function open(page: Promise<BrowserPage>, name: string): Promise<PlainPage> {
  const opened = await scene.opened(page);
  await opened.goto(String(example?.url));
  return new PlainPage(opened, name);
}

afterEach(async () => {
  await example?.stop();
});

describe('the examples on the official Kurento client', () => {
  it('hello-world: what a camera and a microphone send comes back, in Chromium and Firefox, again and again', async () => {
    await start('hello-world');
    const ann = await open(openChromium({ colour: red, hertz: 440 }), 'Ann');
    const bob = await open(openFirefox(), 'Bob');
    await Promise.all([ann.press('start'), bob.press('start')]);
    await ann.seesHue('remote', 0);
    await Promise.all([ann.hearsTone('remote', 440), ann.seesMovement('remote'), bob.seesMovement('remote')]);
    await ann.press('stop');
    await ann.seesNothing('remote');
    await ann.press('start');
    await ann.seesMovement('remote');
    await bob.seesMovement('remote');
  });

  it('one-to-many, in three media workers: five viewers see one presenter, in two browsers, and are told when that one leaves', async () => {
    await start('one-to-many', { MEDIA_WORKERS: '3', ROOM_SESSIONS_PER_WORKER: '2' });
    const presenter = await open(openChromium({ colour: blue, hertz: 660 }), 'Presenter');
    const chromiums = await openChromiumPages(5);
    const [early, bob, cid, dan, late] = await Promise.all(
      chromiums.map((page) => open(Promise.resolve(page), 'Somebody in Chromium')),
    );
    await early.press('viewer');
    await early.says('Nobody presents');
    await presenter.press('presenter');
    const viewers = [early, bob, cid, dan, await open(openFirefox(), 'Eve')];
    await presenter.says('You are live.');
    await Promise.all(viewers.map((viewer) => viewer.press('viewer')));
    await Promise.all(viewers.map((viewer) => viewer.seesHue('video', 240)));
    await Promise.all(viewers.map((viewer) => viewer.seesMovement('video')));
    await viewers[0].hearsTone('video', 660);

    await late.press('presenter');
    await late.says('Somebody else presents');

    await viewers[1].press('stop');
    await viewers[2].seesMovement('video');
    await presenter.press('stop');
    await Promise.all([0, 2, 3, 4].map((i) => viewers[i].says('The presenter is gone.')));
    await late.press('presenter');
    await late.says('You are live.');
    await viewers[4].press('viewer');
    await viewers[4].seesMovement('video');
  });

  it('one-to-one: a call by name goes both ways; it is declined, taken, and ends for both', async () => {
    await start('one-to-one');
    const ann = await open(openChromium({ colour: red, hertz: 440 }), 'Ann');
    const bob = await open(openChromium({ colour: blue, hertz: 660 }), 'Bob');
    for (const [person, name] of [
      [ann, 'ann'],
      [bob, 'bob'],
    ] as const) {
      await person.type('name', name);
      await person.page.evaluate(`document.getElementById('register').requestSubmit()`);
      await person.says('Registered.');
    }
    const call = async (to: string): Promise<void> => {
      await ann.type('to', to);
      await ann.page.evaluate(`document.getElementById('call').requestSubmit()`);
    };
    await call('nobody');
    await ann.says('Nobody of this name is here.');
    await call('bob');
    await bob.says('ann calls');
    await bob.press('decline');
    await ann.says('Declined.');
    await call('bob');
    await bob.says('ann calls');
    await bob.press('accept');
    await Promise.all([ann.seesHue('remote', 240), bob.seesHue('remote', 0)]);
    await Promise.all([ann.hearsTone('remote', 660), bob.hearsTone('remote', 440)]);
    await bob.press('stop');
    await ann.says('The other hung up.');
    await ann.seesNothing('remote');
  });
});
