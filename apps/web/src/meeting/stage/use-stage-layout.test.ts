import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openPage } from '../test/meeting-scene.ts';
import { type StageLayout, useStageLayout } from './use-stage-layout.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

let layout: StageLayout;

beforeEach(() => {
  layout = openPage(useStageLayout).inside;
});

describe('the layout of the stage', () => {
  it('is automatic until one is chosen; the key goes between speaker and grid', () => {
    expect(layout.wish.value).toBe('automatic');
    layout.toggle();
    expect(layout.wish.value).toBe('speaker');
    layout.toggle();
    expect(layout.wish.value).toBe('grid');
    layout.choose('automatic');
    expect(layout.wish.value).toBe('automatic');
  });

  it('is the same for every component of a meeting, and another one in another meeting', () => {
    const { meeting, inside } = openPage(useStageLayout);
    inside.choose('grid');
    expect(useStageLayout(meeting).wish.value).toBe('grid');
    expect(layout.wish.value).toBe('automatic');
  });

  it('keeps something large until it is unpinned, gone, or a layout is chosen', () => {
    layout.togglePin('b');
    layout.togglePin('c');
    expect(layout.pinned.value).toBe('c');
    layout.togglePin('c');
    expect(layout.pinned.value).toBe(undefined);
    layout.togglePin('c');
    layout.forget('b');
    expect(layout.pinned.value).toBe('c');
    layout.forget('c');
    expect(layout.pinned.value).toBe(undefined);
    layout.togglePin('c');
    layout.choose('speaker');
    expect(layout.pinned.value).toBe(undefined);
  });

  it('shows the screen that began last, before what was pinned, and the one before when it ends', () => {
    layout.togglePin('b');
    layout.followScreens(['s']);
    expect([layout.pinned.value, layout.largeScreen.value]).toEqual([undefined, 's']);
    layout.togglePin('b');
    layout.followScreens(['s']);
    expect(layout.pinned.value).toBe('b');
    layout.followScreens(['s', 't']);
    expect(layout.largeScreen.value).toBe('t');
    layout.followScreens(['s']);
    expect(layout.largeScreen.value).toBe('s');
    layout.followScreens([]);
    expect(layout.largeScreen.value).toBe(undefined);
  });

  it('puts screens into a grid that is chosen, until another one begins', () => {
    layout.followScreens(['s', 't']);
    layout.choose('grid');
    layout.followScreens(['s']);
    expect(layout.largeScreen.value).toBe(undefined);
    layout.followScreens(['s', 'u']);
    expect(layout.largeScreen.value).toBe('u');
    layout.choose('automatic');
    expect(layout.largeScreen.value).toBe('u');
  });
});
