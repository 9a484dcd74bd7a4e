/** Acknowledged writes: when they are given, when they cease, and which are lost. */
import type { ClientState } from '../models/client/state.ts';
import { hasKey, type RedisState } from '../models/redis/index.ts';
import { eachLostWrite, type LostWrite } from '../src/measure/lostWrites.ts';
import type { RunDocument } from '../src/run/document.ts';
import { processOf, singleMaster } from '../src/run/roles.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { groupOf } from './groups.ts';
import { servers, wallAt } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

function isDemanding({ config }: RedisState): boolean {
  return config.minReplicasToWrite > 0 && config.minReplicasMaxLagSec > 0;
}

/** ACK times of the online replicas, the newest first, in whole seconds. */
function acks({ replicas }: RedisState): number[] {
  return replicas
    .filter(({ phase }) => phase === 'online')
    .map(({ ackSec }) => ackSec)
    .sort((a, b) => b - a);
}

/** How old the ACK of the last replica that is needed is, in whole seconds (R-CLK-1). */
function lag(state: RedisState, wallUs: number): number {
  const needed = acks(state)[state.config.minReplicasToWrite - 1];
  return needed === undefined ? Number.POSITIVE_INFINITY : Math.floor(wallUs / 1_000_000) - needed;
}

function goodReplicaChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const fenced = new Map<string, { readonly map: ReadonlyMap<string, string>; readonly keys: number }>();
  const compare = (name: string, state: RedisState) => {
    const before = fenced.get(name);
    if (before === undefined) return;
    const { map } = state.keyspace;
    if (map.size > before.keys)
      findings.violate(`${name} took ${map.size - before.keys} writes while it refused them`);
  };
  return {
    announced({ event, node, process, atUs }) {
      const target = cluster.world.state.processes[process]!;
      const state = target.state as RedisState | null;
      if (state === null || !isDemanding(state)) return;
      if (event === 'writes-refused') {
        findings.witness();
        fenced.set(node, { map: state.keyspace.map, keys: state.keyspace.map.size });
        return;
      }
      if (event === 'writes-accepted') {
        compare(node, state);
        const age = lag(state, wallAt(cluster, target, atUs));
        if (age > state.config.minReplicasMaxLagSec) {
          findings.violate(`${node} accepts writes with too few good replicas`);
        }
      }
      fenced.delete(node);
    },
    end: () => findings.verdict(),
  };
}

export const acknowledgedWithGoodReplicas: Property = {
  name: 'acknowledged-with-good-replicas',
  statement:
    'A master takes no write from the moment it counts too few good replicas until it counts enough: online, with an ACK of at most min-replicas-max-lag whole seconds.',
  assumptions: [
    'the count is as old as its last refresh, up to a second of the server’s running time (R-MINREP-2)',
  ],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula: 'good replicas ≥ min-replicas-to-write',
  rules: ['R-MINREP-1', 'R-MINREP-2', 'R-MINREP-3'],
  holds: true,
  hears: ['writes-refused', 'writes-accepted', 'role-changed', 'ready', 'loaded', 'full-resync-done'],
  begin: goodReplicaChecker,
};

/** Probes in a row: 1.5 s, more than the second between two counts (R-CLK-3). */
const OVERDUE_PROBES = 6;

function fenceChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const overdue = new Map<string, number>();
  return {
    announced({ node }) {
      overdue.delete(node);
    },
    probed(nowUs) {
      for (const { process, state } of servers(cluster)) {
        if (!isDemanding(state) || state.config.replicaof !== null || state.load !== null) continue;
        const late = lag(state, wallAt(cluster, process, nowUs)) > state.config.minReplicasMaxLagSec + 2;
        if (!late || process.busyUntilUs > nowUs) {
          overdue.delete(process.name);
          continue;
        }
        findings.witness();
        const probes = (overdue.get(process.name) ?? 0) + 1;
        overdue.set(process.name, probes);
        if (probes >= OVERDUE_PROBES && !state.fenced) {
          findings.violate(`${process.name} still accepts writes without good replicas`);
        }
      }
    },
    end: () => findings.verdict(),
  };
}

export const fencedInTime: Property = {
  name: 'fenced-in-time',
  statement: 'A master that hears no ACK any more refuses writes in time.',
  assumptions: [
    'its process runs: what it finds in its sockets after a pause goes by the old count (R-MINREP-11)',
  ],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula: 'min-replicas-max-lag + 2 s after the last ACK (observed four times a second)',
  rules: ['R-MINREP-6', 'R-CLK-3'],
  holds: true,
  hears: ['role-changed', 'ready', 'loading'],
  begin: fenceChecker,
};

const ONE_MASTER = 'one group of servers, and one live master at the end to compare with';

/** The lost writes of all clients, or null without one live master to compare with. */
function lossesOf({ cluster, zeroUs }: CheckContext, run: RunDocument): LostWrite[] | null {
  const master = singleMaster(cluster);
  // The one live master of several groups need not be the one that was written to.
  if (master === null || new Set(groupOf(cluster).values()).size > 1) return null;
  const kept = processOf(cluster, master).state as RedisState;
  const { events, actions } = run;
  const history = { events, actions, zeroUs, nameByAddress: cluster.nameByAddress };
  return run.clients.flatMap(({ name }) => {
    const state = processOf(cluster, name).state as ClientState | null;
    return state === null ? [] : eachLostWrite(state, (key) => hasKey(kept, key), history);
  });
}

