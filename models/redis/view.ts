/** What observers may see of a server, without asking it. */
import { keyspaceSize, readKey } from './keyspace.ts';
import { isReplica, type RedisState } from './state.ts';

export interface RedisView {
  readonly role: 'master' | 'replica';
  readonly masterHost: string | null;
  readonly masterPort: number | null;
  /** Null on a master. */
  readonly link: 'up' | 'down' | null;
  readonly offset: number;
  /** Connected replicas, in whatever phase. */
  readonly replicas: number;
  /** The cached count of R-MINREP-2. */
  readonly goodReplicas: number;
  readonly keys: number;
  readonly loading: boolean;
  readonly replId: string;
}

export function redisView(state: RedisState): RedisView {
  const master = state.config.replicaof;
  return {
    role: isReplica(state) ? 'replica' : 'master',
    masterHost: master === null ? null : master.host,
    masterPort: master === null ? null : master.port,
    link: master === null ? null : state.link.phase === 'connected' ? 'up' : 'down',
    offset: state.offset,
    replicas: state.replicas.length,
    goodReplicas: state.goodReplicas,
    keys: keyspaceSize(state.keyspace),
    loading: state.load !== null,
    replId: state.replId,
  };
}

export function hasKey(state: RedisState, key: string): boolean {
  return readKey(state.keyspace, key) !== null;
}
