/** A run reduced to what recorded and simulated ones both have. */

/** Times in milliseconds relative to the scenario's time zero. */
export interface ObservedEvent {
  readonly t: number;
  readonly node: string;
  readonly event: string;
  readonly message: string;
}

export interface ObservedClient {
  readonly name: string;
  readonly gaps: readonly (readonly [number, number])[];
  /** Kind of refusal → how many, the first and the last. */
  readonly refusals: ReadonlyMap<string, Refusals>;
  /** Acknowledged writes that the master does not have at the end; null when there is no one master to ask. */
  readonly lost: number | null;
}

export interface Refusals {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export interface Observed {
  readonly events: readonly ObservedEvent[];
  readonly clients: readonly ObservedClient[];
  /** What every node says of itself at the end (`r1 role replica`); interchangeable nodes have one name. */
  readonly finalFacts: readonly string[];
}

/** Kinds of things that a recording may not tell at all. */
export interface Coverage {
  readonly clients: boolean;
  readonly finalViews: boolean;
  /** Log lines of the servers. */
  readonly redisEvents: boolean;
}

/** What some of the recordings tell. `servers`: the names of the Redis nodes. */
export function coverageOf(recordings: readonly Observed[], servers: ReadonlySet<string>): Coverage {
  return {
    clients: recordings.some(({ clients }) => clients.length > 0),
    finalViews: recordings.some(({ finalFacts }) => finalFacts.length > 0),
    redisEvents: recordings.some(({ events }) => events.some(({ node }) => servers.has(node))),
  };
}

/** A run as recordings of this coverage would show it. */
export function restrict(run: Observed, coverage: Coverage, servers: ReadonlySet<string>): Observed {
  return {
    events: coverage.redisEvents ? run.events : run.events.filter(({ node }) => !servers.has(node)),
    clients: coverage.clients ? run.clients : [],
    finalFacts: coverage.finalViews ? run.finalFacts : [],
  };
}
