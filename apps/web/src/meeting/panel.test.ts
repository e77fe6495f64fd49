import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePanel, type Panel } from './panel.ts';

/** As much of an element as has the focus. */
class FakeElement {
  isConnected = true;
  focusCount = 0;

  focus(): void {
    this.focusCount += 1;
  }
}

let panel: Panel;
let button: FakeElement;

beforeEach(() => {
  button = new FakeElement();
  vi.stubGlobal('HTMLElement', FakeElement);
  vi.stubGlobal('document', { activeElement: button });
  panel = makePanel();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what stands beside the stage', () => {
  it('is one thing at a time, opened and closed by the same button', () => {
    panel.toggle('chat');
    expect(panel.open.value).toBe('chat');
    panel.toggle('people');
    expect(panel.open.value).toBe('people');
    panel.toggle('people');
    expect(panel.open.value).toBe(undefined);
  });

  it('gives the focus back to where it was opened from', () => {
    panel.toggle('chat');
    Object.assign(document, { activeElement: new FakeElement() });
    panel.toggle('people');
    panel.close();
    panel.close();
    expect(button.focusCount).toBe(1);
  });

  it('gives it to nothing that is gone', () => {
    panel.toggle('chat');
    button.isConnected = false;
    panel.close();
    expect(button.focusCount).toBe(0);
  });
});
