/** The block of one counterexample: what was done, what came of it, why, and the commands that show it again. */
import { explainRun } from '../explain/explain.ts';
import type { Finding as Cause } from '../explain/explanation.ts';
import { phasesOf } from '../measure/phases.ts';
import { count, moment, span, thousands } from '../report/numbers.ts';
import type { Paint } from '../report/paint.ts';
import { labelled, PAGE_WIDTH, wrap } from '../report/wrap.ts';
import type { RunDocument } from '../run/document.ts';
import { simulate } from '../run/simulate.ts';
import type { TimelineEntry } from '../scenario/scenario.ts';
import { entryWords } from '../search/verbText.ts';
import type { SavedCounterexample } from './counterexamples.ts';
import { rankedText } from './rankedText.ts';
import { foldCommand } from './shellCommand.ts';
import type { Law } from './testPlan.ts';
import type { Counterexample } from './testRuns.ts';
import type { Finding } from './testSearch.ts';

const LABEL_WIDTH = 12;
const TIME_WIDTH = 11;
const KIND_WIDTH = 9;
/** Steps of a chain of causes that are shown, the last ones: they say what was in the way. The rest is for `explain`. */
const MOST_STEPS = 4;
const OUR_ERROR =
  'A real Sentinel keeps this law, so this is an error of sentinelsim or of the law. Please report it with the file.';

interface Line {
  readonly at: number;
  readonly kind: 'fault' | 'repair' | 'then';
  readonly text: string;
}

/** Ends a fault. */
function isRepair({ verb }: TimelineEntry): boolean {
  return verb.do === 'start' || verb.do === 'resume' || verb.do === 'rejoin' || verb.do === 'heal';
}

function faultLines({ found }: SavedCounterexample): Line[] {
  return found.prepared.scenario.timeline.map((entry) => ({
    at: entry.atUs / 1000,
    kind: isRepair(entry) ? 'repair' : 'fault',
    text: entryWords(entry),
  }));
}

function failoverLines(document: RunDocument): Line[] {
  const lines = document.failovers.map((failover): Line => {
    const { from, to, leader, outcome, promotedAt, tryAt, epoch } = failover;
    if (promotedAt === null) {
      return { at: tryAt, kind: 'then', text: `${leader} attempts a failover in epoch ${epoch}: ${outcome}` };
    }
    const { startAt, phases } = phasesOf(failover, document.events, document.actions);
    const parts = phases.map(({ name, ms }) => `${name} ${span(ms)}`).join(' · ');
    const place = phases.findIndex(({ name }) => name === 'promote');
    const at = phases.slice(0, place + 1).reduce((sum, { ms }) => sum + ms, startAt);
    return { at, kind: 'then', text: `${to} is the master in place of ${from}, by ${leader} (${parts})` };
  });
  return lines.filter(({ text }) => !text.endsWith(': superseded'));
}

function lossLines(causes: readonly Cause[]): Line[] {
  return causes
    .filter(({ kind }) => kind === 'lost-writes')
    .flatMap(({ subject, steps }) =>
      steps.map(({ at, node, what, because, rule }) => ({
        at: at ?? 0,
        kind: 'then' as const,
        text: `${node ?? subject} ${what}: ${because}${rule === null ? '' : ` (${rule})`}`,
      })),
    );
}

function storyLines(lines: readonly Line[], paint: Paint): string[] {
  const width = 2 + TIME_WIDTH + 2 + KIND_WIDTH;
  return [...lines]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, kind, text }) => {
      const label = `  ${moment(at).padStart(TIME_WIDTH)}  ${(kind === 'then' ? '' : kind).padEnd(KIND_WIDTH)}`;
      const folded = labelled(label, wrap(text, PAGE_WIDTH - width), width);
      return kind === 'then' ? folded : folded.map(paint.bold);
    });
}

/** Which chains of causes belong to a law. */
function isAbout({ requirement, name }: Law, { kind }: Cause): boolean {
  switch (requirement?.expectation.kind) {
    case 'failover':
    case 'failovers':
      return kind === 'failover' || kind === 'no-failover';
    case 'downtime':
      return kind === 'failover' || kind === 'no-failover' || kind === 'refused-writes';
    case 'lostWrites':
      return kind === 'lost-writes';
    default:
      return name === 'no-lost-write'
        ? kind === 'lost-writes'
        : kind === 'no-failover' || kind === 'lost-writes';
  }
}

