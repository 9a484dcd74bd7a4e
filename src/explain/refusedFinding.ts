/** Why a client's writes were refused, span by span. */
import { parseInstance, parseSwitch } from '../measure/payload.ts';
import { count, span, thousands } from '../report/numbers.ts';
import { redisNode } from '../report/story/context.ts';
import type { RunAction, RunClient, RunEvent } from '../run/document.ts';
import type { Case } from './case.ts';
import { actionStep, isFault, isReturn } from './downSteps.ts';
import { type Finding, type Step, step } from './explanation.ts';
import { inOrder } from './failoverFinding.ts';

/** What each kind of refusal says, with the rule behind it. */
const KINDS: Readonly<Record<string, readonly [meaning: string, rule: string | null]>> = {
  NOMASTER: [
    'no Sentinel that it asked names a node that can be reached and says that it is a master',
    'R-CLI-1',
  ],
  NOREPLICA: ['no replica that a Sentinel named can be reached to read from, nor the master', null],
  NOREPLICAS: ['the master counts fewer good replicas than min-replicas-to-write', 'R-MINREP-3'],
  READONLY: ['the node is a replica', 'R-ROLE-1'],
  LOADING: ['the node loads its data', 'R-ROLE-4'],
  MASTERDOWN: ['the node is a replica without its master, and replica-serve-stale-data is no', 'R-ROLE-4'],
  MISCONF: ['the node could not save its data, and so takes no writes', 'R-RDB-3'],
  NOAUTH: ['the node asks for a password that the client did not give', null],
  WRONGPASS: ['the node does not accept the client’s password', null],
  TIMEOUT: ['no reply within the client’s time-out', 'R-CLI-3'],
  CLOSED: ['the connection was closed while the reply was awaited', 'R-CLI-3'],
  REFUSED: ['nothing listens at the node', 'R-CLI-4'],
  UNREACHABLE: ['the network knows no way to the node', 'R-CLI-4'],
};

interface RefusedSpan {
  readonly from: number;
  /** Null: to the end of the run. */
  readonly until: number | null;
  /** Null: not known. */
  readonly writes: number | null;
}

/** A span shorter than this, with a single write, is not worth a finding of its own. */
const SHORT_MS = 300;

/** One finding for each span of refused writes of a client. */
export function refusedFindings(kase: Case, client: RunClient): Finding[] {
  return spansOf(kase, client).flatMap((each) => {
    const kinds = kindsIn(client, each);
    return kinds.length === 0 ? [] : [refusedFinding(kase, client, each, kinds)];
  });
}

/** Spans that belong together: an acknowledged write or two between refusals does not end a span. */
function spansOf(kase: Case, client: RunClient): RefusedSpan[] {
  const observed = kase.clients?.find(({ name }) => name === client.name);
  if (observed === undefined) return spansOfDocument(client, kase.document.durationMs);
  const spans: RefusedSpan[] = [];
  for (const { from, to, writes } of observed.spans) {
    const begin =
      from ?? Math.min(...Object.values(client.refusedAt).map(([first]) => first), to ?? Infinity);
    const last = spans.at(-1);
    if (last !== undefined && last.until !== null && begin - last.until < SHORT_MS) {
      spans[spans.length - 1] = { from: last.from, until: to, writes: (last.writes ?? 0) + writes };
    } else spans.push({ from: begin, until: to, writes });
  }
  return spans;
}

/** Gaps, and the refusals outside of them: recorders do not list a gap that is open at the end. */
function spansOfDocument({ gaps, refusedAt }: RunClient, durationMs: number): RefusedSpan[] {
  const spans = gaps.map(([from, until]): RefusedSpan => ({ from, until, writes: null }));
  const covered = (t: number) => gaps.some(([from, until]) => t >= from && t <= until);
  const outside = Object.values(refusedAt).filter(([first, last]) => !covered(first) || !covered(last));
  if (outside.length === 0) return spans;
  const from = Math.min(...outside.map(([first, last]) => (covered(first) ? last : first)));
  const last = Math.max(...outside.map((when) => when[1]));
  spans.push({ from, until: durationMs - last < OPEN_MS ? null : last, writes: null });
  return spans;
}

/** A refusal this close to the end of the run leaves the span open. */
const OPEN_MS = 1500;

