/** The catalogue as fast-check properties over one deployment. */
import fc from 'fast-check';
import type { Deployment } from '../src/config/deployment.ts';
import { type RunConstraints, runOf } from './arbitraries/clusters.ts';
import type { ArbitraryRun } from './arbitraries/printed.ts';
import { catalogue } from './catalogue.ts';
import { judgeRun } from './checkRun.ts';
import type { Property } from './property.ts';

export interface DeploymentProperty {
  readonly name: string;
  readonly statement: string;
  /** For `fc.assert` or `fc.check`; throws with the violation in words. */
  readonly property: fc.IProperty<[ArbitraryRun]>;
}

/** Judges one run; null when the property holds in it. */
export function violationOf(property: Property, { prepared, seed }: ArbitraryRun): string | null {
  return judgeRun(prepared, seed, [property]).judgements[0]!.verdict.violation;
}

/**
 * Every property of the catalogue that holds, over arbitrary faults around this deployment.
 * @param deployment itself, or the path of its compose file or folder
 * @throws InputError when the files cannot be used
 */
export function propertiesOf(
  deployment: Deployment | string,
  constraints: RunConstraints = {},
): DeploymentProperty[] {
  const runs = runOf(deployment, constraints);
  return catalogue
    .filter(({ holds }) => holds)
    .map((property) => ({
      name: property.name,
      statement: property.statement,
      property: fc.property(runs, (run) => {
        const violation = violationOf(property, run);
        if (violation !== null) throw new Error(`${property.name}: ${violation}`);
      }),
    }));
}
