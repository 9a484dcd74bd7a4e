/** A deployment: the machines, what runs on them, and with which configuration. The readers in this folder make it. */
import type { RedisConfig } from '../../models/redis/config.ts';
import type { SentinelConfig } from '../../models/sentinel/config.ts';
import type { Diagnostic, Position } from './diagnostic.ts';

/** How a process's own configuration file can be rewritten (M-05, M-06, M-07). */
export type FileMount =
  /** Rewriting works. */
  | 'writable'
  /** A single-file mount: can be opened for writing, cannot be replaced by a rename. */
  | 'not-replaceable'
  /** Mounted read-only. */
  | 'read-only'
  /** Everything stands on the command line. */
  | 'none';

export interface RedisNode {
  readonly kind: 'redis';
  /** Host name: the compose service, or the name in the scenario. */
  readonly name: string;
  readonly config: RedisConfig;
  readonly configFile: FileMount;
  /** Time from SIGTERM to SIGKILL of a graceful stop (compose `stop_grace_period`), in ms. */
  readonly stopGraceMs: number;
  /** Where the node is described. */
  readonly at: Position;
}

export interface SentinelNode {
  readonly kind: 'sentinel';
  readonly name: string;
  readonly config: SentinelConfig;
  readonly configFile: FileMount;
  readonly stopGraceMs: number;
  readonly at: Position;
}

export interface Deployment {
  readonly name: string;
  readonly redis: readonly RedisNode[];
  readonly sentinels: readonly SentinelNode[];
  /** Names of groups of nodes (hosts, racks, data centres). */
  readonly boxes: Readonly<Record<string, readonly string[]>>;
  /** Further host names (container names, network aliases) → the node they resolve to. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Node → its IPv4 address, where one is fixed. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Warnings and notes: directives that are not modelled, services passed over, and the like. */
  readonly notes: readonly Diagnostic[];
}
