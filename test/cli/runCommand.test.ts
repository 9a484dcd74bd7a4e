import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../src/cli/arguments.ts';
import { type Laboratory, replayCommand, runCommand } from '../../src/cli/runCommand.ts';
import { recordedDeployment, recording } from '../report/recordings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const request: RunRequest = {
  command: 'run',
  target: 'x.yaml',
  seed: 5,
  runs: 1,
  json: false,
  out: null,
  quiet: false,
  colour: false,
};

/** Plays a recording whatever the seed; the expectation holds for even seeds. */
function laboratory(onRun: () => void = () => {}): Laboratory {
  const deployment = recordedDeployment(3, 3, 2);
  const scenario = {
    name: 'master-kill',
    about: '',
    deployment,
    network: { overrides: [] },
    dataset: { keys: 0, valueBytes: 0 },
    settleUs: { min: 0, max: 0 },
    durationUs: 50_000_000,
    clients: [],
    timeline: [],
    expect: [],
  };
  const expectation = { expect: 'failover within 10s', observed: '6.24 s' };
  return {
    prepare: (path) => ({ scenario, isDeployment: false, path }),
    simulate: (_prepared, seed) => {
      onRun();
      const expectations = [{ ...expectation, held: seed % 2 === 0 }];
      return {
        document: { ...recording('master-kill'), seed, expectations },
        steps: [],
        simulatedMs: 65_000,
        handledEvents: 9000,
      };
    },
  };
}

async function outcomeOf(
  changes: Partial<RunRequest>,
  signal = new AbortController().signal,
  lab = laboratory(),
) {
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({
    write: (text: string) => {
      said[key] += text;
      return true;
    },
    once: () => {},
  });
  const output = { out: sink('out'), err: sink('err'), colour: false };
  const status = await runCommand({ ...request, ...changes }, lab, output, signal);
  return { ...said, status };
}

describe('sentinelsim run', () => {
  it('exits 0 when everything holds and 1 when an expectation does not', async () => {
    expect((await outcomeOf({ seed: 4 })).status).toBe(0);
    const failed = await outcomeOf({ seed: 5 });
    expect(failed.status).toBe(1);
    expect(failed.out).toMatch(/again {5}sentinelsim run x\.yaml --seed 5/);
    expect(failed.out).toMatch(/65 s simulated in .* × real time/);
    expect(failed.err).toBe('');
  });

  it('says nothing with --quiet unless something does not hold', async () => {
    expect((await outcomeOf({ seed: 4, quiet: true })).out).toBe('');
    const failed = await outcomeOf({ seed: 5, quiet: true });
    expect(failed.out).toBe('✗ failover within 10s\nsentinelsim run x.yaml --seed 5\n');
  });

  it('prints one JSON document and nothing else', async () => {
    const one = await outcomeOf({ json: true });
    expect(JSON.parse(one.out)).toMatchObject({ schema: 'sentinelsim/run/1', seed: 5 });
    const many = JSON.parse((await outcomeOf({ json: true, runs: 3 })).out);
    expect(many.schema).toBe('sentinelsim/runs/1');
    expect(many.runs.map((run: { seed: number }) => run.seed)).toEqual([5, 6, 7]);
  });

  it('summarises many runs and names the seeds that fail', async () => {
    const { out, status } = await outcomeOf({ seed: 1, runs: 5 });
    expect(status).toBe(1);
    expect(out).toContain('5 runs, seeds 1 to 5');
    expect(out).toMatch(/downtime +6\.20 s +6\.20 s +6\.20 s +6\.20 s/);
    expect(out).toContain('failover within 10s   in 3 runs of 5: seed 1, 3, 5');
    expect(out).toContain('sentinelsim run x.yaml --seed 1');
  });

  it('writes one document per line to --out', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'runs.jsonl');
    await outcomeOf({ runs: 3, out });
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).seed)).toEqual([5, 6, 7]);
    await expect(outcomeOf({ out: join(folder, 'gone', 'x') })).rejects.toThrow(/cannot write --out/);
  });

  it('keeps the finished runs when it is interrupted', async () => {
    const controller = new AbortController();
    let runs = 0;
    const lab = laboratory(() => {
      if (++runs === 2) controller.abort();
    });
    const { out, err, status } = await outcomeOf({ runs: 9, json: true }, controller.signal, lab);
    expect(JSON.parse(out).runs).toHaveLength(2);
    expect(err).toBe('interrupted after 2 of 9 runs\n');
    expect(status).toBe(130);
  });
});

it('gives replay lines that can be pasted', () => {
  expect(replayCommand("it's here.yaml", 3)).toBe("sentinelsim run 'it'\\''s here.yaml' --seed 3");
});
