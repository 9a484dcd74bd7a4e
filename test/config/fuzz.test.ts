import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../src/config/diagnostic.ts';
import { parseDeployment } from '../../src/config/loadDeployment.ts';
import { parseScenario } from '../../src/scenario/load.ts';

/** `FUZZ_SECONDS=60` makes a long run of it. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 0);
const LIMITS = SECONDS > 0 ? { numRuns: 1e9, interruptAfterTimeLimit: SECONDS * 1_000 } : { numRuns: 300 };

function seeds(folder: string, end: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

const SCENARIOS = seeds('examples/scenarios', '.yaml');
const COMPOSE = [...seeds('examples/redis-ha', '.yml'), ...seeds('examples/redis-ha-as-written', '.yml')];

const PIECES = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '*s',
  '&s ',
  '<<: ',
  '${',
  '-1',
  '99999999999',
  'null',
  '~',
  '@master',
  '5s',
  '1..2',
  '!!',
  '\t',
  '#',
  '',
  'r1',
  '\u0000',
  '💥',
  '__proto__',
  'constructor: x\n',
];

const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 12 }),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })),
});

function mutate(text: string, edits: readonly { at: number; remove: number; insert: string }[]): string {
  let result = text;
  for (const { at, remove, insert } of edits) {
    const place = at % (result.length + 1);
    result = result.slice(0, place) + insert + result.slice(place + remove);
  }
  return result;
}

/** A value or an InputError with at least one error at a real place; anything else fails the test. */
function expectNews(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.diagnostics.length).toBeGreaterThan(0);
    for (const { at, severity } of error.diagnostics) {
      expect(severity).toBe('error');
      expect(at.line).toBeGreaterThan(0);
      expect(at.column).toBeGreaterThan(0);
    }
  }
}

const TIMEOUT_MS = (SECONDS + 60) * 1_000;

test('mutated scenario files give a value or an InputError', { timeout: TIMEOUT_MS }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SCENARIOS),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (seed, edits) => {
        expectNews(() => parseScenario(mutate(seed, edits), 'examples/scenarios/x.yaml'));
      },
    ),
    LIMITS,
  );
});

test('mutated compose files give a value or an InputError', { timeout: TIMEOUT_MS }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...COMPOSE),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (seed, edits) => {
        expectNews(() => parseDeployment(mutate(seed, edits), 'examples/redis-ha/docker-compose.yml'));
      },
    ),
    LIMITS,
  );
});

test('mutated configuration lines in a scenario give a value or an InputError', {
  timeout: TIMEOUT_MS,
}, () => {
  const words = fc.array(
    fc.oneof(
      fc.constantFrom(
        'sentinel',
        'monitor',
        'save',
        'replicaof',
        'no',
        'one',
        '"',
        '1gb',
        '-1',
        '',
        'bind',
        'user',
        'client-output-buffer-limit',
        'normal',
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(words, words, (redis, sentinel) => {
      const lines = (parts: string[]) => JSON.stringify([parts.join(' ')]);
      expectNews(() =>
        parseScenario(
          `topology: { redis: { r1: ${lines(redis)} }, sentinels: { s1: ${lines(sentinel)} } }`,
          'x.yaml',
        ),
      );
    }),
    LIMITS,
  );
});
