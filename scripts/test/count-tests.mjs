import { readFileSync } from 'node:fs';

/**
 * Counts what one vitest run reported with its JSON reporter. A file that could not be loaded has no tests to fail, and
 * counts as one failure.
 */
export function countTests(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** `N passed, N failed` of all runs together; a step that failed without a test that did counts as one failure. */
export function formatSum(counts, exitCode) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const failed = exitCode === 0 ? sum('failed') : Math.max(1, sum('failed'));
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
