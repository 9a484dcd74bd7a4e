/** The stage of `sentinelsim explain`: find out what the target is, explain it, hand the text to the printers. */
import { suggestion } from '../config/nearest.ts';
import { explainDocument, explainRun } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { readRunDocument } from '../explain/readRunDocument.ts';
import { explanationText } from '../explain/render.ts';
import { eventNames, glossaryText, meaningOf } from '../report/glossary.ts';
import { createPaint } from '../report/paint.ts';
import { PAGE_WIDTH } from '../report/wrap.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { ExplainRequest } from './explainArguments.ts';
import { type Output, printComplaint, printText } from './printing.ts';
import { UsageError } from './usageError.ts';

const DEFAULT_SEED = 1;

/** Carries the request out and gives the exit status. */
export function explainCommand(
  request: ExplainRequest,
  prepare: (path: string) => PreparedRun,
  output: Output,
): number {
  const { target, glossary } = request;
  if (target === null) {
    printGlossary(glossary ?? '', request.json, output);
    return 0;
  }
  const explanation = isRunDocument(target)
    ? explainFile(target, request.seed, output)
    : explainRun(prepare(target), request.seed ?? DEFAULT_SEED);
  if (request.json) printText(output, JSON.stringify(explanation));
  else printText(output, explanationText(explanation, createPaint(output.colour)));
  return 0;
}

/** Scenarios are YAML and deployments YAML or folders, so the ending tells. */
function isRunDocument(target: string): boolean {
  return /\.(json|jsonl|ndjson)$/i.test(target);
}

function explainFile(file: string, seed: number | null, output: Output): Explanation {
  const { run, of } = readRunDocument(file, seed);
  if (of > 1 && seed === null) {
    printComplaint(output, `${file} holds ${of} runs; this is the first. --seed chooses another.`);
  }
  return explainDocument(run);
}

function printGlossary(word: string, json: boolean, output: Output): void {
  const paint = createPaint(output.colour);
  const text = glossaryText(PAGE_WIDTH, word, paint.bold);
  if (text === '') {
    const hint = suggestion(
      word,
      eventNames().map((name) => name.replace(/^[+-]/, '')),
    );
    throw new UsageError(`error: no event has to do with ${word}${hint === '' ? '' : `; ${hint}`}`);
  }
  if (json) {
    const shown = eventNames().filter((name) => text.includes(`  ${name} `));
    printText(output, JSON.stringify(Object.fromEntries(shown.map((name) => [name, meaningOf(name)]))));
  } else printText(output, text);
}
