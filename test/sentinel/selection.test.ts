import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCandidates } from '../../models/sentinel/selection.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { names, stage } from '../support/stages.ts';
import { addressOf, replicaInfo } from '../support/wire.ts';

/** Whom `s1` would promote by command, or null. */
function choice(lab: Lab): string | null {
  const reply = lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
  if (reply !== '+OK') return null;
  const { message } = lab.untilSaid('s1', '+selected-slave');
  return names('n', 6, 2).find((name) => message.includes(`${addressOf(name)}:`)) ?? null;
}

/** Two replicas; the second one would be chosen by priority, if nothing speaks against it. */
function favourite(setting: Parameters<typeof stage>[0] = {}, change = {}): Lab {
  const lab = stage({ replicas: 2, peers: 0, downAfterMs: 3000, ...setting });
  lab.script('n3', { INFO: replicaInfo('n3', 'n1', { slave_priority: 1, ...change }) });
  return lab.run(10_500);
}

describe('order of the candidates', () => {
  const ids = constantFrom('', 'a', 'B', 'b', 'C', '0f', '0F', 'abc', 'aBd');
  const candidate = record({
    slavePriority: integer({ min: 0, max: 3 }),
    slaveReplOffset: integer({ min: 0, max: 3 }),
    runId: ids,
  });

  test('any candidates: priority, then offset, then run id (S-SELECT-3)', () => {
    /** A key that sorts as text. */
    const key = ({
      slavePriority,
      slaveReplOffset,
      runId,
    }: {
      slavePriority: number;
      slaveReplOffset: number;
      runId: string;
    }) => `${slavePriority}${9 - slaveReplOffset}${runId === '' ? '~' : runId.toLowerCase()}`;
    assert(
      property(array(candidate, { maxLength: 8 }), (list) => {
        const sorted = [...list].sort(compareCandidates).map(key);
        expect(sorted).toEqual(list.map(key).sort());
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test('2 replicas: as above in a running Sentinel (S-SELECT-3)', () => {
    const pick = (left: object, right: object) => {
      const lab = stage({ replicas: 2, peers: 0 });
      lab
        .script('n2', { INFO: replicaInfo('n2', 'n1', left) })
        .script('n3', { INFO: replicaInfo('n3', 'n1', right) });
      return choice(lab.run(10_500));
    };
    expect(
      pick({ slave_priority: 10, slave_repl_offset: 1 }, { slave_priority: 20, slave_repl_offset: 99 }),
    ).toBe('n2');
    expect(pick({ slave_repl_offset: 1 }, { slave_repl_offset: 2 })).toBe('n3');
    expect(pick({}, {})).toBe('n2');
  });
});

describe('1 Sentinel, 2 replicas: the better one is passed over', () => {
  test('not without a reason (S-SELECT-2)', () => {
    expect(choice(favourite())).toBe('n3');
  });

  test('when it is S_DOWN (S-SELECT-2)', () => {
    const lab = favourite({ downAfterMs: 1000 });
    lab.mute('n3').untilSaid('s1', '+sdown', addressOf('n3'));
    expect(choice(lab)).toBe('n2');
  });

  test('when it is not connected (S-SELECT-2)', () => {
    const lab = favourite();
    lab.kill('n3').run(1);
    expect(lab.link('s1', lab.replica('s1', 'n3')).disconnected).toBe(true);
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
    const both = favourite();
    both.kill('n2', 'n3').run(1);
    expect(both.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe(
      '-NOGOODSLAVE No suitable replica to promote',
    );
  });

  test.each([
    [4800, 'n3'],
    [5200, 'n2'],
  ])('when its last valid reply to PING is %i ms old: %s (S-SELECT-2)', (ageMs, chosen) => {
    const lab = favourite({ downAfterMs: 60_000 });
    const link = lab.link('s1', lab.replica('s1', 'n3'));
    lab.mute('n3');
    lab.until(() => lab.nowUs + lab.sentinel('s1').clockOffsetUs - link.lastAvailUs > ageMs * 1000);
    const state = lab.sentinel('s1');
    expect(state.tilt).toBe(false);
    expect(choice(lab)).toBe(chosen);
  });

  test.each([
    [0, 'n2'],
    [1, 'n3'],
  ])('when its priority is %i: %s (S-SELECT-2)', (slave_priority, chosen) => {
    expect(choice(favourite({}, { slave_priority }))).toBe(chosen);
  });

  test.each([
    [8000, 'n3'],
    [10_300, 'n2'],
  ])(
    'master up: when its INFO is older than 3 info periods, here 9 s; at %i ms %s (S-SELECT-2)',
    (ageMs, chosen) => {
      const lab = favourite({ downAfterMs: 60_000 });
      lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '3000');
      lab.run(3300).script('n3', { INFO: { kind: 'error', text: 'ERR no INFO' } });
      const replica = lab.replica('s1', 'n3');
      lab.until(() => lab.nowUs + lab.sentinel('s1').clockOffsetUs - replica.infoRefreshUs > ageMs * 1000);
      expect(choice(lab)).toBe(chosen);
    },
  );

  test('master S_DOWN: when its INFO is older than 5 s (S-SELECT-2)', () => {
    const chosenAfter = (ageMs: number) => {
      const lab = favourite({ downAfterMs: 1000, quorum: 9 });
      lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
      const refreshed = (name: string) =>
        lab.nowUs + lab.sentinel('s1').clockOffsetUs - lab.replica('s1', name).infoRefreshUs;
      lab.until(() => refreshed('n3') < 100_000).until(() => refreshed('n3') > ageMs * 1000);
      return lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    };
    expect(chosenAfter(4700)).toBe('+OK');
    expect(chosenAfter(5300)).toBe('-NOGOODSLAVE No suitable replica to promote');
  });

  test.each([
    [30, 'n3'],
    [31, 'n2'],
    [-1, 'n3'],
  ])(
    'master up: when its link was down for more than 10 down-after (30 s); for %i s %s (S-SELECT-1, S-SELECT-2)',
    (seconds, chosen) => {
      const change = { master_link_status: 'down' as const, master_link_down_since_seconds: seconds };
      expect(choice(favourite({}, change))).toBe(chosen);
    },
  );

  test('master S_DOWN: its time down is added to that bound (S-SELECT-1)', () => {
    const allowed = (downMs: number, seconds: number) => {
      const lab = stage({ replicas: 1, peers: 0, downAfterMs: 1000, quorum: 9 });
      const change = { master_link_status: 'down' as const, master_link_down_since_seconds: seconds };
      lab.script('n2', { INFO: replicaInfo('n2', 'n1', change) }).run(10_500);
      lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
      lab.run(downMs);
      return lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster') === '+OK';
    };
    expect(allowed(100, 10)).toBe(true);
    expect(allowed(100, 15)).toBe(false);
    expect(allowed(5100, 15)).toBe(true);
    expect(allowed(5100, 16)).toBe(false);
  });
});

describe('1 Sentinel, 2 replicas: no reasons', () => {
  test.each([
    ['that it is not announced', { replica_announced: false }],
    ['its link status', { master_link_status: 'down' as const, master_link_down_since_seconds: 0 }],
    ['another master', { master_host: '10.9.9.9' }],
  ])('%s (S-SELECT-4)', (_what, change) => {
    expect(choice(favourite({}, change))).toBe('n3');
  });

  test('that it reports to be a master (S-SELECT-4)', () => {
    const lab = favourite({ failoverTimeoutMs: 60_000 });
    const { info } = lab.actor('n3').answers.INFO as { info: object };
    lab.script('n3', {
      INFO: { kind: 'info', sections: [], info: { ...info, role: 'master', replica: null } as never },
    });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '500');
    lab.run(1000);
    expect(lab.events('s1', '-role-change')).toEqual(['-role-change']);
    expect(choice(lab)).toBe('n3');
  });
});
