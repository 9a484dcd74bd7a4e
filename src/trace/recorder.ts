/** Records what a world announces, and turns addresses and run ids into node names as the recordings do. */
import { EVENTS, type EventName } from '../../models/events.ts';
import type { Announcement, World } from '../engine/world.ts';
import type { RunEvent } from '../run/document.ts';

/** What a log at Redis's default level shows (S-EVENT-1): `+role-change` and its like are published, but not logged. */
const LOGGED: ReadonlySet<string> = new Set(
  Object.entries(EVENTS).flatMap(([name, { level }]) =>
    level === 'notice' || level === 'warning' ? [name] : [],
  ),
);

export class Recorder {
  readonly announcements: Announcement[] = [];
  readonly #world: World;
  readonly #listen: (announcement: Announcement) => void;

  constructor(world: World) {
    const listen = (announcement: Announcement) => {
      if (LOGGED.has(announcement.event)) this.announcements.push(announcement);
    };
    this.#world = world;
    this.#listen = listen;
    world.bus.on('announce', listen);
  }

  stop(): void {
    this.#world.bus.off('announce', this.#listen);
  }
}

/** Names of things that appear in messages as addresses or ids. */
export interface Naming {
  /** Address or 40-character id → node name. */
  readonly names: ReadonlyMap<string, string>;
}

/** States that begin with one event and end with another. */
const ENDED_BY: Partial<Record<EventName, EventName>> = {
  '-sdown': '+sdown',
  '-odown': '+odown',
  '-tilt': '+tilt',
};
const BEGINNINGS: ReadonlySet<EventName> = new Set<EventName>(['+sdown', '+odown', '+tilt']);

/** What was announced before `untilUs` and is still so: a Sentinel that already holds somebody for down. */
function inForce(announcements: readonly Announcement[], untilUs: number): Announcement[] {
  const standing = new Map<string, Announcement>();
  const keyOf = (node: string, event: EventName, message: string) =>
    `${node} ${event} ${message.split(' ').slice(0, 4).join(' ')}`;
  for (const announcement of announcements) {
    const { atUs, node, event, message } = announcement;
    if (atUs >= untilUs) break;
    const ended = ENDED_BY[event];
    if (BEGINNINGS.has(event)) standing.set(keyOf(node, event, message), announcement);
    else if (ended !== undefined) standing.delete(keyOf(node, ended, message));
    else if (event === '+monitor' || event === '+switch-master' || event === '+reset-master') {
      for (const [key, each] of standing) if (each.node === node) standing.delete(key);
    }
  }
  return [...standing.values()];
}

/**
 * The announcements from `fromUs` on as events of a run document, `zeroUs` being time zero; before them, at their own
 * times, those that were still in force then.
 */
export function toRunEvents(
  announcements: readonly Announcement[],
  naming: Naming,
  zeroUs: number,
  fromUs: number,
): RunEvent[] {
  const named = new Map<string, string>();
  const textOf = (message: string) => {
    const known = named.get(message);
    if (known !== undefined) return known;
    const text = nameThings(message, naming);
    named.set(message, text);
    return text;
  };
  const first = announcements.findIndex(({ atUs }) => atUs >= fromUs);
  const told = first < 0 ? [] : announcements.slice(first);
  return [...inForce(announcements, fromUs), ...told].map(({ atUs, node, event, message }) => ({
    t: toMs(atUs - zeroUs),
    node,
    event,
    level: EVENTS[event].level,
    message: event === 'next-failover-delay' ? String(toMs(Number(message) - zeroUs)) : textOf(message),
  }));
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
