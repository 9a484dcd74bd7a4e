/** Counterexamples on disk: scenario files, with the commands that play them again. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { counterexampleText, type Origin, slug } from '../search/counterexampleFile.ts';
import { quoted } from './shellCommand.ts';
import type { SearchPlan } from './testPlan.ts';
import type { Counterexample } from './testRuns.ts';
import type { Finding } from './testSearch.ts';
import { UsageError } from './usageError.ts';

export interface SavedCounterexample {
  readonly finding: Finding;
  readonly found: Counterexample;
  /** Null without random faults: the target itself is the counterexample. */
  readonly file: string | null;
  /** The words of the command that shows the violation again. */
  readonly again: readonly string[];
  /** The words of the command that tells every cause. */
  readonly explain: readonly string[];
}

/** Laws that an entry of a scenario's `expect` can state, so that `run` judges them too. */
const AS_EXPECTATION: Readonly<Record<string, string>> = {
  'no-lost-write': '{ lostWrites: { atMost: 0 } }',
};

/** Complains now rather than after a long search about a folder that cannot be written. */
export function checkFolder(option: string, folder: string): void {
  try {
    const isThere = existsSync(folder);
    if (isThere && !statSync(folder).isDirectory()) throw new Error('it is a file');
    accessSync(isThere ? folder : dirname(resolve(folder)), constants.W_OK);
  } catch (error) {
    throw new UsageError(`error: cannot write ${option} ${folder}: ${(error as Error).message}`);
  }
}

function expectationOf({ law }: Finding): readonly string[] {
  const yaml = law.requirement?.yaml ?? AS_EXPECTATION[law.name];
  return yaml === undefined ? [] : [yaml];
}

function againWords(file: string, finding: Finding, seed: number): readonly string[] {
  const last = ['--seed', String(seed)];
  if (expectationOf(finding).length > 0) return ['sentinelsim', 'run', file, ...last];
  return [
    'sentinelsim',
    'test',
    file,
    '--property',
    finding.law.name,
    '--faults',
    'none',
    '--runs',
    '1',
    ...last,
  ];
}

/** A run of the target itself is judged by `test`: the target need not expect what was required here. */
function targetWords(file: string, { law }: Finding, seed: number): readonly string[] {
  const which = law.requirement === null ? ['--property', law.name] : ['--require', law.name];
  return ['sentinelsim', 'test', file, ...which, '--faults', 'none', '--runs', '1', '--seed', String(seed)];
}

function originOf({ space }: SearchPlan): Origin {
  if (space.kind === 'clusters') return { kind: 'arbitrary' };
  const { path, isDeployment } = space.base;
  return isDeployment
    ? { kind: 'deployment', path }
    : { kind: 'scenario', path, source: readFileSync(path, 'utf8') };
}

/** Scenario files in `folder`, one for each counterexample; none when the target itself is the counterexample. */
export function saveCounterexamples(
  findings: readonly Finding[],
  plan: SearchPlan,
  folder: string,
): SavedCounterexample[] {
  const { space } = plan;
  const names = new Set<string>();
  return findings.flatMap((finding): SavedCounterexample[] => {
    const found = finding.counterexample;
    if (found === null) return [];
    const explain = (file: string) => ['sentinelsim', 'explain', file, '--seed', String(found.seed)];
    if (space.kind === 'around' && space.kinds.length === 0) {
      const { path } = space.base;
      return [
        { finding, found, file: null, again: targetWords(path, finding, found.seed), explain: explain(path) },
      ];
    }
    const name = nameOf(finding, names);
    const file = join(folder, `${name}.yaml`);
    const again = againWords(file, finding, found.seed);
    const text = counterexampleText(found.prepared.scenario, originOf(plan), folder, {
      name,
      about: `breaks ${finding.law.name}: ${found.violation}`,
      expect: expectationOf(finding),
      head: [again.map(quoted).join(' ')],
    });
    // Not recursive: that never ends in /proc.
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(file, text);
    return [{ finding, found, file, again, explain: explain(file) }];
  });
}

/** A name that no counterexample of this search has: two requirements may differ in marks alone. */
function nameOf({ law }: Finding, taken: Set<string>): string {
  const wanted = `counterexample-${slug(law.name)}`;
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}
