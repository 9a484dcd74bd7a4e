/** What a Sentinel still knows after a restart (sections 9.1 and 16). */
import type { SentinelState } from '../models/sentinel/index.ts';
import { masterByName } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseSwitch, parseVote } from '../src/measure/payload.ts';
import { nodeAt } from '../src/run/roles.ts';
import { untilForgotten } from './forgetting.ts';
import { entries, lifeOfSpeaker, sentinelOf } from './look.ts';
import { type CheckContext, type Checker, Findings } from './property.ts';

/** What a Sentinel has said, or has had, that a restart must not take from it. */
interface Memory {
  readonly myId: string;
  life: number;
  currentEpoch: number;
  /** SENTINEL FAILOVER raises the epoch, and leaves it to the own vote to save it, which comes after TILT (S-START-3). */
  isUnsaved: boolean;
  votedEpoch: number;
  /** Master → where a switch has put it, with which configuration epoch. */
  readonly switched: Map<string, { readonly to: string; readonly configEpoch: number }>;
}

/** What is forgotten of it, in words. */
function forgotten({ cluster }: CheckContext, memory: Memory, state: SentinelState): string[] {
  const votes = entries(state, state.masterIds).map(({ leaderEpoch }) => leaderEpoch);
  const lost: string[] = [];
  if (state.myId !== memory.myId) lost.push('its id');
  if (state.currentEpoch < memory.currentEpoch) lost.push(`epoch ${memory.currentEpoch}`);
  if (Math.max(...votes) < memory.votedEpoch) lost.push(`its vote in epoch ${memory.votedEpoch}`);
  for (const [name, { to, configEpoch }] of memory.switched) {
    const master = masterByName(state, name);
    if (master === null || master.configEpoch > configEpoch) continue;
    if (master.configEpoch < configEpoch) lost.push(`configuration epoch ${configEpoch} of ${name}`);
    const [named, expected] = [master.address.hostname, to].map((host) => nodeAt(cluster, host));
    // A name that does not resolve just now tells nothing.
    if (named === undefined || expected === undefined) continue;
    if (named !== expected) lost.push(`that ${name} is ${to}`);
  }
  return lost;
}

function memoryChecker(context: CheckContext): Checker {
  const { cluster } = context;
  const findings = new Findings();
  const memories = new Map<number, Memory>();

  function remember(announcement: Announcement, memory: Memory, state: SentinelState): void {
    const { event, message } = announcement;
    if (event === '+monitor') return;
    if (event === 'user-failover') memory.isUnsaved = true;
    if (event === '+vote-for-leader') memory.isUnsaved = false;
    if (!memory.isUnsaved) memory.currentEpoch = Math.max(memory.currentEpoch, state.currentEpoch);
    if (event === '+vote-for-leader') memory.votedEpoch = parseVote(message).epoch;
    if (event !== '+switch-master') return;
    const { master: name, to } = parseSwitch(message);
    const master = masterByName(state, name);
    // S-SWITCH-4: to an address that does not resolve nothing is switched, nor saved.
    const promoted = master === null ? null : (state.instances[master.promotedSlaveId] ?? null);
    if (promoted !== null && !cluster.world.state.names.has(promoted.address.hostname)) return;
    if (master !== null) memory.switched.set(name, { to, configEpoch: master.configEpoch });
  }

  function compare({ node }: Announcement, memory: Memory, state: SentinelState): void {
    if (memory.votedEpoch > 0 || memory.switched.size > 0) findings.witness();
    const lost = forgotten(context, memory, state);
    if (lost.length > 0) findings.violate(`${node} has forgotten ${lost.join(', ')}`);
  }

  return {
    announced(announcement) {
      const state = sentinelOf(cluster, announcement);
      if (state === null) return;
      const life = lifeOfSpeaker(cluster, announcement);
      const { process } = announcement;
      let memory = memories.get(process);
      if (memory === undefined) {
        const { myId } = state;
        const none = { currentEpoch: 0, isUnsaved: false, votedEpoch: 0 };
        memory = { myId, life, ...none, switched: new Map() };
        memories.set(process, memory);
      }
      if (memory.life !== life) {
        memory.life = life;
        memory.isUnsaved = false;
        compare(announcement, memory, state);
      }
      remember(announcement, memory, state);
    },
    end: () => findings.verdict(),
  };
}

export const restartRemembers = untilForgotten({
  name: 'restart-remembers',
  statement:
    'A Sentinel that is started again has its id, its epoch, its last vote and the master of its last switch.',
  assumptions: [
    'compared at the first thing that it says',
    'an epoch that SENTINEL FAILOVER began is saved by the vote, a tick later (S-START-3)',
  ],
  parameters: [],
  witness: 'a Sentinel that had voted or switched was started again',
  rules: ['S-VOTE-5', 'S-VOTE-6', 'S-PERSIST-3', 'S-PERSIST-4', 'S-PERSIST-5', 'S-START-3'],
  holds: true,
  hears: ['+monitor', 'user-failover', '+new-epoch', '+vote-for-leader', '+switch-master'],
  begin: memoryChecker,
});
