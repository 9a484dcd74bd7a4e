/** A scenario, read and checked: what is built, what happens to it when, and what is expected of it. */
import type { Range } from '../../models/random.ts';
import type { Deployment } from '../config/deployment.ts';

/** Conditions of the network between two groups of nodes, per direction. Times in microseconds. */
export interface LinkConditions {
  readonly latencyUs?: number;
  readonly jitterUs?: number;
  /** Segments lost, per million. */
  readonly lossPerMillion?: number;
}

/** `between: [[..], [..]]` overrides the conditions of those pairs, in both directions. */
export interface NetworkOverride extends LinkConditions {
  readonly between: readonly [readonly string[], readonly string[]];
}

export interface NetworkPlan extends LinkConditions {
  readonly overrides: readonly NetworkOverride[];
}

export interface ClientPlan {
  readonly name: string;
  /** A node it runs beside (same machine), or null: a machine of its own. */
  readonly at: string | null;
  /** `sentinel`: asks all sentinels in deployment order; a list: only these; null: see `connect`. */
  readonly discover: 'sentinel' | readonly string[] | null;
  /** The node that a direct client talks to, or null. */
  readonly connect: string | null;
  readonly rediscover: 'on-error' | 'always';
  /** One write every so often, in microseconds; null: no writes. */
  readonly writeUs: number | null;
  /** One read from a replica every so often, in microseconds; null: none. */
  readonly readsUs: number | null;
  /** Reply time-out in microseconds; null: none. */
  readonly timeoutUs: number | null;
  /** Drops its connection at a +switch-master of any sentinel. */
  readonly subscribe: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** Start, in microseconds relative to time zero. */
  readonly fromUs: number;
}

/** A target as written: node, box or client names, or roles looked up when the entry is carried out. */
export type Role = '@master' | '@replicas' | '@sentinels' | '@leader';
export type Target = readonly string[];

export type Verb =
  | { readonly do: 'kill'; readonly target: Target }
  | { readonly do: 'stop'; readonly target: Target }
  | { readonly do: 'start'; readonly target: Target }
  | { readonly do: 'pause'; readonly target: Target; readonly forUs: number | null }
  | { readonly do: 'resume'; readonly target: Target }
  | { readonly do: 'isolate'; readonly target: Target; readonly forUs: number | null }
  | { readonly do: 'rejoin'; readonly target: Target }
  | { readonly do: 'cut'; readonly groups: readonly [Target, Target]; readonly forUs: number | null }
  | { readonly do: 'cut-one-way'; readonly groups: readonly [Target, Target]; readonly forUs: number | null }
  /** Null: every cut is healed. */
  | { readonly do: 'heal'; readonly groups: readonly [Target, Target] | null }
  | { readonly do: 'command'; readonly target: Target; readonly words: readonly string[] }
  | {
      readonly do: 'network';
      readonly conditions: LinkConditions;
      readonly between: readonly [Target, Target] | null;
      readonly forUs: number | null;
    }
  | { readonly do: 'clock'; readonly target: Target; readonly byUs: number }
  /** `backup` counts the node's RDB files back from the newest (0). */
  | { readonly do: 'restore'; readonly target: Target; readonly backup: number }
  | { readonly do: 'power-off'; readonly target: Target }
  | { readonly do: 'disk'; readonly target: Target; readonly full: boolean; readonly forUs: number | null }
  | {
      readonly do: 'names';
      readonly target: Target;
      readonly resolvable: boolean;
      readonly forUs: number | null;
    };

export interface TimelineEntry {
  readonly atUs: number;
  readonly verb: Verb;
}

interface CountBounds {
  readonly atMost: number | null;
  readonly atLeast: number | null;
}

interface TimeBounds {
  readonly atMostUs: number | null;
  readonly atLeastUs: number | null;
}

/** An event, told by its name, its node (`@leader` and `@voters` of the first failover too) and the beginning of its message. */
export interface Moment {
  readonly event: string;
  readonly node: string | null;
  readonly message: string | null;
}

/** What must hold at the end; each carries its text as written, for the report. */
export type Expectation = { readonly text: string } & (
  | { readonly kind: 'failover'; readonly withinUs: number | null; readonly happens: boolean }
  /** How many failovers promoted a replica. */
  | ({ readonly kind: 'failovers' } & CountBounds)
  | ({ readonly kind: 'lostWrites'; readonly client: string | null } & CountBounds)
  | ({ readonly kind: 'downtime'; readonly client: string | null } & TimeBounds)
  /** From a client's first to its last refusal of this kind (`NOREPLICAS`), the longest of the clients. */
  | ({ readonly kind: 'refused'; readonly refusal: string; readonly client: string | null } & TimeBounds)
  /** How many keys a node has at the end. */
  | ({ readonly kind: 'keys'; readonly node: string } & CountBounds)
  /** The node that is the one master at the end. */
  | { readonly kind: 'master'; readonly node: string }
  /** An event that must (or must not) occur, optionally on a node. */
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly node: string | null;
      readonly message: string | null;
      readonly happens: boolean;
    }
  /** From the first occurrence of one event to the first one of another that is not earlier. */
  | ({ readonly kind: 'elapsed'; readonly from: Moment; readonly to: Moment } & TimeBounds)
);

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly deployment: Deployment;
  readonly network: NetworkPlan;
  readonly dataset: { readonly keys: number; readonly valueBytes: number };
  /** Simulated before time zero, drawn from the run's seed, in microseconds. */
  readonly settleUs: Range;
  readonly durationUs: number;
  readonly clients: readonly ClientPlan[];
  readonly timeline: readonly TimelineEntry[];
  readonly expect: readonly Expectation[];
}
