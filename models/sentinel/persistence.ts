/** The configuration file is the saved state (section 16). */
import type { Host } from '../process.ts';
import { drawFrom } from '../random.ts';
import { announced } from './address.ts';
import { logLine } from './announcing.ts';
import {
  DEFAULT_DOWN_AFTER_MS,
  DEFAULT_FAILOVER_TIMEOUT_MS,
  type KnownReplica,
  type KnownSentinel,
  type MonitoredMaster,
  type SentinelConfig,
} from './config.ts';
import { currentMasterAddress, promotedMaster } from './masterAddress.ts';
import type { Instance, SentinelState } from './state.ts';

/** `known-slave` lines of the file stay beside the lines that a rewrite adds for the same replicas (S-CONF-5). */
function aliasLines(state: SentinelState, master: Instance): KnownReplica[] {
  const file = state.disk.saved ?? state.spec.config;
  const present = file.masters.find(({ name }) => name === master.name);
  return (present?.knownReplicas ?? []).filter(({ isAlias }) => isAlias === true);
}

/** A promoted replica's line carries the old master's address (S-PERSIST-4). */
function knownReplicas(state: SentinelState, master: Instance): KnownReplica[] {
  const promoted = promotedMaster(state, master);
  return master.replicaIds.map((id) => {
    const replica = state.instances[id]!;
    const address = replica === promoted ? master.address : replica.address;
    return { host: announced(state, address), port: address.port };
  });
}

function knownSentinels(state: SentinelState, master: Instance): KnownSentinel[] {
  const known: KnownSentinel[] = [];
  for (const id of master.sentinelIds) {
    const { address, runId } = state.instances[id]!;
    if (runId !== '') known.push({ host: announced(state, address), port: address.port, runId });
  }
  return known;
}

/** A value that equals the default in force is not written, so it returns as the built-in default (S-PERSIST-4). */
function written(value: number, defaultInForce: number, builtIn: number): number {
  return value === defaultInForce ? builtIn : value;
}

/** The current master address, so a restarted leader knows whom it promoted (S-PERSIST-7). */
function savedMaster(state: SentinelState, master: Instance): MonitoredMaster {
  const address = currentMasterAddress(state, master);
  const { defaultDownAfterMs, defaultFailoverTimeoutMs } = state.periods;
  return {
    name: master.name,
    host: announced(state, address),
    port: address.port,
    quorum: master.quorum,
    downAfterMs: written(master.downAfterMs, defaultDownAfterMs, DEFAULT_DOWN_AFTER_MS),
    failoverTimeoutMs: written(
      master.failoverTimeoutMs,
      defaultFailoverTimeoutMs,
      DEFAULT_FAILOVER_TIMEOUT_MS,
    ),
    parallelSyncs: master.parallelSyncs,
    masterRebootDownAfterMs: master.masterRebootDownAfterMs,
    authPass: master.authPass,
    authUser: master.authUser,
    notificationScript: master.notificationScript,
    clientReconfigScript: master.clientReconfigScript,
    renamedCommands: { ...master.renamedCommands },
    configEpoch: master.configEpoch,
    leaderEpoch: master.leaderEpoch,
    knownReplicas: [...aliasLines(state, master), ...knownReplicas(state, master)],
    knownSentinels: knownSentinels(state, master),
  };
}

/** What a flush writes (S-PERSIST-4). */
export function savedConfig(state: SentinelState): SentinelConfig {
  return {
    port: state.port,
    requirepass: state.requirepass,
    myId: state.myId,
    currentEpoch: state.currentEpoch,
    announceIp: state.announceIp,
    announcePort: state.announcePort,
    resolveHostnames: state.resolveHostnames,
    announceHostnames: state.announceHostnames,
    denyScriptsReconfig: state.denyScriptsReconfig,
    sentinelUser: state.sentinelUser,
    sentinelPass: state.sentinelPass,
    masters: state.masterIds.map((id) => savedMaster(state, state.instances[id]!)),
  };
}

/** The text of the error that a flush would meet, or empty. */
function saveError(state: SentinelState, host: Host): string {
  if (!host.diskWritable()) return 'No space left on device';
  switch (state.spec.configFile) {
    case 'writable':
      return '';
    case 'not-replaceable':
      return 'Device or resource busy';
    case 'read-only':
    case 'none':
      return 'Read-only file system';
  }
}

/**
 * Rewrites the file and waits for the disk; a failure is only logged (S-PERSIST-1). Its callers are those of
 * S-PERSIST-3.
 */
export function flushConfig(state: SentinelState, host: Host): boolean {
  if (state.exited) return false;
  state.dueStale = true;
  const error = saveError(state, host);
  if (error !== '') {
    logLine(state, host, 'config-not-saved', error);
    return false;
  }
  host.stall(drawFrom(state.diskStream, state.spec.machine.fsyncUs));
  state.disk.saved = savedConfig(state);
  return true;
}
