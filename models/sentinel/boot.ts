/** Start of the process: from the configuration file to the first tick (S-PERSIST-5, S-PERSIST-6, S-CONF-1). */
import { createTable } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { drawHexId } from '../random.ts';
import { createAddress, isValidPort } from './address.ts';
import { logLine } from './announcing.ts';
import { wallNow } from './clock.ts';
import type { MonitoredMaster, SentinelConfig } from './config.ts';
import { settle } from './due.ts';
import { MASTER, SENTINEL, SLAVE } from './flags.ts';
import { createInstance } from './instances.ts';
import { shareLink } from './links.ts';
import { defaultPeriods } from './periods.ts';
import { flushConfig } from './persistence.ts';
import {
  type Instance,
  masterByName,
  type SentinelDisk,
  type SentinelSpec,
  type SentinelState,
} from './state.ts';
import { createTickCursor } from './ticks.ts';

const RUN_ID_LENGTH = 40;
const UNRECOGNIZED = 'Unrecognized sentinel configuration statement.';
const INVALID_PORT = 'Invalid port number.';
const UNRESOLVED = "Can't resolve instance hostname.";
const NO_FILE = 'Sentinel needs config file on disk to save state. Exiting...';
const READ_ONLY_FILE = 'Sentinel config file is not writable: Read-only file system. Exiting...';

/** Why Redis would refuse to start, in its own words; null: nothing is wrong. */
type Refusal = string | null;

function blankState(
  spec: SentinelSpec,
  disk: SentinelDisk,
  config: SentinelConfig,
  host: Host,
): SentinelState {
  return {
    spec,
    disk,
    bootedAtUs: host.nowUs,
    processRunId: drawHexId(host.stream('run-id')),
    port: config.port,
    requirepass: config.requirepass,
    myId: config.myId,
    currentEpoch: config.currentEpoch,
    announceIp: config.announceIp,
    announcePort: config.announcePort,
    resolveHostnames: config.resolveHostnames,
    announceHostnames: config.announceHostnames,
    denyScriptsReconfig: config.denyScriptsReconfig,
    sentinelUser: config.sentinelUser,
    sentinelPass: config.sentinelPass,
    periods: defaultPeriods(),
    simFailureFlags: 0,
    tilt: false,
    tiltStartUs: 0,
    previousTimeUs: wallNow(host),
    masterIds: [],
    instances: [],
    links: [],
    outgoing: createTable(),
    clients: createTable(),
    subscribers: 0,
    // A stream of its own for each process (S-TIMER-5).
    ticks: createTickCursor(host.stream('tick'), host.nowUs),
    clockOffsetUs: wallNow(host) - host.nowUs,
    dueStale: true,
    dueTouched: true,
    tickForced: false,
    started: false,
    shutdownAsked: false,
    exited: false,
    order: host.stream('order'),
    diskStream: host.stream('disk'),
    desync: host.stream('desync'),
  };
}

/**
 * Checks of an address in the order of S-CONF-2; an empty host is a missing word (S-HOST-8), a name may not count
 * (S-HOST-3).
 */
function refuseAddress(state: SentinelState, host: Host, hostname: string, port: number): Refusal {
  if (hostname === '') return UNRECOGNIZED;
  if (!isValidPort(port)) return INVALID_PORT;
  return createAddress(state, host, hostname, port, true) === null ? UNRESOLVED : null;
}

/** The `monitor` line. */
function loadMonitor(state: SentinelState, host: Host, given: MonitoredMaster): Refusal {
  const { name, host: hostname, port, quorum } = given;
  if (hostname === '') return UNRECOGNIZED;
  if (quorum <= 0) return 'Quorum must be 1 or greater.';
  const refusal = refuseAddress(state, host, hostname, port);
  if (refusal !== null) return refusal;
  const master = createInstance(state, host, { type: MASTER, name, hostname, port, quorum, master: null });
  return master === null ? 'Duplicate master name.' : null;
}

