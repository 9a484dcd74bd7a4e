import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const EXAMPLE = 'examples/redis-ha';
const GOLDEN = new URL('./golden/documents.json', import.meta.url);
/** What is pinned: a change of any byte of these run documents must be meant. */
const PINNED = [
  { path: EXAMPLE, seeds: [1, 2, 3, 20_261_123] },
  { path: 'examples/scenarios/manual-failover.yaml', seeds: [1, 2] },
  { path: 'examples/scenarios/partition.yaml', seeds: [1, 2] },
  { path: 'test/properties/counterexamples/no-lost-write.yaml', seeds: [1] },
  { path: 'test/properties/counterexamples/one-writable-master.yaml', seeds: [1] },
  { path: 'test/properties/counterexamples/convergence-always.yaml', seeds: [1] },
];

const documentText = (path: string, seed: number) => JSON.stringify(simulate(prepare(path), seed).document);
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Runs the built program in a worker thread. */
function documentInWorker(path: string, seed: number): Promise<string> {
  const base = new URL('../../dist/src/', import.meta.url).href;
  const source = `
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const { prepare } = await import('${base}run/prepare.js');
      const { simulate } = await import('${base}run/simulate.js');
      parentPort.postMessage(JSON.stringify(simulate(prepare('${path}'), ${seed}).document));
    })();`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('the example deployment, its failover test', () => {
  test('gives byte-identical run documents twice in a process', () => {
    expect(documentText(EXAMPLE, 7)).toBe(documentText(EXAMPLE, 7));
  });

  test('gives the same run document in a worker', async () => {
    expect(digest(await documentInWorker(EXAMPLE, 7))).toBe(digest(documentText(EXAMPLE, 7)));
  });

  test('gives different runs for different seeds', () => {
    expect(documentText(EXAMPLE, 7)).not.toBe(documentText(EXAMPLE, 8));
  });
});

test('golden runs are unchanged (UPDATE_GOLDEN=1 accepts new ones)', () => {
  const digests: Record<string, string> = {};
  for (const { path, seeds } of PINNED) {
    for (const seed of seeds) digests[`${path} --seed ${seed}`] = digest(documentText(path, seed));
  }
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(digests, null, 2)}\n`);
  expect(digests).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
});
