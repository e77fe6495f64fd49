import axe, { type AxeResults, type Result } from 'axe-core';
import type { BrowserPage } from './browser.ts';

/** Colours and places count once they stand still; what moves for ever is not waited for. */
const stillness = `Promise.all(document.getAnimations()
  .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime))
  .map((animation) => animation.finished.catch(() => {})))`;

function describeViolation({ id, impact, help, nodes }: Result): string {
  const places = nodes.map(({ target, html, failureSummary }) =>
    [`  at ${target.join(' ')}`, html, failureSummary ?? ''].join('\n').replaceAll('\n', '\n    '),
  );
  return [`${id} (${impact ?? 'unknown'}): ${help}`, ...places].join('\n');
}

/** Fails with a readable list when axe-core finds anything wrong with the page as it is now: whoever needs help to use it could not. */
export async function findsNothing(page: BrowserPage): Promise<void> {
  await page.evaluate(`window.axe === undefined && (() => { ${axe.source} })()`);
  await page.evaluate(stillness);
  const { violations, passes } = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'], preload: false })",
  );
  if (passes.length === 0) throw new Error('axe-core looked at nothing.');
  if (violations.length > 0) {
    throw new Error(`axe-core finds ${violations.length} faults.\n\n${violations.map(describeViolation).join('\n\n')}`);
  }
}
