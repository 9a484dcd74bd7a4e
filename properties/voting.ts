/** Votes and epochs (sections 8 to 10). */
import type { EventName } from '../models/events.ts';
import { FORCE_FAILOVER } from '../models/sentinel/flags.ts';
import type { SentinelState } from '../models/sentinel/index.ts';
import { type Instance, masterByName } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseInstance, parseVote } from '../src/measure/payload.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { untilForgotten } from './forgetting.ts';
import { sentinelOf, sentinels, speakerOf } from './look.ts';
import { type CheckContext, type Checker, Findings } from './property.ts';

const NO_FORCE = 'failovers that an operator forces need no votes and are left out (S-FSM-2)';

interface Vote {
  readonly leader: string;
  readonly epoch: number;
}

/** The record that a vote has just changed, or null when none shows it. */
function votedRecord(
  masters: readonly Instance[],
  vote: Vote,
  last: ReadonlyMap<string, Vote>,
  node: string,
) {
  return masters.find(({ name, leader, leaderEpoch }) => {
    const before = last.get(`${node} ${name}`);
    const changed = before === undefined || before.leader !== leader || before.epoch !== leaderEpoch;
    return changed && leader === vote.leader && leaderEpoch === vote.epoch;
  });
}

export const oneVoteAnEpoch = untilForgotten({
  name: 'one-vote-an-epoch',
  statement: 'A Sentinel votes once for a master in an epoch, its own at that time, across its restarts too.',
  assumptions: [],
  parameters: [],
  witness: 'a Sentinel voted for a master for the second time',
  rules: ['S-VOTE-1', 'S-VOTE-2', 'S-VOTE-6'],
  holds: true,
  hears: ['+vote-for-leader'],
  begin({ cluster }) {
    const findings = new Findings();
    const last = new Map<string, Vote>();
    return {
      announced(announcement) {
        const state = sentinelOf(cluster, announcement);
        if (state === null) return;
        const { node } = announcement;
        const { candidate, epoch } = parseVote(announcement.message);
        const vote = { leader: candidate, epoch };
        if (epoch !== state.currentEpoch) {
          findings.violate(`${node} votes in epoch ${epoch}, its own being ${state.currentEpoch}`);
        }
        const masters = state.masterIds.map((id) => state.instances[id]!);
        const master = votedRecord(masters, vote, last, node);
        if (master === undefined) {
          findings.violate(`${node} votes again in epoch ${epoch}`);
          return;
        }
        const key = `${node} ${master.name}`;
        const before = last.get(key);
        if (before !== undefined) findings.witness();
        if (before !== undefined && before.epoch >= epoch) {
          findings.violate(`${node} votes in epoch ${epoch} after one in epoch ${before.epoch}`);
        }
        last.set(key, vote);
      },
      end: () => findings.verdict(),
    };
  },
});

export const oneLeaderAnEpoch = untilForgotten({
  name: 'one-leader-an-epoch',
  statement: 'At most one Sentinel is elected leader for a master in an epoch.',
  assumptions: [
    NO_FORCE,
    'the epoch is that of the votes: the failover of another master may have moved it past that of the attempt (S-ELECT-3)',
    'the leader has not voted for itself in an earlier epoch: such a vote still counts, and it may give another one in this epoch (S-ELECT-7)',
  ],
  parameters: ['quorum'],
  witness: 'a leader was elected',
  rules: ['S-VOTE-2', 'S-ELECT-2', 'S-ELECT-3', 'S-ELECT-7'],
  holds: true,
  hears: ['+elected-leader'],
  begin({ cluster }) {
    const findings = new Findings();
    const leaders = new Map<string, string>();
    return {
      announced(announcement) {
        const speaker = speakerOf(cluster, announcement);
        if (speaker === null || (speaker.master.flags & FORCE_FAILOVER) !== 0) return;
        const { state, master } = speaker;
        const { currentEpoch } = state;
        if (master.leader === state.myId && master.leaderEpoch < currentEpoch) return;
        findings.witness();
        const key = `${master.name} ${currentEpoch}`;
        const before = leaders.get(key);
        if (before !== undefined) {
          findings.violate(`${before} and ${announcement.node} both lead epoch ${currentEpoch}`);
        }
        leaders.set(key, announcement.node);
      },
      end: () => findings.verdict(),
    };
  },
});

