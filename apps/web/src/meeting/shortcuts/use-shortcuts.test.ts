import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EffectScope, effectScope } from 'vue';
import { PushToTalk } from './push-to-talk.ts';
import { setShortcutsOn } from './shortcuts-on.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** As much of an element as the keys look at; it is its own nearest button. */
class FakeElement extends EventTarget {
  readonly #selector: string;

  constructor(selector: string) {
    super();
    this.#selector = selector;
  }

  closest(selectors: string): FakeElement | null {
    return selectors.split(', ').includes(this.#selector) ? this : null;
  }
}

let page: EventTarget;
let effects: EffectScope;
let isMuted: boolean;
let asked: string[];

beforeEach(() => {
  page = new EventTarget();
  isMuted = true;
  asked = [];
  vi.stubGlobal('Element', FakeElement);
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  effects = effectScope();
  effects.run(() => {
    const setMicrophoneOn = async (on: boolean): Promise<void> => {
      asked.push(on ? 'talk' : 'silence');
      isMuted = !on;
    };
    const talk = new PushToTalk({ isMuted: () => isMuted, setMicrophoneOn });
    useShortcuts({ camera: () => asked.push('camera'), close: () => asked.push('close') }, talk);
  });
});

afterEach(() => {
  effects.stop();
  setShortcutsOn(true);
  vi.unstubAllGlobals();
});

/** True: the browser does not what it would by itself, as pressing the button that has the focus. */
function fire(type: string, target: EventTarget, more: object = {}): boolean {
  const event = new Event(type, { cancelable: true });
  Object.assign(event, more);
  Object.defineProperty(event, 'target', { value: target });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

describe('Space', () => {
  const space = { key: ' ' };

  it('talks while it is held after a pointer pressed a button, which it does not press', () => {
    const button = new FakeElement('button');
    fire('pointerdown', button);
    expect(fire('keydown', button, space)).toBe(true);
    expect(fire('keydown', button, { ...space, repeat: true })).toBe(true);
    expect(asked).toEqual(['talk']);
    expect(fire('keyup', button, space)).toBe(true);
    expect(asked).toEqual(['talk', 'silence']);
  });

  it('presses the button that was reached by the keyboard', () => {
    const button = new FakeElement('button');
    expect([fire('keydown', button, space), fire('keyup', button, space)]).toEqual([false, false]);
    fire('pointerdown', button);
    fire('keydown', button, { key: 'Tab' });
    expect([fire('keydown', button, space), fire('keyup', button, space)]).toEqual([false, false]);
    expect(asked).toEqual([]);
  });
});

describe('keys that are turned off', () => {
  it('do nothing but close what is open', () => {
    setShortcutsOn(false);
    const free = new FakeElement('main');
    for (const key of ['v', ' ', '?', 'Escape']) fire('keydown', free, { key });
    expect(asked).toEqual(['close']);
    setShortcutsOn(true);
    fire('keydown', free, { key: 'v' });
    expect(asked).toEqual(['close', 'camera']);
  });
});
