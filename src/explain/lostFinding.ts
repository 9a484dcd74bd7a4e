/** Why acknowledged writes are not on the master at the end, grouped by who took them, when and why. */
import type { LostWrite } from '../measure/lostWrites.ts';
import { between, count, span } from '../report/numbers.ts';
import type { RunClient } from '../run/document.ts';
import type { Case } from './case.ts';
import { type Finding, type Step, step } from './explanation.ts';

const REASONS: Readonly<Record<string, readonly [because: string, rule: string, cure: string]>> = {
  'isolated-master': [
    'it was cut off from the server whose data is left, so they never got there',
    'R-LOSS-3',
    'min-replicas-to-write on every data node bounds this loss to about min-replicas-max-lag',
  ],
  'old-master-still-writable': [
    'another node had been promoted already: what the old master took after that was discarded',
    'R-LOSS-15',
    'stop the writers, or CLIENT PAUSE them, before a planned failover; use clients that ask the Sentinels',
  ],
  'not-replicated': [
    'they had not reached the replica that was promoted: replication is asynchronous',
    'R-LOSS-1',
    'WAIT after a write that must not be lost; min-replicas-to-write does not wait for it (R-MINREP-5)',
  ],
  'restarted-with-older-data': [
    'it came back with older data, and the others followed it',
    'R-LOSS-6',
    'data on disk: appendonly yes survives a kill, with appendfsync always a power loss too; or no automatic restart',
  ],
  demoted: [
    'it was made a replica of another master, which never had them',
    'R-LOSS-21',
    'min-replicas-to-write on every data node: one of two masters that nobody follows takes no writes',
  ],
  unexplained: ['nothing in the run tells where they went', '', ''],
};

/** Losses of a client; empty when it lost nothing. */
export function lostFindings(kase: Case, client: RunClient): Finding[] {
  const { lost } = client;
  if (lost === null || lost.count === 0) return [];
  const each = kase.clients?.find(({ name }) => name === client.name)?.lost ?? null;
  const steps = each === null ? stepsFromCounts(client) : groupsOf(each).map(groupStep);
  const last = each?.at(-1)?.t ?? lost.last;
  const cures = Object.keys(lost.reasons).map((reason) => REASONS[reason]?.[2] ?? '');
  return [
    {
      kind: 'lost-writes',
      subject: client.name,
      title: `${client.name}: ${count(lost.count, 'acknowledged write')} ${lost.count === 1 ? 'is' : 'are'} lost`,
      at: lost.first ?? 0,
      until: last,
      steps,
      nextAttemptAt: null,
      toChange: [...new Set(cures.filter((cure) => cure !== ''))],
      unknown:
        each === null && Object.keys(lost.reasons).length === 0
          ? ['the document does not say why they were lost']
          : [],
    },
  ];
}

interface Group {
  readonly by: string;
  readonly reason: string;
  readonly first: number;
  last: number;
  writes: number;
}

/** Losses in a row on one node for one reason. */
function groupsOf(lost: readonly LostWrite[]): Group[] {
  const groups: Group[] = [];
  for (const { t, by, reason } of lost) {
    const last = groups.at(-1);
    if (last !== undefined && last.by === by && last.reason === reason) {
      last.last = t;
      last.writes++;
    } else groups.push({ by, reason, first: t, last: t, writes: 1 });
  }
  return groups;
}

function groupStep({ by, reason, first, last, writes }: Group): Step {
  const [because, rule] = REASONS[reason] ?? REASONS.unexplained!;
  const when = writes === 1 ? '' : `, acknowledged within ${span(last - first)} (${between(first, last)})`;
  return step(first, by, `took ${count(writes, 'write')} that ${writes === 1 ? 'is' : 'are'} lost${when}`, {
    because,
    rule: rule === '' ? null : rule,
    numbers: { writes, firstMs: first, lastMs: last },
  });
}

function stepsFromCounts({ lost }: RunClient): Step[] {
  const { count: writes = 0, first = null, last = null, reasons = {} } = lost ?? {};
  const given = Object.entries(reasons);
  if (given.length === 0) {
    const when = first === null || last === null ? '' : `, acknowledged ${between(first, last)}`;
    return [
      step(first, null, `${count(writes, 'write')} that the master does not have at the end${when}`, {
        numbers: { writes },
      }),
    ];
  }
  return given.map(([reason, times]) => {
    const [because, rule] = REASONS[reason] ?? REASONS.unexplained!;
    const numbers = { writes: times };
    return step(first, null, `${count(times, 'write')} lost`, {
      because,
      rule: rule === '' ? null : rule,
      numbers,
    });
  });
}
