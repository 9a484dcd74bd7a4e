/** The network, and the clients. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const conditions = mutantsOf('network/conditions.ts', [
  {
    id: 'isolated-machine-still-heard',
    find: 'network.isolation[from] === network.isolation[to]',
    replace: 'network.isolation[to] === 0',
    rule: 'R-NET-2',
    wrong: 'an isolated machine is cut off in one direction only',
  },
  {
    id: 'cut-in-the-other-direction',
    find: 'pathOf(network, from, to).cuts === 0',
    replace: 'pathOf(network, to, from).cuts === 0',
    rule: 'R-NET-2',
    wrong: 'a cut of one direction cuts the other one',
  },
  {
    id: 'overlapping-cuts-end-together',
    find: 'path.cuts = Math.max(0, path.cuts + by);',
    replace: 'path.cuts = by > 0 ? 1 : 0;',
    rule: 'R-NET-2',
    wrong: 'the end of one of two overlapping cuts ends both',
  },
  {
    id: 'loss-per-thousand',
    find: 'drawBelow(network.random, 1_000_000)',
    replace: 'drawBelow(network.random, 1_000)',
    rule: 'R-NET-2',
    wrong: 'losses per million are taken per thousand',
  },
]);

const timers = mutantsOf('network/retransmission.ts', [
  {
    id: 'retransmission-without-back-off',
    find: 'firstUs * 2 ** n',
    replace: 'firstUs * 1 ** n',
    rule: 'R-NET-2',
    wrong: 'retransmissions come every 200 ms',
  },
  {
    id: 'syn-without-back-off',
    find: 'SYN_RTO_US * 2 ** ',
    replace: 'SYN_RTO_US * 1 ** ',
    rule: 'R-NET-3',
    wrong: 'SYNs are repeated every second',
  },
]);

const neighbour = mutantsOf('network/neighbour.ts', [
  {
    id: 'one-probe-a-cycle',
    find: 'PROBES_PER_CYCLE = 3',
    replace: 'PROBES_PER_CYCLE = 1',
    rule: 'R-NET-2',
    wrong: '"no route to host" comes after one second',
  },
]);

const client = mutantsOf('client/client.ts', [
  {
    id: 'readonly-does-not-rediscover',
    find: "if (kind === 'READONLY' && state.direct === null) dropConnection(state, host);",
    replace: '',
    rule: 'R-CLI-3',
    wrong: 'a client stays with a demoted master',
  },
  {
    id: 'timeout-keeps-the-connection',
    find: "dropConnection(state, host);\n      refuse(state, host, 'TIMEOUT');",
    replace: "refuse(state, host, 'TIMEOUT');",
    rule: 'R-CLI-3',
    wrong: 'a client keeps a connection that does not answer',
  },
  {
    id: 'refused-writes-acknowledged',
    find: "if (reply.kind !== 'error') {",
    replace: "if (reply.kind !== 'array') {",
    rule: 'R-ACKW-2',
    wrong: 'a client takes a refusal for an acknowledgement',
  },
]);

const discovery = mutantsOf('client/discovery.ts', [
  {
    id: 'role-not-checked',
    find: "if (textsOf(reply)[0] !== 'master') return discoverNext(state, host);",
    replace: '',
    rule: 'R-CLI-1',
    wrong: 'a client believes the address of a Sentinel without asking ROLE',
  },
  {
    id: 'only-the-first-sentinel-asked',
    find: 'return askSentinel(state, host, sentinel + 1);\n}',
    replace: 'return askSentinel(state, host, state.sentinels.length + sentinel);\n}',
    rule: 'R-CLI-1',
    wrong: 'a client gives up when the first Sentinel is of no use',
  },
]);

const subscription = mutantsOf('client/subscription.ts', [
  {
    id: 'lost-subscription-not-made-again',
    find: 'state.subscriptions[index] = 0;\n  state.resubscribeUs = host.nowUs + RESUBSCRIBE_US;',
    replace: 'state.subscriptions[index] = 0;',
    rule: 'R-CLI-2',
    wrong: 'a lost subscription is not made again',
  },
]);

export const surroundings: readonly Mutant[] = [
  ...conditions,
  ...timers,
  ...neighbour,
  ...client,
  ...discovery,
  ...subscription,
];