/** Chains of causes of this law; what was in the way of a failover only if there was none. */
function causesOf(law: Law, { prepared, seed }: Counterexample): Cause[] {
  const all = explainRun(prepared, seed).findings;
  const isPromoted = all.some(({ kind }) => kind === 'failover');
  return all.filter((cause) => isAbout(law, cause) && !(isPromoted && cause.kind === 'no-failover'));
}

/** Failovers and lost writes are in the story already. */
function isUntold({ kind }: Cause): boolean {
  return kind === 'no-failover' || kind === 'refused-writes';
}

/** Why nothing was promoted, or writes were refused. */
function causeLines(cause: Cause): string[] {
  const steps = cause.steps.filter(({ because }) => because !== '');
  const shown = steps.slice(-MOST_STEPS).map(({ at, node, what, because, rule }) => {
    const when = at === null ? '' : `${moment(at)}: `;
    return `${when}${node === null ? '' : `${node} `}${what}: ${because}${rule === null ? '' : ` (${rule})`}`;
  });
  const before = steps.length - shown.length;
  return [cause.title, ...(before === 0 ? [] : [`… ${count(before, 'step')} before, see explain`]), ...shown];
}

function howText(finding: Finding, { found }: SavedCounterexample, seed: number): string {
  const { tally, ranked } = finding;
  const { shrinks, index } = found;
  const broken =
    ranked === null
      ? `broken in ${thousands(tally.violations)} of ${count(tally.witnesses, 'run')}`
      : rankedText(finding);
  const faults = count(found.prepared.scenario.timeline.filter((entry) => !isRepair(entry)).length, 'fault');
  const shrunk = shrinks === null ? `${faults}, not shrunk` : `shrunk ${count(shrinks, 'time')} to ${faults}`;
  return `${broken} · seed ${seed + index}, ${shrunk}`;
}

/** Lines of the block; `seed` is the first one of the search. */
export function counterexampleLines(saved: SavedCounterexample, seed: number, paint: Paint): string[] {
  const { finding, found, file, again, explain } = saved;
  const { law } = finding;
  const { document } = simulate(found.prepared, found.seed);
  const causes = causesOf(law, found);
  const block = (label: string, texts: readonly string[]) =>
    labelled(
      label,
      texts.flatMap((text) => wrap(text, PAGE_WIDTH - LABEL_WIDTH - 2)),
      LABEL_WIDTH,
    ).map((line) => `  ${line}`);
  const command = (label: string, words: readonly string[]) =>
    labelled(label, foldCommand(words, LABEL_WIDTH + 2), LABEL_WIDTH).map((line) => `  ${line}`);
  const cures = [...new Set(causes.flatMap(({ toChange }) => toChange))];
  const marked = cures.length > 1 ? cures.map((cure) => `· ${cure}`) : cures;
  return [
    ...titleLines(saved, seed, paint),
    '',
    ...storyLines([...faultLines(saved), ...failoverLines(document), ...lossLines(causes)], paint),
    ...block('found', [found.violation]),
    ...block('why', causes.filter(isUntold).flatMap(causeLines)),
    ...block('to change', marked),
    ...block('', law.property?.holds === true ? [OUR_ERROR] : []),
    '',
    ...(file === null ? [] : block('saved as', [file])),
    ...command('explained', explain),
    ...command('again', again),
  ];
}

function titleLines(saved: SavedCounterexample, seed: number, paint: Paint): string[] {
  const { law } = saved.finding;
  const how = howText(saved.finding, saved, seed);
  const head = `✗ ${law.name}`;
  const statement = law.property === null ? [] : wrap(law.property.statement, PAGE_WIDTH - 2);
  const isShort = head.length + how.length + 3 <= PAGE_WIDTH;
  const red = (text: string) => paint.red(paint.bold(text));
  return [
    ...(isShort ? [`${red(head)}   ${how}`] : wrap(head, PAGE_WIDTH).map(red)),
    ...(isShort ? [] : wrap(how, PAGE_WIDTH - 2).map((line) => `  ${line}`)),
    ...statement.map((line) => `  ${line}`),
  ];
}
