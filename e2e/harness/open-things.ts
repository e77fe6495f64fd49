import { type BrowserPage, eventually } from './browser.ts';

/**
 * Run first in a page: keeps count of what it opens and does not close: timers, frames that are asked for, sockets, peer
 * connections, captured tracks, audio contexts. `openThings()` names what is open now.
 */
const watching = `(() => {
  const waiting = new Map();
  let last = 0;
  function note(what) {
    const { stack } = new Error();
    // The page's own scripts; what a test runs in the page waits, too.
    if (!stack.includes('/assets/')) return undefined;
    waiting.set(++last, what + ' ' + stack.split('\\n').slice(3, 6).map((line) => line.trim()).join(' < '));
    return last;
  }
  for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval'], ['requestAnimationFrame', 'cancelAnimationFrame']]) {
    const realSet = window[set].bind(window);
    const realClear = window[clear].bind(window);
    const notes = new Map();
    window[set] = (handler, ...rest) => {
      const known = note(set);
      const id = realSet((...args) => {
        if (set !== 'setInterval') waiting.delete(known);
        return typeof handler === 'function' ? handler(...args) : undefined;
      }, ...rest);
      notes.set(id, known);
      return id;
    };
    window[clear] = (id) => {
      waiting.delete(notes.get(id));
      realClear(id);
    };
  }
  const made = [];
  function watch(owner, name, isOpen) {
    const Real = owner[name];
    if (Real === undefined) return;
    owner[name] = new Proxy(Real, {
      construct(target, args, newTarget) {
        const thing = Reflect.construct(target, args, newTarget);
        made.push({ name, isOpen: () => isOpen(thing) });
        return thing;
      },
    });
  }
  watch(window, 'RTCPeerConnection', (connection) => connection.signalingState !== 'closed');
  watch(window, 'WebSocket', (socket) => socket.readyState !== WebSocket.CLOSED);
  watch(window, 'AudioContext', (context) => context.state !== 'closed');
  function keep(track) {
    made.push({ name: track.kind + ' track ' + track.label, isOpen: () => track.readyState === 'live' });
    return track;
  }
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const { mediaDevices } = navigator;
    const real = mediaDevices?.[name]?.bind(mediaDevices);
    if (real === undefined) continue;
    mediaDevices[name] = async (...args) => {
      const stream = await real(...args);
      stream.getTracks().forEach(keep);
      return stream;
    };
  }
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    return keep(clone.call(this));
  };
  window.openThings = () => [
    ...waiting.values(),
    ...made.filter((thing) => thing.isOpen()).map(({ name }) => name),
  ];
  window.madeThings = () => made.length;
})()`;

/** To be called before the page goes anywhere. */
export async function watchOpenThings(page: BrowserPage): Promise<void> {
  await page.runFirst(watching);
}

/** Nothing of the meeting is left open, or soon is not; the failure names what is. */
export async function leavesNothingOpen(page: BrowserPage, timeoutMs = 10_000): Promise<void> {
  await eventually(page, 'madeThings() > 0', 'something was opened before');
  try {
    await eventually(page, 'openThings().length === 0', 'nothing is left open', timeoutMs);
  } catch (error) {
    throw new Error(`left open: ${(await page.evaluate<readonly string[]>('openThings()')).join('\n')}`, {
      cause: error,
    });
  }
}
