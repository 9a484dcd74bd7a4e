/** What a world is made of, before it starts. */
import type { Behaviour } from '../../models/process.ts';
import type { Range } from '../../models/random.ts';

/** A process of a world: what it is, where it runs and how it starts. */
export interface Program {
  readonly name: string;
  readonly machine: number;
  /** 0: does not listen. */
  readonly port: number;
  // biome-ignore lint/suspicious/noExplicitAny: a world holds behaviours of every kind side by side
  readonly behaviour: Behaviour<any, any, any>;
  readonly spec: unknown;
  readonly bootUs: Range;
  readonly killTeardownUs: Range;
}

export interface WorldPlan {
  readonly seed: number;
  readonly machines: readonly { readonly name: string; readonly address: string }[];
  /** Further host names → address. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly programs: readonly Program[];
  readonly network: {
    readonly latencyUs: number;
    readonly jitterUs: number;
    readonly lossPerMillion: number;
  };
}
