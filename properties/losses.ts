/** Which acknowledged writes are lost: their classes, and the windows of those. */
import { TIMEOUT_LATENESS_US } from '../models/client/discovery.ts';
import type { ClientState } from '../models/client/state.ts';
import type { EventName } from '../models/events.ts';
import { hasKey, type RedisState } from '../models/redis/index.ts';
import { eachLostWrite, type LostWrite } from '../src/measure/lostWrites.ts';
import { moment } from '../src/report/numbers.ts';
import type { RunDocument } from '../src/run/document.ts';
import { historyOf } from '../src/run/history.ts';
import { processOf, singleMaster } from '../src/run/roles.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { toMs } from '../src/trace/recorder.ts';
import { groupOf } from './groups.ts';
import { type CheckContext, type Checker, Findings, type Property, type Verdict } from './property.ts';

const ONE_MASTER =
  'one group of servers, and one live master at the end, with its data loaded, to compare with';

/** The writes of one client that are lost, with its acknowledgements. */
interface Loss {
  readonly client: ClientState;
  readonly lost: readonly LostWrite[];
}

const LOSSES = new WeakMap<RunDocument, Loss[] | null>();

/** The lost writes of all clients, or null without one live master to compare with; looked for once a run. */
function lossesOf(context: CheckContext, run: RunDocument, isUnbroken: boolean): Loss[] | null {
  const known = LOSSES.get(run);
  if (known !== undefined) return known;
  const losses = findLosses(context, run, isUnbroken);
  LOSSES.set(run, losses);
  return losses;
}

function findLosses(context: CheckContext, run: RunDocument, isUnbroken: boolean): Loss[] | null {
  const { cluster, zeroUs } = context;
  const master = singleMaster(cluster);
  // The one live master of several groups need not be the one that was written to.
  if (master === null || new Set(groupOf(cluster).values()).size > 1) return null;
  const kept = processOf(cluster, master).state as RedisState;
  if (kept.load !== null) return null;
  const clients = cluster.scenario.clients.flatMap(({ name }) => {
    const state = cluster.processByName.has(name) ? processOf(cluster, name).state : null;
    return state === null ? [] : [state as ClientState];
  });
  const acknowledged = clients.reduce((sum, { ackedSequences }) => sum + ackedSequences.length, 0);
  // Every write has a key of its own, so one history without a break has as many keys.
  if (isUnbroken && kept.keyspace.map.size >= acknowledged)
    return clients.map((client) => ({ client, lost: [] }));
  const history = historyOf(cluster, zeroUs, run, master);
  return clients.map((client) => ({
    client,
    lost: eachLostWrite(client, (key) => hasKey(kept, key), history),
  }));
}

/** Everything after which a server no longer has its own history; a change of its role is one too. */
const BREAKS: readonly EventName[] = ['ready', 'loading', 'full-resync-done', 'partial-resync'];
const BREAK_NAMES: ReadonlySet<string> = new Set(BREAKS);

/** A load begins, and ends. */
const LOADS: ReadonlySet<string> = new Set(['loading', 'loaded']);

/** When a server lost its history or its role, in ms, in order. */
function breaksOf(by: string, { events }: RunDocument): number[] {
  return events
    .filter(
      ({ node, event, message }) =>
        node === by && (BREAK_NAMES.has(event) || (event === 'role-changed' && message !== 'master')),
    )
    .map(({ t }) => t);
}

/** How long an acknowledgement may be on its way, in ms: until its client gives up. */
function underWayMs({ clients }: Scenario): number {
  const timeoutsUs = clients.map(({ timeoutUs }) => timeoutUs ?? Number.POSITIVE_INFINITY);
  return Math.max(0, ...timeoutsUs.map((us) => (us + TIMEOUT_LATENESS_US) / 1000));
}

/** Down, or loading what it has on disk: why its writes are lost is not known yet. */
function isAway(by: string, { final, events }: RunDocument): boolean {
  const last = final.find(({ node }) => node === by);
  const loads = events.findLast(({ node, event }) => node === by && LOADS.has(event));
  return (last !== undefined && 'down' in last) || loads?.event === 'loading';
}

/** The class has a name, and what ends its window has come. */
function judgeClass(
  { by, t, reason }: LostWrite,
  run: RunDocument,
  graceMs: number,
  findings: Findings,
): void {
  findings.witness();
  const isGone = isAway(by, run);
  const breaks = breaksOf(by, run);
  if (!isGone && !breaks.some((at) => at >= t - graceMs)) {
    findings.violate(`${by} at ${moment(t)}: ${reason}, yet it kept its history`);
  }
  if (reason !== 'unexplained' || isGone) return;
  // The cause is looked for at the acknowledgement's arrival, when the server may have another role already.
  const overtaken = breaks.some((at) => at >= t - graceMs && at <= t);
  if (!overtaken) findings.violate(`${by} at ${t} ms: a loss without a cause`);
}

