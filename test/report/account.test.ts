import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/config/deployment.ts';
import { type ReportContext, reportText } from '../../src/report/account.ts';
import type { RunDocument } from '../../src/run/document.ts';
import { expectGolden } from './golden.ts';
import { recordedDeployment, recording, renamed } from './recordings.ts';

const three = recordedDeployment(3, 3, 2);

const LONG_NAMES = {
  s1: 'redis-sentinel-1',
  s2: 'redis-sentinel-2',
  s3: 'redis-sentinel-3',
  r1: 'redis-master',
  r2: 'redis-replica-1',
  r3: 'redis-replica-2',
};

const STEPS = [
  { text: 'the sentinels name redis-master as master', verdict: true, detail: '' },
  { text: 'failover within 10 s', verdict: true, detail: '6.24 s' },
  { text: 'the old master returns as a replica', verdict: false, detail: 'still a second master at the end' },
  { text: 'the data is intact', verdict: null, detail: 'no data was written' },
];

function context(deployment?: Deployment): ReportContext {
  return {
    ...(deployment === undefined ? {} : { deployment }),
    steps: [],
    replay: 'sentinelsim run scenario.yaml --seed 1',
    speed: '60 s simulated in 2.1 ms (median of 9), 28,000 × real time',
  };
}

const crowd: Deployment = recordedDeployment(9, 5, 5);

const STORIES: Readonly<Record<string, readonly [RunDocument, ReportContext]>> = {
  'master-kill': [recording('master-kill'), { ...context(three), steps: STEPS }],
  'long-names': [renamed(recording('master-kill'), LONG_NAMES), context()],
  'master-pause-short': [recording('master-pause-short'), context(three)],
  'master-reboot-quick': [recording('master-reboot-quick'), context(three)],
  'manual-failover': [recording('manual-failover'), context(three)],
  'partition-master-with-client': [recording('partition-master-with-client'), context(three)],
  'two-sentinels-down': [recording('two-sentinels-down'), context(three)],
  'overtaken-failover': [recording('overtaken-failover'), context()],
  'four-replicas': [recording('four-replicas-parallel4'), context(recordedDeployment(3, 5, 2))],
  'five-sentinels': [recording('five-sentinels'), context(recordedDeployment(5, 3, 3))],
  crowd: [recording('five-sentinels'), context(crowd)],
};

describe('the account of a run', () => {
  for (const [name, [document, told]] of Object.entries(STORIES)) {
    it(`tells ${name}`, () => {
      expectGolden(name, reportText(document, told, { colour: false }));
    });

    it(`of ${name} fits 100 columns and is the same text with colour`, () => {
      const text = reportText(document, told, { colour: false });
      expect(text.split('\n').filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);
      expect(stripVTControlCharacters(reportText(document, told, { colour: true }))).toBe(text);
    });
  }

  it.each([
    [{}, 'reads only · none refused'],
    [{ NOREPLICA: 3 }, 'reads only\n'],
  ])('tells of a client that only reads, refused %j', (refused, words) => {
    const document = recording('master-kill');
    const reader = { ...document.clients[0]!, acked: 0, gaps: [], refused, refusedAt: {}, lost: null };
    expect(reportText({ ...document, clients: [reader] }, context(), { colour: false })).toContain(words);
  });
});
