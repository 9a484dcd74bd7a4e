/** All events of all logs on one clock. */
import type { Source, SourceEvent } from './sources.ts';

/** An event at its instant: milliseconds of the Unix epoch where the zone is known, else as if it were UTC. */
export interface Entry extends SourceEvent {
  readonly source: Source;
  readonly atMs: number;
}

export interface ClockOptions {
  /** Minutes east of Greenwich of logs that do not tell; null when not given. */
  readonly zoneMin: number | null;
  /** What is added to the times of a source. */
  readonly offsetMs: (source: Source) => number;
}

export interface Timeline {
  readonly entries: readonly Entry[];
  /** The zone in which times are shown, in minutes. */
  readonly zoneMin: number;
  /** True when the zone is given, or was read from the logs. */
  readonly zoneKnown: boolean;
}

/** In the order of time; at one time in the order of the files, and within a file as it stands there. */
export function timelineOf(sources: readonly Source[], clock: ClockOptions): Timeline {
  const detected = [...new Set(sources.flatMap(({ zoneMin }) => (zoneMin === null ? [] : [zoneMin])))];
  const common = clock.zoneMin ?? (detected.length === 1 ? detected[0]! : null);
  const entries = sources.flatMap((source) => {
    const shiftMs = clock.offsetMs(source) - (source.zoneMin ?? common ?? 0) * 60_000;
    return source.events.map((event) => ({ ...event, source, atMs: event.localMs + shiftMs }));
  });
  entries.sort((a, b) => a.atMs - b.atMs);
  return { entries, zoneMin: common ?? 0, zoneKnown: common !== null || detected.length > 0 };
}