/** The kinds of refusal that fall in a span, the first first. */
function kindsIn({ refused, refusedAt }: RunClient, { from, until }: RefusedSpan): string[] {
  return Object.keys(refused)
    .filter((kind) => {
      const when = refusedAt[kind];
      return when === undefined || (when[1] >= from && (until === null || when[0] <= until));
    })
    .sort((a, b) => (refusedAt[a]?.[0] ?? 0) - (refusedAt[b]?.[0] ?? 0));
}

function refusedFinding(
  kase: Case,
  client: RunClient,
  where: RefusedSpan,
  kinds: readonly string[],
): Finding {
  const { from, until, writes } = where;
  const length = (until ?? kase.document.durationMs) - from;
  const how = writes === null ? 'no write acknowledged' : `${count(writes, 'write')} refused`;
  return {
    kind: 'refused-writes',
    subject: client.name,
    title: `${client.name}: ${how} for ${span(length)}${until === null ? ', to the end' : ''} (${kinds.join(', ')})`,
    at: from,
    until,
    steps: inOrder([
      ...causeSteps(kase, client, kinds, where),
      ...kinds.map((kind) => kindStep(kase, client, kind, where, kinds.length === 1)),
      ...(until === null ? [] : endSteps(kase, kinds, from, until)),
    ]),
    nextAttemptAt: null,
    toChange: [],
    unknown: unknownIn(client, where, kinds),
  };
}

/** A document counts refusals by kind over the whole run: a kind that occurs in several spans cannot be split. */
function unknownIn(
  client: RunClient,
  { from, until, writes }: RefusedSpan,
  kinds: readonly string[],
): string[] {
  const shared = kinds.filter((kind) => {
    const when = client.refusedAt[kind];
    return when === undefined || when[0] < from || when[1] > (until ?? Number.POSITIVE_INFINITY);
  });
  if (shared.length === 0 || (writes !== null && kinds.length === 1)) return [];
  return [`how many of the ${shared.join(' and ')} refusals fell in this span, and how many in others`];
}

function kindStep(kase: Case, client: RunClient, kind: string, where: RefusedSpan, alone: boolean): Step {
  const known = KINDS[kind];
  const writes = writesOf(client, kind, where, alone);
  const total = client.refused[kind] ?? 0;
  const what =
    writes === null ? `${kind} (${thousands(total)} in the whole run)` : `${kind}, ${count(writes, 'write')}`;
  const fence = kind === 'NOREPLICAS' ? fenceText(kase, where) : '';
  return step(firstRefusal(client, kind, where), client.name, what, {
    because: `${known?.[0] ?? 'the answer of the node'}${fence}`,
    rule: known?.[1] ?? null,
    numbers: writes === null ? { writesInRun: total } : { writes },
  });
}

/** How many refusals of a kind fell in a span; null: not known. */
function writesOf(client: RunClient, kind: string, where: RefusedSpan, alone: boolean): number | null {
  const when = client.refusedAt[kind];
  const whole =
    when !== undefined && when[0] >= where.from && when[1] <= (where.until ?? Number.POSITIVE_INFINITY);
  if (whole) return client.refused[kind] ?? 0;
  return alone ? where.writes : null;
}

/** When the first refusal of a kind in a span was; null: not known, as the kind occurs in an earlier span too. */
function firstRefusal(client: RunClient, kind: string, { from }: RefusedSpan): number | null {
  const first = client.refusedAt[kind]?.[0];
  return first !== undefined && first >= from ? first : null;
}

/** Which node refused, and by which setting. */
function fenceText({ story }: Case, { from, until }: RefusedSpan): string {
  const fenced = (story.byEvent.get('writes-refused') ?? []).findLast(
    ({ t }) => t <= (until ?? Infinity) && t >= from - 5000,
  );
  const config = fenced === undefined ? undefined : redisNode(story, fenced.node)?.config;
  if (fenced === undefined || config === undefined) return '';
  return ` (${fenced.node}: ${config.minReplicasToWrite}, each heard of within min-replicas-max-lag ${config.minReplicasMaxLagSec} s)`;
}

/** Which events may be the cause of a kind of refusal, and how long before it they are looked for, in ms. */
const CAUSES: Readonly<Record<string, readonly [events: readonly string[], backMs: number]>> = {
  NOREPLICAS: [['writes-refused', 'role-changed'], 13_000],
  READONLY: [['role-changed'], 5000],
  CLOSED: [['role-changed', 'exited'], 1500],
  LOADING: [['loading'], 5000],
  MISCONF: [['disk-error'], 60_000],
};
const USUAL_CAUSES: readonly [readonly string[], number] = [['exited', 'loading'], 2500];