/** Who announced a vote for this candidate in this epoch. */
class Ballots {
  readonly #voters = new Map<string, Set<string>>();

  add({ node, message }: Announcement): void {
    const key = message.toLowerCase();
    const voters = this.#voters.get(key);
    if (voters === undefined) this.#voters.set(key, new Set([node]));
    else voters.add(node);
  }

  for(candidate: string, epoch: number): ReadonlySet<string> {
    return this.#voters.get(`${candidate} ${epoch}`.toLowerCase()) ?? new Set();
  }
}

function judgeElection(
  { cluster }: CheckContext,
  announcement: Announcement,
  ballots: Ballots,
  findings: Findings,
) {
  const speaker = speakerOf(cluster, announcement);
  if (speaker === null || (speaker.master.flags & FORCE_FAILOVER) !== 0) return;
  findings.witness();
  const { state, master } = speaker;
  const voters = new Set(ballots.for(state.myId, state.currentEpoch));
  if (ballots.for(state.myId, master.failoverEpoch).has(announcement.node)) voters.add(announcement.node);
  const known = master.sentinelIds.length + 1;
  const needed = Math.max(master.quorum, Math.floor(known / 2) + 1);
  if (voters.size < needed) {
    findings.violate(`${announcement.node} leads with ${voters.size} votes of ${known}, needed ${needed}`);
  }
}

export const electionNeedsMajority = untilForgotten({
  name: 'election-needs-majority',
  statement:
    'Without an operator a Sentinel leads only with the votes of more than half of all Sentinels that it has ever learned of, and of no fewer than the quorum.',
  assumptions: [NO_FORCE],
  parameters: ['quorum'],
  formula: 'votes ≥ max(quorum, floor(known / 2) + 1)',
  witness: 'a leader was elected',
  rules: ['S-ELECT-2', 'S-ELECT-3', 'S-ELECT-7'],
  holds: true,
  hears: ['+vote-for-leader', '+elected-leader'],
  begin(context) {
    const findings = new Findings();
    const ballots = new Ballots();
    return {
      announced(announcement) {
        if (announcement.event === '+vote-for-leader') ballots.add(announcement);
        else judgeElection(context, announcement, ballots, findings);
      },
      end: () => findings.verdict(),
    };
  },
});

/** Whatever a Sentinel says, its epochs may have changed. */
const TELLING: readonly EventName[] = [
  'ready',
  '+monitor',
  '+sdown',
  '-sdown',
  '+odown',
  '-odown',
  'user-failover',
  '+vote-for-leader',
  '+try-failover',
  '+elected-leader',
  '+selected-slave',
  '+promoted-slave',
  '+failover-end',
  '+config-update-from',
  '+switch-master',
];

/** Epochs by Sentinel and master; each may only grow. */
class Epochs {
  readonly #cluster: Cluster;
  readonly #findings: Findings;
  readonly #current: number[] = [];
  readonly #announced: number[] = [];
  /** The epoch before the one that an operator began, until a vote saves that (S-START-3). */
  readonly #saved = new Map<number, { readonly epoch: number; readonly incarnation: number }>();
  readonly #config: { readonly incarnation: number; readonly epochs: Map<string, number> }[] = [];

  constructor(cluster: Cluster, findings: Findings) {
    this.#cluster = cluster;
    this.#findings = findings;
  }

