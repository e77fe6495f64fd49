import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface CountTests {
  readonly countTests: (file: string) => Counts;
  readonly formatSum: (counts: readonly Counts[], exitCode: number) => string;
}

const url = new URL('../../scripts/test/count-tests.mjs', import.meta.url).href;
const { countTests, formatSum } = (await import(url)) as CountTests;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rivero-count-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function count(report: object): Counts {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return countTests(file);
}

describe('the sum of the tests', () => {
  it('counts what passed, failed and was skipped', () => {
    const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults: [] };
    expect(count(report)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults };
    expect(count(report)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('is nothing for a run that left no report', () => {
    expect(countTests(path.join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it.each([
    {
      counts: [
        { passed: 3, failed: 0, skipped: 0 },
        { passed: 4, failed: 0, skipped: 0 },
      ],
      code: 0,
      line: '7 passed, 0 failed',
    },
    { counts: [{ passed: 3, failed: 2, skipped: 1 }], code: 1, line: '3 passed, 2 failed, 1 skipped' },
    { counts: [], code: 2, line: '0 passed, 1 failed' },
  ])('reads: $line', ({ counts, code, line }) => {
    expect(formatSum(counts, code)).toBe(line);
  });
});
