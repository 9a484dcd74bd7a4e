import { expect, it } from 'vitest';
import { InputError } from '../../src/config/diagnostic.ts';
import { prepare } from '../../src/run/prepare.ts';
import { readRequirements } from '../../src/search/requirements.ts';

const { deployment } = prepare('examples/redis-ha').scenario;
const read = (text: string) => readRequirements([text], deployment, ['app'])[0]!;

it.each([
  ['failover within 10s', { kind: 'failover', withinUs: 10_000_000, happens: true }, null],
  ['no failover', { kind: 'failover', happens: false }, null],
  ['p99 downtime within 15s', { kind: 'downtime', atMostUs: 15_000_000 }, 99],
  ['lostWrites atMost 0 of app', { kind: 'lostWrites', atMost: 0, client: 'app' }, null],
  ['lost writes at most 3', { kind: 'lostWrites', atMost: 3 }, null],
  ['failovers atLeast 1', { kind: 'failovers', atLeast: 1, atMost: null }, null],
  ['{ event: { name: +tilt, happens: false } }', { kind: 'event', event: '+tilt', happens: false }, null],
])('reads %s', (text, expectation, percentile) => {
  const requirement = read(text);
  expect(requirement.expectation).toMatchObject(expectation);
  expect(requirement.percentile).toBe(percentile);
});

it.each([
  ['failover in 5s', 10, /failover is compared with a limit/, ''],
  ['failover withn 5s', 10, /failover is compared with a limit/, 'did you mean within?'],
  ['downtim within 5s', 1, /nothing that can be required/, 'did you mean downtime?'],
  ['', 1, /nothing that can be required/, ''],
  ['downtime within', 16, /the limit is missing/, ''],
  ['downtime within 5', 17, /5 has no unit/, ''],
  ['  downtime  within 5', 20, /5 has no unit/, ''],
  ['lost writes at most x', 21, /a whole number is expected/, ''],
  ['downtime within 5s of ap', 23, /no client ap/, 'did you mean app?'],
  ['downtime within 5s of', 22, /the client is missing/, ''],
  ['downtime within 5s for app', 20, /should end here/, ''],
  ['failover within 5s of app', 20, /should end here/, ''],
  ['p99 failover', 1, /a percentile needs an upper limit/, ''],
  ['p0 downtime within 5s', 1, /above 0 and at most 100/, ''],
  ['p101 downtime within 5s', 1, /above 0 and at most 100/, ''],
  ['{ failover: { within: 5 } }', 23, /5 has no unit/, ''],
  ['{ event: +tilt', 15, /cannot be read/, ''],
])('refuses %j at column %i', (text, column, message, hint) => {
  const refusal = () => read(text);
  expect(refusal).toThrow(InputError);
  try {
    refusal();
  } catch (error) {
    const [first] = (error as InputError).diagnostics;
    expect(first!.at).toEqual({ file: `--require "${text}"`, line: 1, column });
    expect(first!.message).toMatch(message);
    expect(first!.hint).toBe(hint);
  }
});
