/** One line of numbers for one history: who is at the same place of it holds the same data. */
import { createStream, drawBelow } from '../models/random.ts';
import type { RedisState } from '../models/redis/index.ts';
import { type Keyspace, keyspaceSize } from '../models/redis/keyspace.ts';
import { eachServer } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';

/** Comparing whole data sets is dear: once in a run, at an instant drawn from the seed, and at its end. Sizes: every other probe. */
const EVERY = 2;

/** What two data sets do not share; null: nothing was found. */
type Compare = (one: Keyspace, other: Keyspace) => string | null;

function otherSize(one: Keyspace, other: Keyspace): string | null {
  const [here, there] = [keyspaceSize(one), keyspaceSize(other)];
  return here === there ? null : `${here} keys on one, ${there} on the other`;
}

/** A key that one of two data sets lacks, or holds with another value. */
function otherData(one: Keyspace, other: Keyspace): string | null {
  const sizes = otherSize(one, other);
  // Snapshots share their map with the data set until it is written to.
  if (sizes !== null || one.map === other.map) return sizes;
  for (const [key, value] of one.map) if (other.map.get(key) !== value) return `another value of ${key}`;
  return null;
}

function compare({ cluster }: CheckContext, difference: Compare, findings: Findings): void {
  const seen: RedisState[] = [];
  const names: string[] = [];
  eachServer(cluster, (state, { name }) => {
    if (state.load !== null) return;
    const known = seen.findIndex(({ offset, replId }) => offset === state.offset && replId === state.replId);
    if (known >= 0) {
      findings.witness();
      const found = difference(seen[known]!.keyspace, state.keyspace);
      const place = `${state.replId} ${state.offset}`;
      if (found !== null) findings.violate(`${names[known]} and ${name} are both at ${place}: ${found}`);
    }
    seen.push(state);
    names.push(name);
  });
}

export const sameDataAtTheSameOffset: Property = {
  name: 'same-data-at-the-same-offset',
  statement: 'Two servers with the same replication id and offset hold the same data.',
  assumptions: [
    'the number of keys is compared every two seconds, the data at an instant drawn from the seed and at the end',
    'no writable replicas, no keys that expire',
  ],
  parameters: [],
  witness: 'two servers at the same place of one history',
  rules: ['R-OFF-5', 'R-PROMOTE-1', 'R-PSYNC-1', 'R-FULL-4'],
  holds: true,
  hears: [],
  begin: (context) => {
    const findings = new Findings();
    const { seed, zeroUs, lookAt, cluster } = context;
    const random = createStream(seed, 'properties/same-data');
    lookAt(zeroUs + drawBelow(random, cluster.scenario.durationUs), () =>
      compare(context, otherData, findings),
    );
    let probes = 0;
    return {
      announced() {},
      probed() {
        if (probes++ % EVERY === 0) compare(context, otherSize, findings);
      },
      end() {
        compare(context, otherData, findings);
        return findings.verdict();
      },
    };
  },
};
