import { readonly, type Ref, ref, shallowRef } from 'vue';
import { perMeeting } from '../per-meeting.ts';

/** https://wicg.github.io/document-picture-in-picture/ */
interface DocumentPictureInPicture {
  requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

declare global {
  interface Window {
    readonly documentPictureInPicture?: DocumentPictureInPicture;
  }
}

/** What the little window shows: the large tile of the stage, or who spoke last. */
export interface PictureSource {
  readonly name: string;
  readonly video: MediaStreamTrack | undefined;
}

/** A little window above all other windows. */
export interface PictureInPicture {
  /** False where the browser has no such thing, as Firefox, whose own button is in its pictures. */
  readonly isSupported: boolean;
  readonly isOpen: Readonly<Ref<boolean>>;
  /** Browsers open it only when a button or key was just pressed. */
  toggle(): Promise<void>;
  /** What it shows from now on. */
  show(source: PictureSource): void;
  close(): void;
}

const size = { width: 480, height: 270 };

/** Moves nothing out of the page: the window has a picture element of its own. */
function pictureElement(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  Object.assign(video.style, { width: '100%', height: '100%', objectFit: 'contain' });
  return video;
}

export const usePictureInPicture = perMeeting<PictureInPicture>(() => {
  const isOpen = ref(false);
  const source = shallowRef<PictureSource>();
  let video: HTMLVideoElement | undefined;
  let caption: HTMLElement | undefined;
  let end = (): void => {};
  /** Counts up whenever it closes: what a browser opens later than that is not wanted any more. */
  let turn = 0;

  function show(next: PictureSource): void {
    source.value = next;
    if (caption !== undefined) caption.textContent = next.video === undefined ? next.name : '';
    if (video === undefined) return;
    const [shown] = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
    if (shown === next.video) return;
    video.srcObject = next.video === undefined ? null : new MediaStream([next.video]);
  }

  function close(): void {
    turn += 1;
    end();
    end = () => {};
    if (video !== undefined) video.srcObject = null;
    video = undefined;
    caption = undefined;
    isOpen.value = false;
  }

  async function openWindow(picture: HTMLVideoElement, pictures: DocumentPictureInPicture): Promise<void> {
    const asked = turn;
    const opened = await pictures.requestWindow(size);
    if (asked !== turn) return opened.close();
    const { body, documentElement } = opened.document;
    documentElement.lang = document.documentElement.lang;
    Object.assign(body.style, { margin: '0', height: '100dvh', overflow: 'hidden', background: '#090c0e' });
    caption = opened.document.createElement('p');
    const middle = { position: 'absolute', inset: '0', display: 'grid', placeContent: 'center', margin: '0' };
    Object.assign(caption.style, { ...middle, color: '#eef3f3', font: '600 24px system-ui, sans-serif' });
    body.append(picture, caption);
    opened.addEventListener('pagehide', close);
    end = () => {
      opened.removeEventListener('pagehide', close);
      opened.close();
    };
  }

  async function openVideo(picture: HTMLVideoElement): Promise<void> {
    const asked = turn;
    await picture.play();
    if (asked !== turn) return;
    await picture.requestPictureInPicture();
    if (asked !== turn) return void document.exitPictureInPicture().catch(() => {});
    picture.addEventListener('leavepictureinpicture', close);
    end = () => {
      picture.removeEventListener('leavepictureinpicture', close);
      if (document.pictureInPictureElement === picture) document.exitPictureInPicture().catch(() => {});
    };
  }

  async function toggle(): Promise<void> {
    if (isOpen.value) return close();
    isOpen.value = true;
    video = pictureElement();
    const { documentPictureInPicture } = window;
    const asked = turn;
    try {
      if (source.value !== undefined) show(source.value);
      await (documentPictureInPicture === undefined ? openVideo(video) : openWindow(video, documentPictureInPicture));
      if (source.value !== undefined) show(source.value);
    } catch {
      // Refused without a press of a button, or without a picture: there is no window, which says enough.
      if (asked === turn) close();
    }
  }

  return {
    isSupported: 'documentPictureInPicture' in window || document.pictureInPictureEnabled,
    isOpen: readonly(isOpen),
    toggle,
    show,
    close,
  };
});
