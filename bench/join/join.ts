import { openChromium } from '../../e2e/harness/browser.ts';
import { blue, red } from '../../e2e/harness/known-media.ts';
import { MeetingPage } from '../../e2e/harness/meeting-page.ts';
import { Program } from '../../e2e/harness/program.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { requireProgram } from '../required-program.ts';

const joins = 20;
const limitMs = 400;

/**
 * Clicks join, and waits in the page for the first decoded frame of a remote video: `requestVideoFrameCallback` of a
 * video element that is not the own one.
 */
const clickAndWait = `(async () => {
  const button = [...document.querySelectorAll('button')].find((b) => (b.ariaLabel ?? b.innerText).trim() === 'Join');
  const start = performance.now();
  button.click();
  const video = await new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector('[data-testid="tile"]:not([data-own]) video');
      if (found) resolve(found); else setTimeout(look, 1);
    };
    look();
  });
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  return performance.now() - start;
})()`;

/** From clicking join, camera granted, to the first decoded remote frame, on localhost. */
export const join: Benchmark = {
  name: 'join',
  sentence: `joins a room with somebody in it ${joins} times`,
  run: async (tell) => {
    requireProgram('chromium', 'chromium');
    const program = await Program.start();
    const host = await openChromium({ colour: red, hertz: 440 });
    const guest = await openChromium({ colour: blue, hertz: 880 });
    const times: number[] = [];
    try {
      await MeetingPage.join(host, program.url, 'bench', 'Host');
      for (let i = 0; i < joins + 1; i++) {
        tell(`join ${i + 1} of ${joins + 1}`);
        await guest.goto(`${program.url}/meet/bench?name=Guest&lang=en`);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const time = await guest.evaluate<number>(clickAndWait);
        if (i > 0) times.push(time);
        await guest.goto('about:blank');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    } finally {
      await guest.close();
      await host.close();
      await program.stop();
    }
    return {
      what: 'click on join to first decoded remote frame, median',
      measured: Math.round(median(times)),
      limit: limitMs,
      unit: 'ms',
      details: { joins, least: Math.round(Math.min(...times)), most: Math.round(Math.max(...times)) },
    };
  },
};
