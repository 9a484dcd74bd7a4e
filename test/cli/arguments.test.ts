import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { speedText, wantsColour } from '../../src/cli/printing.ts';

const run = {
  command: 'run',
  target: 'x.yaml',
  seed: 1,
  runs: 1,
  json: false,
  out: null,
  quiet: false,
  colour: true,
};

describe('the command line', () => {
  it('reads a run with its defaults', () => {
    expect(readArguments(['run', 'x.yaml'])).toEqual(run);
  });

  it('reads every option', () => {
    const words = 'run x.yaml --seed 7 --runs 20 --json --out y.jsonl --quiet --no-color'.split(' ');
    const expected = { ...run, seed: 7, runs: 20, json: true, out: 'y.jsonl', quiet: true, colour: false };
    expect(readArguments(words)).toEqual(expected);
  });

  it.each([[[]], [['--help']], [['run', '--help']]])('helps: %j', (words) => {
    const request = readArguments(words);
    expect(request).toMatchObject({ command: 'text', text: expect.stringContaining('Examples:') });
  });

  it('names its version', () => {
    expect(readArguments(['--version'])).toMatchObject({ text: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    ['run', /missing required argument 'target'/],
    ['run x --seed -1', /Expected a whole number from 0 to 9007199254740991/],
    ['run x --seed 1e3', /Expected a whole number/],
    ['run x --seed 9007199254740992', /Expected a whole number/],
    ['run x --seed 9007199254740991 --runs 2', /leaves no room/],
    ['run x --runs 0', /Expected a whole number from 1 to 1000000/],
    ['run x --sed 3', /Did you mean --seed\?/],
    ['rum x', /Did you mean run\?/],
    ['run x y', /too many arguments/],
  ])('refuses %s', (line, message) => {
    expect(() => readArguments(line.split(' '))).toThrow(message);
  });
});

const stream = (isTTY: boolean) => ({ isTTY, write: () => true, once: () => {} });

it.each([
  [true, true, {}, true],
  [false, true, {}, false],
  [true, false, {}, false],
  [true, true, { NO_COLOR: '1' }, false],
  [true, true, { TERM: 'dumb' }, false],
  [false, true, { FORCE_COLOR: '1' }, true],
  [false, false, { FORCE_COLOR: '1' }, false],
])('colours: terminal %s, asked %s, %j → %s', (isTTY, asked, environment, expected) => {
  expect(wantsColour(stream(isTTY), asked, environment)).toBe(expected);
});

it('states the speed with two digits that mean something', () => {
  expect(speedText(60_000, 2.13, ' (median of 9)')).toBe(
    '60 s simulated in 2.1 ms (median of 9), 28,000 × real time',
  );
});