/** What a server acknowledges between two breaks. */
interface Term {
  readonly breaks: readonly number[];
  /** How many of them lie behind. */
  past: number;
  /** Its first lost write, in ms. */
  lostFrom: number | null;
}

/**
 * A history is cut, never pierced (R-ACKW-2): of what a server acknowledged to a client between two breaks, nothing after
 * a lost write is kept. Acknowledgements that may have overtaken a break belong to neither side.
 */
function judgeWindow(
  { client, lost }: Loss,
  context: CheckContext,
  run: RunDocument,
  findings: Findings,
): void {
  const graceMs = underWayMs(context.prepared.scenario);
  const { nameByAddress } = context.cluster;
  const gone = new Set(lost.map(({ t, by }) => `${t} ${by}`));
  const terms = new Map<string, Term>();
  client.ackedAtUs.forEach((ackedUs, index) => {
    const t = toMs(ackedUs - context.zeroUs);
    const by = nameByAddress.get(client.ackedBy[index]!) ?? '';
    let term = terms.get(by);
    if (term === undefined) {
      term = { breaks: breaksOf(by, run), past: 0, lostFrom: null };
      terms.set(by, term);
    }
    while (term.past < term.breaks.length && term.breaks[term.past]! <= t) {
      term.past++;
      term.lostFrom = null;
    }
    if (term.past > 0 && term.breaks[term.past - 1]! >= t - graceMs) return;
    if (gone.has(`${t} ${by}`)) term.lostFrom ??= t;
    else if (term.lostFrom !== null) {
      findings.violate(`${by} at ${moment(t)}: kept, though its write of ${moment(term.lostFrom)} is lost`);
    }
  });
}

function lossChecker(
  context: CheckContext,
  judge: (losses: Loss[] | null, run: RunDocument) => Verdict,
): Checker {
  let isUnbroken = true;
  return {
    announced() {
      isUnbroken = false;
    },
    end: (run) => judge(lossesOf(context, run, isUnbroken), run),
  };
}

export const lossesAreClassified: Property = {
  name: 'losses-are-classified',
  statement:
    'Every lost write has a named class, one of those of the run document, and lies in its window: from the first write that the surviving history lacks until the server that acknowledged it is demoted, restarted, resynchronised or ends. Nothing that it acknowledged in between is kept.',
  assumptions: [
    ONE_MASTER,
    'an acknowledgement is on its way for up to the client’s time-out, so a demotion may overtake it',
  ],
  parameters: [],
  formula:
    'isolated-master: from the cut, at most until min-replicas-max-lag + 2.2 s (fenced-in-time) where writes need replicas; old-master-still-writable: from the promotion of another until the own demotion or end; not-replicated: what was acknowledged and not yet sent on at the end of the master; restarted-with-older-data: since the last state on disk; demoted: until the demotion, where another is a master too, as after a promotion that was abandoned',
  witness: 'an acknowledged write was lost',
  rules: [
    'R-LOSS-1',
    'R-LOSS-2',
    'R-LOSS-3',
    'R-LOSS-5',
    'R-LOSS-6',
    'R-LOSS-7',
    'R-LOSS-21',
    'R-ACKW-2',
    'S-FSM-9',
  ],
  holds: true,
  hears: [...BREAKS, 'role-changed'],
  begin: (context) =>
    lossChecker(context, (losses, run) => {
      const findings = new Findings();
      const graceMs = underWayMs(context.prepared.scenario);
      for (const loss of losses ?? []) {
        for (const write of loss.lost) judgeClass(write, run, graceMs, findings);
        if (loss.lost.length > 0) judgeWindow(loss, context, run, findings);
      }
      return findings.verdict();
    }),
};

export const noLostWrite: Property = {
  name: 'no-lost-write',
  statement: 'A write that was acknowledged is on the master at the end.',
  assumptions: [ONE_MASTER],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag', 'appendonly', 'save'],
  witness: 'a write was acknowledged, and there is one master at the end',
  rules: ['R-ACKW-1', 'R-LOSS-1', 'R-LOSS-3'],
  holds: false,
  counterexample: 'no-lost-write',
  hears: [...BREAKS, 'role-changed'],
  begin: (context) =>
    lossChecker(context, (losses) => {
      const lost = (losses ?? []).flatMap((loss) => loss.lost);
      const [first] = lost;
      const violation =
        first === undefined ? null : `${lost.length} lost, the first at ${moment(first.t)} on ${first.by}`;
      const acknowledged = losses?.some(({ client }) => client.ackedSequences.length > 0) ?? false;
      return { violation, witnessed: acknowledged };
    }),
};
