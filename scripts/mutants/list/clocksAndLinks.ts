/** Timer, TILT, links and the periodic commands of Sentinel. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const timer = mutantsOf('sentinel/timer.ts', [
  {
    id: 'tilt-ignored',
    find: 'if (tiltHolds(state, host)) return;',
    replace: 'tiltHolds(state, host);',
    rule: 'S-TILT-4',
    wrong: 'in TILT a Sentinel judges and acts as ever',
  },
  {
    id: 'votes-not-asked-for-at-once',
    find: 'askOtherSentinels(state, host, master, true);',
    replace: 'askOtherSentinels(state, host, master, false);',
    rule: 'S-START-5',
    wrong: 'the first request for votes obeys the throttle of questions',
  },
  {
    id: 'commands-before-reconnecting',
    find: 'reconnectInstance(state, host, instance);\n  sendPeriodicCommands(state, host, instance);',
    replace: 'sendPeriodicCommands(state, host, instance);\n  reconnectInstance(state, host, instance);',
    rule: 'S-LINK-7',
    wrong: 'INFO and hello wait for the tick after the reconnection',
  },
  {
    id: 'first-of-two-masters-switched',
    find: 'if (master.failoverState === UPDATE_CONFIG) switching = master;',
    replace: 'if (master.failoverState === UPDATE_CONFIG) switching ??= master;',
    rule: 'S-TIMER-8',
    wrong: 'of two masters that are ready in a tick the first is switched, not the last',
  },
  {
    id: 'failover-step-before-odown',
    find: 'checkObjectivelyDown(state, host, master);\n  if',
    replace: 'stepFailover(state, host, master);\n  checkObjectivelyDown(state, host, master);\n  if',
    rule: 'S-FSM-1',
    wrong: 'the failover takes two steps a tick',
  },
]);

const ticks = mutantsOf('sentinel/ticks.ts', [
  {
    id: 'constant-hz',
    find: 'INTERVALS_US[drawBelow(stream, INTERVALS_US.length)]!',
    replace: 'INTERVALS_US[0 * drawBelow(stream, INTERVALS_US.length)]!',
    rule: 'S-TIMER-2',
    wrong: 'every tick comes 100 ms after the last',
  },
  {
    id: 'first-tick-late',
    find: 'FIRST_TICK_US = 1000;',
    replace: 'FIRST_TICK_US = 1_000_000;',
    rule: 'S-TIMER-1',
    wrong: 'the first tick comes a second after the start',
  },
  {
    id: 'late-ticks-catch-up',
    find: 'const shift = endUs - nextTickUs(ticks);',
    replace: 'const shift = 0;',
    rule: 'S-TIMER-3',
    wrong: 'the interval counts from when a tick should have been',
  },
]);

const tilt = mutantsOf('sentinel/tilt.ts', [
  {
    id: 'backward-clock-unnoticed',
    find: 'deltaUs >= 0 && ',
    replace: '',
    rule: 'S-TILT-1',
    wrong: 'a clock that jumps back does not enter TILT',
  },
  {
    id: 'tilt-trigger-in-microseconds',
    find: 'state.periods.tiltTriggerMs * 1000',
    replace: 'state.periods.tiltTriggerMs',
    rule: 'S-TILT-1',
    wrong: 'the trigger is taken for microseconds, so TILT never ends',
  },
  {
    id: 'tilt-not-started-anew',
    find: 'state.tilt = true;\n  state.tiltStartUs = nowUs;',
    replace: 'if (!state.tilt) state.tiltStartUs = nowUs;\n  state.tilt = true;',
    rule: 'S-TILT-2',
    wrong: 'an anomaly during TILT does not start the period anew',
  },
  {
    id: 'tilt-ends-early',
    find: 'state.periods.tiltPeriodMs * 1000',
    replace: 'state.periods.tiltPeriodMs',
    rule: 'S-TILT-3',
    wrong: 'the period of TILT is taken for microseconds',
  },
]);

const links = mutantsOf('sentinel/links.ts', [
  {
    id: 'reconnects-at-every-tick',
    find: 'if (nowUs - link.lastReconnUs < state.periods.pingMs * 1000) return;',
    replace: '',
    rule: 'S-LINK-3',
    wrong: 'reconnecting is tried at every tick',
  },
  {
    id: 'pending-commands-survive-reconnection',
    find: 'link.pendingCommands = 0;\n  link.ccConnUs = wallNow(host);',
    replace: 'link.ccConnUs = wallNow(host);',
    rule: 'S-LINK-9',
    wrong: 'unanswered commands of a lost connection count on the next one',
  },
  {
    id: 'both-connections-forgotten',
    find: 'if (outgoing.pubsub) link.pc = NO_CONNECTION;\n  else link.cc = NO_CONNECTION;',
    replace: 'link.pc = NO_CONNECTION;\n  link.cc = NO_CONNECTION;',
    rule: 'S-LINK-8',
    wrong: 'a lost subscription forgets the command connection, too',
  },
  {
    id: 'lost-connection-unnoticed',
    find: 'link.disconnected = true;\n  state.dueStale = true;',
    replace: 'state.dueStale = true;',
    rule: 'S-LINK-8',
    wrong: 'a lost connection does not mark its link as disconnected',
  },
  {
    id: 'sentinels-subscribed-to',
    find: 'if (!isSentinel && link.pc === NO_CONNECTION)',
    replace: 'if (link.pc === NO_CONNECTION)',
    rule: 'S-LINK-1',
    wrong: 'links to Sentinels get a subscription connection',
  },
  {
    id: 'links-not-shared',
    find: "if (entry.runId === '' || linkOf(state, entry).refcount > 1) return;",
    replace: 'return;',
    rule: 'S-LINK-15',
    wrong: 'each master has its own link to the same Sentinel',
  },
  {
    id: 'reconnection-without-ping',
    find: "introduce(state, host, instance, link, link.cc, 'cmd');\n  sendPing(state, host, instance, link);",
    replace: "introduce(state, host, instance, link, link.cc, 'cmd');",
    rule: 'S-LINK-4',
    wrong: 'a new command connection carries no PING',
  },
  {
    id: 'new-link-has-no-outstanding-ping',
    find: 'actPingUs: nowUs,',
    replace: 'actPingUs: 0,',
    rule: 'S-PERSIST-6',
    wrong: 'a new link does not count a PING as outstanding',
  },
]);

const ping = mutantsOf('sentinel/ping.ts', [
  {
    id: 'silence-from-the-last-ping',
    find: 'if (link.actPingUs === 0) link.actPingUs = nowUs;',
    replace: 'link.actPingUs = nowUs;',
    rule: 'S-PING-1',
    wrong: 'every PING restarts the clock of silence',
  },
  {
    id: 'loading-is-no-sign-of-life',
    find: "text.startsWith('LOADING') || ",
    replace: '',
    rule: 'S-PING-3',
    wrong: 'a loading node counts as silent',
  },
  {
    id: 'any-error-is-a-sign-of-life',
    find: "isPong || text.startsWith('LOADING')",
    replace: "isPong || reply.kind === 'error'",
    rule: 'S-PING-4',
    wrong: 'every error proves that a node is available',
  },
]);

const periodic = mutantsOf('sentinel/periodic.ts', [
  {
    id: 'cap-not-per-owner',
    find: 'MAX_PENDING_COMMANDS * link.refcount',
    replace: 'MAX_PENDING_COMMANDS',
    rule: 'S-LINK-10',
    wrong: 'a shared link allows no more unanswered commands than one of its own',
  },
  {
    id: 'no-hello-to-sentinels',
    find: 'if (nowUs - instance.lastPubUs',
    replace: 'if ((instance.flags & SENTINEL) === 0 && nowUs - instance.lastPubUs',
    rule: 'S-HELLO-2',
    wrong: 'hellos do not go to Sentinels directly',
  },
]);

const pacing = mutantsOf('sentinel/pacing.ts', [
  {
    id: 'master-asked-every-second',
    find: 'if ((instance.flags & SLAVE) === 0) return state.periods.infoMs;',
    replace: '',
    rule: 'S-PERIOD-3',
    wrong: 'a master in O_DOWN or failover is asked for INFO every second',
  },
  {
    id: 'no-fast-info-with-link-down',
    find: 'urgent || instance.masterLinkDownMs !== 0',
    replace: 'urgent',
    rule: 'S-PERIOD-3',
    wrong: 'a replica whose link is down is asked for INFO every 10 s',
  },
]);

export const clocksAndLinks: readonly Mutant[] = [
  ...timer,
  ...ticks,
  ...tilt,
  ...links,
  ...ping,
  ...periodic,
  ...pacing,
];
