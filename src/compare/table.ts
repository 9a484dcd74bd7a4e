/** The comparison as a person reads it: disagreements first, agreements in a few lines. */
import { list, moment, thousands } from '../report/numbers.ts';
import { createPaint, type Paint } from '../report/paint.ts';
import { labelled, PAGE_WIDTH, wrap, wrapPieces } from '../report/wrap.ts';
import { median, type Sample, type Unit } from './agreement.ts';
import type { ComparedMeasure } from './comparison.ts';
import type { Coverage } from './observed.ts';

export interface TableOptions {
  readonly scenario: string;
  readonly recordings: number;
  readonly runs: number;
  readonly coverage: Coverage;
  /** List what agrees, too. */
  readonly all: boolean;
  readonly colour: boolean;
  /** Per cent of the measures that have to agree; said when one differs. */
  readonly least?: number;
  /** Leave out what agrees and how it is judged: one of many tables. */
  readonly brief?: boolean;
}

const PART_WIDTH = 13;
const HEAD = `${''.padEnd(PART_WIDTH + 2)}${sampleText('recorded', 'median', 'least .. most')}${sampleText('simulated', 'median', 'least .. most')}`;
const LABEL_WIDTH = 12;

const RULES =
  'A measure agrees when it occurs as often (Fisher’s exact test, 1 %), when it is not new in more than 10 % of the seeds, and when ' +
  'its values come from one distribution (exact Kolmogorov-Smirnov test, 1 %) after the best common shift of at most 100 ms or 5 %; ' +
  'lost writes: 3 or 5 %; counts: none.';

function sampleText(occurrence: string, middle: string, range: string): string {
  return `${occurrence.padStart(9)}${middle.padStart(11)}  ${range.padEnd(20)}`;
}

/** `5.056` seconds or `2,418`: the unit stands with the median. */
function bare(value: number, unit: Unit): string {
  return unit === 'ms' ? moment(value).slice(0, -2) : thousands(Math.round(value * 10) / 10);
}

function describe({ values, runs }: Sample, unit: Unit): string {
  const occurrence = `${values.length}/${runs}`;
  if (values.length === 0) return sampleText(occurrence, '–', '');
  const middle = `${bare(median(values), unit)}${unit === 'ms' ? ' s' : '  '}`;
  const range = `${bare(Math.min(...values), unit)} .. ${bare(Math.max(...values), unit)}`;
  return sampleText(occurrence, middle, range);
}

function probability(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(p < 0.1 ? 3 : 2);
}

function shiftText({ unit, agreement }: ComparedMeasure): string {
  if (unit === 'count') return '';
  if (agreement.shift === 0) return agreement.agrees ? ', unshifted' : ', no shift helps';
  const size = Math.round(agreement.shift);
  return `, simulated values shifted by ${size > 0 ? '+' : ''}${size}${unit === 'ms' ? ' ms' : ''}`;
}

/** Why a measure agrees or differs, with the figures of the tests. */
export function reasonOf(compared: ComparedMeasure): string {
  const { agreement, recorded, simulated } = compared;
  const fisher = `Fisher p ${probability(agreement.fisherP)}`;
  if (agreement.by === 'unrecorded') {
    const share = Math.round((simulated.values.length / simulated.runs) * 100);
    return `in ${share} % of the seeds and in no recording (at most 10 %); ${fisher}`;
  }
  if (agreement.by === 'occurrence') {
    const word = agreement.agrees
      ? 'as often'
      : recorded.values.length === 0
        ? 'never recorded'
        : 'not as often';
    return `${word}: ${fisher}`;
  }
  const ks = `KS p ${probability(agreement.ksP ?? 1)}`;
  return `${agreement.agrees ? '' : 'other values: '}${ks}${shiftText(compared)}; ${fisher}`;
}