  hear({ event, node, process, message }: Announcement, state: SentinelState): void {
    // S-ROLE-4: the epoch of the attempt, whatever was heard since.
    if (event === '+promoted-slave') this.#knownIn(process).delete(parseInstance(message).master);
    this.look(process, state);
    const { incarnation } = this.#cluster.world.state.processes[process]!;
    if (event === 'user-failover' && !this.#saved.has(process)) {
      this.#saved.set(process, { epoch: state.currentEpoch, incarnation });
    } else if (event === '+vote-for-leader') this.#saved.delete(process);
    else if (event === '+new-epoch') this.#announces(node, process, Number(message));
    else if (event === '+try-failover') this.#attempts(node, parseInstance(message).master, state);
  }

  /** An attempt is of a greater epoch than the configuration that it is to replace. */
  #attempts(node: string, name: string, state: SentinelState): void {
    const master = masterByName(state, name);
    if (master === null || master.failoverEpoch > master.configEpoch) return;
    this.#findings.violate(
      `${node} attempts ${name} in epoch ${master.failoverEpoch}, after a configuration of ${master.configEpoch}`,
    );
  }

  #announces(node: string, process: number, epoch: number): void {
    const before = this.#announced[process];
    if (before !== undefined) this.#findings.witness();
    if (epoch <= (before ?? 0)) {
      this.#findings.violate(`${node} announces epoch ${epoch} after ${before ?? 0}`);
    }
    this.#announced[process] = epoch;
  }

  look(process: number, state: SentinelState): void {
    const { name: node, incarnation } = this.#cluster.world.state.processes[process]!;
    const saved = this.#saved.get(process);
    if (saved !== undefined && saved.incarnation !== incarnation) {
      this.#saved.delete(process);
      this.#current[process] = saved.epoch;
      this.#announced[process] = saved.epoch;
    }
    this.#grows(node, this.#current[process] ?? 0, state.currentEpoch);
    this.#current[process] = state.currentEpoch;
    const known = this.#knownIn(process);
    for (const id of state.masterIds) {
      const { name, configEpoch } = state.instances[id]!;
      this.#grows(`${node} of ${name}`, known.get(name) ?? 0, configEpoch);
      known.set(name, configEpoch);
    }
  }

  /** Of this run of the process: an epoch that came with the same address is not saved (S-HELLO-10). */
  #knownIn(process: number): Map<string, number> {
    const { incarnation } = this.#cluster.world.state.processes[process]!;
    const last = this.#config[process];
    if (last?.incarnation === incarnation) return last.epochs;
    const epochs = new Map<string, number>();
    this.#config[process] = { incarnation, epochs };
    return epochs;
  }

  #grows(whose: string, before: number, epoch: number): void {
    if (epoch < before) this.#findings.violate(`${whose} goes back from epoch ${before} to ${epoch}`);
  }
}

function epochChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const epochs = new Epochs(cluster, findings);
  const all = () => {
    for (const { process, state } of sentinels(cluster)) {
      epochs.look(cluster.processByName.get(process.name)!, state);
    }
  };
  return {
    announced(announcement) {
      const state = sentinelOf(cluster, announcement);
      if (state !== null) epochs.hear(announcement, state);
    },
    acted: all,
    end: () => findings.verdict(),
  };
}

export const epochsGrow = untilForgotten({
  name: 'epochs-grow',
  statement:
    'The epoch of a Sentinel never goes back and a greater one is announced once, across restarts too; its configuration epochs never go back while it runs, and an attempt has a greater one than the configuration that it is to replace.',
  assumptions: [
    'a configuration epoch that came with the same address is not saved, so a restart may forget it (S-HELLO-10)',
    'an epoch that SENTINEL FAILOVER began is saved by the vote, a tick later: killed before, the Sentinel goes back (S-START-3)',
    'the own promotion gives the record the epoch of its attempt, also when it has taken a greater one meanwhile (S-ROLE-4, S-HELLO-10)',
  ],
  parameters: [],
  witness: 'a Sentinel announced a second epoch',
  rules: ['S-HELLO-9', 'S-HELLO-10', 'S-VOTE-1', 'S-START-3'],
  holds: true,
  hears: ['+new-epoch', ...TELLING],
  begin: epochChecker,
});
