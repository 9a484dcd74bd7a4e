/** Redis's own Sentinel tests (7.0.15, tests/sentinel/tests), retold: one scenario and one list of promises for each of theirs. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { base } from './00-base.ts';
import { confUpdate } from './01-conf-update.ts';
import { slavesReconf } from './02-slaves-reconf.ts';
import { runtimeReconf } from './03-runtime-reconf.ts';
import { slaveSelection } from './04-slave-selection.ts';
import { manual } from './05-manual.ts';
import { ckquorum } from './06-ckquorum.ts';
import { downConditions } from './07-down-conditions.ts';
import { hostnameConf } from './08-hostname-conf.ts';
import { aclSupport } from './09-acl-support.ts';
import { replicaPriority } from './10-replica-priority.ts';
import { portZero } from './11-port-0.ts';
import { masterReboot } from './12-master-reboot.ts';
import { infoCommand } from './13-info-command.ts';
import type { Unit } from './unit.ts';

const FOLDER = 'test/redis-suite';
const SEEDS = Number(process.env.SEEDS ?? 20);
const UNITS: readonly Unit[] = [
  base,
  confUpdate,
  slavesReconf,
  runtimeReconf,
  slaveSelection,
  manual,
  ckquorum,
  downConditions,
  hostnameConf,
  aclSupport,
  replicaPriority,
  portZero,
  masterReboot,
  infoCommand,
];

function playAll(path: string): readonly RunDocument[] {
  const prepared = prepare(path);
  return Array.from({ length: SEEDS }, (_, index) => simulate(prepared, index + 1).document);
}

function checkAll(path: string, runs: readonly RunDocument[], check: (run: RunDocument) => void): void {
  for (const run of runs) {
    try {
      check(run);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}\nreplay: sentinelsim run ${path} --seed ${run.seed}`, { cause: error });
    }
  }
}

describe.each(UNITS)('$name', ({ name, promises }) => {
  const path = `${FOLDER}/${name}.yaml`;
  let played: readonly RunDocument[] | null = null;
  const runs = () => (played ??= playAll(path));

  test('the expectations of its scenario hold', () => {
    checkAll(path, runs(), ({ expectations }) => {
      expect(expectations.length).toBeGreaterThan(0);
      expect(expectations.filter(({ held }) => !held)).toEqual([]);
    });
  });

  test.each(Object.entries(promises))('%s', (_, check) => checkAll(path, runs(), check));
});

test('every scenario of the folder is played', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  expect(UNITS.map(({ name }) => `${name}.yaml`)).toEqual(files.sort());
});
