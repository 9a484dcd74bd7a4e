/** SENTINEL SET (section 18.5). */
import { errorReply, type Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import { announce } from '../announcing.ts';
import { closeBothConnections } from '../links.ts';
import { flushConfig } from '../persistence.ts';
import { type Instance, linkOf, masterByName, type SentinelState } from '../state.ts';
import { flushAndReply } from './actions.ts';
import { NO_SUCH_MASTER, parseInteger } from './replies.ts';

const SCRIPTS_DENIED =
  'ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration';

/** One option with its values, as given. */
interface Setting {
  readonly option: string;
  readonly value: string;
  /** The word after `value`; only rename-command has one. */
  readonly second: string;
}

/** Applies a setting; gives the error, or null. */
type Apply = (state: SentinelState, host: Host, master: Instance, setting: Setting) => Reply | null;

function invalid(value: string, option: string): Reply {
  return errorReply(`ERR Invalid argument '${value}' for SENTINEL SET '${option}'`);
}

/** An option whose value is an integer of at least `least`. */
function numeric(
  least: number,
  assign: (state: SentinelState, master: Instance, value: number) => void,
): Apply {
  return (state, _host, master, { option, value }) => {
    const number = parseInteger(value);
    if (number === null || number < least) return invalid(value, option);
    assign(state, master, number);
    return null;
  };
}

function script(assign: (master: Instance, path: string) => void): Apply {
  return (state, _host, master, { value }) => {
    if (state.denyScriptsReconfig) return errorReply(SCRIPTS_DENIED);
    assign(master, value);
    return null;
  };
}

/** Credentials take effect by new connections to master and replicas (S-LINK-11). */
function credential(assign: (master: Instance, text: string) => void): Apply {
  return (state, host, master, { value }) => {
    assign(master, value);
    for (const id of [master.id, ...master.replicaIds]) {
      closeBothConnections(state, host, linkOf(state, state.instances[id]!));
    }
    return null;
  };
}

/** A new mapping replaces an older one; a name mapped to itself is unmapped. */
function renameCommand(_state: SentinelState, _host: Host, master: Instance, setting: Setting): Reply | null {
  const { option, value, second } = setting;
  if (value === '' || second === '') return invalid(value === '' ? value : second, option);
  const name = value.toUpperCase();
  const renamed = { ...master.renamedCommands };
  delete renamed[name];
  if (name !== second.toUpperCase()) renamed[name] = second;
  master.renamedCommands = Object.keys(renamed).length > 0 ? renamed : null;
  return null;
}

function assignDownAfter(state: SentinelState, master: Instance, value: number): void {
  master.downAfterMs = value;
  for (const id of [...master.replicaIds, ...master.sentinelIds]) state.instances[id]!.downAfterMs = value;
}

const OPTIONS: Readonly<Record<string, Apply>> = {
  'down-after-milliseconds': numeric(1, assignDownAfter),
  'failover-timeout': numeric(1, (_state, master, value) => {
    master.failoverTimeoutMs = value;
  }),
  'parallel-syncs': numeric(1, (_state, master, value) => {
    master.parallelSyncs = value;
  }),
  'notification-script': script((master, path) => {
    master.notificationScript = path;
  }),
  'client-reconfig-script': script((master, path) => {
    master.clientReconfigScript = path;
  }),
  'auth-pass': credential((master, text) => {
    master.authPass = text;
  }),
  'auth-user': credential((master, text) => {
    master.authUser = text;
  }),
  quorum: numeric(1, (_state, master, value) => {
    master.quorum = value;
  }),
  'rename-command': renameCommand,
  'master-reboot-down-after-period': numeric(0, (_state, master, value) => {
    master.masterRebootDownAfterMs = value;
  }),
};

/** The `+set` payload after the instance; a password is not shown. */
function shown(option: string, setting: Setting, hasSecond: boolean): string {
  const value = option === 'auth-pass' ? '******' : setting.value;
  return hasSecond ? `${setting.option} ${value} ${setting.second}` : `${setting.option} ${value}`;
}

/** Earlier options stay, and are saved without a reply (S-CMD-SET-1). */
function failAfter(state: SentinelState, host: Host, changes: number, error: Reply): Reply {
  if (changes > 0) flushConfig(state, host);
  return error;
}

/** Options are applied from left to right, each at once (S-CMD-SET-1). */
export function set(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const master = masterByName(state, words[0]!);
  if (master === null) return NO_SUCH_MASTER;
  let changes = 0;
  for (let at = 1; at < words.length; changes++) {
    const option = words[at]!.toLowerCase();
    const hasSecond = option === 'rename-command';
    const setting = {
      option: words[at]!,
      value: words[at + 1] ?? '',
      second: hasSecond ? (words[at + 2] ?? '') : '',
    };
    const apply = OPTIONS[option];
    const next = at + (hasSecond ? 3 : 2);
    if (apply === undefined || next > words.length) {
      const text = `ERR Unknown option or number of arguments for SENTINEL SET '${setting.option}'`;
      return failAfter(state, host, changes, errorReply(text));
    }
    const error = apply(state, host, master, setting);
    if (error !== null) return failAfter(state, host, changes, error);
    announce(state, host, '+set', master, shown(option, setting, hasSecond));
    at = next;
  }
  return flushAndReply(state, host);
}
