/** The failover's states, selection and reconfiguration. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const failover = mutantsOf('sentinel/failover.ts', [
  {
    id: 'election-timeout-ignores-failover-timeout',
    find: 'Math.min(state.periods.electionTimeoutMs, master.failoverTimeoutMs)',
    replace: 'state.periods.electionTimeoutMs',
    rule: 'S-FSM-3',
    wrong: 'an election lasts 10 s even with a shorter failover-timeout',
  },
  {
    id: 'election-never-given-up',
    find: "announce(state, host, '-failover-abort-not-elected', master);\n  abortFailover(state, host, master);",
    replace: "announce(state, host, '-failover-abort-not-elected', master);",
    rule: 'S-FSM-3',
    wrong: 'an attempt that was not elected goes on',
  },
  {
    id: 'any-leader-is-oneself',
    find: "leader !== '' && leader.toLowerCase() === state.myId.toLowerCase()",
    replace: "leader !== ''",
    rule: 'S-FSM-2',
    wrong: 'a Sentinel leads although another one was elected',
  },
  {
    id: 'forced-failover-needs-votes',
    find: 'if (!isLeader && (master.flags & FORCE_FAILOVER) === 0) {',
    replace: 'if (!isLeader) {',
    rule: 'S-FSM-2',
    wrong: 'a failover that an operator forces needs votes',
  },
  {
    id: 'abort-keeps-the-choice',
    find: 'if (master.promotedSlaveId === NO_INSTANCE) return;',
    replace: 'if (master.promotedSlaveId !== NO_INSTANCE + 0.5) return;',
    rule: 'S-FSM-7',
    wrong: 'the chosen replica of an aborted failover stays marked',
  },
  {
    id: 'abort-forgets-the-start-time',
    find: 'enterState(host, master, NONE);',
    replace: 'enterState(host, master, NONE);\n  master.failoverStartUs = 0;',
    rule: 'S-FSM-7',
    wrong: 'an aborted failover may be tried again at once',
  },
  {
    id: 'promotion-never-times-out',
    find: 'case WAIT_PROMOTION:\n      abortIfSlaveTimedOut(state, host, master);',
    replace: 'case WAIT_PROMOTION:',
    rule: 'S-FSM-6',
    wrong: 'a promotion is waited for without end',
  },
  {
    id: 'failover-stops-when-the-master-returns',
    find: 'if ((master.flags & FAILOVER_IN_PROGRESS) === 0) return;',
    replace: 'if ((master.flags & FAILOVER_IN_PROGRESS) === 0 || (master.flags & 24) === 0) return;',
    rule: 'S-FSM-8',
    wrong: 'a failover rests while its master is up',
  },
  {
    id: 'state-change-not-timed',
    find: 'master.failoverStateChangeUs = wallNow(host);',
    replace: '',
    rule: 'S-FSM-5',
    wrong: 'entering a state does not note the time',
  },
]);

const selection = mutantsOf('sentinel/selection.ts', [
  {
    id: 'least-offset-first',
    find: 'a.slaveReplOffset > b.slaveReplOffset',
    replace: 'a.slaveReplOffset < b.slaveReplOffset',
    rule: 'S-SELECT-3',
    wrong: 'the replica with the least data is chosen',
  },
  {
    id: 'greatest-priority-first',
    find: 'a.slavePriority - b.slavePriority',
    replace: 'b.slavePriority - a.slavePriority',
    rule: 'S-SELECT-3',
    wrong: 'the greatest replica-priority is preferred',
  },
  {
    id: 'greatest-run-id-first',
    find: 'left < right ? -1 : 1',
    replace: 'left < right ? 1 : -1',
    rule: 'S-SELECT-3',
    wrong: 'of equals the greatest run id is chosen',
  },
  {
    id: 'offset-before-priority',
    find: 'if (a.slavePriority !== b.slavePriority)',
    replace: 'if (a.slaveReplOffset === b.slaveReplOffset && a.slavePriority !== b.slavePriority)',
    rule: 'S-SELECT-3',
    wrong: 'the offset decides before replica-priority',
  },
  {
    id: 'priority-zero-promoted',
    find: 'if (replica.slavePriority === 0) return false;',
    replace: '',
    rule: 'S-SELECT-2',
    wrong: 'a replica of priority 0 may be chosen',
  },
  {
    id: 'link-down-for-any-time',
    find: 'return replica.masterLinkDownMs * 1000 <= maxDownUs;',
    replace: 'return maxDownUs >= 0;',
    rule: 'S-SELECT-1',
    wrong: 'a replica may be chosen however long its link has been down',
  },
  {
    id: 'old-info-accepted',
    find: 'if (nowUs - replica.infoRefreshUs > infoValidityMs * 1000) return false;',
    replace: '',
    rule: 'S-SELECT-2',
    wrong: 'a replica may be chosen on old INFO',
  },
  {
    id: 'info-validity-of-a-live-master',
    find: 'masterDown ? 5 * state.periods.pingMs',
    replace: 'masterDown ? 3 * state.periods.infoMs',
    rule: 'S-SELECT-2',
    wrong: 'INFO of 30 s ago is good enough while the master is down',
  },
  {
    id: 'silent-replica-accepted',
    find: 'if (nowUs - link.lastAvailUs > 5 * state.periods.pingMs * 1000) return false;',
    replace: '',
    rule: 'S-SELECT-2',
    wrong: 'a replica without a valid reply for 5 s may be chosen',
  },
  {
    id: 'down-replica-accepted',
    find: '(replica.flags & (S_DOWN | O_DOWN)) !== 0 || ',
    replace: '(replica.flags & S_DOWN & O_DOWN) !== 0 || ',
    rule: 'S-SELECT-2',
    wrong: 'a replica that is S_DOWN may be chosen',
  },
  {
    id: 'disconnected-replica-accepted',
    find: ' || link.disconnected) return false;',
    replace: ') return false;',
    rule: 'S-SELECT-2',
    wrong: 'a disconnected replica may be chosen',
  },
]);

const reconfiguration = mutantsOf('sentinel/reconfiguration.ts', [
  {
    id: 'one-sync-too-many',
    find: 'if (inProgress >= master.parallelSyncs) break;',
    replace: 'if (inProgress > master.parallelSyncs) break;',
    rule: 'S-RECONF-3',
    wrong: 'one replica more than parallel-syncs is reconfigured at a time',
  },
  {
    id: 'slot-free-once-it-obeys',
    find: '(RECONF_SENT | RECONF_INPROG)) !== 0) count++;',
    replace: 'RECONF_SENT) !== 0) count++;',
    rule: 'S-RECONF-3',
    wrong: 'a replica that synchronises does not take a slot',
  },
  {
    id: 'slots-not-counted-in-a-pass',
    find: 'state.instances[id]!)) inProgress++;',
    replace: 'state.instances[id]!)) inProgress += 0;',
    rule: 'S-RECONF-3',
    wrong: 'one tick points all replicas at once',
  },
  {
    id: 'timed-out-replica-is-not-done',
    find: '(replica.flags & ~RECONF_SENT) | RECONF_DONE',
    replace: 'replica.flags & ~RECONF_SENT',
    rule: 'S-RECONF-5',
    wrong: 'a replica that did not obey in time does not count as done',
  },
  {
    id: 'reconfiguration-never-times-out',
    find: 'elapsedUs > master.failoverTimeoutMs * 1000',
    replace: 'elapsedUs > master.failoverTimeoutMs * 1e9',
    rule: 'S-RECONF-6',
    wrong: 'the reconfiguration of replicas has no time-out',
  },
  {
    id: 'end-while-the-promoted-is-down',
    find: 'if ((state.instances[master.promotedSlaveId]!.flags & S_DOWN) !== 0) return;',
    replace: '',
    rule: 'S-RECONF-8',
    wrong: 'a failover ends although the promoted replica is S_DOWN',
  },
  {
    id: 'replicas-pointed-to-the-old-master',
    find: 'sendSlaveOf(state, host, replica, promoted.address)',
    replace: 'sendSlaveOf(state, host, replica, promoted === null ? null : master.address)',
    rule: 'S-RECONF-3',
    wrong: 'the other replicas are told to follow the old master',
  },
]);

export const failovers: readonly Mutant[] = [...failover, ...selection, ...reconfiguration];
