/** The text account of a run: what happened, how long it took, what clients saw, what to make of it. */
import type { Deployment } from '../config/deployment.ts';
import { phasesOf } from '../measure/phases.ts';
import type { RunDocument, RunFailover } from '../run/document.ts';
import type { StepVerdict } from '../run/steps.ts';
import { clientsText } from './clients.ts';
import { headerText } from './header.ts';
import { whyNoFailover } from './noFailover.ts';
import { roughly, span } from './numbers.ts';
import { createPaint, type Paint } from './paint.ts';
import { type StoryContext, storyContext } from './story/context.ts';
import { surprisesOf } from './surprises.ts';
import { timelineText } from './timeline.ts';
import { labelled, PAGE_WIDTH, wrap, wrapPieces } from './wrap.ts';

export interface ReportContext {
  readonly deployment?: Deployment;
  readonly steps: readonly StepVerdict[];
  /** The command that runs this again. */
  readonly replay: string;
  /** `60 s simulated in 2.1 ms, 28,000 × real time`; empty to leave it out. */
  readonly speed: string;
}

export interface ReportOptions {
  readonly colour: boolean;
}

const LABEL_WIDTH = 10;

/** The whole account, without a line break at its end. */
export function reportText(document: RunDocument, context: ReportContext, options: ReportOptions): string {
  const story = storyContext(document, context.deployment);
  const paint = createPaint(options.colour);
  const sections = [
    headerText(story, paint),
    timelineText(story, paint),
    [...outcomeText(story), ...clientsText(document.clients, LABEL_WIDTH, paint)],
    stepsText(context.steps, paint),
    expectationsText(document, paint),
    notesText(story, paint),
    closingText(context, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function outcomeText(context: StoryContext): string[] {
  const { failovers, events, actions } = context.document;
  const lines: string[] = [];
  for (const failover of failovers) {
    if (failover.outcome === 'completed' || failover.promotedAt !== null) {
      lines.push(...phaseLines(failover, phasesOf(failover, events, actions)));
    }
  }
  for (const reason of whyNoFailover(context)) lines.push(...wrap(reason, PAGE_WIDTH));
  return lines;
}

function phaseLines(failover: RunFailover, measured: ReturnType<typeof phasesOf>): string[] {
  const parts = measured.phases.map(({ name, ms }) => `${name} ${span(ms)}`);
  const total =
    measured.switchAt === null
      ? 'no Sentinel has named the new master'
      : `clients can find ${failover.to} ${span(measured.switchAt - measured.startAt)} after ${startName(failover, measured.startAt)}`;
  return labelled('phases', [...wrapPieces(parts, PAGE_WIDTH - LABEL_WIDTH), total], LABEL_WIDTH);
}

function startName(failover: RunFailover, startAt: number): string {
  if (failover.odownAt === null) return 'the command';
  return startAt < failover.tryAt && startAt !== failover.sdownAt
    ? `the fault at ${roughly(startAt)}`
    : 'SDOWN';
}

function mark(verdict: boolean | null, paint: Paint): string {
  if (verdict === null) return paint.yellow('?');
  return verdict ? paint.green('✓') : paint.red('✗');
}

function stepsText(steps: readonly StepVerdict[], paint: Paint): string[] {
  const width = Math.max(0, ...steps.map((step) => step.text.length)) + 2;
  return steps.flatMap((step, index) => {
    const left = `${String(index + 1).padStart(2)} ${step.text.padEnd(width)}`;
    const details = wrap(step.detail, Math.max(20, PAGE_WIDTH - left.length - 3));
    const first = `${left}${mark(step.verdict, paint)}  ${details[0] ?? ''}`.trimEnd();
    return [first, ...details.slice(1).map((line) => ' '.repeat(left.length + 3) + line)];
  });
}

function expectationsText(document: RunDocument, paint: Paint): string[] {
  const width = Math.max(0, ...document.expectations.map((expectation) => expectation.expect.length)) + 2;
  return document.expectations.map((expectation, index) => {
    const label = (index === 0 ? 'expected' : '').padEnd(LABEL_WIDTH);
    const verdict = mark(expectation.held, paint);
    return `${label}${expectation.expect.padEnd(width)}${verdict}  ${expectation.observed}`.trimEnd();
  });
}

const NOTES_WIDTH = 16;

function notesText(context: StoryContext, paint: Paint): string[] {
  const known = surprisesOf(context).flatMap((sentence, index) =>
    labelled(index === 0 ? 'worth knowing' : '', bullet(sentence), NOTES_WIDTH),
  );
  const missing = context.document.unmodelled.flatMap((sentence, index) =>
    labelled(index === 0 ? 'not simulated' : '', wrap(sentence, PAGE_WIDTH - NOTES_WIDTH), NOTES_WIDTH),
  );
  return [...known.map((line) => line.replace(/^worth knowing/, paint.bold('worth knowing'))), ...missing];
}

function bullet(sentence: string): string[] {
  return wrap(sentence, PAGE_WIDTH - NOTES_WIDTH - 2).map(
    (line, index) => (index === 0 ? '· ' : '  ') + line,
  );
}

function closingText(context: ReportContext, paint: Paint): string[] {
  const again = labelled('again', [context.replay], LABEL_WIDTH).join('');
  if (context.speed === '') return [again];
  const room = PAGE_WIDTH - again.length - context.speed.length;
  if (room >= 3) return [`${again}${' '.repeat(room)}${paint.dim(context.speed)}`];
  return [again, `${' '.repeat(LABEL_WIDTH)}${paint.dim(context.speed)}`];
}
