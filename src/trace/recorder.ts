/** Records what a world announces, and turns addresses and run ids into node names as the recordings do. */
import { EVENTS, type EventLevel } from '../../models/events.ts';
import type { Announcement, World } from '../engine/world.ts';
import type { RunEvent } from '../run/document.ts';

/** What a log at Redis's default level shows (S-EVENT-1): `+role-change` and its like are published, but not logged. */
const LOGGED: ReadonlySet<EventLevel> = new Set<EventLevel>(['notice', 'warning']);

export class Recorder {
  readonly announcements: Announcement[] = [];
  readonly #stop: () => void;

  constructor(world: World) {
    const listen = (announcement: Announcement) => {
      if (LOGGED.has(EVENTS[announcement.event].level)) this.announcements.push(announcement);
    };
    world.bus.on('announce', listen);
    this.#stop = () => world.bus.off('announce', listen);
  }

  stop(): void {
    this.#stop();
  }
}

/** Names of things that appear in messages as addresses or ids. */
export interface Naming {
  /** Address or 40-character id → node name. */
  readonly names: ReadonlyMap<string, string>;
}

/** The announcements from `fromUs` on as events of a run document, `zeroUs` being time zero. */
export function toRunEvents(
  announcements: readonly Announcement[],
  naming: Naming,
  zeroUs: number,
  fromUs: number,
): RunEvent[] {
  const events: RunEvent[] = [];
  const named = new Map<string, string>();
  const textOf = (message: string) => {
    const known = named.get(message);
    if (known !== undefined) return known;
    const text = nameThings(message, naming);
    named.set(message, text);
    return text;
  };
  for (const { atUs, node, event, message } of announcements) {
    if (atUs < fromUs) continue;
    events.push({
      t: toMs(atUs - zeroUs),
      node,
      event,
      level: EVENTS[event].level,
      message: event === 'next-failover-delay' ? String(toMs(Number(message) - zeroUs)) : textOf(message),
    });
  }
  return events;
}

/** Milliseconds with two decimals, as the run document has them. */
export function toMs(us: number): number {
  return Math.round(us / 10) / 100;
}

/** Replaces every word, and the host of every `host:port`, that is an address or an id. */
export function nameThings(message: string, { names }: Naming): string {
  if (message === '') return message;
  return message
    .split(' ')
    .map((word) => nameWord(word, names))
    .join(' ');
}

function nameWord(word: string, names: ReadonlyMap<string, string>): string {
  const whole = names.get(word);
  if (whole !== undefined) return whole;
  const colon = word.lastIndexOf(':');
  if (colon <= 0) return word;
  const host = names.get(word.slice(0, colon));
  return host === undefined ? word : `${host}${word.slice(colon)}`;
}
