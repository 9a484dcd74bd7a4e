/** From a path to something that can be simulated. */
import { loadScenarioOrDeployment } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { failoverTest } from './failoverTest.ts';

export interface PreparedRun {
  readonly scenario: Scenario;
  /** A deployment alone: the built-in failover test is played and judged step by step. */
  readonly isDeployment: boolean;
  readonly path: string;
}

/**
 * Reads a scenario file, a compose file or the folder of one.
 * @throws InputError when it cannot be used.
 */
export function prepare(path: string): PreparedRun {
  const loaded = loadScenarioOrDeployment(path);
  if (loaded.kind === 'scenario') return { scenario: loaded.scenario, isDeployment: false, path };
  return { scenario: failoverTest(loaded.deployment), isDeployment: true, path };
}
