/** Reading INFO (S-INFO-1 to S-INFO-6). */
import type { NodeInfo, ReplicaSideInfo, Reply } from '../commands.ts';
import type { Host } from '../process.ts';
import { createAddress, hostAndPort } from './address.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MASTER, MASTER_REBOOT, SLAVE } from './flags.ts';
import { createInstance, findByName } from './instances.ts';
import { flushConfig } from './persistence.ts';
import { actOnRole, noteRole } from './roles.ts';
import type { Instance, SentinelState } from './state.ts';

/** `run_id`: another one means that the process was restarted (S-SDOWN-8). */
function readRunId(state: SentinelState, host: Host, instance: Instance, runId: string): void {
  if (instance.runId === runId) return;
  if (instance.runId !== '') {
    announce(state, host, '+reboot', instance);
    if ((instance.flags & MASTER) !== 0 && instance.masterRebootDownAfterMs !== 0) {
      instance.flags |= MASTER_REBOOT;
      instance.masterRebootSinceUs = wallNow(host);
    }
  }
  instance.runId = runId;
}

/** By name: with `announce-hostnames yes` a node that INFO gives by number is not the one known by its host name. */
function isKnownReplica(
  state: SentinelState,
  host: Host,
  master: Instance,
  ip: string,
  port: number,
): boolean {
  for (let i = 0; i < master.replicaIds.length; i++) {
    const replica = state.instances[master.replicaIds[i]!]!;
    const { address } = replica;
    if (address.ip !== ip || address.port !== port || replica.name !== hostAndPort(state, address)) continue;
    if (!state.announceHostnames || address.hostname === ip) return true;
  }
  const address = createAddress(state, host, ip, port, false);
  return address !== null && findByName(state, master.replicaIds, hostAndPort(state, address)) !== null;
}

/** Replicas are learned from INFO of the configured master, whatever role it reports (S-INFO-4). */
function readReplicas(state: SentinelState, host: Host, master: Instance, info: NodeInfo): void {
  for (const { ip, port } of info.slaves) {
    if (isKnownReplica(state, host, master, ip, port)) continue;
    const given = { type: SLAVE, name: '', hostname: ip, port, quorum: master.quorum, master } as const;
    const replica = createInstance(state, host, given);
    if (replica === null) continue;
    announce(state, host, '+slave', replica);
    flushConfig(state, host);
  }
}

/** The lines that only a replica's INFO has; a master's leaves the old values (S-INFO-5). */
function readReplicaSide(instance: Instance, replica: ReplicaSideInfo, nowUs: number): void {
  const host = replica.master_host;
  if (instance.slaveMasterHost !== host && instance.slaveMasterHost.toLowerCase() !== host.toLowerCase()) {
    instance.slaveMasterHost = host;
    instance.slaveConfChangeUs = nowUs;
  }
  if (instance.slaveMasterPort !== replica.master_port) {
    instance.slaveMasterPort = replica.master_port;
    instance.slaveConfChangeUs = nowUs;
  }
  instance.slaveMasterLinkUp = replica.master_link_status === 'up';
  instance.slavePriority = replica.slave_priority;
  instance.slaveReplOffset = replica.slave_repl_offset;
  instance.replicaAnnounced = replica.replica_announced;
  const downSeconds = replica.master_link_down_since_seconds;
  if (downSeconds !== null) instance.masterLinkDownMs = downSeconds * 1000;
}

/**
 * An INFO reply; anything but a text changes nothing (S-INFO-1). Its lines are those of S-INFO-3; what is missing keeps its
 * value, except the link's time down (S-INFO-2). In TILT nothing follows from the role (S-ROLE-2).
 */
export function receiveInfo(state: SentinelState, host: Host, instance: Instance, reply: Reply): void {
  if (reply.kind !== 'info') return;
  const info = reply.info;
  instance.info = info;
  instance.masterLinkDownMs = 0;
  readRunId(state, host, instance, info.run_id);
  if (info.role === 'slave' && info.replica !== null) readReplicaSide(instance, info.replica, wallNow(host));
  if ((instance.flags & MASTER) !== 0) readReplicas(state, host, instance, info);
  instance.infoRefreshUs = wallNow(host);
  const role = info.role === 'master' ? MASTER : SLAVE;
  if (role !== instance.roleReported) noteRole(state, host, instance, role);
  if (!state.tilt) actOnRole(state, host, instance, role);
}
