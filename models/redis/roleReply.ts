/** ROLE (R-ROLE-7). */
import type { Reply } from '../commands.ts';
import type { LinkPhase, RedisState } from './state.ts';

const LINK_NAMES: Readonly<Record<LinkPhase, string>> = {
  none: 'none',
  connect: 'connect',
  connecting: 'connecting',
  'ping-reply': 'handshake',
  'batch-replies': 'handshake',
  'psync-reply': 'handshake',
  transfer: 'sync',
  connected: 'connected',
};

const bulk = (text: string): Reply => ({ kind: 'bulk', text });
const integer = (value: number): Reply => ({ kind: 'integer', value });

export function roleReply(state: RedisState): Reply {
  const master = state.config.replicaof;
  if (master !== null) {
    const { phase } = state.link;
    const offset = phase === 'connected' ? state.offset : -1;
    return {
      kind: 'array',
      items: [
        bulk('slave'),
        bulk(master.host),
        integer(master.port),
        bulk(LINK_NAMES[phase]),
        integer(offset),
      ],
    };
  }
  const replicas: Reply[] = [];
  for (const { ip, port, phase, ackOffset } of state.replicas) {
    if (phase !== 'online') continue;
    replicas.push({ kind: 'array', items: [bulk(ip), bulk(`${port}`), bulk(`${ackOffset}`)] });
  }
  return {
    kind: 'array',
    items: [bulk('master'), integer(state.offset), { kind: 'array', items: replicas }],
  };
}
