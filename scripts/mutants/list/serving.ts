/** Loading, persistence, refusals and shutdown of Redis. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const load = mutantsOf('redis/load.ts', [
  {
    id: 'offset-not-taken-over',
    find: 'state.offset = link.offset;',
    replace: '',
    rule: 'R-FULL-8',
    wrong: 'a full sync leaves the replica at its old offset',
  },
  {
    id: 'unread-stream-dropped',
    find: 'for (const message of unread) handleStream(state, host, message);',
    replace: '',
    rule: 'R-FULL-8',
    wrong: 'what came from the master during a load is dropped',
  },
  {
    id: 'loss-during-a-load-forgotten',
    find: 'if (lost) {',
    replace: 'if (lost && unread.length > 0) {',
    rule: 'R-FULL-8',
    wrong: 'a link that ended during a load counts as up',
  },
  {
    id: 'no-rewrite-after-a-full-sync',
    find: 'if (state.config.appendonly) beginInitialRewrite(state, host);',
    replace: '',
    rule: 'R-AOF-6',
    wrong: 'after a full sync the AOF stays off',
  },
  {
    id: 'full-sync-leaves-no-file',
    find: 'writeRdb(state.disk, {',
    replace: 'if (snapshot === null) writeRdb(state.disk, {',
    rule: 'R-RDB-2',
    wrong: 'a full sync does not replace the RDB file',
  },
]);

const server = mutantsOf('redis/server.ts', [
  {
    id: 'newline-is-no-sign-of-life',
    find: 'if (replica !== null) replica.ackSec = client.lastInputSec;',
    replace: '',
    rule: 'R-FULL-10',
    wrong: 'a loading replica counts as silent',
  },
]);

const refusals = mutantsOf('redis/refuse.ts', [
  {
    id: 'fence-off-by-one',
    find: 'minReplicasMaxLagSec > 0 && state.goodReplicas < minReplicasToWrite',
    replace: 'minReplicasMaxLagSec > 0 && state.goodReplicas <= minReplicasToWrite',
    rule: 'R-MINREP-3',
    wrong: 'exactly min-replicas-to-write good replicas are too few',
  },
  {
    id: 'fence-with-max-lag-zero',
    find: 'minReplicasToWrite > 0 && minReplicasMaxLagSec > 0 && state.goodReplicas',
    replace: 'minReplicasToWrite > 0 && state.goodReplicas',
    rule: 'R-MINREP-4',
    wrong: 'max-lag 0 does not switch the fence off',
  },
  {
    id: 'transactions-pass-the-fence',
    find: "flags.write || (kind === 'EXEC' && queueHasWrite(client))",
    replace: 'flags.write',
    rule: 'R-MINREP-3',
    wrong: 'a transaction with writes is not refused',
  },
  {
    id: 'replica-takes-writes',
    find: 'if (state.config.replicaReadOnly) return READONLY;',
    replace: '',
    rule: 'R-ROLE-1',
    wrong: 'a read-only replica takes writes',
  },
  {
    id: 'failed-save-refuses-nothing',
    find: '!persistence.lastSaveOk && ',
    replace: '!persistence.lastSaveOk && config.save.length > 1e9 && ',
    rule: 'R-RDB-3',
    wrong: 'after a failed save writes are taken',
  },
  {
    id: 'failed-aof-refuses-nothing',
    find: "persistence.aofWriteOk || persistence.aof === 'off'",
    replace: "persistence.aofWriteOk || persistence.aof !== 'wait-rewrite'",
    rule: 'R-AOF-5',
    wrong: 'after a failed write of the AOF writes are taken',
  },
  {
    id: 'loading-refuses-nothing',
    find: 'if (state.load !== null && !flags.loading) return LOADING;',
    replace: '',
    rule: 'R-LOAD-1',
    wrong: 'commands are served while loading',
  },
]);

const commandTable = mutantsOf('redis/commandTable.ts', [
  {
    id: 'ping-answered-while-loading',
    find: "PING: flags('pubsub'),",
    replace: "PING: flags('pubsub', 'loading'),",
    rule: 'R-ROLE-3',
    wrong: 'PING answers PONG while loading',
  },
]);

const waiting = mutantsOf('redis/wait.ts', [
  {
    id: 'wait-counts-only-the-advanced',
    find: 'replica.ackOffset >= target',
    replace: 'replica.ackOffset > target',
    rule: 'R-WAIT-3',
    wrong: 'WAIT does not count a replica exactly at its target',
  },
]);

const clients = mutantsOf('redis/clients.ts', [
  {
    id: 'sender-kills-itself',
    find: 'if (client === sender && skipMe) continue;',
    replace: '',
    rule: 'R-ROLE-6',
    wrong: 'CLIENT KILL closes its own sender despite SKIPME',
  },
]);

const configuration = mutantsOf('redis/configCommands.ts', [
  {
    id: 'rewrite-changes-no-file',
    find: 'state.disk.config = cloneRedisConfig(state.config);',
    replace: '',
    rule: 'R-ROLE-6',
    wrong: 'CONFIG REWRITE writes nothing, so a restart returns to the old role',
  },
]);

const disk = mutantsOf('redis/spec.ts', [
  {
    id: 'power-loss-loses-nothing',
    find: "aof === null || disk.appendfsync === 'always'",
    replace: "aof === null || disk.appendfsync !== 'no'",
    rule: 'R-AOF-3',
    wrong: 'a power loss with everysec loses nothing',
  },
  {
    id: 'power-loss-loses-synced-writes',
    find: " || disk.appendfsync === 'always') return;",
    replace: ') return;',
    rule: 'R-AOF-3',
    wrong: 'a power loss with appendfsync always loses writes',
  },
]);

const aof = mutantsOf('redis/aof.ts', [
  {
    id: 'aof-without-commands',
    find: 'aof.commands.push(command);\n',
    replace: '',
    rule: 'R-AOF-2',
    wrong: 'commands do not reach the AOF',
  },
  {
    id: 'rewrite-drops-commands-since-the-fork',
    find: 'disk.aof.commands = since.commands.slice(commandsAtFork);',
    replace: '',
    rule: 'R-AOF-9',
    wrong: 'a rewrite drops the commands since its fork',
  },
  {
    id: 'first-rewrite-drops-commands',
    find: 'disk.aof.commands = persistence.aofPending;',
    replace: '',
    rule: 'R-AOF-6',
    wrong: 'the rewrite after a full sync drops the commands since its fork',
  },
]);

const boot = mutantsOf('redis/boot.ts', [
  {
    id: 'restarted-replica-forgets-its-history',
    find: 'state.link.cached = { replId: repl.replId, offset: repl.offset };',
    replace: '',
    rule: 'R-RST-2',
    wrong: 'a restarted replica asks for everything',
  },
  {
    id: 'restarted-master-off-by-one',
    find: 'state.secondOffset = repl.offset + 1;',
    replace: 'state.secondOffset = repl.offset;',
    rule: 'R-RST-2',
    wrong: 'the saved history of a restarted master ends a byte too early',
  },
  {
    id: 'restart-does-not-replay-the-aof',
    find: 'for (const command of aof.commands) applyRare(state, command);',
    replace: '',
    rule: 'R-AOF-2',
    wrong: 'a restart loads the base of the AOF without its commands',
  },
  {
    id: 'restart-ignores-the-rewritten-file',
    find: 'disk.config ?? spec.config',
    replace: 'spec.config',
    rule: 'R-ROLE-6',
    wrong: 'a restart reads the file as the operator wrote it',
  },
]);

const saving = [
  ...mutantsOf('redis/cron.ts', [
    {
      id: 'save-point-off-by-one',
      find: 'persistence.dirty >= changes',
      replace: 'persistence.dirty > changes',
      rule: 'R-RDB-1',
      wrong: 'a save point needs one change more',
    },
    {
      id: 'failed-save-retried-at-once',
      find: 'Math.max(dueSec, persistence.lastSaveTrySec + SAVE_RETRY_SEC + 1)',
      replace: 'Math.max(dueSec, persistence.lastSaveTrySec + SAVE_RETRY_SEC - 4)',
      rule: 'R-RDB-1',
      wrong: 'a failed save is tried again without waiting',
    },
  ]),
  ...mutantsOf('redis/child.ts', [
    {
      id: 'saved-without-history',
      find: 'known ? { replId: state.replId, offset: state.offset } : null',
      replace: 'known && state.exited ? { replId: state.replId, offset: state.offset } : null',
      rule: 'R-RST-1',
      wrong: 'an RDB carries neither id nor offset',
    },
  ]),
  ...mutantsOf('redis/keyspace.ts', [
    {
      id: 'snapshot-not-copied-on-write',
      find: 'keyspace.map = new Map(keyspace.map);',
      replace: '',
      rule: 'R-FULL-4',
      wrong: 'writes after a fork get into its snapshot',
    },
  ]),
  ...mutantsOf('redis/propagate.ts', [
    {
      id: 'replica-originates-messages',
      find: 'if (state.backlog !== null && !isReplica(state)) feedItem(state, host, streamItem(command));',
      replace: 'if (state.backlog !== null) feedItem(state, host, streamItem(command));',
      rule: 'R-OFF-2b',
      wrong: 'a replica puts PUBLISH of its own clients into the stream',
    },
  ]),
  ...mutantsOf('redis/bytes.ts', []),
];

const shutdown = mutantsOf('redis/shutdown.ts', [
  {
    id: 'shutdown-saves-nothing',
    find: 'shutdown.save ?? config.save.length > 0',
    replace: 'shutdown.save ?? config.save.length > 1e9',
    rule: 'R-SHUT-3',
    wrong: 'SIGTERM does not save despite save points',
  },
  {
    id: 'shutdown-does-not-wait',
    find: 'replica.ackOffset === state.offset',
    replace: 'replica.ackOffset <= state.offset',
    rule: 'R-SHUT-2',
    wrong: 'a shutdown does not wait for its replicas',
  },
  {
    id: 'shutdown-takes-writes',
    find: 'state.pauses.shutdownUs = Number.POSITIVE_INFINITY;',
    replace: '',
    rule: 'R-SHUT-7',
    wrong: 'writes are executed while a shutdown waits',
  },
]);

const handover = mutantsOf('redis/failover.ts', [
  {
    id: 'handover-takes-writes',
    find: 'state.pauses.failoverUs = Number.POSITIVE_INFINITY;',
    replace: '',
    rule: 'R-FO-1',
    wrong: 'FAILOVER does not hold writes',
  },
]);

const info = mutantsOf('redis/info.ts', [
  {
    id: 'link-never-reported-down',
    find: "master_link_status: up ? 'up' : 'down',",
    replace: "master_link_status: up || link.cached !== null ? 'up' : 'down',",
    rule: 'R-INFO-2',
    wrong: 'INFO reports a lost link as up',
  },
]);

export const serving: readonly Mutant[] = [
  ...load,
  ...server,
  ...refusals,
  ...commandTable,
  ...waiting,
  ...clients,
  ...configuration,
  ...disk,
  ...aof,
  ...boot,
  ...saving,
  ...shutdown,
  ...handover,
  ...info,
];
