/** Subcommands that only look: MASTER, MASTERS, REPLICAS, SENTINELS, GET-MASTER-ADDR-BY-NAME, INFO-CACHE, CKQUORUM. */
import { errorReply, type Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import { announced } from '../address.ts';
import { wallNow, wholeMs } from '../clock.ts';
import { S_DOWN } from '../flags.ts';
import { currentMasterAddress } from '../masterAddress.ts';
import { majority, reachesQuorum } from '../quorum.ts';
import { type Instance, masterByName, type SentinelState } from '../state.ts';
import { instanceMap, tableMaps } from './maps.ts';
import { array, bulk, flatMap, integer, NO_SUCH_MASTER, NULL_ARRAY } from './replies.ts';

export function masters(state: SentinelState, host: Host): Reply {
  return tableMaps(state, host, state.masterIds);
}

export function master(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const record = masterByName(state, words[0]!);
  return record === null ? NO_SUCH_MASTER : instanceMap(state, host, record);
}

export function replicas(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const record = masterByName(state, words[0]!);
  return record === null ? NO_SUCH_MASTER : tableMaps(state, host, record.replicaIds);
}

export function sentinels(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const record = masterByName(state, words[0]!);
  return record === null ? NO_SUCH_MASTER : tableMaps(state, host, record.sentinelIds);
}

/** The current master address, S-SWITCH-1; no error for an unknown name. */
export function getMasterAddrByName(state: SentinelState, _host: Host, words: readonly string[]): Reply {
  const record = masterByName(state, words[0]!);
  if (record === null) return NULL_ARRAY;
  const address = currentMasterAddress(state, record);
  return flatMap([announced(state, address), String(address.port)]);
}

/** The age tests the master's time also for replicas (S-CMD-4). */
function cacheLine(record: Instance, instance: Instance, nowUs: number): Reply {
  const ageMs = record.infoRefreshUs === 0 ? 0 : wholeMs(nowUs - instance.infoRefreshUs);
  return array([
    integer(ageMs),
    instance.info === null ? bulk(null) : { kind: 'info', info: instance.info, sections: [] },
  ]);
}

/** S-CMD-4; unknown names are skipped. */
export function infoCache(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const nowUs = wallNow(host);
  const items: Reply[] = [];
  for (const name of words) {
    const record = masterByName(state, name);
    if (record === null) continue;
    const members = [record, ...record.replicaIds.map((id) => state.instances[id]!)];
    items.push(bulk(name), array(members.map((instance) => cacheLine(record, instance, nowUs))));
  }
  return array(items);
}

/** S-CMD-CKQ-1: connection state and age of hellos do not count. */
export function ckquorum(state: SentinelState, _host: Host, words: readonly string[]): Reply {
  const record = masterByName(state, words[0]!);
  if (record === null) return NO_SUCH_MASTER;
  const usable = 1 + record.sentinelIds.filter((id) => (state.instances[id]!.flags & S_DOWN) === 0).length;
  const lacks: string[] = [];
  if (!reachesQuorum(usable, record.quorum)) lacks.push('reach the specified quorum for this master');
  if (usable < majority(record.sentinelIds.length + 1))
    lacks.push('reach the majority and authorize a failover');
  if (lacks.length === 0) {
    const text = `OK ${usable} usable Sentinels. Quorum and failover authorization can be reached`;
    return { kind: 'status', text };
  }
  const reasons = lacks.map((lack) => `Not enough available Sentinels to ${lack}`);
  return errorReply(`NOQUORUM ${usable} usable Sentinels. ${reasons.join('. ')}`);
}
