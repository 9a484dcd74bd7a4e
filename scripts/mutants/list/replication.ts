/** Replication of Redis, both sides. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const backlog = mutantsOf('redis/backlog.ts', [
  {
    id: 'backlog-off-by-one',
    find: 'if (backlog.histlen - bytes <= sizeBytes) break;',
    replace: 'if (backlog.histlen - bytes < sizeBytes) break;',
    rule: 'R-BKLG-3',
    wrong: 'the backlog keeps a byte less than its size',
  },
  {
    id: 'backlog-window-does-not-move',
    find: 'backlog.firstOffset += bytes;',
    replace: '',
    rule: 'R-BKLG-1',
    wrong: 'the first byte of the backlog stays where it was',
  },
  {
    id: 'backlog-sends-one-command-too-many',
    find: 'offset > from',
    replace: 'offset >= from',
    rule: 'R-PSYNC-1',
    wrong: 'a continuation repeats the command before the wanted byte',
  },
]);

const psync = mutantsOf('redis/psync.ts', [
  {
    id: 'oldest-byte-refused',
    find: 'offset < backlog.firstOffset',
    replace: 'offset <= backlog.firstOffset',
    rule: 'R-PSYNC-1',
    wrong: 'the oldest byte of the backlog is refused',
  },
  {
    id: 'caught-up-replica-refused',
    find: 'offset > backlog.firstOffset + backlog.histlen',
    replace: 'offset >= backlog.firstOffset + backlog.histlen',
    rule: 'R-PSYNC-1',
    wrong: 'a replica that lacks nothing needs a full sync',
  },
  {
    id: 'second-id-one-byte-short',
    find: 'offset > master.secondOffset',
    replace: 'offset >= master.secondOffset',
    rule: 'R-PSYNC-1',
    wrong: 'a replica that lacks nothing of the former history is refused',
  },
  {
    id: 'former-id-unknown',
    find: "if (asked !== master.replId2) return 'id-mismatch';",
    replace: "return 'id-mismatch';",
    rule: 'R-PSYNC-1',
    wrong: 'the former history is not accepted',
  },
  {
    id: 'any-history-continued',
    find: "if (asked !== master.replId2) return 'id-mismatch';",
    replace: "if (asked !== master.replId2) return 'continue';",
    rule: 'R-PSYNC-1',
    wrong: 'a replica of another history continues',
  },
]);

const roles = mutantsOf('redis/role.ts', [
  {
    id: 'former-history-one-byte-short',
    find: 'state.secondOffset = state.offset + 1;',
    replace: 'state.secondOffset = state.offset;',
    rule: 'R-PROMOTE-1',
    wrong: 'the former history ends a byte too early',
  },
  {
    id: 'promotion-keeps-the-id',
    find: 'state.replId = drawHexId(state.idRandom);',
    replace: '',
    rule: 'R-PROMOTE-1',
    wrong: 'a promoted replica goes on under the id of its master',
  },
  {
    id: 'former-master-forgets-its-history',
    find: 'if (wasMaster) link.cached = { replId: state.replId, offset: state.offset };',
    replace: 'if (wasMaster) link.cached = null;',
    rule: 'R-DEMOTE-1',
    wrong: 'a demoted master asks for everything',
  },
  {
    id: 'same-master-again',
    find: 'present.port === to.port && present.host.toLowerCase() === to.host.toLowerCase()',
    replace: 'present.port !== to.port && present.host.toLowerCase() === to.host.toLowerCase()',
    rule: 'R-RSM-10',
    wrong: 'REPLICAOF to the present master breaks the link',
  },
]);

const replicas = mutantsOf('redis/replicas.ts', [
  {
    id: 'max-lag-in-milliseconds',
    find: 'now - replica.ackSec <= minReplicasMaxLagSec',
    replace: '(now - replica.ackSec) * 1000 <= minReplicasMaxLagSec',
    rule: 'R-MINREP-1',
    wrong: 'min-replicas-max-lag is taken for milliseconds',
  },
  {
    id: 'max-lag-off-by-one',
    find: 'now - replica.ackSec <= minReplicasMaxLagSec',
    replace: 'now - replica.ackSec < minReplicasMaxLagSec',
    rule: 'R-MINREP-1',
    wrong: 'an ACK that is exactly max-lag old is too old',
  },
  {
    id: 'synchronising-replicas-good',
    find: "if (replica.phase === 'online' && now",
    replace: 'if (now',
    rule: 'R-MINREP-1',
    wrong: 'a replica that still synchronises is good',
  },
  {
    id: 'replica-fences-itself',
    find: 'state.goodReplicas < minReplicasToWrite &&\n    !isReplica(state);',
    replace: 'state.goodReplicas < minReplicasToWrite;',
    rule: 'R-MINREP-3',
    wrong: 'a replica with too few replicas of its own is fenced',
  },
  {
    id: 'stream-lost-during-a-full-sync',
    find: "else if (replica.phase !== 'wait-start') holdBack(state, host, replica, items, bytes);",
    replace: '',
    rule: 'R-FULL-4',
    wrong: 'writes during a full sync never reach the new replica',
  },
  {
    id: 'replica-online-long-ago',
    find: "replica.phase = 'online';\n  replica.ackSec = unixSeconds(host);",
    replace: "replica.phase = 'online';",
    rule: 'R-PSYNC-3',
    wrong: 'a replica that has just come online has no ACK yet and does not count',
  },
]);

const cron = mutantsOf('redis/replicationCron.ts', [
  {
    id: 'good-replicas-not-recounted',
    find: 'refreshGoodReplicas(state, host);\n  state.cron',
    replace: 'state.cron',
    rule: 'R-MINREP-2',
    wrong: 'the cron does not recount the good replicas',
  },
  {
    id: 'no-ack-every-second',
    find: "if (state.link.phase === 'connected') sendAck",
    replace: "if (state.link.phase === 'none') sendAck",
    rule: 'R-ACK-1',
    wrong: 'a replica acknowledges only when asked',
  },
  {
    id: 'ping-every-second',
    find: 'if (state.cron.replicationLoops % state.config.replPingReplicaPeriodSec !== 0) return;',
    replace: '',
    rule: 'R-TMO-3',
    wrong: 'a master puts a PING into the stream every second',
  },
  {
    id: 'replica-timeout-off-by-one',
    find: 'now - replica.ackSec > state.config.replTimeoutSec',
    replace: 'now - replica.ackSec >= state.config.replTimeoutSec',
    rule: 'R-TMO-1',
    wrong: 'a replica is dropped a second too early',
  },
  {
    id: 'expired-backlog-keeps-its-id',
    find: 'state.replId = drawHexId(state.idRandom);',
    replace: '',
    rule: 'R-BKLG-4',
    wrong: 'a master whose backlog has expired goes on under the same id',
  },
]);

const link = mutantsOf('redis/link.ts', [
  {
    id: 'lost-link-leaves-nothing',
    find: 'link.cached = { replId: state.replId, offset: state.offset };',
    replace: 'link.cached = null;',
    rule: 'R-CACHE-1',
    wrong: 'a lost link costs a full sync',
  },
  {
    id: 'silent-master-kept',
    find: 'if (unixSeconds(host) - link.lastInputSec <= limitSec) return;',
    replace: 'if (unixSeconds(host) - link.lastInputSec <= limitSec * 1e9) return;',
    rule: 'R-TMO-1',
    wrong: 'a replica never gives up a silent master',
  },
]);

const handshake = mutantsOf('redis/handshake.ts', [
  {
    id: 'psync-asks-for-the-last-byte-again',
    find: 'cached.offset + 1',
    replace: 'cached.offset',
    rule: 'R-RSM-3',
    wrong: 'PSYNC asks for the last applied byte, not for the one after it',
  },
  {
    id: 'sub-replicas-kept-under-a-new-id',
    find: 'state.replId = replId;\n    dropAllReplicas(state, host);',
    replace: 'state.replId = replId;',
    rule: 'R-CHAIN-1',
    wrong: 'sub-replicas are not told of the new id',
  },
]);

const stream = mutantsOf('redis/stream.ts', [
  {
    id: 'getack-counts-itself',
    find: 'bytesBefore(items, i)',
    replace: 'bytesBefore(items, i + 1)',
    rule: 'R-ACK-3',
    wrong: 'GETACK is answered with the offset after it',
  },
  {
    id: 'sub-replicas-not-fed',
    find: 'feedStream(state, host, items);',
    replace: 'feedStream(state, host, state.replicas.length > 0 ? [] : items);',
    rule: 'R-CHAIN-1',
    wrong: 'a replica does not pass the stream on',
  },
  {
    id: 'replica-writes-no-aof',
    find: 'appendToAof(state, host, command, item.bytes);',
    replace: '',
    rule: 'R-AOF-2',
    wrong: 'what a replica applies does not reach its AOF',
  },
]);

const syncCommands = mutantsOf('redis/syncCommands.ts', [
  {
    id: 'ack-time-not-noted',
    find: 'replica.ackSec = unixSeconds(host);',
    replace: '',
    rule: 'R-ACK-1',
    wrong: 'an ACK does not renew the time of the last one',
  },
  {
    id: 'history-begins-a-byte-early',
    find: 'createBacklog(state.offset + 1)',
    replace: 'createBacklog(state.offset)',
    rule: 'R-BKLG-2',
    wrong: 'a new backlog begins a byte too early',
  },
]);

const fullSync = mutantsOf('redis/fullSync.ts', [
  {
    id: 'fork-offset-off-by-one',
    find: 'const offset = state.offset;',
    replace: 'const offset = state.offset + 1;',
    rule: 'R-FULL-4',
    wrong: 'the verdict names the byte after the fork',
  },
  {
    id: 'streamed-to-before-its-ack',
    find: 'replica.heldUntilAck = true;',
    replace: '',
    rule: 'R-FULL-9',
    wrong: 'a replica is streamed to before it has loaded',
  },
  {
    id: 'joining-replica-lacks-the-buffer',
    find: 'replica.buffer = other.buffer.slice();',
    replace: '',
    rule: 'R-FULL-3',
    wrong: 'a replica that joins a running fork lacks the writes since it began',
  },
]);

export const replication: readonly Mutant[] = [
  ...backlog,
  ...psync,
  ...roles,
  ...replicas,
  ...cron,
  ...link,
  ...handshake,
  ...stream,
  ...syncCommands,
  ...fullSync,
];
