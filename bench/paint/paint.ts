import { chromium } from 'playwright-core';
import { Program } from '../../e2e/harness/program.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { requireProgram } from '../required-program.ts';

const runs = 7;
const limitMs = 1_000;

/** How much slower than this machine the page's processor is made: what Lighthouse does for a middling phone. */
const slowDown = 4;

interface Load {
  readonly firstPaintMs: number;
  readonly scriptBytes: number;
}

const measure = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [paint] = list.getEntriesByName('first-contentful-paint');
    if (paint === undefined) return;
    const scripts = performance.getEntriesByType('resource').filter(({ name }) => new URL(name).pathname.endsWith('.js'));
    resolve({
      firstPaintMs: paint.startTime,
      scriptBytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    });
  }).observe({ type: 'paint', buffered: true });
})`;

/** From the address to the first text or picture, on localhost, nothing cached, with a processor four times slower. */
export const paint: Benchmark = {
  name: 'paint',
  sentence: `opens the start page and the way into a room ${runs} times each with a ${slowDown} times slower processor`,
  run: async (tell) => {
    requireProgram('chromium', 'chromium');
    const program = await Program.start();
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
    });
    async function load(path: string): Promise<Load> {
      const context = await browser.newContext();
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
      await page.goto(program.url + path);
      const measured = await page.evaluate<Load>(measure);
      await context.close();
      return measured;
    }
    try {
      await load('/');
      const start: Load[] = [];
      const room: Load[] = [];
      for (let i = 0; i < runs; i++) {
        tell(`load ${i + 1} of ${runs}`);
        start.push(await load('/'));
        room.push(await load('/meet/bench'));
      }
      const startMs = median(start.map(({ firstPaintMs }) => firstPaintMs));
      const roomMs = median(room.map(({ firstPaintMs }) => firstPaintMs));
      return {
        what: `first contentful paint with a ${slowDown} times slower processor, the slower of two pages, median`,
        measured: Math.round(Math.max(startMs, roomMs)),
        limit: limitMs,
        unit: 'ms',
        details: {
          runs,
          startPage: Math.round(startMs),
          wayIn: Math.round(roomMs),
          startPageScriptBytes: start[0]?.scriptBytes ?? 0,
          wayInScriptBytes: room[0]?.scriptBytes ?? 0,
        },
      };
    } finally {
      await browser.close();
      await program.stop();
    }
  },
};
