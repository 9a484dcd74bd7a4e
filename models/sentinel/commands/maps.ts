/** Instances as maps (section 18.3). Durations are milliseconds before now. */
import type { Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import { announced } from '../address.ts';
import { wallNow, wholeMs } from '../clock.ts';
import {
  FAILOVER_IN_PROGRESS,
  FAILOVER_STATE_TEXT,
  MASTER,
  O_DOWN,
  S_DOWN,
  SENTINEL,
  SLAVE,
} from '../flags.ts';
import { type Instance, linkOf, type SentinelState } from '../state.ts';
import { flagWords } from '../views.ts';
import { array, flatMap } from './replies.ts';

/** Keys and values in turn. */
type Fields = (string | number)[];

function downFields(instance: Instance, nowUs: number): Fields {
  const fields: Fields = [];
  if ((instance.flags & S_DOWN) !== 0) fields.push('s-down-time', wholeMs(nowUs - instance.sDownSinceUs));
  if ((instance.flags & O_DOWN) !== 0) fields.push('o-down-time', wholeMs(nowUs - instance.oDownSinceUs));
  return fields;
}

function commonFields(state: SentinelState, instance: Instance, nowUs: number): Fields {
  const link = linkOf(state, instance);
  const failing = (instance.flags & FAILOVER_IN_PROGRESS) !== 0;
  return [
    ...['name', instance.name, 'ip', announced(state, instance.address), 'port', instance.address.port],
    ...['runid', instance.runId, 'flags', flagWords(state, instance).join(',')],
    ...['link-pending-commands', link.pendingCommands, 'link-refcount', link.refcount],
    ...(failing ? ['failover-state', FAILOVER_STATE_TEXT[instance.failoverState]!] : []),
    ...['last-ping-sent', link.actPingUs === 0 ? 0 : wholeMs(nowUs - link.actPingUs)],
    ...['last-ok-ping-reply', wholeMs(nowUs - link.lastAvailUs)],
    ...['last-ping-reply', wholeMs(nowUs - link.lastPongUs)],
    ...downFields(instance, nowUs),
    ...['down-after-milliseconds', instance.downAfterMs],
  ];
}

function infoFields(instance: Instance, nowUs: number): Fields {
  return [
    ...['info-refresh', instance.infoRefreshUs === 0 ? 0 : wholeMs(nowUs - instance.infoRefreshUs)],
    ...['role-reported', instance.roleReported === MASTER ? 'master' : 'slave'],
    ...['role-reported-time', wholeMs(nowUs - instance.roleReportedUs)],
  ];
}

function masterFields(master: Instance): Fields {
  const { notificationScript, clientReconfigScript } = master;
  return [
    ...['config-epoch', master.configEpoch, 'num-slaves', master.replicaIds.length],
    ...['num-other-sentinels', master.sentinelIds.length, 'quorum', master.quorum],
    ...['failover-timeout', master.failoverTimeoutMs, 'parallel-syncs', master.parallelSyncs],
    ...(notificationScript === '' ? [] : ['notification-script', notificationScript]),
    ...(clientReconfigScript === '' ? [] : ['client-reconfig-script', clientReconfigScript]),
  ];
}

function replicaFields(replica: Instance): Fields {
  return [
    ...['master-link-down-time', replica.masterLinkDownMs],
    ...['master-link-status', replica.slaveMasterLinkUp ? 'ok' : 'err'],
    ...['master-host', replica.slaveMasterHost === '' ? '?' : replica.slaveMasterHost],
    ...['master-port', replica.slaveMasterPort, 'slave-priority', replica.slavePriority],
    ...['slave-repl-offset', replica.slaveReplOffset],
    ...['replica-announced', replica.replicaAnnounced ? 1 : 0],
  ];
}

function sentinelFields(entry: Instance, nowUs: number): Fields {
  return [
    ...['last-hello-message', wholeMs(nowUs - entry.lastHelloUs)],
    ...['voted-leader', entry.leader === '' ? '?' : entry.leader, 'voted-leader-epoch', entry.leaderEpoch],
  ];
}

export function instanceMap(state: SentinelState, host: Host, instance: Instance): Reply {
  const nowUs = wallNow(host);
  const fields = commonFields(state, instance, nowUs);
  if ((instance.flags & (MASTER | SLAVE)) !== 0) fields.push(...infoFields(instance, nowUs));
  if ((instance.flags & MASTER) !== 0) fields.push(...masterFields(instance));
  if ((instance.flags & SLAVE) !== 0) fields.push(...replicaFields(instance));
  if ((instance.flags & SENTINEL) !== 0) fields.push(...sentinelFields(instance, nowUs));
  return flatMap(fields.map(String));
}

/** Maps of a table; replicas with `replica_announced` 0 are left out. */
export function tableMaps(state: SentinelState, host: Host, ids: readonly number[]): Reply {
  const listed = ids
    .map((id) => state.instances[id]!)
    .filter(({ flags, replicaAnnounced }) => (flags & SLAVE) === 0 || replicaAnnounced);
  return array(listed.map((instance) => instanceMap(state, host, instance)));
}
