import { afterEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useFullScreen } from './use-full-screen.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

class FakeDocument extends EventTarget {
  readonly fullscreenEnabled = true;
  fullscreenElement: object | null = null;
  readonly documentElement = { requestFullscreen: () => this.#become(this.documentElement) };

  exitFullscreen(): Promise<void> {
    return this.#become(null);
  }

  async #become(element: object | null): Promise<void> {
    this.fullscreenElement = element;
    this.dispatchEvent(new Event('fullscreenchange'));
  }
}

it('the full screen is entered and left, also by the Escape key, and a refusal changes nothing', async () => {
  const page = new FakeDocument();
  vi.stubGlobal('document', page);
  const effects = effectScope();
  const fullScreen = effects.run(useFullScreen);
  await fullScreen?.toggle();
  expect(fullScreen?.isOn.value).toBe(true);
  await fullScreen?.toggle();
  expect(fullScreen?.isOn.value).toBe(false);
  await fullScreen?.toggle();
  await page.exitFullscreen();
  expect(fullScreen?.isOn.value).toBe(false);
  page.documentElement.requestFullscreen = () => Promise.reject(new Error('No press.'));
  await fullScreen?.toggle();
  expect(fullScreen?.isOn.value).toBe(false);
  effects.stop();
});

it('the full screen ends with the meeting', async () => {
  const page = new FakeDocument();
  vi.stubGlobal('document', page);
  const effects = effectScope();
  await effects.run(useFullScreen)?.toggle();
  effects.stop();
  expect(page.fullscreenElement).toBe(null);
});
