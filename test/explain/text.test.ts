/** What people read: the text of explanations and of the glossary, and what bad input is answered with. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS } from '../../models/events.ts';
import { readArguments } from '../../src/cli/arguments.ts';
import { explainCommand } from '../../src/cli/explainCommand.ts';
import { explainDocument, explainRun } from '../../src/explain/explain.ts';
import { readRunDocument } from '../../src/explain/readRunDocument.ts';
import { explanationText } from '../../src/explain/render.ts';
import { explainableRun, runDocumentSchema } from '../../src/explain/runDocument.ts';
import { glossaryText } from '../../src/report/glossary.ts';
import { createPaint } from '../../src/report/paint.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { readRecordings } from '../conformance/recordings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { expectGolden } from './golden.ts';
import { OBSTACLES } from './scenarios.ts';

const plain = createPaint(false);
const fixtures = readdirSync(new URL('../conformance/fixtures', import.meta.url)).map((file) =>
  file.replace('.json', ''),
);

it.each([
  'two of five votes',
  'no quorum',
  'master loads',
  'reboot within down-after',
  'replica cut off from the master for long',
  'tilt',
  'a box without power',
  'a full disk',
  'no auth-pass',
  'two Sentinels, one dead',
])('%s: the text', (name) => {
  expectGolden(name.replaceAll(/[ ,]+/g, '-'), explanationText(explainRun(OBSTACLES[name]!(), 1), plain));
});

it('redis-ha: the text', () => {
  const prepared = prepare('examples/redis-ha');
  expectGolden('redis-ha', explanationText(explainRun(prepared, 1), plain));
});

it.each(['two-sentinels-down', 'partition-master-with-client', 'manual-failover'])(
  '%s, recorded: the text',
  (name) => {
    const run = explainableRun(runDocumentSchema.parse(readRecordings(name)[0]));
    expectGolden(`recorded-${name}`, explanationText(explainDocument(run), plain));
  },
);

it.each(fixtures)('%s, recorded: every failover is explained, on a page of 100 columns', (name) => {
  for (const recording of readRecordings(name)) {
    const run = explainableRun(runDocumentSchema.parse(recording));
    const explanation = explainDocument(run);
    const text = explanationText(explanation, plain);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    const completed = run.failovers.filter(({ promotedAt }) => promotedAt !== null).length;
    expect(explanation.findings.filter(({ kind }) => kind === 'failover').length).toBe(completed);
  }
});

it.each(Object.keys(OBSTACLES))('%s: the page has 100 columns, with and without colour', (name) => {
  const explanation = explainRun(OBSTACLES[name]!(), 2);
  const text = explanationText(explanation, plain);
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what is removed.
  expect(explanationText(explanation, createPaint(true)).replace(/\x1b\[\d+m/g, '')).toBe(text);
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
});

it('a simulated document that was written and read: the same findings as far as its events go', () => {
  const prepared = OBSTACLES['two of five votes']!();
  const { document } = simulate(prepared, 1);
  const file = fileWith('run.json', JSON.stringify(document));
  const fromFile = explainDocument(readRunDocument(file, null).run);
  const simulated = explainRun(prepared, 1);
  expect(fromFile.basis).toBe('document');
  expect(fromFile.findings.map(({ title }) => title)).toContain(
    simulated.findings.find(({ kind }) => kind === 'no-failover')!.title,
  );
  expect(fromFile.findings[0]!.unknown.join()).toContain('the log does not show');
});

function fileWith(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

it.each<[string, string, RegExp]>([
  [
    'no JSON',
    '{"schema": "sentinelsim/run/1",\n "events": [}',
    /run\.json:2:\d+: error: the file is not JSON/,
  ],
  ['an empty file', '', /run\.json:1:1: error: the file is not JSON/],
  [
    'another JSON',
    '{"topology": {}}',
    /run\.json:1:1: error: not a run document: schema[\s\S]*expected\s+a run document/,
  ],
  [
    'an event without a time',
    '{"schema": "sentinelsim/run/1", "events": [{"t": "x", "node": "s1", "event": "+sdown"}]}',
    /run\.json:1:50: error: not a run document: events\[0\]\.t is wrong\n {2}found\s+"x"\n {2}expected\s+a value of type number/,
  ],
])('a run document that is %s: a diagnostic with its place', (_, text, message) => {
  expect(() => readRunDocument(fileWith('run.json', text), null)).toThrow(message);
});

it('a file of several runs: --seed chooses, an unknown one is told with those there are', () => {
  const prepared = OBSTACLES['sleeping master']!();
  const lines = [3, 4].map((seed) => JSON.stringify(simulate(prepared, seed).document));
  const file = fileWith('runs.jsonl', `${lines.join('\n')}\n`);
  expect(readRunDocument(file, 4).run.seed).toBe(4);
  expect(readRunDocument(file, null)).toMatchObject({ of: 2, run: { seed: 3 } });
  expect(() => readRunDocument(file, 5)).toThrow(/no run with seed 5[\s\S]*seeds 3, 4/);
});

it('the glossary: every event once, one line each, on 100 columns; a word narrows it', () => {
  const lines = glossaryText(100).split('\n');
  for (const name of Object.keys(EVENTS)) {
    expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
  }
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(glossaryText(100, 'ODOWN').split('\n')).toHaveLength(3);
  expect(glossaryText(100, 'no such thing')).toBe('');
});

function explained(...words: string[]): { code: number; out: string; err: string } {
  let out = '';
  let err = '';
  const stream = (note: (text: string) => void) => ({
    write: (text: string) => {
      note(text);
      return true;
    },
    once: () => {},
  });
  const output = {
    out: stream((text) => {
      out += text;
    }),
    err: stream((text) => {
      err += text;
    }),
    colour: false,
  };
  const request = readArguments(['explain', ...words]);
  if (request.command !== 'explain') throw new Error('not understood');
  return { code: explainCommand(request, prepare, output), out, err };
}

it('the command: a scenario as text and as JSON, the glossary, and what it does not take', () => {
  const { code, out } = explained('examples/scenarios/quick-restart.yaml', '--seed', '3', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'sentinelsim/explanation/1',
    seed: 3,
    basis: 'simulation',
  });
  expect(explained('examples/scenarios/quick-restart.yaml').out).toContain('no failover in');
  expect(explained('--glossary').out).toContain('+switch-master');
  expect(Object.keys(JSON.parse(explained('--glossary', 'odown', '--json').out))).toEqual([
    '+odown',
    '-odown',
  ]);
  expect(() => explained('--glossary', 'odwn')).toThrow('did you mean odown?');
  expect(() => explained()).toThrow('nothing to explain');
  expect(() => explained('no-such-file.json')).toThrow('No such file or directory');
});
