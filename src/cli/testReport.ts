/** What `sentinelsim test` prints for a person. */
import { count, moment, setting, span, thousands } from '../report/numbers.ts';
import type { Paint } from '../report/paint.ts';
import { labelled, PAGE_WIDTH, wrap } from '../report/wrap.ts';
import { limitOf } from '../search/requirements.ts';
import { entryWords } from '../search/verbText.ts';
import type { SavedCounterexample } from './counterexamples.ts';
import type { Finding, Search } from './testSearch.ts';

const MARKS: Readonly<Record<Finding['verdict'], string>> = { held: '✓', falsified: '✗', 'not tested': '·' };
const NAME_WIDTH = 34;
const LABEL_WIDTH = 11;

function colourOf(verdict: Finding['verdict'], paint: Paint): (text: string) => string {
  if (verdict === 'held') return paint.green;
  return verdict === 'falsified' ? paint.red : paint.dim;
}

/** A time against its limit: two decimals where they count. */
function against(observedMs: number, boundMs: number): string {
  return `${span(observedMs)} of ${span(boundMs)}`;
}

/** What a percentile came to, in the unit of its requirement. */
export function rankedText({ law, ranked }: Finding): string {
  if (ranked === null || law.requirement === null) return '';
  const { kind } = law.requirement.expectation;
  const isTime = kind === 'downtime' || kind === 'failover';
  const text = (value: number) => (isTime ? setting(Math.round(value)) : thousands(value));
  const observed = Number.isFinite(ranked.value) ? text(ranked.value) : 'none';
  return `${observed}, limit ${text(limitOf(law.requirement.expectation)!)}`;
}

function detail(finding: Finding, runs: number): string {
  const { tally, ranked, verdict } = finding;
  const { witnesses, violations, tightest } = tally;
  if (verdict === 'not tested') return 'no run put it to the test';
  const parts = [`${thousands(witnesses)} of ${count(runs, 'run')} put it to the test`];
  if (violations > 0) parts.push(`broken in ${thousands(violations)}`);
  if (tightest !== null) parts.push(`nearest ${against(tightest.observedMs, tightest.boundMs)}`);
  if (ranked !== null) parts.push(rankedText(finding));
  return parts.join(' · ');
}

function findingLines(finding: Finding, runs: number, paint: Paint): string[] {
  const { law, verdict } = finding;
  const room = PAGE_WIDTH - NAME_WIDTH - 2;
  const fits = law.name.length < NAME_WIDTH;
  const [first = '', ...rest] = wrap(detail(finding, runs), room);
  const indent = ' '.repeat(NAME_WIDTH + 2);
  const mark = colourOf(verdict, paint)(MARKS[verdict]);
  const head = fits
    ? [`${mark} ${law.name.padEnd(NAME_WIDTH)}${first}`]
    : [`${mark} ${law.name}`, indent + first];
  return [...head, ...rest.map((line) => indent + line)];
}

/** The block of one counterexample. */
export function counterexampleLines(saved: SavedCounterexample, paint: Paint): string[] {
  const { finding, found, file, commands } = saved;
  const { law, tally } = finding;
  const faults = found.faults.length;
  const how =
    file === null
      ? 'falsified'
      : `falsified after ${count(tally.first!.index + 1, 'run')}, shrunk ${count(found.shrinks, 'time')} to ${count(faults, 'fault')}`;
  const statement = law.property?.statement ?? `required: ${law.name}`;
  const head = `✗ ${law.name}`;
  const title =
    head.length + how.length + 3 <= PAGE_WIDTH
      ? [`${paint.red(paint.bold(head))}   ${how}`]
      : [paint.red(paint.bold(head)), `  ${how}`];
  const timeline = found.scenario.timeline.map(
    (entry) => [`t = ${moment(entry.atUs / 1000)}`, entryWords(entry)] as const,
  );
  const timeWidth = Math.max(LABEL_WIDTH - 1, ...timeline.map(([time]) => time.length)) + 2;
  const block = (label: string, text: string, width: number) =>
    labelled(label, wrap(text, PAGE_WIDTH - width - 2), width).map((line) => `  ${line}`);
  return [
    ...title,
    ...wrap(statement, PAGE_WIDTH - 2).map((line) => `  ${line}`),
    '',
    ...(timeline.length === 0 ? ['  no fault at all is needed'] : []),
    ...timeline.flatMap(([time, words]) => block(time, words, timeWidth)),
    ...block('found', found.violation, timeWidth),
    '',
    ...(file === null ? [] : [`  ${'saved as'.padEnd(LABEL_WIDTH)}${file}`]),
    ...commands.map(([label, command]) => `  ${label.padEnd(LABEL_WIDTH)}${command}`),
  ];
}

export interface ReportContext {
  readonly target: string;
  readonly seed: number;
  readonly wallMs: number;
  readonly workers: number;
  /** False without random faults. */
  readonly isFaulty: boolean;
  readonly nextCommand: string;
  /** Laws that people expect and Sentinel does not hold, which were not asked for. */
  readonly unasked: readonly string[];
}

/** Runs a second and core, over everything that the search did. */
export function paceText(search: Search, wallMs: number, workers: number): string {
  const pace = search.runs / (wallMs / 1000) / workers;
  const rounded = pace < 10 ? pace.toFixed(1) : thousands(Math.round(pace));
  const simulated = thousands(Math.round(search.simulatedMs / 1000));
  return `${simulated} s simulated in ${span(wallMs)}, ${rounded} runs a second and core (${count(workers, 'core')})`;
}

/** The whole report. */
export function searchText(
  search: Search,
  saved: readonly SavedCounterexample[],
  context: ReportContext,
  paint: Paint,
): string {
  const { seed, target, unasked } = context;
  const seeds = search.runs === 0 ? '' : `, seeds ${seed} to ${seed + search.runs - 1}`;
  const falsified = search.findings.filter(({ verdict }) => verdict === 'falsified').length;
  const held = search.findings.filter(({ verdict }) => verdict === 'held').length;
  const block = (label: string, text: string) =>
    labelled(label, wrap(text, PAGE_WIDTH - LABEL_WIDTH), LABEL_WIDTH);
  const sum = `${held} held · ${falsified} falsified · ${search.findings.length - held - falsified} not put to the test`;
  return [
    `${paint.bold(target)}   ${count(search.runs, 'run')} ${context.isFaulty ? 'with' : 'without'} random faults${seeds}`,
    '',
    ...search.findings.flatMap((finding) => findingLines(finding, search.runs, paint)),
    '',
    ...saved.flatMap((each) => [...counterexampleLines(each, paint), '']),
    ...block('result', sum),
    ...(unasked.length === 0
      ? []
      : block(
          'not asked',
          `${unasked.join(', ')}: people expect them, a real Sentinel breaks them; see --property`,
        )),
    ...block('next', context.nextCommand),
    ...block('speed', paceText(search, context.wallMs, context.workers)),
  ].join('\n');
}
