/** INFO of a Sentinel (S-CMD-INFO). */
import type { Host } from '../../process.ts';
import { announced } from '../address.ts';
import { wallNow } from '../clock.ts';
import { O_DOWN, S_DOWN } from '../flags.ts';
import type { Instance, SentinelState } from '../state.ts';
import { currentHz } from '../ticks.ts';

type Section = (state: SentinelState, host: Host) => string[];

function server(state: SentinelState, host: Host): string[] {
  return [
    '# Server',
    'redis_version:7.0.15',
    'redis_mode:sentinel',
    `run_id:${state.processRunId}`,
    `tcp_port:${state.port}`,
    `server_time_usec:${host.wallUs}`,
    `uptime_in_seconds:${Math.floor((host.nowUs - state.bootedAtUs) / 1_000_000)}`,
    `hz:${currentHz(state.ticks)}`,
    'configured_hz:10',
  ];
}

function clients(state: SentinelState): string[] {
  return [
    '# Clients',
    `connected_clients:${state.clients.size}`,
    'cluster_connections:0',
    'maxclients:10000',
    'blocked_clients:0',
  ];
}

function stats(): string[] {
  return ['# Stats'];
}

/** Processor time is not modelled. */
function cpu(): string[] {
  return ['# CPU', 'used_cpu_sys:0.000000', 'used_cpu_user:0.000000'];
}

function statusText(master: Instance): string {
  if ((master.flags & O_DOWN) !== 0) return 'odown';
  return (master.flags & S_DOWN) !== 0 ? 'sdown' : 'ok';
}

function masterLine(state: SentinelState, master: Instance, index: number): string {
  const address = `${announced(state, master.address)}:${master.address.port}`;
  const counts = `slaves=${master.replicaIds.length},sentinels=${master.sentinelIds.length + 1}`;
  return `master${index}:name=${master.name},status=${statusText(master)},address=${address},${counts}`;
}

function sentinel(state: SentinelState, host: Host): string[] {
  const tiltSeconds = state.tilt ? Math.floor((wallNow(host) - state.tiltStartUs) / 1_000_000) : -1;
  return [
    '# Sentinel',
    `sentinel_masters:${state.masterIds.length}`,
    `sentinel_tilt:${state.tilt ? 1 : 0}`,
    `sentinel_tilt_since_seconds:${tiltSeconds}`,
    'sentinel_running_scripts:0',
    'sentinel_scripts_queue_length:0',
    `sentinel_simulate_failure_flags:${state.simFailureFlags}`,
    ...state.masterIds.map((id, index) => masterLine(state, state.instances[id]!, index)),
  ];
}

/** In Redis's order. */
const SECTIONS: Readonly<Record<string, Section>> = { server, clients, stats, cpu, sentinel };
const ALL_WORDS = ['default', 'all', 'everything'];

/** The whole text, or the sections named; unsupported names are ignored. */
export function infoText(state: SentinelState, host: Host, wanted: readonly string[]): string {
  const names = wanted.map((name) => name.toLowerCase());
  const all = names.length === 0 || names.some((name) => ALL_WORDS.includes(name));
  return Object.entries(SECTIONS)
    .filter(([name]) => all || names.includes(name))
    .map(([, section]) => `${section(state, host).join('\r\n')}\r\n`)
    .join('\r\n');
}
