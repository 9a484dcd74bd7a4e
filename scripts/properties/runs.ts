/** One random run, and the shrinking of what it breaks. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  type ArbitraryRun,
  catalogue,
  checkRun,
  type Property,
  violationOf,
} from '../../properties/index.ts';
import { entryValue } from '../../src/search/verbText.ts';
import { FAMILIES, type Family } from './families.ts';
import type { Ledger } from './ledger.ts';

export interface Finding {
  readonly family: Family;
  readonly seed: number;
  readonly property: Property;
  readonly violation: string;
}

const LAWS = catalogue.filter(({ holds }) => holds);
const MOST_SHRINKING_MS = 20_000;

function drawn(family: Family, seed: number): ArbitraryRun {
  return fc.sample<ArbitraryRun>(FAMILIES[family], { seed, numRuns: 1 })[0]!;
}

/** Follows the run with every law, and enters it in the ledger. */
export function playOne(family: Family, seed: number, ledger: Ledger): Finding[] {
  const { prepared, seed: runSeed } = drawn(family, seed);
  const startedUs = process.cpuUsage().user;
  const { judgements, simulatedMs } = checkRun(prepared, runSeed, LAWS);
  ledger.enter(family, judgements, simulatedMs, process.cpuUsage().user - startedUs);
  return judgements.flatMap(({ property, verdict }) =>
    verdict.violation === null ? [] : [{ family, seed, property, violation: verdict.violation }],
  );
}

function described({ prepared, seed }: ArbitraryRun): string {
  const { deployment, network, clients, timeline, dataset, durationUs } = prepared.scenario;
  const servers = deployment.redis.map(({ name, config }) => {
    const { replicaof, minReplicasToWrite, minReplicasMaxLagSec, replicaPriority, appendonly, save } = config;
    const master = replicaof === null ? {} : { replicaof: replicaof.host };
    return {
      name,
      ...master,
      minReplicasToWrite,
      minReplicasMaxLagSec,
      replicaPriority,
      appendonly,
      save: save.length,
    };
  });
  const watched = deployment.sentinels[0]?.config.masters.map(
    ({ name, host, quorum, downAfterMs, failoverTimeoutMs, parallelSyncs }) => ({
      name,
      host,
      quorum,
      downAfterMs,
      failoverTimeoutMs,
      parallelSyncs,
    }),
  );
  return stringify(
    {
      seed,
      servers,
      sentinels: deployment.sentinels.map(({ name }) => name).join(' '),
      watched,
      boxes: deployment.boxes,
      network,
      dataset,
      clients: clients.map(({ name, writeUs, timeoutUs }) => ({ name, writeUs, timeoutUs })),
      timeline: timeline.map(entryValue),
      durationMs: durationUs / 1000,
    },
    { flowCollectionPadding: false, lineWidth: 0, collectionStyle: 'any' },
  );
}

/** The smallest run that breaks the law, with the command that plays the first one again. */
export function shrunk({ family, seed, property, violation }: Finding): string {
  let last = violation;
  const holds = fc.property(FAMILIES[family] as fc.Arbitrary<ArbitraryRun>, (run) => {
    const found = violationOf(property, run);
    if (found !== null) last = found;
    return found === null;
  });
  const details = fc.check(holds, { seed, numRuns: 1, interruptAfterTimeLimit: MOST_SHRINKING_MS });
  const run = details.counterexample?.[0];
  return [
    `✗ ${property.name}: ${violation}`,
    ...(run === undefined ? [] : [`  shrunk: ${last}`, described(run).replace(/^/gm, '    ')]),
    `  npm run properties -- --replay ${family}:${seed}`,
  ].join('\n');
}
