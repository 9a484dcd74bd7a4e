/** An explanation as text for a page of one hundred columns. */
import { moment, span } from '../report/numbers.ts';
import type { Paint } from '../report/paint.ts';
import { labelled, PAGE_WIDTH, wrap } from '../report/wrap.ts';
import type { Explanation, Finding, FindingKind, Step } from './explanation.ts';

const TIME_WIDTH = 11;
const NODE_MAX = 18;
const LABEL_WIDTH = 14;

/** The whole text, without a line break at its end. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  const { findings } = explanation;
  const blocks = [headerText(explanation, paint)];
  if (findings.length === 0)
    blocks.push(['Nothing to explain: no failover, no master away, no write refused or lost.']);
  for (const finding of findings) blocks.push(findingText(finding, paint));
  return blocks.map((lines) => lines.map((line) => line.trimEnd()).join('\n')).join('\n\n');
}

function headerText(
  { scenario, about, seed, source, durationMs, basis }: Explanation,
  paint: Paint,
): string[] {
  const facts = [
    scenario === '' ? 'run' : scenario,
    ...(seed === null ? [] : [`seed ${seed}`]),
    span(durationMs),
    ...(source === '' ? [] : [source]),
  ];
  const known =
    basis === 'simulation'
      ? 'Every number is read from the simulated cluster at the moment it tells of.'
      : 'Told from the events of a run document alone; what they do not show is said.';
  return [
    paint.bold(facts.join('   ')),
    ...(about === '' ? [] : wrap(about, PAGE_WIDTH)),
    ...wrap(known, PAGE_WIDTH).map((line) => paint.dim(line)),
  ];
}

const MARKS: Readonly<Record<FindingKind, (paint: Paint) => string>> = {
  failover: (paint) => paint.green('✓'),
  'failed-attempt': (paint) => paint.yellow('·'),
  'no-failover': (paint) => paint.red('✗'),
  'refused-writes': (paint) => paint.yellow('·'),
  'lost-writes': (paint) => paint.red('✗'),
};

function findingText(finding: Finding, paint: Paint): string[] {
  const title = wrap(finding.title, PAGE_WIDTH - 2);
  const nodeWidth = Math.min(NODE_MAX, Math.max(2, ...finding.steps.map(({ node }) => node?.length ?? 0)));
  return [
    `${MARKS[finding.kind](paint)} ${paint.bold(title[0]!)}`,
    ...title.slice(1).map((line) => `  ${paint.bold(line)}`),
    ...finding.steps.flatMap((each) => stepText(each, nodeWidth, paint)),
    ...notes('to change it', finding.toChange),
    ...notes('not known', finding.unknown),
  ];
}

function stepText(each: Step, nodeWidth: number, paint: Paint): string[] {
  const indent = TIME_WIDTH + 2 + nodeWidth + 2;
  const rule = each.rule === null ? '' : ` (${each.rule})`;
  const sentence = `${each.what}${each.because === '' ? '' : `: ${each.because}`}${rule}`;
  const time = (each.at === null ? '' : moment(each.at)).padStart(TIME_WIDTH);
  const node =
    (each.node ?? '').length > nodeWidth ? `${each.node!.slice(0, nodeWidth - 1)}…` : (each.node ?? '');
  return wrap(sentence, PAGE_WIDTH - indent).map((line, index) => {
    const left = index === 0 ? `${time}  ${node.padEnd(nodeWidth)}  ` : ' '.repeat(indent);
    return (
      left +
      (rule !== '' && line.endsWith(rule.trim())
        ? line.slice(0, -rule.trim().length) + paint.dim(rule.trim())
        : line)
    );
  });
}

function notes(label: string, sentences: readonly string[]): string[] {
  return sentences.flatMap((sentence, index) =>
    labelled(index === 0 ? `  ${label}` : '', wrap(sentence, PAGE_WIDTH - LABEL_WIDTH - 2), LABEL_WIDTH + 2),
  );
}
