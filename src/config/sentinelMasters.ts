/** `sentinel monitor` and the directives that belong to one master, in Sentinel's order of checks (S-CONF-2). */
import { isIP } from 'node:net';
import {
  defaultMonitoredMaster,
  type KnownReplica,
  type MonitoredMaster,
} from '../../models/sentinel/config.ts';
import type { DraftSentinel } from './sentinelConf.ts';

/** Why a line is refused: Sentinel's text, the word at fault (0 is `sentinel`), and what would do. */
export interface Refusal {
  readonly error: string;
  readonly word: number;
  readonly expected?: string;
}

/** A master record while it is read. */
export type DraftMaster = { -readonly [K in keyof MonitoredMaster]: MonitoredMaster[K] };

export const NO_SUCH_MASTER = 'No such master with specified name.';
export const UNRECOGNIZED = 'Unrecognized sentinel configuration statement.';

/** The leading digits of a text as C's `atoi` reads them; 0 if there are none. */
export function atoi(text: string): number {
  return Number(/^\s*([+-]?[0-9]{1,15})/.exec(text)?.[1] ?? 0) || 0;
}

/** Port and host of an address: the texts that Sentinel gives for them. */
function checkAddress(draft: DraftSentinel, host: string, port: string, word: number): Refusal | null {
  if (atoi(port) < 0 || atoi(port) > 65_535) {
    return { error: 'Invalid port number.', word: word + 1, expected: 'a port from 0 to 65535' };
  }
  if (draft.resolveHostnames || isIP(host) !== 0) return null;
  return {
    error: "Can't resolve instance hostname.",
    word,
    expected: 'a numeric address, unless host names are resolved',
  };
}

/** `monitor <name> <host> <port> <quorum>`. */
export function monitor(draft: DraftSentinel, words: readonly string[]): Refusal | null {
  if (words.length !== 5) {
    return { error: UNRECOGNIZED, word: 1, expected: 'sentinel monitor <name> <host> <port> <quorum>' };
  }
  const [, name, host, port, quorum] = words as [string, string, string, string, string];
  if (atoi(quorum) <= 0) {
    return { error: 'Quorum must be 1 or greater.', word: 5, expected: 'a quorum of 1 or more' };
  }
  const refusal = checkAddress(draft, host, port, 3);
  if (refusal !== null) return refusal;
  if (draft.masters.some((master) => master.name === name)) {
    return { error: 'Duplicate master name.', word: 2, expected: 'one monitor line for each master name' };
  }
  draft.masters.push(defaultMonitoredMaster(name, host, atoi(port), atoi(quorum)));
  return null;
}

type Setter = (master: DraftMaster, args: readonly string[], draft: DraftSentinel) => Refusal | null;

/** A setter with the usage that is shown when the number of words is wrong. */
interface MasterDirective {
  readonly usage: string;
  readonly args: readonly number[];
  readonly set: Setter;
}

function positiveTime(field: 'downAfterMs' | 'failoverTimeoutMs'): MasterDirective {
  return {
    usage: '<name> <milliseconds>',
    args: [1],
    set: (master, [value]) => {
      if (atoi(value!) <= 0) {
        return { error: 'negative or zero time parameter.', word: 3, expected: 'milliseconds, 1 or more' };
      }
      master[field] = atoi(value!);
      return null;
    },
  };
}

function text(
  field: 'authPass' | 'authUser' | 'notificationScript' | 'clientReconfigScript',
): MasterDirective {
  return {
    usage: '<name> <text>',
    args: [1],
    set: (master, [value]) => {
      master[field] = value!;
      return null;
    },
  };
}

function setRebootDownAfter(master: DraftMaster, [value]: readonly string[]): Refusal | null {
  if (atoi(value!) < 0) {
    return { error: 'negative time parameter.', word: 3, expected: 'milliseconds, 0 or more' };
  }
  master.masterRebootDownAfterMs = atoi(value!);
  return null;
}

function renameCommand(master: DraftMaster, [command, renamed]: readonly string[]): Refusal | null {
  const key = command!.toUpperCase();
  if (Object.hasOwn(master.renamedCommands, key)) {
    return { error: 'Same command renamed multiple times with rename-command.', word: 3 };
  }
  master.renamedCommands = { ...master.renamedCommands, [key]: renamed! };
  return null;
}