/** Everything after which a server no longer has its own history. */
const BREAKS: ReadonlySet<string> = new Set(['ready', 'loading', 'full-resync-done', 'partial-resync']);

/** True when the server that acknowledged the write lost its history between these times. */
function losesHistory(by: string, fromMs: number, untilMs: number, run: RunDocument): boolean {
  return run.events.some(
    ({ node, event, t, message }) =>
      node === by &&
      t >= fromMs &&
      t <= untilMs &&
      (BREAKS.has(event) || (event === 'role-changed' && message !== 'master')),
  );
}

/** How long an acknowledgement may be on its way, in ms. */
function underWayMs({ clients }: Scenario): number {
  return Math.max(0, ...clients.map(({ timeoutUs }) => (timeoutUs ?? Number.POSITIVE_INFINITY) / 1000));
}

/** S-FSM-9: promoted, followed by nobody, and demoted again (S-ROLE-5) while the old master had never gone. */
function isAbandoned(by: string, t: number, run: RunDocument): boolean {
  const changes = run.events.filter(({ node, event }) => node === by && event === 'role-changed');
  const promoted = changes.some(({ t: at, message }) => at <= t && message === 'master');
  return promoted && changes.some(({ t: at, message }) => at > t && message !== 'master');
}

function judgeLoss(
  { by, t, reason }: LostWrite,
  run: RunDocument,
  graceMs: number,
  findings: Findings,
): void {
  findings.witness();
  const last = run.final.find(({ node }) => node === by);
  const isGone = last !== undefined && 'down' in last;
  if (!isGone && !losesHistory(by, t - graceMs, Number.POSITIVE_INFINITY, run)) {
    findings.violate(`${by} at ${t} ms: ${reason}, yet it kept its history`);
  }
  if (reason !== 'unexplained' || isGone) return;
  // The cause is looked for at the acknowledgement's arrival, when the server may have another role already.
  const overtaken = losesHistory(by, t - graceMs, t, run);
  if (!overtaken && !isAbandoned(by, t, run)) findings.violate(`${by} at ${t} ms: a loss without a cause`);
}

export const lossesAreClassified: Property = {
  name: 'losses-are-classified',
  statement:
    'Every lost write has a named cause (those of the run document, or a promotion that was abandoned), and the server that acknowledged it was demoted, restarted or resynchronised afterwards, or is down.',
  assumptions: [
    ONE_MASTER,
    'an acknowledgement is on its way for up to the client’s time-out, so a demotion may overtake it',
  ],
  parameters: [],
  rules: ['R-LOSS-1', 'R-LOSS-2', 'R-LOSS-3', 'R-LOSS-5', 'R-LOSS-6', 'R-LOSS-7', 'R-ACKW-2', 'S-FSM-9'],
  holds: true,
  hears: [],
  begin: (context) => ({
    announced() {},
    end(run) {
      const findings = new Findings();
      const graceMs = underWayMs(context.prepared.scenario);
      for (const loss of lossesOf(context, run) ?? []) judgeLoss(loss, run, graceMs, findings);
      return findings.verdict();
    },
  }),
};

export const noLostWrite: Property = {
  name: 'no-lost-write',
  statement: 'A write that was acknowledged is on the master at the end.',
  assumptions: [ONE_MASTER],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag', 'appendonly', 'save'],
  rules: ['R-ACKW-1', 'R-LOSS-1', 'R-LOSS-3'],
  holds: false,
  counterexample: 'no-lost-write',
  hears: [],
  begin: (context) => ({
    announced() {},
    end(run) {
      const losses = lossesOf(context, run);
      const first = losses?.[0];
      const violation =
        first === undefined ? null : `${losses!.length} lost, the first at ${first.t} ms on ${first.by}`;
      return { violation, witnessed: losses !== null && run.clients.some(({ acked }) => acked > 0) };
    },
  }),
};

function writableChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const groups = groupOf(cluster);
  const look = () => {
    const writable = new Map<string, string>();
    for (const { process, state } of servers(cluster)) {
      if (state.config.replicaof !== null || state.fenced || state.load !== null) continue;
      const group = groups.get(process.name)!;
      const other = writable.get(group);
      if (other !== undefined) findings.violate(`${other} and ${process.name} both take writes`);
      writable.set(group, process.name);
    }
  };
  return {
    announced() {
      findings.witness();
    },
    probed: look,
    end: () => findings.verdict(),
  };
}

export const oneWritableMaster: Property = {
  name: 'one-writable-master',
  statement: 'At most one server of a master and its replicas takes writes at a time.',
  assumptions: ['looked at four times a second'],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  rules: ['R-LOSS-3', 'R-LOSS-5', 'R-SENT-3', 'S-ROLE-5'],
  holds: false,
  counterexample: 'one-writable-master',
  hears: ['role-changed'],
  begin: writableChecker,
};
