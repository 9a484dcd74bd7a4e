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
  ['failover in 5s', /no requirement/],
  ['downtime within 5', /5 has no unit/],
  ['downtime within 5s of ap', /no client ap/],
  ['p99 failover', /a percentile needs an upper limit/],
  ['p0 downtime within 5s', /a percentile needs an upper limit/],
  ['{ event: +tilt', /./],
])('refuses %s', (text, message) => {
  const refusal = () => read(text);
  expect(refusal).toThrow(InputError);
  try {
    refusal();
  } catch (error) {
    expect((error as InputError).diagnostics.map((each) => each.message).join()).toMatch(message);
  }
});
