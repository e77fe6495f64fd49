import { afterAll, beforeAll, describe, it } from 'vitest';
import { type BrowserPage, eventually, openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { KurentoPages } from './harness/kurento-page.ts';
import { blue, red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { PlainPage } from './harness/plain-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** Another server, with an application of its own. */
let utils: KurentoPages;

beforeAll(async () => {
  utils = await KurentoPages.serve();
});

afterAll(() => utils.stop());

/** Somebody on the example page of the group protocol, in the room. */
async function join(page: Promise<BrowserPage>, url: string, name: string, query = ''): Promise<PlainPage> {
  const open = await scene.opened(page);
  await open.goto(`${url}/examples/group/${query}`);
  const guest = new PlainPage(open, name);
  await guest.type('room', 'e2e');
  await guest.type('name', name);
  await guest.press('join');
  return guest;
}

describe('the group protocol', () => {
  it('brings four together by offers of the server, one of them by the web app, in Chromium and Firefox', async () => {
    const url = await scene.start({ ROOM_CAPACITY: '4' });
    const ann = await join(openChromium({ colour: red, hertz: 440 }), url, 'Ann');
    await ann.says('You are in the room.');
    const bob = await join(openChromium({ colour: blue, hertz: 880 }), url, 'Bob');
    const fay = await join(openFirefox(), url, 'Fay');
    const web = await MeetingPage.join(await scene.opened(openChromium({ hertz: 600 })), url, 'e2e', 'Web');

    await Promise.all([bob.seesHue('of-Ann', 0), bob.hearsTone('of-Ann', 440)]);
    await Promise.all([fay.seesHue('of-Ann', 0), fay.seesHue('of-Bob', 240), fay.hearsTone('of-Bob', 880)]);
    await Promise.all([web.seesColourOf('Ann', 0), web.seesColourOf('Bob', 240), web.hearsToneOf('Bob', 880)]);
    await Promise.all([web.seesMovingPictureOf('Fay'), ann.seesMovement('of-Fay'), bob.seesMovement('of-Fay')]);
    await Promise.all([ann.hearsTone('of-Web', 600), ann.seesMovement('of-Web'), fay.seesMovement('of-Web')]);

    const dan = await join(openChromium(), url, 'Dan');
    await dan.says('The room is full.');

    await ann.page.evaluate(
      `void document.getElementById('local').dispatchEvent(new MouseEvent('mousemove', { bubbles: true, clientX: 300, clientY: 500 }))`,
    );
    const cursor = `[...document.querySelectorAll('.cursor')].some((cursor) => cursor.innerText === 'Ann')`;
    await Promise.all([bob, fay].map(({ page }) => eventually(page, cursor, "Ann's cursor is there")));

    await bob.press('leave');
    await web.hasNoTileOf('Bob', 5_000);
    const gone = `document.getElementById('of-Bob') === null`;
    await Promise.all([ann, fay].map(({ page }) => eventually(page, gone, 'Bob is gone', 5_000)));
    await dan.press('join');
    await Promise.all([dan.seesHue('of-Ann', 0), ann.seesMovement('of-Dan'), web.seesMovingPictureOf('Dan')]);
  });

  it('goes through the relay where that is asked for, and says that there is none', async () => {
    const url = await scene.start({ TURN_PORT: '0' });
    const ann = await join(openChromium({ colour: red, hertz: 440 }), url, 'Ann', '?relay');
    const fay = await join(openFirefox(), url, 'Fay', '?relay');
    await Promise.all([fay.seesHue('of-Ann', 0), fay.hearsTone('of-Ann', 440), ann.seesMovement('of-Fay')]);
    await Promise.all([ann, fay].map((guest) => guest.says('Through the relay (udp).')));
    await scene.program.stop();
    const without = await scene.start();
    const bob = await join(openChromium(), without, 'Bob', '?relay');
    await bob.says('This server has no relay (TURN).');
  });

  it('shows a shared screen in the place of the camera, and goes on when the media workers are replaced', async () => {
    const url = await scene.start();
    const [first, second] = await scene.openedAll(openChromiumPages(2, { colour: blue, hertz: 440 }));
    if (first === undefined || second === undefined) throw new Error('two pages were asked for');
    const web = await MeetingPage.join(first, url, 'e2e', 'Web');
    const ann = await join(Promise.resolve(second), url, 'Ann');
    await Promise.all([ann.seesHue('of-Web', 240), web.seesColourOf('Ann', 240)]);
    await web.press('Share screen');
    await ann.seesHue('of-Web', 120);
    await web.press('Stop sharing');
    await ann.seesHue('of-Web', 240);
    await web.hearsToneOf('Ann', 440);

    scene.program.signal('SIGUSR2');
    await ann.says('The media server was restarted');
    await Promise.all([ann.seesMovement('of-Web'), web.seesMovingPictureOf('Ann')]);
    await Promise.all([ann.hearsTone('of-Web', 440), web.hearsToneOf('Ann', 440)]);
  });

  it('serves a client that is made with kurento-utils, on a page of elsewhere', async () => {
    const url = await scene.start({ SIGNALING_ORIGINS: utils.url });
    const ann = await join(openChromium({ colour: red, hertz: 440 }), url, 'Ann');
    await ann.says('You are in the room.');
    const page = await scene.opened(openChromium({ colour: blue, hertz: 880 }));
    await page.goto(utils.url);
    await page.evaluate(clientOfKurentoUtils(`${url.replace('http', 'ws')}/ws/group`));
    const kim = new PlainPage(page, 'Kim');
    await Promise.all([kim.seesHue('remote', 0), kim.hearsTone('remote', 440)]);
    await Promise.all([ann.seesHue('of-Kim', 240), ann.hearsTone('of-Kim', 880)]);
  });
});

/** As applications on kurento-utils do it: an object of the library for each direction, candidates as they come. */
function clientOfKurentoUtils(address: string): string {
  return `(() => {
    const { WebRtcPeerSendonly, WebRtcPeerRecvonly } = kurentoUtils.WebRtcPeer;
    const socket = new WebSocket(${JSON.stringify(address)});
    const send = (message) => socket.send(JSON.stringify(message));
    const peers = {};
    let self;
    const optionsFor = (user, video) => ({
      ...video, configuration: { iceServers: [] }, onicecandidate: (candidate) => send({ id: 'iceCandidate', user, candidate }),
    });
    const fail = (error) => error && console.error(String(error));
    socket.onopen = () => send({ id: 'join', room: 'e2e', user: { name: 'Kim' } });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      const { user } = message;
      if (message.id === 'participants') {
        self = message.self;
        const video = { localVideo: document.getElementById('local') };
        peers[self.session] = WebRtcPeerSendonly(optionsFor(self, video), function (error) {
          fail(error);
          this.generateOffer((failure, sdpOffer) => fail(failure) ?? send({ id: 'offer', user: self, sdpOffer }));
        });
        send({ id: 'requestStream', user: self });
      } else if (message.id === 'offer') {
        const video = { remoteVideo: document.getElementById('remote') };
        peers[user.session] = WebRtcPeerRecvonly(optionsFor(user, video), function (error) {
          fail(error);
          this.processOffer(message.sdpOffer, (failure, sdpAnswer) => fail(failure) ?? send({ id: 'answer', user, sdpAnswer }));
        });
      } else if (message.id === 'answer') {
        peers[user.session].processAnswer(message.sdpAnswer, fail);
      } else if (message.id === 'ice-candidate') {
        peers[user.session].addIceCandidate(message.candidate, fail);
      } else if (message.id === 'error') console.error(data);
    };
  })()`;
}
