/** Counterexamples on disk: scenario files, with the commands that play them again. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counterexampleText, slug } from '../search/counterexampleFile.ts';
import { quoted, replayCommand } from './runCommand.ts';
import type { SearchPlan } from './testPlan.ts';
import type { Counterexample } from './testRuns.ts';
import type { Finding } from './testSearch.ts';
import { UsageError } from './usageError.ts';

export interface SavedCounterexample {
  readonly finding: Finding;
  readonly found: Counterexample;
  /** Null without random faults: the target itself is the counterexample. */
  readonly file: string | null;
  /** Label and command, ready to paste. */
  readonly commands: readonly (readonly [string, string])[];
}

/** Makes the folder for counterexamples; its parent must be there. */
export function makeFolder(option: string, folder: string): void {
  try {
    // Not recursive: that never ends in /proc.
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw new UsageError(`error: cannot write ${option} ${folder}: ${(error as Error).message}`);
  }
}

/** The command that judges the counterexample again. */
function judgeCommand(file: string, { law }: Finding, seed: number): string {
  const which = law.requirement === null ? `--property ${law.name}` : `--require ${quoted(law.name)}`;
  return `sentinelsim test ${quoted(file)} ${which} --faults none --runs 1 --seed ${seed}`;
}

function commandsFor(
  file: string,
  finding: Finding,
  { seed }: Counterexample,
): SavedCounterexample['commands'] {
  return [
    ['again', judgeCommand(file, finding, seed)],
    ['watch', replayCommand(file, seed)],
    ['why', `sentinelsim explain ${quoted(file)} --seed ${seed}`],
  ];
}

/** Scenario files in `folder`, one for each counterexample; none when the target itself is the counterexample. */
export function saveCounterexamples(
  findings: readonly Finding[],
  { base, kinds }: SearchPlan,
  folder: string,
): SavedCounterexample[] {
  const source = base.isDeployment ? '' : readFileSync(base.path, 'utf8');
  return findings.flatMap((finding): SavedCounterexample[] => {
    const found = finding.counterexample;
    if (found === null) return [];
    if (kinds.length === 0) {
      return [{ finding, found, file: null, commands: commandsFor(base.path, finding, found) }];
    }
    const name = `counterexample-${slug(finding.law.name)}`;
    const file = join(folder, `${name}.yaml`);
    const commands = commandsFor(file, finding, found);
    const text = counterexampleText(found.scenario, base, source, dirname(file), {
      name,
      about: `breaks ${finding.law.name}: ${found.violation}`,
      expect: finding.law.requirement === null ? [] : [finding.law.requirement.yaml],
      head: commands.map(([, command]) => command),
    });
    makeFolder('--out', folder);
    writeFileSync(file, text);
    return [{ finding, found, file, commands }];
  });
}
