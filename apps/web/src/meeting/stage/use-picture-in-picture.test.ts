import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPage } from '../test/meeting-scene.ts';
import type { PictureInPicture } from './use-picture-in-picture.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

class FakeStream {
  readonly #tracks: readonly unknown[];

  constructor(tracks: readonly unknown[]) {
    this.#tracks = tracks;
  }

  getVideoTracks(): readonly unknown[] {
    return this.#tracks;
  }
}

/** As much of an element as the little window needs. */
class FakeElement extends EventTarget {
  readonly style = {};
  textContent = '';
  lang = '';
  srcObject: FakeStream | null = null;
  readonly children: FakeElement[] = [];

  append(...children: readonly FakeElement[]): void {
    this.children.push(...children);
  }

  async play(): Promise<void> {}

  async requestPictureInPicture(): Promise<void> {
    pictureInPictureElement = made;
  }
}

class FakeWindow extends EventTarget {
  isClosed = false;
  readonly document = {
    body: new FakeElement(),
    documentElement: new FakeElement(),
    createElement: () => new FakeElement(),
  };

  close(): void {
    this.isClosed = true;
  }

  get shown(): { readonly track: unknown; readonly caption: string | undefined } {
    const [video, caption] = this.document.body.children;
    return { track: video?.srcObject?.getVideoTracks()[0], caption: caption?.textContent };
  }
}

let opened: FakeWindow;
let made: FakeElement | undefined;
let pictureInPictureElement: FakeElement | undefined;
let exits: number;

/** A track as the browser would give it. */
function track(): MediaStreamTrack {
  return Object.create(null) as MediaStreamTrack;
}

beforeEach(() => {
  opened = new FakeWindow();
  pictureInPictureElement = undefined;
  exits = 0;
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('document', {
    documentElement: { lang: 'en' },
    pictureInPictureEnabled: true,
    get pictureInPictureElement(): FakeElement | undefined {
      return pictureInPictureElement;
    },
    exitPictureInPicture: async () => void (exits += 1),
    createElement: () => (made = new FakeElement()),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function pictureInPicture(page: object): Promise<PictureInPicture> {
  vi.stubGlobal('window', page);
  const { usePictureInPicture } = await import('./use-picture-in-picture.ts');
  return openPage(usePictureInPicture).inside;
}

describe('the picture in a window of its own', () => {
  const withWindows = (): object => ({ documentPictureInPicture: { requestWindow: async () => opened } });

  it('is the large one of the stage, follows it, and is a name where there is no picture', async () => {
    const picture = await pictureInPicture(withWindows());
    const [first, second] = [track(), track()];
    picture.show({ name: 'Ann', video: first });
    await picture.toggle();
    expect(picture.isOpen.value).toBe(true);
    expect(opened.shown).toEqual({ track: first, caption: '' });
    picture.show({ name: 'Bob', video: second });
    expect(opened.shown).toEqual({ track: second, caption: '' });
    picture.show({ name: 'Eve', video: undefined });
    expect(opened.shown).toEqual({ track: undefined, caption: 'Eve' });
    await picture.toggle();
    expect([picture.isOpen.value, opened.isClosed]).toEqual([false, true]);
  });

  it('is closed by its own button, too', async () => {
    const picture = await pictureInPicture(withWindows());
    await picture.toggle();
    opened.dispatchEvent(new Event('pagehide'));
    expect(picture.isOpen.value).toBe(false);
  });

  it('that is closed while it opens is closed when it is there', async () => {
    const asked: ((window: FakeWindow) => void)[] = [];
    const requestWindow = (): Promise<FakeWindow> => new Promise((resolve) => void asked.push(resolve));
    const picture = await pictureInPicture({ documentPictureInPicture: { requestWindow } });
    const first = picture.toggle();
    await picture.toggle();
    const [late, wanted] = [new FakeWindow(), new FakeWindow()];
    const second = picture.toggle();
    asked[0]?.(late);
    asked[1]?.(wanted);
    await Promise.all([first, second]);
    expect([late.isClosed, wanted.isClosed, picture.isOpen.value]).toEqual([true, false, true]);
  });

  it('that the browser refuses is not open', async () => {
    const picture = await pictureInPicture({
      documentPictureInPicture: { requestWindow: () => Promise.reject(new Error('No press.')) },
    });
    await picture.toggle();
    expect(picture.isOpen.value).toBe(false);
  });

  it('is a plain picture where pages cannot open such windows', async () => {
    const picture = await pictureInPicture({});
    expect(picture.isSupported).toBe(true);
    await picture.toggle();
    expect(pictureInPictureElement).toBe(made);
    await picture.toggle();
    expect([picture.isOpen.value, exits]).toEqual([false, 1]);
  });
});
