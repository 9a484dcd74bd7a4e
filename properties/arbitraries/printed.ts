/** How fast-check prints a run that breaks a property: as a scenario file. */
import fc from 'fast-check';
import type { PreparedRun } from '../../src/run/prepare.ts';
import { counterexampleText } from '../../src/search/counterexampleFile.ts';

/** Everything that a run is a function of. */
export interface ArbitraryRun {
  readonly prepared: PreparedRun;
  readonly seed: number;
}

/** Whose cluster it is: its own, that of the files at a path, or one that was handed over without its files. */
export type PrintedOrigin = { readonly path: string } | 'drawn' | 'given';

const SOMEWHERE = '.';

/** The run; fast-check prints it as YAML that `sentinelsim run` plays. */
export function printedRun(
  prepared: PreparedRun,
  seed: number,
  origin: PrintedOrigin,
): ArbitraryRun & fc.WithToStringMethod {
  return {
    prepared,
    seed,
    [fc.toStringMethod]() {
      return `\n${scenarioText(this, origin)}`;
    },
  };
}

function scenarioText({ prepared, seed }: ArbitraryRun, origin: PrintedOrigin): string {
  const head = [`save as counterexample.yaml and: sentinelsim run counterexample.yaml --seed ${seed}`];
  if (origin === 'given') head.push('with the path of the deployment that the run was made around');
  const path = typeof origin === 'string' ? SOMEWHERE : origin.path;
  return counterexampleText(
    prepared.scenario,
    origin === 'drawn' ? { kind: 'arbitrary' } : { kind: 'deployment', path },
    SOMEWHERE,
    { name: 'counterexample', about: 'found by fast-check', expect: [], head },
  );
}
