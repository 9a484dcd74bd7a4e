/** What `sentinelsim test` prints for a person. */
import { count, setting, span, thousands } from '../report/numbers.ts';
import type { Paint } from '../report/paint.ts';
import { labelled, PAGE_WIDTH, wrap, wrapPieces } from '../report/wrap.ts';
import { counterexampleLines } from './counterexampleBlock.ts';
import type { SavedCounterexample } from './counterexamples.ts';
import { rankedText } from './rankedText.ts';
import { foldCommand } from './shellCommand.ts';
import type { Finding, Search } from './testSearch.ts';

const MARKS: Readonly<Record<Finding['verdict'], string>> = { held: '✓', falsified: '✗', 'not tested': '·' };
const NAME_WIDTH = 33;
const RUNS_WIDTH = 12;
const LABEL_WIDTH = 11;

function colourOf(verdict: Finding['verdict'], paint: Paint): (text: string) => string {
  if (verdict === 'held') return paint.green;
  return verdict === 'falsified' ? paint.red : paint.dim;
}

/** Numbers beside the name of a law. */
function detail({ tally, ranked, ...finding }: Finding, seed: number): readonly string[] {
  const { violations, first, tightest } = tally;
  const parts: string[] = [];
  if (violations > 0) parts.push(`broken in ${thousands(violations)}, first by seed ${seed + first!.index}`);
  if (tightest !== null) {
    const { observedMs, boundMs, index } = tightest;
    parts.push(`${span(observedMs)} of ${setting(Math.round(boundMs))} (seed ${seed + index})`);
  }
  if (ranked !== null) {
    parts.push(`${rankedText({ tally, ranked, ...finding })} (seed ${seed + ranked.index})`);
  }
  return parts;
}

function findingLines(finding: Finding, seed: number, paint: Paint): string[] {
  const { law, verdict, tally } = finding;
  const runs = verdict === 'not tested' ? 'no run' : count(tally.witnesses, 'run');
  const figures = `${runs.padStart(RUNS_WIDTH)}   `;
  const indent = 2 + NAME_WIDTH + figures.length;
  const [head = '', ...rest] = wrapPieces(detail(finding, seed), PAGE_WIDTH - indent);
  const mark = colourOf(verdict, paint)(MARKS[verdict]);
  const names = wrap(law.name, law.name.length < NAME_WIDTH ? NAME_WIDTH : PAGE_WIDTH - 2);
  const lines = [...names.slice(0, -1)];
  const last = names.at(-1)!;
  if (last.length < NAME_WIDTH) lines.push(`${last.padEnd(NAME_WIDTH)}${figures}${head}`);
  else lines.push(last, `${' '.repeat(NAME_WIDTH)}${figures}${head}`);
  const all = [...lines, ...rest.map((line) => ' '.repeat(indent - 2) + line)].map((line) => line.trimEnd());
  const text = verdict === 'not tested' ? all.map(paint.dim) : all;
  return text.map((line, index) => `${index === 0 ? mark : ' '} ${line}`);
}

function tableLines({ findings }: Search, seed: number, paint: Paint): string[] {
  const kinds = new Set(findings.map(({ law }) => (law.requirement === null ? 'law' : 'requirement')));
  const hasTimes = findings.some(({ tally, ranked }) => tally.tightest !== null || ranked !== null);
  const title = `  ${[...kinds].join(' or ').padEnd(NAME_WIDTH)}${'tested in'.padStart(RUNS_WIDTH)}   `;
  const head = `${title}${hasTimes ? 'nearest to its limit' : ''}`.trimEnd();
  return [paint.dim(head), ...findings.flatMap((finding) => findingLines(finding, seed, paint))];
}

export interface ReportContext {
  /** What was searched: a path, or what stands for it. */
  readonly target: string;
  /** Such as `200 runs with random faults`. */
  readonly about: string;
  readonly seed: number;
  readonly threads: number;
  /** Words of the command that goes on where this search ended. */
  readonly next: readonly string[];
  /** Laws that people expect and Sentinel does not hold, which were not asked for. */
  readonly unasked: readonly string[];
}

/** Runs a second and core, over the wall-clock time of the runs alone. */
export function paceText(search: Search, threads: number): string {
  const { runs, runsMs, shrinkingMs, simulatedMs, findings } = search;
  const pace = runs / (runsMs / 1000) / threads;
  const rounded = pace < 10 ? pace.toFixed(1) : thousands(Math.round(pace));
  const length = runs === 0 ? '' : ` of ${thousands(Math.round(simulatedMs / runs / 1000))} s`;
  const hasShrunk = findings.some(({ counterexample }) => counterexample !== null);
  const shrinking = hasShrunk ? ` · shrinking ${span(shrinkingMs)}` : '';
  return `${rounded} runs${length} a second and core (${count(threads, 'core')}) · ${span(runsMs)} in all${shrinking}`;
}

function sumText(findings: readonly Finding[]): string {
  const number = (verdict: Finding['verdict']) => findings.filter((each) => each.verdict === verdict).length;
  const untested = number('not tested');
  return [
    ...(number('held') === 0 ? [] : [`${number('held')} held`]),
    ...(number('falsified') === 0 ? [] : [`${number('falsified')} falsified`]),
    ...(untested === 0
      ? []
      : [`${untested} not put to the test: that takes more runs (--runs, --time), or other faults`]),
  ].join(' · ');
}

/** The whole report. Its last line is a command: the one that replays the last counterexample, or that goes on. */
export function searchText(
  search: Search,
  saved: readonly SavedCounterexample[],
  { target, about, seed, threads, next, unasked }: ReportContext,
  paint: Paint,
): string {
  const block = (label: string, text: string) =>
    labelled(label, wrap(text, PAGE_WIDTH - LABEL_WIDTH), LABEL_WIDTH);
  const head = `${target}   ${about}`;
  const title =
    head.length <= PAGE_WIDTH
      ? [head.replace(target, () => paint.bold(target))]
      : [paint.bold(target), about];
  if (search.runs === 0) return [...title, '', ...block('result', 'no run was made')].join('\n');
  return [
    ...title,
    '',
    ...tableLines(search, seed, paint),
    '',
    ...block('result', sumText(search.findings)),
    ...(unasked.length === 0
      ? []
      : block(
          'not asked',
          `${unasked.join(', ')}: people expect them, a real Sentinel breaks them (--property)`,
        )),
    ...block('speed', paceText(search, threads)),
    ...(saved.length > 0 ? [] : labelled('next', foldCommand(next, LABEL_WIDTH), LABEL_WIDTH)),
    ...saved.flatMap((each) => ['', ...counterexampleLines(each, seed, paint)]),
  ].join('\n');
}
