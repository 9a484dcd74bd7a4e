/** Writes a simulated run as the logs that its processes would have left. */
import type { RunDocument, RunEvent } from '../../src/run/document.ts';

/** The members of a deployment as a log knows them. */
export interface Addresses {
  readonly redis: readonly string[];
  readonly sentinels: readonly string[];
}

/** What Redis writes no line for. */
const UNLOGGED = new Set(['writes-refused', 'writes-accepted', 'loading']);

export function isLogged({ event, message }: RunEvent): boolean {
  return !UNLOGGED.has(event) && !(event === 'exited' && message !== '0');
}

export function redisAddress(names: Addresses, name: string): string {
  return `10.0.0.${names.redis.indexOf(name) + 1}`;
}

export function sentinelId(names: Addresses, name: string): string {
  return (names.sentinels.indexOf(name) + 1).toString(16).repeat(40);
}

/** One log for each node. `zeroMs` is time zero on the calendar, as UTC. */
export function writeLogs(document: RunDocument, names: Addresses, zeroMs: number): Map<string, string> {
  const logs = new Map<string, string>();
  for (const name of names.sentinels) {
    const first = Math.min(0, ...document.events.map(({ t }) => t)) - 1000;
    const text = `Sentinel ID is ${sentinelId(names, name)}`;
    logs.set(name, line('X', zeroMs + first, '#', text));
  }
  for (const event of document.events.filter(isLogged)) {
    const isSentinel = names.sentinels.includes(event.node);
    const text = isSentinel ? sentinelText(event, names, zeroMs) : serverText(event, names);
    const mark = event.level === 'notice' ? '*' : '#';
    const before = logs.get(event.node) ?? '';
    logs.set(event.node, before + line(isSentinel ? 'X' : 'M', zeroMs + event.t, mark, text));
  }
  return logs;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function line(role: string, atMs: number, mark: string, text: string): string {
  const at = new Date(Math.floor(atMs)).toISOString();
  const stamp = `${at.slice(8, 10)} ${MONTHS[Number(at.slice(5, 7)) - 1]} ${at.slice(0, 4)} ${at.slice(11, 23)}`;
  return `17:${role} ${stamp} ${mark} ${text}\n`;
}

function ctime(atMs: number): string {
  const date = new Date(atMs);
  const at = date.toISOString();
  const day = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')[date.getUTCDay()];
  return `${day} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${at.slice(11, 19)} ${at.slice(0, 4)}`;
}

function sentinelText({ event, message }: RunEvent, names: Addresses, zeroMs: number): string {
  switch (event) {
    case 'vote-received':
      return words(message, names);
    case 'next-failover-delay':
      return `Next failover delay: I will not start a failover before ${ctime(zeroMs + Number(message))}`;
    case 'user-failover':
    case 'simulated-crash':
      return message;
    case 'shutdown-requested':
      return 'User requested shutdown...';
    case 'exited':
      return 'Sentinel is now ready to exit, bye bye...';
    default:
      return `${event} ${words(message, names)}`;
  }
}

const SERVER_TEXTS: Readonly<Record<string, string>> = {
  'replica-link-lost': 'Connection with master lost.',
  'master-lost-replica': 'Connection with replica 10.0.0.9:6379 lost.',
  'master-timeout': 'MASTER timeout: no data nor PING received...',
  'replica-timeout': 'Disconnecting timedout replica (streaming sync): 10.0.0.9:6379',
  'partial-resync': 'Successful partial resynchronization with master.',
  'bgsave-for-sync': 'Starting BGSAVE for SYNC with target: replicas sockets',
  'full-resync-started': `Full resync from master: ${'a'.repeat(40)}:428`,
  'full-resync-done': 'MASTER <-> REPLICA sync: Finished with success',
  ready: 'Ready to accept connections',
  loaded: 'DB loaded from append only file: 0.001 seconds',
  'saved-rdb': 'DB saved on disk',
  'shutdown-requested': 'User requested shutdown...',
  'shutdown-waits': 'Waiting for replicas before shutting down.',
  exited: 'Redis is now ready to exit, bye bye...',
};

function serverText({ event, message }: RunEvent, names: Addresses): string {
  const fixed = SERVER_TEXTS[event];
  if (fixed !== undefined) return fixed;
  const address = (name: string) => `${redisAddress(names, name)}:6379`;
  switch (event) {
    case 'replica-connecting':
      return `Connecting to MASTER ${address(message)}`;
    case 'role-changed':
      return message === 'master'
        ? "MASTER MODE enabled (user request from 'id=7 addr=10.0.1.1:4000 fd=13')"
        : `REPLICAOF ${address(message.slice(8))} enabled (user request from 'id=7 addr=10.0.1.1:4000 fd=13')`;
    case 'partial-resync-refused':
      return message.startsWith('Unable')
        ? words(message, names)
        : `Partial resynchronization not accepted: ${message}`;
    default:
      throw new Error(`no log line for ${event} ${message}`);
  }
}

/** Addresses and ids in place of names; a Sentinel is an id, but for the host after it. */
function words(message: string, names: Addresses): string {
  const all = message.split(' ');
  return all
    .map((word, index) => {
      const [name = '', port] = word.split(':');
      if (names.redis.includes(name)) {
        return port === undefined ? redisAddress(names, name) : `${redisAddress(names, name)}:${port}`;
      }
      if (!names.sentinels.includes(word)) return word;
      const isHost = index === 2 && all[0] === 'sentinel';
      return isHost ? `10.0.1.${names.sentinels.indexOf(word) + 1}` : sentinelId(names, word);
    })
    .join(' ');
}
