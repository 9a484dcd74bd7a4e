/** The argument specification of `sentinelsim explain`. */
import type { Command } from 'commander';
import { readFirstSeed } from './numbers.ts';
import { UsageError } from './usageError.ts';

export interface ExplainRequest {
  readonly command: 'explain';
  /** A run document, a scenario or a deployment; null: only the glossary is asked for. */
  readonly target: string | null;
  /** Null: not given. */
  readonly seed: number | null;
  readonly json: boolean;
  /** A word to look for in the glossary, empty for all of it; null: no glossary. */
  readonly glossary: string | null;
  /** False when `--no-color` was given. */
  readonly colour: boolean;
}

interface ExplainOptions {
  readonly seed?: number;
  readonly json?: true;
  readonly glossary?: string | true;
  readonly color: boolean;
}

const EXAMPLES = `
Examples:
  sentinelsim explain examples/redis-ha              why the failover of this deployment took as long as it did
  sentinelsim explain scenario.yaml --seed 7         why there was none in this run
  sentinelsim explain real.json                      what the events of a recorded or imported run prove
  sentinelsim explain --glossary                     every event with its meaning
  sentinelsim explain --glossary odown               the events that have to do with ODOWN

Exit status: 0, 2 bad input, 70 an error of sentinelsim itself.`;

export function registerExplain(program: Command, accept: (request: ExplainRequest) => void): void {
  program
    .command('explain')
    .description('tell why a failover happened, or did not, and why writes were refused or lost')
    .argument('[target]', 'a run document (.json, .jsonl), a scenario file, or a deployment')
    .option('--seed <n>', 'seed of the run; in a file of several runs, which of them', readFirstSeed)
    .option('--json', 'print one JSON document and nothing else')
    .option('--glossary [word]', 'print the meaning of every event, or of those that have to do with a word')
    .option('--no-color', 'plain text (as NO_COLOR does)')
    .addHelpText('after', EXAMPLES)
    .action((target: string | undefined, options: ExplainOptions) => {
      accept(explainRequest(target, options));
    });
}

function explainRequest(target: string | undefined, options: ExplainOptions): ExplainRequest {
  const { glossary } = options;
  if (target === undefined && glossary === undefined) {
    throw new UsageError(
      'error: nothing to explain: name a run document, a scenario or a deployment\nSee sentinelsim explain --help.',
    );
  }
  if (target !== undefined && glossary !== undefined) {
    throw new UsageError(
      'error: --glossary stands alone: it explains no run\nSee sentinelsim explain --help.',
    );
  }
  return {
    command: 'explain',
    target: target ?? null,
    seed: options.seed ?? null,
    json: options.json ?? false,
    glossary: glossary === true ? '' : (glossary ?? null),
    colour: options.color,
  };
}
