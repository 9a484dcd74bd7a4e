/** The table at the head of docs/fidelity.md. */
import { median } from '../../src/compare/agreement.ts';
import type { ComparedMeasure } from '../../src/compare/comparison.ts';
import { shareText } from '../../src/compare/table.ts';
import type { ScenarioComparison } from '../../test/conformance/suite.ts';

const HEAD = `| scenario | recordings | first switch, recorded | simulated | client gap, recorded | simulated | lost writes, recorded | simulated | measures | agree |
|---|---|---|---|---|---|---|---|---|---|
`;

/** Medians of what operators ask first, and how many measures agree; a line for all together at the end. */
export function summaryTable(comparisons: readonly ScenarioComparison[], seeds: number): string {
  const lines = comparisons.map(({ name, recordings, measures }) => {
    const client = measures.find(({ subject }) => /^client \S+$/.test(subject))?.subject ?? '';
    const cells = [
      ...pair(measures, '+switch-master', 'first', seconds),
      ...pair(measures, client, 'longest gap', seconds),
      ...pair(measures, client, 'lost', String),
    ];
    return `| ${[name, recordings, ...cells, measures.length, agreement(measures)].join(' | ')} |\n`;
  });
  const all = comparisons.flatMap(({ measures }) => measures);
  const runs = comparisons.reduce((sum, { recordings }) => sum + recordings, 0);
  const total = `| **all**, ${seeds} seeds each | ${runs} |${'  |'.repeat(6)} ${all.length} | **${agreement(all)}** |\n`;
  return `${HEAD}${lines.join('')}${total}`;
}

function agreement(measures: readonly ComparedMeasure[]): string {
  return shareText(measures.filter((each) => each.agreement.agrees).length, measures.length);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function pair(
  measures: readonly ComparedMeasure[],
  subject: string,
  part: string,
  text: (value: number) => string,
): [string, string] {
  const measure = measures.find((each) => each.subject === subject && each.part === part);
  const cell = (values: readonly number[] | undefined) =>
    values === undefined || values.length === 0 ? '–' : text(median(values));
  return [cell(measure?.recorded.values), cell(measure?.simulated.values)];
}
