/** What an observer may see of a Sentinel. */
import { announced } from './address.ts';
import {
  FAILOVER_IN_PROGRESS,
  FAILOVER_STATE_TEXT,
  FORCE_FAILOVER,
  MASTER,
  MASTER_DOWN,
  O_DOWN,
  PROMOTED,
  RECONF_DONE,
  RECONF_INPROG,
  RECONF_SENT,
  S_DOWN,
  SCRIPT_KILL_SENT,
  SENTINEL,
  SLAVE,
} from './flags.ts';
import { currentMasterAddress } from './masterAddress.ts';
import { type Instance, linkOf, type SentinelState } from './state.ts';

/** One master record as this Sentinel sees it. */
export interface SentinelView {
  readonly name: string;
  /** The current master address (S-SWITCH-1). */
  readonly address: { readonly host: string; readonly ip: string; readonly port: number };
  readonly configEpoch: number;
  /** Words of section 18.3. */
  readonly flags: readonly string[];
  readonly replicas: number;
  /** Others that are known. */
  readonly sentinels: number;
  readonly leaderEpoch: number;
  readonly failoverState: string;
  readonly myId: string;
}

/** In the order of section 18.3; `disconnected` is no flag bit and stands after the types. */
const WORDS_BEFORE_LINK: readonly (readonly [number, string])[] = [
  [S_DOWN, 's_down'],
  [O_DOWN, 'o_down'],
  [MASTER, 'master'],
  [SLAVE, 'slave'],
  [SENTINEL, 'sentinel'],
];
const WORDS_AFTER_LINK: readonly (readonly [number, string])[] = [
  [MASTER_DOWN, 'master_down'],
  [FAILOVER_IN_PROGRESS, 'failover_in_progress'],
  [PROMOTED, 'promoted'],
  [RECONF_SENT, 'reconf_sent'],
  [RECONF_INPROG, 'reconf_inprog'],
  [RECONF_DONE, 'reconf_done'],
  [FORCE_FAILOVER, 'force_failover'],
  [SCRIPT_KILL_SENT, 'script_kill_sent'],
];

function wordsOf(flags: number, table: readonly (readonly [number, string])[]): string[] {
  return table.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
}

/** The words of `flags` (section 18.3). */
export function flagWords(state: SentinelState, instance: Instance): string[] {
  const words = wordsOf(instance.flags, WORDS_BEFORE_LINK);
  if (linkOf(state, instance).disconnected) words.push('disconnected');
  return [...words, ...wordsOf(instance.flags, WORDS_AFTER_LINK)];
}

function viewOf(state: SentinelState, master: Instance): SentinelView {
  const address = currentMasterAddress(state, master);
  return {
    name: master.name,
    address: { host: announced(state, address), ip: address.ip, port: address.port },
    configEpoch: master.configEpoch,
    flags: flagWords(state, master),
    replicas: master.replicaIds.length,
    sentinels: master.sentinelIds.length,
    leaderEpoch: master.leaderEpoch,
    failoverState: FAILOVER_STATE_TEXT[master.failoverState]!,
    myId: state.myId,
  };
}

/** Every master record, in table order. */
export function sentinelViews(state: SentinelState): SentinelView[] {
  return state.masterIds.map((id) => viewOf(state, state.instances[id]!));
}
