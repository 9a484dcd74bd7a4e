import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importLogs } from '../../src/import/importLogs.ts';
import type { RunDocument, RunEvent } from '../../src/run/document.ts';

const FOLDER = 'test/import/fixtures/three-hosts/';
const files = readdirSync(FOLDER).map((path) => ({ path, text: readFileSync(FOLDER + path, 'utf8') }));

/** The cluster of three hosts with one log's clock put forward; `offsets` are what a person adds. */
function read(log: string, aheadMs: number, offsets: Readonly<Record<string, number>> = {}) {
  const window = () => ({ zeroMs: null, from: null, to: null, failover: null });
  const shifted = files.map(({ path, text }) => ({
    path,
    text:
      path !== log
        ? text
        : text.replace(/ (\d\d):(\d\d):(\d\d)\.(\d{3}) /g, (...parts) => later(parts, aheadMs)),
  }));
  return importLogs(shifted, {
    given: new Map(),
    zoneMin: null,
    offsetsMs: new Map(Object.entries(offsets)),
    window,
  });
}

function later(parts: readonly unknown[], byMs: number): string {
  const [hours, minutes, seconds, ms] = parts.slice(1, 5).map(Number);
  const at = Date.UTC(2026, 10, 23, hours, minutes, seconds, ms! + byMs);
  return ` ${new Date(at).toISOString().slice(11, 23)} `;
}

/** But for the failover delay, which the log has in whole seconds. */
function timed({ events }: RunDocument): RunEvent[] {
  return events.filter(({ event }) => event !== 'next-failover-delay');
}

test('3 sentinels whose clocks agree: no warning', () => {
  expect(read('', 0).warnings).toEqual([]);
});

test.each([
  ['sentinel-3.log', 500, 'sentinel-3', 'ahead of'],
  ['sentinel-3.log', -500, 'sentinel-3', 'behind'],
  ['redis-2.log', 3000, 'redis-2', 'ahead of'],
])(
  '3 sentinels, %s is %i ms off: its votes and promotions contradict the leader’s log, and --offset mends it',
  (log, aheadMs, name, side) => {
    const { warnings } = read(log, aheadMs);
    const messages = warnings.map(({ message }) => message);
    expect(
      messages.some((message) => message.includes(`the clock of ${name} is`) && message.includes(side)),
    ).toBe(true);
    const suggested = warnings
      .map(({ hint }) => /--offset (\S+)=([+-]\d+)ms/.exec(hint))
      .find((match) => match?.[1] === log);
    const offsetMs = Number(suggested?.[2]);
    expect(Math.abs(offsetMs + aheadMs)).toBeLessThan(500);
    expect(read(log, aheadMs, { [log]: offsetMs }).warnings).toEqual([]);
    expect(timed(read(log, aheadMs, { [name]: -aheadMs }).document)).toEqual(timed(read('', 0).document));
  },
);

test('a log whose clock goes back is told of', () => {
  const log = files.find(({ path }) => path === 'sentinel-1.log')!;
  const lines = log.text.split('\n');
  const mixed = [...lines.slice(20), ...lines.slice(0, 20)].join('\n');
  const window = () => ({ zeroMs: null, from: null, to: null, failover: null });
  const { warnings } = importLogs([{ path: log.path, text: mixed }], {
    given: new Map(),
    zoneMin: null,
    offsetsMs: new Map(),
    window,
  });
  expect(warnings.map(({ message }) => message).join()).toMatch(/the clock went back by \d+ ms here/);
});
