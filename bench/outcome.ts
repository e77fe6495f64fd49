import type { BenchmarkResult } from './benchmark.ts';

/** What became of one benchmark: its figures, as they are kept in `results/`, or why it did not run. */
export type Outcome =
  | ({ readonly benchmark: string } & BenchmarkResult)
  | { readonly benchmark: string; readonly refused: { readonly code: string; readonly message: string } };

function rowOf(outcome: Outcome): readonly string[] {
  if ('refused' in outcome) return [outcome.benchmark, '', '', 'not run', outcome.refused.message];
  const { benchmark, measured, unit, limit, what } = outcome;
  const verdict = measured <= limit ? 'reached' : 'NOT reached';
  return [benchmark, `${measured} ${unit}`, `at most ${limit}`, verdict, what];
}

/** A line for each, in columns. */
export function formatTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(rowOf);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One JSON object in one line: the outcome when it is one, else all as `results`; and where it was measured. */
export function formatJson(
  outcomes: readonly Outcome[],
  surroundings: { readonly machine: string; readonly commit: string; readonly command: string },
): string {
  return JSON.stringify({ ...(outcomes.length === 1 ? outcomes[0] : { results: outcomes }), ...surroundings });
}