function measureLines(compared: ComparedMeasure, paint: Paint): string[] {
  const { part, unit, recorded, simulated, agreement } = compared;
  const figures =
    `${part.padEnd(PART_WIDTH)}${describe(recorded, unit)}${describe(simulated, unit)}`.trimEnd();
  const mark = agreement.agrees ? ' ' : paint.red('✗');
  const reason = wrap(reasonOf(compared), PAGE_WIDTH - PART_WIDTH - 2);
  return [`${mark} ${figures}`, ...labelled('', reason, PART_WIDTH + 2).map((line) => paint.dim(line))];
}

function bySubject(measures: readonly ComparedMeasure[]): Map<string, ComparedMeasure[]> {
  const subjects = new Map<string, ComparedMeasure[]>();
  for (const each of measures) {
    const known = subjects.get(each.subject);
    if (known === undefined) subjects.set(each.subject, [each]);
    else known.push(each);
  }
  return subjects;
}

function section(title: string, measures: readonly ComparedMeasure[], paint: Paint): string[] {
  if (measures.length === 0) return [];
  const lines = [...bySubject(measures)].flatMap(([subject, own]) => [
    paint.bold(subject),
    ...own.flatMap((each) => measureLines(each, paint)),
  ]);
  return [title, HEAD.trimEnd(), ...lines, ''];
}

const KINDS: readonly (readonly [string, RegExp])[] = [
  ['clients', /^client /],
  ['at the end', /^at the end /],
  ['events', /^/],
];

/** The subjects of which everything agrees, one kind a paragraph. */
function agreedLines(measures: readonly ComparedMeasure[]): string[] {
  const kinds = new Map<string, string[]>(KINDS.map(([kind]) => [kind, []]));
  for (const [subject, own] of bySubject(measures)) {
    if (own.some(({ agreement }) => !agreement.agrees)) continue;
    const [kind, prefix] = KINDS.find(([, pattern]) => pattern.test(subject))!;
    kinds.get(kind)!.push(subject.replace(prefix, ''));
  }
  const lines = [...kinds].flatMap(([kind, subjects]) =>
    labelled(kind, wrapPieces(subjects, PAGE_WIDTH - LABEL_WIDTH), LABEL_WIDTH),
  );
  return lines.length === 0 ? [] : ['These agree', ...lines, ''];
}

function missingText(coverage: Coverage): string[] {
  const missing = [
    ...(coverage.clients ? [] : ['clients']),
    ...(coverage.redisEvents ? [] : ['log lines of the Redis servers']),
    ...(coverage.finalViews ? [] : ['final views']),
  ];
  return missing.length === 0 ? [] : [`${list(missing)}: not in the recordings, so not compared`];
}

/** `98.4 %`, never rounded up to agreement. */
export function shareText(part: number, whole: number): string {
  if (part === whole) return '100 %';
  return `${(Math.floor((part / Math.max(1, whole)) * 1000) / 10).toFixed(1)} %`;
}

/** The whole table. */
export function comparisonText(measures: readonly ComparedMeasure[], options: TableOptions): string {
  const { scenario, recordings, runs, all, colour, coverage, least, brief = false } = options;
  const paint = createPaint(colour);
  const differing = measures.filter(({ agreement }) => !agreement.agrees);
  const agreeing = measures.filter(({ agreement }) => agreement.agrees);
  const hint = all || brief ? '' : '; --all shows the figures of each';
  const asked = least === undefined || differing.length === 0 ? '' : `, ${least} % asked for`;
  const verdict = `${thousands(agreeing.length)} of ${thousands(measures.length)} measures agree (${shareText(agreeing.length, measures.length)}${asked})${hint}`;
  return [
    `${paint.bold(scenario)}   ${thousands(recordings)} recorded against ${thousands(runs)} simulated runs`,
    '',
    ...section('These differ', differing, paint),
    ...(all ? section('These agree', agreeing, paint) : brief ? [] : agreedLines(measures)),
    ...labelled('unknown', missingText(coverage), LABEL_WIDTH),
    ...labelled('verdict', [verdict], LABEL_WIDTH),
    ...(brief ? [] : labelled('how', wrap(RULES, PAGE_WIDTH - LABEL_WIDTH), LABEL_WIDTH).map(paint.dim)),
  ].join('\n');
}
