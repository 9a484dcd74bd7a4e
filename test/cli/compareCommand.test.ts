import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { CompareRequest } from '../../src/cli/compareArguments.ts';
import { compareCommand } from '../../src/cli/compareCommand.ts';
import { UsageError } from '../../src/cli/usageError.ts';
import { InputError } from '../../src/config/diagnostic.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { readRecordings, scenarioText } from '../conformance/recordings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const recordings = readRecordings('replica-kill');
const scenario = write('replica-kill.yaml', scenarioText(recordings[0]!));
const real = write('real.json', recordings);

async function compare(files: readonly string[], changes: Partial<CompareRequest> = {}) {
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({
    write: (text: string) => {
      said[key] += text;
      return true;
    },
    once: () => undefined,
  });
  const request = readArguments(['compare', ...files, scenario, '--runs', '20']) as CompareRequest;
  const output = { out: sink('out'), err: sink('err'), colour: false };
  const signal = new AbortController().signal;
  const status = await compareCommand({ ...request, ...changes }, { prepare, simulate }, output, signal);
  return { status, ...said };
}

async function complaintAbout(content: unknown): Promise<string> {
  const failure = await compare([write('bad.json', content)]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InputError);
  return (failure as InputError).message.replaceAll(folder, '');
}

describe('sentinelsim compare, recordings of a replica kill', () => {
  test('all measures agree: exit 0, the agreements in a few lines of at most 100 characters', async () => {
    const { status, out, err } = await compare([real]);
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(out).toContain('6 recorded against 20 simulated runs');
    expect(out).not.toContain('These differ');
    expect(out).toMatch(/verdict +(\d+) of \1 measures agree \(100 %\)/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('a list, one document a file and one a line are the same recordings', async () => {
    const files = recordings.map((each, index) => write(`real-${index}.json`, each));
    const lines = write('real.jsonl', recordings.map((each) => JSON.stringify(each)).join('\n'));
    const { out } = await compare([real], { json: true });
    expect((await compare(files, { json: true })).out).toBe(out);
    expect((await compare([lines], { json: true })).out).toBe(out);
  });

  test('a recording in which the replica is noticed two seconds later: exit 1, that first, with the reason; exit 0 with --least 80', async () => {
    const late = recordings.map((each) => ({
      ...each,
      events: each.events.map((event) =>
        event.event === '+sdown' ? { ...event, t: event.t + 2000 } : event,
      ),
    }));
    const { status, out } = await compare([write('late.json', late)]);
    expect(status).toBe(1);
    expect(out).toMatch(/These differ\n.*\n\+sdown slave\n✗ first +6\/6 +7\.\d{3} s .* 20\/20 +5\.\d{3} s/);
    expect(out).toMatch(/other values: KS p \d+e-\d, no shift helps; Fisher p 1\.00/);
    expect(out).toMatch(/agree \(9\d\.\d %, 97 % asked for\)/);
    expect((await compare([write('late.json', late)], { least: 80 })).status).toBe(0);
  });

  test('--all lists what agrees with its figures', async () => {
    const { out } = await compare([real], { all: true });
    expect(out).toContain('These agree\n');
    expect(out).toMatch(/\+sdown slave\n {2}count +6\/6 +3 {4}3 \.\. 3 +20\/20 +3/);
  });

  test('--json is one document with every measure', async () => {
    const { out } = await compare([real], { json: true });
    const document = JSON.parse(out) as { schema: string; agree: number; measures: object[] };
    expect(document).toMatchObject({
      schema: 'sentinelsim/comparison/1',
      recordings: 6,
      runs: 20,
      differ: 0,
    });
    expect(document.measures).toHaveLength(document.agree);
  });

  test('logs of sentinels alone: what they cannot tell is not compared, and said', async () => {
    const logs = recordings.map((each) => ({
      durationMs: each.durationMs,
      events: each.events.filter(({ node }) => node.startsWith('s')),
    }));
    const { status, out } = await compare([write('logs.json', logs)]);
    expect(status).toBe(0);
    expect(out).toContain('clients, log lines of the Redis servers and final views: not in the recordings');
    expect(out).not.toContain('partial-resync');
  });

  test('a simulated run counts as a recording', async () => {
    const own = [21, 22, 23, 24, 25].map((seed) => simulate(prepare(scenario), seed).document);
    expect((await compare([write('own.json', own)])).status).toBe(0);
  });

  test('bad input: place, what was found, what is expected', async () => {
    expect(await complaintAbout('{\n  "events": [,]\n}')).toMatch(
      /^\/bad\.json:2:14: error: the file is not JSON\n {2}found {5},\]\n {2}expected {2}a JSON value or \]/,
    );
    expect(await complaintAbout('[1]')).toMatch(
      /^\/bad\.json:1:2: error: not a run document\n {2}found {5}1\n/,
    );
    expect(await complaintAbout('[]')).toContain('there is no run in this file');
    expect(await complaintAbout('{\n  "durationMs": "x",\n  "events": []\n}')).toMatch(
      /^\/bad\.json:2:17: error: .*: durationMs is wrong\n {2}found {5}"x"\n {2}expected {2}a value of type number/,
    );
    const strange = {
      durationMs: 40_000,
      events: [{ t: 1, node: 's11', event: '+sdown', message: 'master mymaster r1 6379' }],
    };
    expect(await complaintAbout(strange)).toMatch(
      /^\/bad\.json:1:\d+: error: the scenario has no such node\n {2}found {5}s11\n.*\n {2}try {7}did you mean s1\?/,
    );
    const missing = await compare([join(folder, 'reel.json')]).catch((error: unknown) => error);
    expect((missing as InputError).message).toContain('No such file');
  });

  test('a recording of another length is compared with a warning', async () => {
    const { err } = await compare([write('short.json', { ...recordings[0], durationMs: 20_000 })]);
    expect(err).toContain('warning: the recording and the scenario end at different times');
  });

  test('a scenario alone is a usage error', () => {
    expect(() => readArguments(['compare', scenario])).toThrow(UsageError);
  });
});
