import { describe, expect, test } from 'vitest';
import { parseLogLine, readLog } from '../../scripts/record/logEvents.ts';

const AT = '7:{role} 23 Nov 2026 21:10:11.123 * ';
const parse = (role: string, text: string) => {
  const event = parseLogLine(AT.replace('{role}', role) + text, 'n');
  return event === null ? null : [event.event, event.message];
};

describe('a line of a real log', () => {
  test('has a time in microseconds since 1970, UTC', () => {
    expect(parseLogLine('7:M 23 Nov 2026 21:10:11.123 * Ready to accept connections', 'r1')).toEqual({
      atUs: Date.UTC(2026, 10, 23, 21, 10, 11, 123) * 1000,
      node: 'r1',
      event: 'ready',
      message: '',
    });
  });

  test.each([
    ['M', 'Ready to accept connections', 'ready', ''],
    ['M', "MASTER MODE enabled (user request from 'id=9 addr=10.77.0.5:1')", 'role-changed', 'master'],
    ['S', "REPLICAOF 10.77.0.3:6379 enabled (user request from 'id=9')", 'role-changed', 'replica 10.77.0.3'],
    ['M', 'Failover target 10.77.0.3:6379 is synced, failing over.', 'role-changed', 'replica 10.77.0.3'],
    ['M', 'FAILOVER to 10.77.0.3:6379 time out exceeded, failing over.', 'role-changed', 'replica 10.77.0.3'],
    ['S', 'Connecting to MASTER 10.77.0.2:6379', 'replica-connecting', '10.77.0.2'],
    ['S', 'Connection with master lost.', 'replica-link-lost', ''],
    ['S', 'Unable to AUTH to MASTER: -WRONGPASS invalid', 'replica-auth-failed', 'WRONGPASS invalid'],
    ['M', 'Connection with replica 10.77.0.3:6379 lost.', 'master-lost-replica', ''],
    ['S', 'MASTER timeout: no data nor PING received...', 'master-timeout', ''],
    ['M', 'Disconnecting timedout replica (streaming sync): 10.77.0.3:6379', 'replica-timeout', ''],
    ['S', 'Successful partial resynchronization with master.', 'partial-resync', ''],
    [
      'M',
      "Partial resynchronization not accepted: Replication ID mismatch (Replica asked for 'a', my replication IDs are 'b' and 'c')",
      'partial-resync-refused',
      "Replication ID mismatch (Replica asked for 'a', my replication IDs are 'b' and 'c')",
    ],
    [
      'M',
      'Unable to partial resync with replica 10.77.0.3:6379 for lack of backlog (Replica request was: 7).',
      'partial-resync-refused',
      'Unable to partial resync with replica 10.77.0.3:6379 for lack of backlog (Replica request was: 7).',
    ],
    ['M', 'Starting BGSAVE for SYNC with target: replicas sockets', 'bgsave-for-sync', ''],
    ['S', 'Full resync from master: 5040:120', 'full-resync-started', ''],
    ['S', 'MASTER <-> REPLICA sync: Finished with success', 'full-resync-done', ''],
    [
      'S',
      'Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA synchronization: No space left on device',
      'full-resync-failed',
      'No space left on device',
    ],
    ['M', 'DB saved on disk', 'saved-rdb', ''],
    ['M', 'Background saving terminated with success', 'saved-rdb', ''],
    ['M', 'User requested shutdown...', 'shutdown-requested', ''],
    ['M', 'Waiting for replicas before shutting down.', 'shutdown-waits', ''],
    [
      'M',
      "Error trying to save the DB, can't exit.",
      'shutdown-refused',
      "Error trying to save the DB, can't exit.",
    ],
    ['M', 'Background saving error', 'disk-error', 'Background saving error'],
    ['X', 'User requested shutdown...', 'shutdown-requested', ''],
    ['X', '+sdown master mymaster 10.77.0.2 6379', '+sdown', 'master mymaster 10.77.0.2 6379'],
    ['X', '+new-epoch 1', '+new-epoch', '1'],
    ['X', '-tilt #tilt mode exited', '-tilt', '#tilt mode exited'],
    ['X', 'ab voted for cd 3', 'vote-received', 'ab voted for cd 3'],
    [
      'X',
      'Next failover delay: I will not start a failover before Mon Nov 23 21:10:31 2026',
      'next-failover-delay',
      String(Date.UTC(2026, 10, 23, 21, 10, 31) * 1000),
    ],
    [
      'X',
      "Executing user requested FAILOVER of 'mymaster'",
      'user-failover',
      "Executing user requested FAILOVER of 'mymaster'",
    ],
    [
      'X',
      'Sentinel CRASH because of SENTINEL simulate-failure',
      'simulated-crash',
      'Sentinel CRASH because of SENTINEL simulate-failure',
    ],
    [
      'X',
      'WARNING: Sentinel was not able to save the new configuration on disk!!!: No space left on device',
      'config-not-saved',
      'No space left on device',
    ],
    ['X', "Failed to resolve hostname 'r9'", 'resolve-failed', 'r9'],
  ])('%s: %s', (role, text, event, message) => {
    expect(parse(role, text)).toEqual([event, message]);
  });

  test.each([
    ['C', 'DB saved on disk', 'the child of a BGSAVE speaks of its own part'],
    ['M', 'Background RDB transfer terminated with success', 'no file was written'],
    ['M', '+sdown master m 1 2', 'a data node has no Sentinel events'],
    ['X', '+no-such-event', 'the models do not know it'],
    ['X', 'Sentinel new configuration saved on disk', 'it changes nothing that is told'],
    ['M', 'The server is now ready to accept connections at /run/r.sock', 'its port is ready as well'],
    ['S', 'Reconnecting to MASTER 10.77.0.2:6379', 'a default log of the simulation does not hold it'],
  ])('%s: %s is passed over: %s', (role, text) => {
    expect(parse(role, text)).toBeNull();
  });

  test('a whole log keeps its order; banners and broken lines are passed over', () => {
    const log = [
      '          _._            ',
      '7:X 23 Nov 2026 21:10:11.001 # +sdown master m 10.77.0.2 6379',
      '7:signal-handler (1763932211) Received SIGTERM scheduling shutdown...',
      '7:X 23 Nov 2026 21:10:11.001 # +odown master m 10.77.0.2 6379 #quorum 1/1',
      '7:X 23 Nov 2026 21:1',
    ].join('\n');
    expect(readLog(log, 's1').map(({ event }) => event)).toEqual(['+sdown', '+odown']);
  });
});
