/** SENTINEL CONFIG GET and SET (section 18.6). */
import { errorReply, type Reply } from '../../commands.ts';
import { matchesGlob } from '../../glob.ts';
import type { Host } from '../../process.ts';
import { isValidPort } from '../address.ts';
import { closeBothConnections } from '../links.ts';
import { linkOf, type SentinelState } from '../state.ts';
import { flushAndReply } from './actions.ts';
import { flatMap, parseInteger } from './replies.ts';

interface ConfigOption {
  readonly get: (state: SentinelState) => string;
  /** False: the value is invalid. */
  readonly set: (state: SentinelState, value: string) => boolean;
  /** Connections to other Sentinels are made anew. */
  readonly reconnects: boolean;
}

function yesNo(value: string): boolean | null {
  const word = value.toLowerCase();
  if (word === 'yes') return true;
  return word === 'no' ? false : null;
}

function switchOption(key: 'resolveHostnames' | 'announceHostnames'): ConfigOption {
  return {
    get: (state) => (state[key] ? 'yes' : 'no'),
    set: (state, value) => {
      const on = yesNo(value);
      if (on === null) return false;
      state[key] = on;
      return true;
    },
    reconnects: false,
  };
}

function credentialOption(key: 'sentinelUser' | 'sentinelPass'): ConfigOption {
  return {
    get: (state) => state[key],
    set: (state, value) => {
      state[key] = value;
      return true;
    },
    reconnects: true,
  };
}

/** An empty text is stored as such (S-CMD-CONFIG-3). */
const ANNOUNCE_IP: ConfigOption = {
  get: (state) => state.announceIp ?? '',
  set: (state, value) => {
    state.announceIp = value;
    return true;
  },
  reconnects: false,
};

const ANNOUNCE_PORT: ConfigOption = {
  get: (state) => String(state.announcePort),
  set: (state, value) => {
    const port = parseInteger(value);
    if (port === null || !isValidPort(port)) return false;
    state.announcePort = port;
    return true;
  },
  reconnects: false,
};

/** In the order of S-CMD-CONFIG-1. */
const OPTIONS: Readonly<Record<string, ConfigOption>> = {
  'resolve-hostnames': switchOption('resolveHostnames'),
  'announce-hostnames': switchOption('announceHostnames'),
  'announce-ip': ANNOUNCE_IP,
  'announce-port': ANNOUNCE_PORT,
  'sentinel-user': credentialOption('sentinelUser'),
  'sentinel-pass': credentialOption('sentinelPass'),
};

function configGet(state: SentinelState, pattern: string): Reply {
  const words: string[] = [];
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (matchesGlob(pattern.toLowerCase(), name)) words.push(name, option.get(state));
  }
  return flatMap(words);
}

/** The connections of every sentinel entry (S-LINK-11). */
function dropSentinelConnections(state: SentinelState, host: Host): void {
  for (const masterId of state.masterIds) {
    for (const id of state.instances[masterId]!.sentinelIds) {
      closeBothConnections(state, host, linkOf(state, state.instances[id]!));
    }
  }
}

/** S-CMD-CONFIG-2. */
function configSet(state: SentinelState, host: Host, name: string, value: string): Reply {
  const option = OPTIONS[name.toLowerCase()];
  if (option === undefined) return errorReply(`ERR Invalid argument '${name}' to SENTINEL CONFIG SET`);
  if (!option.set(state, value)) {
    return errorReply(`ERR Invalid value '${value}' to SENTINEL CONFIG SET '${name}'`);
  }
  const reply = flushAndReply(state, host);
  if (option.reconnects) dropSentinelConnections(state, host);
  return reply;
}

/** Words after CONFIG. */
export function config(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const verb = words[0]!.toLowerCase();
  if (verb === 'get' && words.length === 2) return configGet(state, words[1]!);
  if (verb === 'set' && words.length === 3) return configSet(state, host, words[1]!, words[2]!);
  return errorReply('ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.');
}