/** Also raises the current epoch. */
function setConfigEpoch(master: DraftMaster, [value]: readonly string[], draft: DraftSentinel): null {
  master.configEpoch = atoi(value!);
  draft.currentEpoch = Math.max(draft.currentEpoch, master.configEpoch);
  return null;
}

/** S-CONF-5: a file that has the same replica under both names does not load. */
function addReplica(
  master: DraftMaster,
  args: readonly string[],
  draft: DraftSentinel,
  isAlias: boolean,
): Refusal | null {
  const [host, port] = args as [string, string];
  const refusal = checkAddress(draft, host, port, 3);
  if (refusal !== null) return refusal;
  const replica: KnownReplica = { host, port: atoi(port), ...(isAlias ? { isAlias } : {}) };
  if (master.knownReplicas.some((known) => known.host === host && known.port === replica.port)) {
    return { error: 'Duplicate hostname and port for replica.', word: 3 };
  }
  master.knownReplicas = [...master.knownReplicas, replica];
  return null;
}

/** The form without a run id is ignored. */
function addSentinel(master: DraftMaster, args: readonly string[], draft: DraftSentinel): Refusal | null {
  const [host, port, runId] = args as [string, string, string?];
  if (runId === undefined) return null;
  const refusal = checkAddress(draft, host, port, 3);
  if (refusal !== null) return refusal;
  if (master.knownSentinels.some((known) => known.runId === runId)) {
    return { error: 'Duplicate runid for sentinel.', word: 5 };
  }
  master.knownSentinels = [...master.knownSentinels, { host, port: atoi(port), runId }];
  return null;
}

function knownReplica(isAlias: boolean): MasterDirective {
  return {
    usage: '<name> <host> <port>',
    args: [2],
    set: (master, args, draft) => addReplica(master, args, draft, isAlias),
  };
}

const DIRECTIVES: ReadonlyMap<string, MasterDirective> = new Map([
  ['down-after-milliseconds', positiveTime('downAfterMs')],
  ['failover-timeout', positiveTime('failoverTimeoutMs')],
  [
    'parallel-syncs',
    {
      usage: '<name> <number>',
      args: [1],
      set: (master: DraftMaster, [value]: readonly string[]) => {
        master.parallelSyncs = atoi(value!);
        return null;
      },
    },
  ],
  ['notification-script', text('notificationScript')],
  ['client-reconfig-script', text('clientReconfigScript')],
  ['auth-pass', text('authPass')],
  ['auth-user', text('authUser')],
  ['rename-command', { usage: '<name> <command> <renamed>', args: [2], set: renameCommand }],
  ['master-reboot-down-after-period', { usage: '<name> <milliseconds>', args: [1], set: setRebootDownAfter }],
  ['config-epoch', { usage: '<name> <epoch>', args: [1], set: setConfigEpoch }],
  [
    'leader-epoch',
    {
      usage: '<name> <epoch>',
      args: [1],
      set: (master: DraftMaster, [value]: readonly string[]) => {
        master.leaderEpoch = atoi(value!);
        return null;
      },
    },
  ],
  ['known-replica', knownReplica(false)],
  ['known-slave', knownReplica(true)],
  ['known-sentinel', { usage: '<name> <host> <port> [runid]', args: [2, 3], set: addSentinel }],
]);

export const MASTER_DIRECTIVES: readonly string[] = [...DIRECTIVES.keys()];

/** A directive of one master; `words` begin with the directive. */
export function setForMaster(draft: DraftSentinel, words: readonly string[]): Refusal | null {
  const [word, name, ...args] = words;
  const directive = DIRECTIVES.get(word?.toLowerCase() ?? '');
  if (directive === undefined) {
    return { error: UNRECOGNIZED, word: 1, expected: 'a sentinel directive' };
  }
  if (name === undefined || !directive.args.includes(args.length)) {
    return { error: UNRECOGNIZED, word: 1, expected: `sentinel ${word} ${directive.usage}` };
  }
  const master = draft.masters.find((known) => known.name === name);
  if (master === undefined) {
    return {
      error: NO_SUCH_MASTER,
      word: 2,
      expected: 'the name of a sentinel monitor line',
    };
  }
  return directive.set(master, args, draft);
}
