/** Arbitrary networks: latency, jitter and loss, and perhaps one pair of nodes that is worse off. */
import fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import type { LinkConditions, NetworkPlan } from '../../src/scenario/scenario.ts';
import { at, placesOf } from './building.ts';

/** Numbers that become the network of whatever deployment. */
export interface NetworkDraft {
  readonly everywhere: LinkConditions;
  /** Between two nodes, or null. */
  readonly between: {
    readonly left: number;
    readonly right: number;
    readonly conditions: LinkConditions;
  } | null;
}

const conditions: fc.Arbitrary<LinkConditions> = fc
  .tuple(fc.constantFrom(50, 50, 500, 5000, 40_000), fc.constantFrom(0, 0, 10), fc.constantFrom(0, 0, 1000))
  .map(([latencyUs, jitterPercent, lossPerMillion]) => ({
    latencyUs,
    jitterUs: Math.floor((latencyUs * jitterPercent) / 100),
    lossPerMillion,
  }));

export const network: fc.Arbitrary<NetworkDraft> = fc.record({
  everywhere: conditions,
  between: fc.option(fc.record({ left: fc.nat(999), right: fc.nat(999), conditions }), {
    freq: 3,
    nil: null,
  }),
});

export function networkOf(deployment: Deployment, { everywhere, between }: NetworkDraft): NetworkPlan {
  const { nodes } = placesOf(deployment);
  if (between === null) return { ...everywhere, overrides: [] };
  const pair: NetworkPlan['overrides'][number]['between'] = [
    [at(nodes, between.left)],
    [at(nodes, between.right)],
  ];
  return { ...everywhere, overrides: [{ ...between.conditions, between: pair }] };
}
