/** What was seen of a real cluster → the run document that a simulation of the same scenario would write. */
import type { ClientState } from '../../models/client/state.ts';
import { measureClient } from '../../src/measure/clients.ts';
import { failoversOf } from '../../src/measure/failovers.ts';
import { lostWrites } from '../../src/measure/lostWrites.ts';
import type { FinalView, RunAction, RunDocument } from '../../src/run/document.ts';
import { judgeExpectations } from '../../src/run/expectations.ts';
import { toRunEvents } from '../../src/trace/recorder.ts';
import type { LoggedEvent } from './logEvents.ts';
import type { Plan } from './plan.ts';

/** A client at the end, and which of its keys the one master has; null when there is no one master. */
export interface SeenClient {
  readonly state: ClientState;
  readonly startUs: number;
  readonly kept: ReadonlySet<string> | null;
}

/** Times in microseconds of the wall clock. */
export interface Seen {
  readonly version: string;
  readonly zeroUs: number;
  readonly endUs: number;
  /** Of all nodes, node after node. */
  readonly logged: readonly LoggedEvent[];
  readonly actions: readonly RunAction[];
  readonly clients: readonly SeenClient[];
  readonly final: readonly FinalView[];
  /** Address or id → name. */
  readonly names: ReadonlyMap<string, string>;
}

export function documentOf({ scenario, seed }: Plan, seen: Seen): RunDocument {
  const { zeroUs, endUs, actions, final, names } = seen;
  const announcements = [...seen.logged]
    .filter(({ atUs }) => atUs <= endUs)
    .sort((a, b) => a.atUs - b.atUs)
    .map((event) => ({ ...event, process: 0 }));
  const fromUs = scenario.timeline.length === 0 ? 0 : zeroUs;
  const events = toRunEvents(announcements, { names }, zeroUs, fromUs);
  const sentinels = scenario.deployment.sentinels.map(({ name }) => name);
  const failovers = failoversOf(events, sentinels);
  const master = final.find((view) => 'role' in view && view.role === 'master')?.node ?? '';
  const servers = scenario.deployment.redis.map(({ name }) => name);
  const history = { events, actions, zeroUs, nameByAddress: names, servers, master };
  const clients = seen.clients.map(({ state, startUs, kept }) => {
    const lost = kept === null ? null : lostWrites(state, (key) => kept.has(key), history);
    return measureClient(state, lost, { zeroUs, startUs, endUs });
  });
  return {
    schema: 'sentinelsim/run/1',
    scenario: scenario.name,
    about: scenario.about,
    seed,
    source: seen.version,
    durationMs: scenario.durationUs / 1000,
    events,
    actions,
    failovers,
    clients,
    final,
    expectations: judgeExpectations(scenario.expect, { events, actions, failovers, clients, final }),
    unmodelled: leftOut(scenario),
  };
}

/** What the scenario asks for that a recording leaves out. */
function leftOut({ deployment }: Plan['scenario']): string[] {
  const fixed = [...deployment.redis, ...deployment.sentinels].filter(
    ({ configFile }) => configFile !== 'writable',
  );
  return fixed.map(({ name }) => `${name}: its configuration file can be rewritten here`);
}
