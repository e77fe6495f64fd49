import { type afterAll, afterEach } from 'vitest';
import type { BrowserPage } from './browser.ts';
import { Program } from './program.ts';

/** A program and browsers; all of them end with the test, or with all tests. */
export interface Scene {
  /** Starts the program; answers its address. */
  start(settings?: Readonly<Record<string, string>>): Promise<string>;
  readonly program: Program;
  /** Pages that are closed at the end. */
  opened(page: Promise<BrowserPage>): Promise<BrowserPage>;
  openedAll(pages: Promise<readonly BrowserPage[]>): Promise<readonly BrowserPage[]>;
}

/** To be called once a file, or once a group of tests that share theirs: then `atEnd` is `afterAll`. */
export function useScene(atEnd: typeof afterEach | typeof afterAll = afterEach): Scene {
  let program: Program | undefined;
  const pages: BrowserPage[] = [];

  atEnd(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close().catch(() => {})));
    await program?.stop();
    program = undefined;
  });

  return {
    start: async (settings) => {
      program = await Program.start(settings);
      return program.url;
    },
    get program(): Program {
      if (program === undefined) throw new Error('no program was started');
      return program;
    },
    opened: async (page) => {
      const open = await page;
      pages.push(open);
      return open;
    },
    openedAll: async (several) => {
      const open = await several;
      pages.push(...open);
      return open;
    },
  };
}
