/** What is compared between a recorded and a simulated run: named numbers, and sequences of events. */
import type { RunDocument, RunEvent } from '../../src/run/document.ts';
import type { Recording } from './recordings.ts';

/** A run reduced to what both arms have. */
export interface Observed {
  readonly events: readonly RunEvent[];
  readonly clients: readonly {
    readonly gaps: readonly (readonly [number, number])[];
    readonly refused: Readonly<Record<string, number>>;
    readonly refusedAt: Readonly<Record<string, readonly [number, number]>>;
    readonly lost: number | null;
  }[];
}

const REFUSAL_NAMES: Readonly<Record<string, string>> = {
  NOREPLICAS_Not: 'NOREPLICAS',
  READONLY_You: 'READONLY',
  ETIMEDOUT_reply: 'TIMEOUT',
  read_ECONNRESET: 'CLOSED',
  closed: 'CLOSED',
};

function renameKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [REFUSAL_NAMES[key] ?? key, value]));
}

export function observedRecording({ events, clients }: Recording): Observed {
  return {
    events,
    clients: clients.map((client) => ({
      gaps: client.gaps,
      refused: renameKeys(client.errors),
      refusedAt: renameKeys(client.errorSpanMs),
      lost: client.lost?.count ?? null,
    })),
  };
}

export function observedRun({ events, clients, durationMs }: RunDocument): Observed {
  return {
    events,
    clients: clients.map((client) => ({
      // Recordings do not list a gap that is still open at the end.
      gaps: client.gaps.filter(([, to]) => to < durationMs),
      refused: client.refused,
      refusedAt: client.refusedAt,
      lost: client.lost?.count ?? null,
    })),
  };
}

/** Events that default logs of recorded sentinels do not show. */
const UNLOGGED = new Set(['+role-change', '-role-change']);

export function isSentinelEvent(event: Pick<RunEvent, 'event'>): boolean {
  return /^[+-]/.test(event.event) && !UNLOGGED.has(event.event);
}

/** What CI judges: Sentinel's events, the clients' gaps and their lost writes. */
export function isJudged(measure: string): boolean {
  return isSentinelEvent({ event: measure }) || / (gaps|longest gap|lost)$/.test(measure);
}

/** `+sdown` of a master, a replica and a sentinel are different things. */
export function labelOf({ event, message }: RunEvent): string {
  return event.endsWith('sdown') ? `${event} ${message.split(' ')[0]}` : event;
}

/** Per label: count, first and last time; per client: longest gap, gaps, refusals and their span, lost writes. */
export function measuresOf(run: Observed): Map<string, number> {
  const measures = new Map<string, number>();
  for (const [label, times] of timesByLabel(run.events)) {
    measures.set(`${label} count`, times.length);
    measures.set(`${label} first`, Math.min(...times));
    measures.set(`${label} last`, Math.max(...times));
  }
  run.clients.forEach((client, index) => {
    const name = `client${index}`;
    const lengths = client.gaps.map(([from, to]) => to - from);
    measures.set(`${name} gaps`, lengths.length);
    if (lengths.length > 0) measures.set(`${name} longest gap`, Math.max(...lengths));
    for (const [kind, count] of Object.entries(client.refused)) {
      measures.set(`${name} ${kind}`, count);
      measures.set(`${name} ${kind} first`, client.refusedAt[kind]![0]);
      measures.set(`${name} ${kind} last`, client.refusedAt[kind]![1]);
    }
    if (client.lost !== null) measures.set(`${name} lost`, client.lost);
  });
  return measures;
}

function timesByLabel(events: readonly RunEvent[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const event of events) {
    const label = isSentinelEvent(event) ? labelOf(event) : event.event;
    const known = times.get(label);
    if (known === undefined) times.set(label, [event.t]);
    else known.push(event.t);
  }
  return times;
}

export type SentinelRole = 'leader' | 'voter';

/** The events of each sentinel by its role in the run: the leader of a failover, or another. */
export function sequencesByRole(events: readonly RunEvent[]): Record<SentinelRole, string[][]> {
  const sequences: Record<SentinelRole, string[][]> = { leader: [], voter: [] };
  const bySentinel = new Map<string, RunEvent[]>();
  for (const event of events) {
    if (!isSentinelEvent(event)) continue;
    const known = bySentinel.get(event.node);
    if (known === undefined) bySentinel.set(event.node, [event]);
    else known.push(event);
  }
  for (const own of bySentinel.values()) {
    const role = own.some(({ event }) => event === '+elected-leader') ? 'leader' : 'voter';
    sequences[role].push(own.map(labelOf));
  }
  return sequences;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
