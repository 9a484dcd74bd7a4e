/** One line of numbers for one history: who is at the same place of it holds the same data. */
import { type Keyspace, keyspaceSize } from '../models/redis/keyspace.ts';
import { servers } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';

/** Comparing whole data sets is dear: every other probe. */
const EVERY = 2;

/** A key that one of two data sets of the same size lacks, or holds with another value; null: they are the same. */
function difference(one: Keyspace, other: Keyspace): string | null {
  if (keyspaceSize(one) !== keyspaceSize(other)) {
    return `${keyspaceSize(one)} keys on one, ${keyspaceSize(other)} on the other`;
  }
  for (const [key, value] of one.map) if (other.map.get(key) !== value) return `another value of ${key}`;
  return null;
}

function compare({ cluster }: CheckContext, findings: Findings): void {
  const places = new Map<string, { readonly name: string; readonly keyspace: Keyspace }>();
  for (const { process, state } of servers(cluster)) {
    if (state.load !== null) continue;
    const place = `${state.replId} ${state.offset}`;
    const known = places.get(place);
    if (known === undefined) {
      places.set(place, { name: process.name, keyspace: state.keyspace });
      continue;
    }
    findings.witness();
    const found = difference(known.keyspace, state.keyspace);
    if (found !== null) findings.violate(`${known.name} and ${process.name} are both at ${place}: ${found}`);
  }
}

export const sameDataAtTheSameOffset: Property = {
  name: 'same-data-at-the-same-offset',
  statement: 'Two servers with the same replication id and offset hold the same data.',
  assumptions: ['looked at every two seconds and at the end; no writable replicas, no keys that expire'],
  parameters: [],
  witness: 'two servers at the same place of one history',
  rules: ['R-OFF-5', 'R-PROMOTE-1', 'R-PSYNC-1', 'R-FULL-4'],
  holds: true,
  hears: [],
  begin: (context) => {
    const findings = new Findings();
    let probes = 0;
    return {
      announced() {},
      probed() {
        if (probes++ % EVERY === 0) compare(context, findings);
      },
      end() {
        compare(context, findings);
        return findings.verdict();
      },
    };
  },
};
