/** A replica whose link is up: where it is in the stream of its master. */
import type { End } from '../models/network/connection.ts';
import type { RedisState } from '../models/redis/index.ts';
import type { Process } from '../src/engine/worldState.ts';
import { eachServer } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

/** It has dealt with everything that reached it. */
function isIdle({ busyUntilUs, inbox }: Process, nowUs: number): boolean {
  return busyUntilUs <= nowUs && inbox.length === 0;
}

/** Everything that the master has sent to this end has arrived, and it holds nothing back (R-FULL-9). */
function hasAll({ peer }: End, { replicas }: RedisState, nowUs: number): boolean {
  if (peer.retransmission !== null || peer.lastArrivalUs >= nowUs) return false;
  const entry = replicas.find(({ connection }) => connection === peer.id);
  return entry?.phase === 'online' && !entry.heldUntilAck;
}

function stepChecker({ cluster }: CheckContext): Checker {
  const { processes } = cluster.world.state;
  const findings = new Findings();
  const judge = (process: Process, state: RedisState, nowUs: number) => {
    const last =
      state.backlog === null ? state.offset : state.backlog.firstOffset + state.backlog.histlen - 1;
    if (last !== state.offset)
      findings.violate(`${process.name} is at ${state.offset}, its backlog at ${last}`);
    const { phase, connection } = state.link;
    if (phase !== 'connected' || state.load !== null) return;
    const { name } = process;
    const end = connection === null ? null : process.ends[connection];
    if (!end?.open) {
      if (isIdle(process, nowUs)) findings.violate(`${name} has a link that is no connection`);
      return;
    }
    const master = processes[end.peer.process];
    if (!end.peer.open || master === undefined || master.state === null) return;
    const above = master.state as RedisState;
    if (state.replId !== above.replId) findings.violate(`${name} has another id than ${master.name}`);
    const ahead = state.offset - above.offset;
    if (ahead > 0) findings.violate(`${name} is ${ahead} bytes ahead of ${master.name}`);
    if (!isIdle(process, nowUs) || !hasAll(end, above, nowUs)) return;
    findings.witness();
    if (ahead < 0) findings.violate(`${name} lacks ${-ahead} bytes that ${master.name} has sent`);
  };
  return {
    announced() {},
    probed(nowUs) {
      eachServer(cluster, (state, process) => judge(process, state, nowUs));
    },
    end: () => findings.verdict(),
  };
}

export const inStepWithItsMaster: Property = {
  name: 'in-step-with-its-master',
  statement:
    'A replica whose link is up has the replication id of its master, is never ahead of it, and lacks nothing that has reached it; the backlog of every server ends at its offset.',
  assumptions: [
    'looked at every second; what is under way or waits for a retransmission has not reached it, and a process that is stopped or busy has not read it',
  ],
  parameters: [],
  formula:
    'offset of the replica ≤ offset of the master; equal when nothing is under way; offset = first byte of the backlog + its length − 1',
  witness: 'a replica was linked, and nothing was under way',
  rules: ['R-BKLG-1', 'R-OFF-3', 'R-FULL-4', 'R-FULL-8', 'R-FULL-9', 'R-RSM-5', 'R-CHAIN-1', 'R-PROMOTE-1'],
  holds: true,
  hears: [],
  begin: stepChecker,
};
