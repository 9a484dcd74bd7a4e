/** The run document: everything a run says, as plain data. Times are milliseconds relative to time zero. */

export interface RunEvent {
  readonly t: number;
  readonly node: string;
  readonly event: string;
  readonly level: string;
  readonly message: string;
}

/** A RESP2 value as JSON: texts, numbers, null, arrays; maps flat; an error is its text. */
export type RespJson = string | number | null | readonly RespJson[];

export interface RunAction {
  readonly t: number;
  readonly do: string;
  /** Targets with roles resolved to names; for a command: node, then its words. */
  readonly args: readonly (string | number | readonly string[])[];
  readonly reply?: RespJson;
}

export interface RunFailover {
  readonly master: string;
  readonly epoch: number;
  readonly leader: string;
  readonly from: string;
  /** Null when no replica was chosen. */
  readonly to: string | null;
  readonly outcome:
    | 'completed'
    | 'not-elected'
    | 'no-good-replica'
    | 'replica-timeout'
    | 'superseded'
    | 'unfinished';
  /** When the leader saw the master down; null when forced. */
  readonly sdownAt: number | null;
  readonly odownAt: number | null;
  readonly tryAt: number;
  readonly electedAt: number | null;
  readonly selectedAt: number | null;
  /** When the leader learned from INFO that the replica is a master. */
  readonly promotedAt: number | null;
  /** The leader's own +switch-master. */
  readonly switchAt: number | null;
  /** When the last sentinel that is running switched. */
  readonly everySentinelAt: number | null;
  /** When the attempt ended without success. */
  readonly abortedAt: number | null;
}

export interface LostWrites {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Reason → number of writes. */
  readonly reasons: Readonly<Record<string, number>>;
}

export interface RunClient {
  readonly name: string;
  readonly acked: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly refusedAt: Readonly<Record<string, readonly [number, number]>>;
  /** Spans of over 300 ms without an acknowledged write. */
  readonly gaps: readonly (readonly [number, number])[];
  /** Null when there is no one live master at the end to compare with. */
  readonly lost: LostWrites | null;
}

export type FinalView =
  | { readonly node: string; readonly down: true }
  | {
      readonly node: string;
      readonly role: 'master' | 'replica';
      readonly master: string | null;
      readonly link: 'up' | 'down' | null;
      readonly offset: number;
      readonly keys: number;
      readonly replicas: number;
    }
  | {
      readonly node: string;
      readonly master: string | null;
      readonly configEpoch: number;
      readonly flags: readonly string[];
      readonly replicas: number;
      readonly sentinels: number;
      /** The record's name; a sentinel with several masters has several views. */
      readonly name: string;
    };

export interface RunExpectation {
  readonly expect: string;
  readonly held: boolean;
  readonly observed: string;
}

export interface RunDocument {
  readonly schema: 'sentinelsim/run/1';
  readonly scenario: string;
  readonly about: string;
  readonly seed: number;
  readonly source: string;
  readonly durationMs: number;
  readonly events: readonly RunEvent[];
  readonly actions: readonly RunAction[];
  readonly failovers: readonly RunFailover[];
  readonly clients: readonly RunClient[];
  readonly final: readonly FinalView[];
  readonly expectations: readonly RunExpectation[];
  /** What the scenario or deployment asks for that the simulation leaves out. */
  readonly unmodelled: readonly string[];
}
