/** Quorum, votes, elections, and the start of a failover. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const quorum = mutantsOf('sentinel/quorum.ts', [
  {
    id: 'quorum-off-by-one',
    find: 'return count >= quorum;',
    replace: 'return count > quorum;',
    rule: 'S-ODOWN-1',
    wrong: 'O_DOWN needs one Sentinel more than the quorum',
  },
  {
    id: 'quorum-one-too-few',
    find: 'return count >= quorum;',
    replace: 'return count >= quorum - 1;',
    rule: 'S-ODOWN-1',
    wrong: 'O_DOWN comes with one Sentinel fewer than the quorum',
  },
  {
    id: 'majority-is-half',
    find: 'Math.floor(voters / 2) + 1',
    replace: 'Math.ceil(voters / 2)',
    rule: 'S-ELECT-2',
    wrong: 'of an even number half is enough for a leader',
  },
  {
    id: 'majority-without-the-quorum',
    find: ' && votes >= quorum',
    replace: ' && quorum > 0',
    rule: 'S-ELECT-2',
    wrong: 'a leader needs the majority but not the quorum',
  },
]);

const voting = mutantsOf('sentinel/voting.ts', [
  {
    id: 'two-votes-an-epoch',
    find: 'master.leaderEpoch < epoch',
    replace: 'master.leaderEpoch <= epoch',
    rule: 'S-VOTE-2',
    wrong: 'a second candidate of an epoch gets a vote, too',
  },
  {
    id: 'vote-in-a-past-epoch',
    find: ' && state.currentEpoch <= epoch',
    replace: '',
    rule: 'S-VOTE-1',
    wrong: 'a request in an epoch that is over gets a vote',
  },
  {
    id: 'epoch-of-the-candidate-not-adopted',
    find: 'state.currentEpoch = epoch;\n    flushConfig(state, host);',
    replace: 'flushConfig(state, host);',
    rule: 'S-VOTE-1',
    wrong: 'a vote does not take over the greater epoch',
  },
  {
    id: 'vote-not-saved',
    find: 'master.leaderEpoch = state.currentEpoch;\n  flushConfig(state, host);',
    replace: 'master.leaderEpoch = state.currentEpoch;',
    rule: 'S-VOTE-5',
    wrong: 'a vote is not saved before it is given',
  },
  {
    id: 'voter-keeps-its-own-deadline',
    find: 'if (!isOwnId(state, runId)) master.failoverStartUs = wallNow(host) + drawDesyncUs(state);',
    replace: '',
    rule: 'S-VOTE-4',
    wrong: 'voting for another does not postpone the own attempt',
  },
  {
    id: 'votes-without-desynchronisation',
    find: 'drawBelow(state.desync, MAX_DESYNC_MS) * 1000',
    replace: 'drawBelow(state.desync, MAX_DESYNC_MS) * 0',
    rule: 'S-START-3',
    wrong: 'start times are not spread over a second',
  },
]);

const election = mutantsOf('sentinel/election.ts', [
  {
    id: 'majority-of-the-living',
    find: 'const voters = master.sentinelIds.length + 1;',
    replace:
      'const voters = master.sentinelIds.filter((id) => (state.instances[id]!.flags & 8) === 0).length + 1;',
    rule: 'S-ELECT-2',
    wrong: 'the majority is that of the Sentinels that are not down',
  },
  {
    id: 'votes-of-any-epoch',
    find: ' && entry.leaderEpoch === state.currentEpoch',
    replace: '',
    rule: 'S-ELECT-3',
    wrong: 'reported votes of earlier epochs count',
  },
  {
    id: 'votes-match-the-failover-epoch',
    find: 'entry.leaderEpoch === state.currentEpoch',
    replace: 'entry.leaderEpoch === master.failoverEpoch',
    rule: 'S-ELECT-7',
    wrong: 'reported votes are matched against the epoch of the failover',
  },
  {
    id: 'own-vote-not-counted',
    find: 'const votes = addVote(tally, master.leader);',
    replace: 'const votes = tally.votes[tally.candidates.indexOf(master.leader)] ?? 0;',
    rule: 'S-ELECT-1',
    wrong: 'the own vote is given but not counted',
  },
  {
    id: 'own-vote-of-any-epoch',
    find: ' && master.leaderEpoch === epoch) {',
    replace: ') {',
    rule: 'S-ELECT-3',
    wrong: 'the own vote of an earlier epoch counts',
  },
  {
    id: 'own-vote-always-for-oneself',
    find: "winner === '' ? state.myId : winner",
    replace: 'state.myId',
    rule: 'S-ELECT-1',
    wrong: 'the own vote does not go to the front-runner',
  },
]);

const starting = mutantsOf('sentinel/starting.ts', [
  {
    id: 'epoch-not-raised',
    find: 'state.currentEpoch++;',
    replace: '',
    rule: 'S-START-3',
    wrong: 'a failover starts in the epoch of the last one',
  },
  {
    id: 'retry-after-one-timeout',
    find: 'failoverStartUs < 2 * master',
    replace: 'failoverStartUs < 1 * master',
    rule: 'S-START-2',
    wrong: 'the next attempt waits for one failover-timeout instead of two',
  },
  {
    id: 'start-with-sdown-alone',
    find: '(master.flags & O_DOWN) === 0',
    replace: '(master.flags & 8) === 0',
    rule: 'S-START-1',
    wrong: 'a failover starts with S_DOWN, without the quorum',
  },
  {
    id: 'start-time-not-noted',
    find: 'master.failoverStartUs = wallNow(host) + drawDesyncUs(state);',
    replace: '',
    rule: 'S-START-3',
    wrong: 'an attempt does not note its start time',
  },
]);

export const elections: readonly Mutant[] = [...quorum, ...voting, ...election, ...starting];