function refuseSettings(given: MonitoredMaster): Refusal {
  if (given.downAfterMs <= 0 || given.failoverTimeoutMs <= 0) return 'negative or zero time parameter.';
  return given.masterRebootDownAfterMs < 0 ? 'negative time parameter.' : null;
}

/** Of the own vote the epoch is known again, the name is not (S-VOTE-6). */
function loadSettings(state: SentinelState, master: Instance, given: MonitoredMaster): void {
  master.downAfterMs = given.downAfterMs;
  master.failoverTimeoutMs = given.failoverTimeoutMs;
  master.parallelSyncs = given.parallelSyncs;
  master.masterRebootDownAfterMs = given.masterRebootDownAfterMs;
  master.authPass = given.authPass;
  master.authUser = given.authUser;
  master.notificationScript = given.notificationScript;
  master.clientReconfigScript = given.clientReconfigScript;
  const renamed = { ...given.renamedCommands };
  master.renamedCommands = Object.keys(renamed).length > 0 ? renamed : null;
  master.configEpoch = given.configEpoch;
  master.leaderEpoch = given.leaderEpoch;
  if (given.configEpoch > state.currentEpoch) state.currentEpoch = given.configEpoch;
}

function loadReplicas(state: SentinelState, host: Host, master: Instance, given: MonitoredMaster): Refusal {
  for (const { host: hostname, port } of given.knownReplicas) {
    const refusal = refuseAddress(state, host, hostname, port);
    if (refusal !== null) return refusal;
    const { quorum } = master;
    const replica = createInstance(state, host, { type: SLAVE, name: '', hostname, port, quorum, master });
    if (replica === null) return 'Duplicate hostname and port for replica.';
  }
  return null;
}

function loadSentinels(state: SentinelState, host: Host, master: Instance, given: MonitoredMaster): Refusal {
  for (const { host: hostname, port, runId } of given.knownSentinels) {
    const refusal = refuseAddress(state, host, hostname, port);
    if (refusal !== null) return refusal;
    const { quorum } = master;
    const entry = createInstance(state, host, {
      type: SENTINEL,
      name: runId,
      hostname,
      port,
      quorum,
      master,
    });
    if (entry === null) return 'Duplicate runid for sentinel.';
    entry.runId = runId;
    shareLink(state, host, entry);
  }
  return null;
}

/** Second and third pass of S-CONF-1. */
function loadMasters(state: SentinelState, host: Host, config: SentinelConfig): Refusal {
  for (const given of config.masters) {
    const refusal = loadMonitor(state, host, given);
    if (refusal !== null) return refusal;
  }
  for (const given of config.masters) {
    const master = masterByName(state, given.name)!;
    const settings = refuseSettings(given);
    if (settings !== null) return settings;
    loadSettings(state, master, given);
    const refusal = loadReplicas(state, host, master, given) ?? loadSentinels(state, host, master, given);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** S-PERSIST-8: only the file's own permission is tested. */
function refuseFile(spec: SentinelSpec): Refusal {
  if (spec.configFile === 'none') return NO_FILE;
  return spec.configFile === 'read-only' ? READ_ONLY_FILE : null;
}

function refuseId(config: SentinelConfig): Refusal {
  if (config.myId === '' || config.myId.length === RUN_ID_LENGTH) return null;
  return 'Malformed Sentinel id in myid option.';
}

/** The process starts; masters are announced by the first tick. */
export function boot(spec: SentinelSpec, disk: SentinelDisk, host: Host): SentinelState {
  const config = disk.saved ?? spec.config;
  const state = blankState(spec, disk, config, host);
  const refusal = refuseId(config) ?? loadMasters(state, host, config) ?? refuseFile(spec);
  if (refusal !== null) {
    logLine(state, host, 'fatal-config', refusal);
    state.exited = true;
    host.exit(1);
    return state;
  }
  if (state.myId === '') {
    state.myId = drawHexId(host.stream('id'));
    flushConfig(state, host);
  }
  settle(state, host);
  return state;
}
