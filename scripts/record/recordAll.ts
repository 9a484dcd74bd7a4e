/** Records a scenario several times, some clusters side by side, and hands each document on as soon as it is there. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../../src/cli/usageError.ts';
import type { RunDocument } from '../../src/run/document.ts';
import { loadScenarioOrDeployment } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { RecordRequest } from './arguments.ts';
import { hasLoopbackAddresses } from './loopback.ts';
import { canHaveNamespaces } from './namespaces.ts';
import { findPrograms } from './programs.ts';
import { recordRun, type Studio } from './recordRun.ts';
import { refuseUnrecordable } from './refusals.ts';

/** Gives the exit status. `tell` gets progress, line by line. */
export async function recordAll(
  request: RecordRequest,
  tell: (line: string) => void,
  interrupted: AbortSignal,
): Promise<number> {
  const scenario = readScenario(request.path);
  const programs = findPrograms(request.server, request.sentinel);
  const hasNamespaces = await canHaveNamespaces();
  refuseUnrecordable(request.path, scenario, hasNamespaces);
  if (!hasNamespaces && !(await hasLoopbackAddresses())) {
    throw new UsageError(
      'error: recording needs network namespaces (root on Linux) or the loopback addresses 127.77.0.1 and above (Linux)',
    );
  }
  const isPreferred = preferOurselves();
  const out = request.out === null ? 1 : openFor(request.out);
  const studio: Studio = {
    scenario,
    programs,
    hasNamespaces,
    interrupted,
    tell: (seed, text) => tell(`seed ${seed}: ${text}`),
  };
  const where = hasNamespaces ? 'network namespaces' : 'loopback addresses';
  const how = isPreferred ? 'real-time priority' : 'no priority';
  tell(
    `${programs.version}, ${scenario.name}, ${request.runs} x, ${request.parallel} side by side, ${where}, ${how}`,
  );
  let allHold = true;
  try {
    await eachSeed(request, async (seed, slot) => {
      const document = await recordRun(studio, seed, slot);
      writeSync(out, `${JSON.stringify(document)}\n`);
      for (const text of failuresOf(document)) {
        allHold = false;
        tell(`seed ${seed}: ✗ ${text}`);
      }
      tell(`seed ${seed}: recorded, ${document.events.length} events`);
    });
  } finally {
    if (request.out !== null) closeSync(out);
  }
  return allHold ? 0 : 1;
}

/**
 * Whatever else this machine does should not show in the recording; the processes that we start inherit it. Niceness would not
 * do: where Linux groups processes by session, it counts only within the group.
 */
function preferOurselves(): boolean {
  const { status } = spawnSync('chrt', ['--rr', '--pid', '1', String(process.pid)]);
  return status === 0;
}

function readScenario(path: string): Scenario {
  const loaded = loadScenarioOrDeployment(path);
  if (loaded.kind === 'scenario') return loaded.scenario;
  throw new UsageError(
    `error: ${path} is a deployment: write a scenario file with \`deployment: ${path}\`, a timeline and clients`,
  );
}

function openFor(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`error: cannot write --out ${path}: ${(error as Error).message}`);
  }
}

/** Runs the seeds, at most `parallel` at a time; after a failure no more are begun, and those under way are awaited. */
async function eachSeed(
  { runs, parallel, seed }: RecordRequest,
  record: (seed: number, slot: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (slot: number) => {
    while (next < runs && !failed) {
      try {
        await record(seed + next++, slot);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: parallel }, (_, slot) => lane(slot)));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}

function failuresOf({ expectations }: RunDocument): string[] {
  return expectations.filter(({ held }) => !held).map(({ expect, observed }) => `${expect}: ${observed}`);
}
