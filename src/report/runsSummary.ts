/** What many runs of one scenario say together: distributions, outcomes, the worst seeds. */
import { phasesOf } from '../measure/phases.ts';
import type { RunDocument } from '../run/document.ts';
import type { StepVerdict } from '../run/steps.ts';
import { count, span, thousands } from './numbers.ts';
import { createPaint, type Paint } from './paint.ts';
import { labelled, PAGE_WIDTH, wrapPieces } from './wrap.ts';

/** What is kept of one run. */
export interface RunFigures {
  readonly seed: number;
  readonly outcome: string;
  /** The longest span without an acknowledged write, in ms; null without clients. */
  readonly downtimeMs: number | null;
  /** From the fault to the first +switch-master, in ms. */
  readonly switchMs: number | null;
  /** Null when no client's losses could be counted. */
  readonly lost: number | null;
  /** Expectations and steps that did not hold. */
  readonly failed: readonly string[];
}

export function figuresOf(document: RunDocument, steps: readonly StepVerdict[]): RunFigures {
  const { failovers, clients, events, actions } = document;
  const completed = failovers.find((failover) => failover.outcome === 'completed');
  const gaps = clients.flatMap((client) => client.gaps.map(([from, to]) => to - from));
  const losses = clients.flatMap((client) => (client.lost === null ? [] : [client.lost.count]));
  const measured = completed === undefined ? null : phasesOf(completed, events, actions);
  return {
    seed: document.seed,
    outcome: completed?.outcome ?? failovers[failovers.length - 1]?.outcome ?? 'none',
    downtimeMs: clients.length === 0 ? null : Math.max(0, ...gaps),
    switchMs: measured?.switchAt == null ? null : measured.switchAt - measured.startAt,
    lost: losses.length === 0 ? null : losses.reduce((sum, lost) => sum + lost, 0),
    failed: failuresOf(document, steps),
  };
}

/** The texts of the expectations and steps that do not hold; an undecided step is no failure. */
export function failuresOf(document: RunDocument, steps: readonly StepVerdict[]): string[] {
  return [
    ...document.expectations
      .filter((expectation) => !expectation.held)
      .map((expectation) => expectation.expect),
    ...steps.filter((step) => step.verdict === false).map((step) => step.text),
  ];
}

export interface SummaryContext {
  readonly scenario: string;
  /** The command that runs one seed of these again. */
  readonly replay: (seed: number) => string;
  readonly speed: string;
}

const LABEL_WIDTH = 16;
const FIGURE_WIDTH = 10;

interface Measure {
  readonly label: string;
  readonly show: (value: number) => string;
  readonly of: (figures: RunFigures) => number | null;
}

const MEASURES: readonly Measure[] = [
  { label: 'downtime', show: span, of: (figures) => figures.downtimeMs },
  { label: 'time to switch', show: span, of: (figures) => figures.switchMs },
  { label: 'lost writes', show: thousands, of: (figures) => figures.lost },
];

/** The summary, without a line break at its end. */
export function summaryText(
  runs: readonly RunFigures[],
  context: SummaryContext,
  options: { readonly colour: boolean },
): string {
  const paint = createPaint(options.colour);
  const first = runs[0];
  if (first === undefined) return `${context.scenario}   no run was finished`;
  const seeds =
    runs.length === 1 ? `seed ${first.seed}` : `seeds ${first.seed} to ${runs[runs.length - 1]!.seed}`;
  const sections = [
    [`${paint.bold(context.scenario)}   ${count(runs.length, 'run')}, ${seeds}`],
    distributionLines(runs, paint),
    labelled('outcomes', wrapPieces(outcomes(runs), PAGE_WIDTH - LABEL_WIDTH), LABEL_WIDTH),
    failureLines(runs, context, paint),
    closingLines(runs, context, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function distributionLines(runs: readonly RunFigures[], paint: Paint): string[] {
  const head = ['min', 'median', 'p95', 'max'].map((word) => word.padStart(FIGURE_WIDTH)).join('');
  const lines = [paint.dim(`${' '.repeat(LABEL_WIDTH)}${head}   worst seed`)];
  for (const measure of MEASURES) {
    const known = runs.flatMap((run) => {
      const value = measure.of(run);
      return value === null ? [] : [{ seed: run.seed, value }];
    });
    if (known.length === 0) continue;
    known.sort((a, b) => a.value - b.value || b.seed - a.seed);
    const at = (share: number) => known[Math.min(known.length - 1, Math.floor(share * known.length))]!.value;
    const cells = [at(0), at(0.5), at(0.95), at(1)].map((value) =>
      measure.show(value).padStart(FIGURE_WIDTH),
    );
    const worst = known[known.length - 1]!;
    const seed = worst.value === known[0]!.value ? '' : `   ${worst.seed}`;
    lines.push(`${measure.label.padEnd(LABEL_WIDTH)}${cells.join('')}${seed}`);
  }
  return lines.length === 1 ? [] : lines;
}

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  none: 'without a failover',
  'not-elected': 'not elected',
  'no-good-replica': 'no good replica',
  'replica-timeout': 'replica not promoted in time',
};

function outcomes(runs: readonly RunFigures[]): string[] {
  const tally = new Map<string, number>();
  for (const run of runs) tally.set(run.outcome, (tally.get(run.outcome) ?? 0) + 1);
  return [...tally]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([outcome, times]) => `${thousands(times)} ${OUTCOME_WORDS[outcome] ?? outcome}`);
}

const MOST_SEEDS = 8;

function failureLines(runs: readonly RunFigures[], context: SummaryContext, paint: Paint): string[] {
  const seedsOf = new Map<string, number[]>();
  for (const run of runs) {
    for (const text of run.failed) {
      const seeds = seedsOf.get(text);
      if (seeds === undefined) seedsOf.set(text, [run.seed]);
      else seeds.push(run.seed);
    }
  }
  return [...seedsOf].flatMap(([text, seeds]) => {
    const shown = seeds.slice(0, MOST_SEEDS).join(', ') + (seeds.length > MOST_SEEDS ? ', …' : '');
    return [
      `${paint.red('✗')} ${text}   in ${count(seeds.length, 'run')} of ${thousands(runs.length)}: seed ${shown}`,
      `  ${context.replay(seeds[0]!)}`,
    ];
  });
}

function closingLines(runs: readonly RunFigures[], context: SummaryContext, paint: Paint): string[] {
  const worst = runs.reduce((a, b) => ((b.downtimeMs ?? 0) > (a.downtimeMs ?? 0) ? b : a));
  return [...labelled('the worst run', [context.replay(worst.seed), paint.dim(context.speed)], LABEL_WIDTH)];
}