/** A recorder's clocks and ours may differ by this much. */
const SLACK_MS = 5;
/** Where the first refusal of a span is not known, it is at most about this long after the last acknowledgement. */
const UNSURE_MS = 1000;

/** The last fault, and the last fitting event, before the first refusal of each kind in the span. */
function causeSteps(kase: Case, client: RunClient, kinds: readonly string[], where: RefusedSpan): Step[] {
  const { document } = kase;
  const steps = new Map<string, Step>();
  for (const kind of kinds) {
    const first = firstRefusal(client, kind, where);
    const [events, backMs] = CAUSES[kind] ?? USUAL_CAUSES;
    const latest = first === null ? where.from + UNSURE_MS : first + SLACK_MS;
    const before = (t: number) => t >= (first ?? where.from) - backMs && t <= latest;
    const action = document.actions.findLast((each) => before(each.t) && isFault(each));
    const event = document.events.findLast(({ t, event: name }) => before(t) && events.includes(name));
    if (action !== undefined) steps.set(`action ${action.t}`, actionStep(action, ...targetsOf(kase, action)));
    if (event !== undefined) steps.set(`event ${event.t} ${event.node}`, eventStep(event));
  }
  return [...steps.values()];
}

/** The nodes and clients that an action is done to: its arguments say more, such as that a disk is full. */
function targetsOf({ story, document }: Case, action: RunAction): readonly string[] {
  const { sentinels, redis } = story.cast;
  const known = new Set([...sentinels, ...redis, ...document.clients.map(({ name }) => name)]);
  return [...new Set(action.args.flat().map(String))].filter((name) => known.has(name));
}

const WORDS: Readonly<Record<string, string>> = {
  'writes-refused': 'begins to refuse writes: too few good replicas',
  'writes-accepted': 'takes writes again: enough good replicas',
  loading: 'begins to load its data',
  loaded: 'has loaded its data',
  'disk-error': 'cannot write to its disk',
  exited: 'has ended',
  ready: 'accepts connections',
  'full-resync-done': 'has a full copy of the data',
  'partial-resync': 'is in sync',
};

function eventStep({ t, node, event, message }: RunEvent): Step {
  if (event === 'role-changed')
    return step(
      t,
      node,
      message === 'master' ? 'becomes a master' : `becomes a ${message.replace(' ', ' of ')}`,
    );
  if (event === '+promoted-slave') {
    const { host } = parseInstance(message);
    return step(t, node, `sees that ${host} is a master, and names it from now on when asked`, {
      rule: 'R-CLI-1',
    });
  }
  if (event === '+switch-master') {
    return step(t, node, `names ${parseSwitch(message).to} as master: a client that asks it can find it`, {
      rule: 'R-CLI-1',
    });
  }
  return step(t, node, WORDS[event] ?? event, { rule: event.startsWith('writes') ? 'R-MINREP-3' : null });
}

/** What let the first write through again is looked for this long before it. */
const ENDING_MS = 2500;

/** The last event before the first write that may have let it through. */
function endSteps(kase: Case, kinds: readonly string[], from: number, until: number): Step[] {
  const ends = endingsFor(kinds.at(-1) ?? '');
  const recent = (t: number) => t > from && t <= until && until - t < ENDING_MS;
  const event = kase.document.events.findLast(
    ({ t, event: name, message }) =>
      recent(t) && ends.has(name) && (name !== 'role-changed' || message === 'master'),
  );
  const action = kase.document.actions.findLast((each) => recent(each.t) && isReturn(each));
  const last = step(until, null, 'the next write is acknowledged');
  if (event !== undefined) return [eventStep(event), last];
  return action === undefined ? [last] : [actionStep(action, ...targetsOf(kase, action)), last];
}

function endingsFor(kind: string): ReadonlySet<string> {
  if (kind === 'NOREPLICAS') return new Set(['writes-accepted', '+switch-master']);
  if (kind === 'LOADING') return new Set(['loaded']);
  return new Set(['+promoted-slave', '+switch-master', 'role-changed', 'ready', 'writes-accepted']);
}
