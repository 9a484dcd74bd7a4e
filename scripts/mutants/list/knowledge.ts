/** INFO, hellos, peers, down states and questions of Sentinel. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const info = mutantsOf('sentinel/info.ts', [
  {
    id: 'tilt-acts-on-roles',
    find: 'if (!state.tilt) actOnRole',
    replace: 'actOnRole',
    rule: 'S-ROLE-2',
    wrong: 'in TILT roles of INFO are acted upon',
  },
  {
    id: 'replicas-of-masters-only',
    find: 'if ((instance.flags & MASTER) !== 0) readReplicas',
    replace: "if ((instance.flags & MASTER) !== 0 && info.role === 'master') readReplicas",
    rule: 'S-INFO-4',
    wrong: 'a configured master that reports slave tells of no replicas',
  },
  {
    id: 'link-down-time-in-seconds',
    find: 'downSeconds * 1000',
    replace: 'downSeconds',
    rule: 'S-INFO-3',
    wrong: 'the down time of a link is stored in seconds as if it were milliseconds',
  },
  {
    id: 'error-refreshes-info',
    find: "if (reply.kind !== 'info') return;",
    replace:
      "if (reply.kind === 'error') instance.infoRefreshUs = wallNow(host);\n  if (reply.kind !== 'info') return;",
    rule: 'S-INFO-1',
    wrong: 'an error in place of INFO counts as fresh INFO',
  },
]);

const helloReception = mutantsOf('sentinel/helloReception.ts', [
  {
    id: 'own-hello-heard',
    find: 'if (payload.sentinelRunId !== state.myId) processHello',
    replace: 'processHello',
    rule: 'S-HELLO-4',
    wrong: 'a Sentinel takes its own hello for that of another',
  },
  {
    id: 'greater-epoch-not-saved',
    find: 'state.currentEpoch = epoch;\n  flushConfig(state, host);',
    replace: 'state.currentEpoch = epoch;',
    rule: 'S-HELLO-9',
    wrong: 'a greater epoch of a hello is not saved',
  },
  {
    id: 'epoch-not-followed',
    find: 'followEpoch(state, host, master, hello.currentEpoch);',
    replace: '',
    rule: 'S-HELLO-9',
    wrong: 'a greater epoch of a hello is ignored',
  },
  {
    id: 'equal-configuration-epoch-followed',
    find: 'if (master.configEpoch >= hello.masterConfigEpoch) return;',
    replace: 'if (master.configEpoch > hello.masterConfigEpoch) return;',
    rule: 'S-HELLO-10',
    wrong: 'another address with the same configuration epoch switches the master',
  },
  {
    id: 'older-configuration-followed',
    find: 'if (master.configEpoch >= hello.masterConfigEpoch) return;',
    replace: 'if (master.configEpoch === hello.masterConfigEpoch) return;',
    rule: 'S-HELLO-10',
    wrong: 'an older configuration epoch switches the master back',
  },
  {
    id: 'configuration-epoch-not-adopted',
    find: 'master.configEpoch = hello.masterConfigEpoch;',
    replace: '',
    rule: 'S-HELLO-10',
    wrong: 'the configuration epoch of a followed hello is not stored',
  },
  {
    id: 'hello-of-the-unknown-ignored',
    find: ' ?? acceptSentinel(state, host, master, hello)',
    replace: ' ?? (master.sentinelIds.length > 0 ? null : acceptSentinel(state, host, master, hello))',
    rule: 'S-HELLO-7',
    wrong: 'only the first other Sentinel is ever learned',
  },
]);

const hello = mutantsOf('sentinel/hello.ts', []);

const peers = mutantsOf('sentinel/peers.ts', [
  {
    id: 'former-owner-remembered',
    find: 'forgetFormerOwner(state, host, master, hello);',
    replace: '',
    rule: 'S-HELLO-7',
    wrong: 'a Sentinel that came back with a new id is counted twice',
  },
  {
    id: 'address-not-passed-on',
    find: 'match.address = entry.address;',
    replace: '',
    rule: 'S-HELLO-8',
    wrong: 'entries under other masters keep the old address of a Sentinel',
  },
]);

const subjectiveDown = mutantsOf('sentinel/subjectiveDown.ts', [
  {
    id: 'disconnection-is-not-silence',
    find: 'link.disconnected ? nowUs - link.lastAvailUs : 0',
    replace: '0',
    rule: 'S-SDOWN-1',
    wrong: 'a disconnected node without an unanswered PING is never silent',
  },
  {
    id: 'down-after-halved',
    find: 'if (silenceUs > instance.downAfterMs * 1000) return true;',
    replace: 'if (silenceUs > instance.downAfterMs * 500) return true;',
    rule: 'S-SDOWN-5',
    wrong: 'a node is down after half of down-after-milliseconds',
  },
  {
    id: 'replicas-judged-as-masters',
    find: 'return (instance.flags & MASTER) !== 0 && masterIsDown',
    replace: 'return (instance.flags & MASTER) >= 0 && masterIsDown',
    rule: 'S-SDOWN-9',
    wrong: 'replicas are down because they report slave',
  },
  {
    id: 'half-open-despite-replies',
    find: ' && nowUs - link.lastPongUs > halfUs',
    replace: '',
    rule: 'S-SDOWN-3',
    wrong: 'a command connection that gets replies is made anew',
  },
  {
    id: 'silence-after-closing',
    find: 'const down = isDown(state, instance, silenceUs, nowUs);',
    replace: 'const down = isDown(state, instance, silence(link, nowUs), nowUs);',
    rule: 'S-SDOWN-1',
    wrong: 'silence is measured after half-open connections were closed',
  },
  {
    id: 'down-time-forgotten',
    find: 'instance.flags &= ~(S_DOWN | SCRIPT_KILL_SENT);',
    replace: 'instance.flags &= ~(S_DOWN | SCRIPT_KILL_SENT);\n  instance.sDownSinceUs = 0;',
    rule: 'S-SDOWN-7',
    wrong: 'a node that comes back was never down',
  },
]);

const objectiveDown = mutantsOf('sentinel/objectiveDown.ts', [
  {
    id: 'odown-without-own-opinion',
    find: '(master.flags & S_DOWN) === 0 ? 0 : countDown(state, master)',
    replace: 'countDown(state, master)',
    rule: 'S-ODOWN-1',
    wrong: 'O_DOWN outlives the own S_DOWN while others report the master down',
  },
  {
    id: 'unreachable-sentinels-not-counted',
    find: 'MASTER_DOWN) !== 0) count++;',
    replace: 'MASTER_DOWN) !== 0 && !state.links[state.instances[id]!.linkId]!.disconnected) count++;',
    rule: 'S-ODOWN-4',
    wrong: 'the answer of a Sentinel that has gone since does not count',
  },
  {
    id: 'end-of-odown-stops-the-failover',
    find: 'master.flags &= ~O_DOWN;',
    replace: 'master.flags &= ~(O_DOWN | 64);\n    master.failoverState = 0;',
    rule: 'S-ODOWN-3',
    wrong: 'a failover ends with O_DOWN',
  },
]);

const asking = mutantsOf('sentinel/asking.ts', [
  {
    id: 'stale-reports-counted',
    find: 'entry.flags &= ~MASTER_DOWN;\n  entry.leader',
    replace: 'entry.leader',
    rule: 'S-ASK-2',
    wrong: 'an answer that the master is down is never forgotten',
  },
  {
    id: 'reports-expire-after-a-second',
    find: '5 * state.periods.askMs * 1000',
    replace: 'state.periods.askMs * 1000',
    rule: 'S-ASK-2',
    wrong: 'answers are forgotten a second after they came',
  },
  {
    id: 'votes-never-asked-for',
    find: "master.failoverState === NONE ? '*' : state.myId",
    replace: "master.failoverState === NONE ? '*' : '*'",
    rule: 'S-ASK-3',
    wrong: 'the question never asks for a vote',
  },
  {
    id: 'votes-asked-for-before-the-start',
    find: "master.failoverState === NONE ? '*' : state.myId",
    replace: 'state.myId',
    rule: 'S-ASK-3',
    wrong: 'the question asks for a vote before a failover has started',
  },
  {
    id: 'questions-about-a-live-master',
    find: 'if ((master.flags & S_DOWN) === 0) continue;',
    replace: '',
    rule: 'S-ASK-1',
    wrong: 'other Sentinels are asked while the master is up',
  },
  {
    id: 'question-carries-the-failover-epoch',
    find: 'epoch: state.currentEpoch,',
    replace: 'epoch: master.failoverEpoch,',
    rule: 'S-ASK-3',
    wrong: 'votes are asked for in the epoch of the last failover',
  },
  {
    id: 'no-vote-counted-as-a-vote',
    find: "if (leader.text === '*') return;",
    replace: '',
    rule: 'S-ASK-5',
    wrong: 'an answer without a vote is noted as a vote for "*"',
  },
  {
    id: 'epoch-of-votes-not-noted',
    find: 'entry.leaderEpoch = epoch.value;',
    replace: '',
    rule: 'S-ASK-5',
    wrong: 'the epoch of a reported vote is not noted',
  },
  {
    id: 'up-again-unheard',
    find: 'else entry.flags &= ~MASTER_DOWN;',
    replace: '',
    rule: 'S-ASK-5',
    wrong: 'an answer that the master is up again is ignored',
  },
]);

const answering = mutantsOf('sentinel/commands/isMasterDown.ts', [
  {
    id: 'tilt-still-says-down',
    find: '!state.tilt && ',
    replace: '',
    rule: 'S-TILT-4',
    wrong: 'in TILT a Sentinel still answers that the master is down',
  },
  {
    id: 'vote-only-when-seen-down',
    find: 'vote(state, host, master, epoch, runId);',
    replace: 'if (seenDown) vote(state, host, master, epoch, runId);',
    rule: 'S-VOTE-3',
    wrong: 'only who sees the master down votes',
  },
]);

export const knowledge: readonly Mutant[] = [
  ...info,
  ...helloReception,
  ...hello,
  ...peers,
  ...subjectiveDown,
  ...objectiveDown,
  ...asking,
  ...answering,
];
