/** REPLCONF, PSYNC and SYNC: a client becomes a replica (R-PSYNC-2, R-PSYNC-3, R-BKLG-2). */
import { errorReply, OK, type Reply, type Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { drawHexId } from '../random.ts';
import { createBacklog, itemsFrom } from './backlog.ts';
import { unixSeconds } from './clock.ts';
import { finishChild, requestFullSync } from './fullSync.ts';
import { decidePsync, refusalText } from './psync.ts';
import { putOnline, releaseStream } from './replicas.ts';
import { becomeMaster } from './role.ts';
import { type Client, isReplica, NO_REPLID, type RedisState, type Replica } from './state.ts';

const FAILING_OVER = errorReply("NOMASTERLINK Can't SYNC while failing over");
const NO_MASTER_LINK = errorReply("NOMASTERLINK Can't SYNC while not connected with my master");
const NOT_REPLICA_FAILOVER = errorReply('ERR PSYNC FAILOVER can only be sent to a replica.');
const FAILOVER_ID = errorReply('ERR PSYNC FAILOVER replid must match my replid.');

/** REPLCONF; an ACK has no reply. */
export function replconf(
  state: RedisState,
  host: Host,
  client: Client,
  request: Extract<Request, { kind: 'REPLCONF' }>,
): Reply | null {
  switch (request.option) {
    case 'listening-port':
      client.announcedPort = request.port;
      return OK;
    case 'ip-address':
      client.announcedIp = request.address;
      return OK;
    case 'capa':
      return OK;
    case 'ACK':
      if (client.replica !== null) acknowledge(state, host, client.replica, request.offset);
      return null;
  }
}

/** REPLCONF ACK: never recounts the good replicas by itself (R-MINREP-2). */
function acknowledge(state: RedisState, host: Host, replica: Replica, offset: number): void {
  if (offset > replica.ackOffset) replica.ackOffset = offset;
  replica.ackSec = unixSeconds(host);
  const child = state.child;
  if (replica.phase === 'wait-end' && child?.kind === 'rdb-socket' && child.sent) {
    finishChild(state, host, child);
  }
  if (replica.heldUntilAck && replica.phase === 'online') releaseStream(host, replica);
}

/**
 * PSYNC `offset`, or SYNC as a request for everything, of whomever (R-MREP-2); not of a replica without a link
 * (R-CHAIN-2).
 */
export function psync(
  state: RedisState,
  host: Host,
  client: Client,
  replId: string,
  offset: number,
  failover: boolean,
): Reply | null {
  if (client.replica !== null) return null;
  if (failover) {
    if (!isReplica(state)) return NOT_REPLICA_FAILOVER;
    if (replId.toLowerCase() !== state.replId) return FAILOVER_ID;
    becomeMaster(state, host);
  }
  if (state.failover.phase !== 'none') return FAILING_OVER;
  if (isReplica(state) && state.link.phase !== 'connected') return NO_MASTER_LINK;

  const replica = createReplica(host, client);
  const verdict = decidePsync(state, replId, offset);
  if (verdict === 'continue') {
    continueReplica(state, host, client, replica, offset);
    return null;
  }
  if (replId !== '?') {
    state.syncPartialErr++;
    const name = `${replica.ip}:${replica.port}`;
    host.announce('partial-resync-refused', refusalText(state, verdict, name, replId, offset));
  }
  client.replica = replica;
  state.syncFull++;
  state.replicas.push(replica);
  if (state.replicas.length === 1 && state.backlog === null) beginHistory(state);
  requestFullSync(state, host, replica);
  return null;
}

function createReplica(host: Host, client: Client): Replica {
  return {
    connection: client.connection,
    ip: client.announcedIp === '' ? client.ip : client.announcedIp,
    port: client.announcedPort,
    phase: 'wait-start',
    ackSec: 0,
    ackOffset: 0,
    lastInputSec: unixSeconds(host),
    heldUntilAck: false,
    buffer: [],
    bufferBytes: 0,
    overSoftSec: 0,
    syncOffset: -1,
    bulkEndUs: Number.POSITIVE_INFINITY,
    bulk: null,
  };
}

/** R-PSYNC-3. */
function continueReplica(
  state: RedisState,
  host: Host,
  client: Client,
  replica: Replica,
  offset: number,
): void {
  client.replica = replica;
  state.syncPartialOk++;
  state.replicas.push(replica);
  host.send(client.connection, { kind: 'continue', replId: state.replId });
  const items = itemsFrom(state.backlog!, offset);
  if (items.length > 0) host.send(client.connection, { kind: 'stream', items });
  putOnline(state, host, replica);
}

/** The first replica of a server without a backlog: a new history begins (R-BKLG-2). */
function beginHistory(state: RedisState): void {
  state.replId = drawHexId(state.idRandom);
  state.replId2 = NO_REPLID;
  state.secondOffset = -1;
  state.backlog = createBacklog(state.offset + 1);
}
