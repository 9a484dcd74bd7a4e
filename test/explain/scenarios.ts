/** Scenarios in which something stands in the way of a failover, one for each thing. */

import type { PreparedRun } from '../../src/run/prepare.ts';
import { parseScenario } from '../../src/scenario/load.ts';

interface Setting {
  readonly sentinels?: number;
  readonly replicas?: number;
  readonly quorum?: number;
  readonly redis?: Readonly<Record<string, readonly string[]>>;
  readonly sentinel?: readonly string[];
  readonly durationS?: number;
  readonly keys?: number;
}

/** A cluster of r1 (the master), its replicas, and sentinels with down-after 5 s and failover-timeout 10 s. */
export function scenario(timeline: readonly object[], setting: Setting = {}): PreparedRun {
  const {
    sentinels = 3,
    replicas = 2,
    quorum = 2,
    redis = {},
    sentinel = [],
    durationS = 60,
    keys = 0,
  } = setting;
  const numbers = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  const text = JSON.stringify({
    name: 'explained',
    topology: {
      redis: Object.fromEntries(
        numbers('r', replicas + 1).map((name) => [
          name,
          [...(name === 'r1' ? [] : ['replicaof r1 6379']), ...(redis[name] ?? [])],
        ]),
      ),
      sentinels: Object.fromEntries(
        numbers('s', sentinels).map((name) => [
          name,
          [
            'sentinel resolve-hostnames yes',
            `sentinel monitor mymaster r1 6379 ${quorum}`,
            'sentinel down-after-milliseconds mymaster 5000',
            'sentinel failover-timeout mymaster 10000',
            ...sentinel,
          ],
        ]),
      ),
    },
    ...(keys === 0 ? {} : { dataset: { keys, valueBytes: 100 } }),
    duration: `${durationS}s`,
    clients: [{ name: 'app', discover: 'sentinel', write: '100ms' }],
    timeline,
  });
  return { scenario: parseScenario(text, 'explained.yaml'), isDeployment: false, path: 'explained.yaml' };
}

const kill = (at: string, ...nodes: string[]) => nodes.map((node) => ({ at, kill: node }));

/** Name → what stands in the way. */
export const OBSTACLES: Readonly<Record<string, () => PreparedRun>> = {
  'two of five votes': () =>
    scenario(kill('0s', 's3', 's4', 's5', 'r1'), { sentinels: 5, quorum: 2, durationS: 45 }),
  'quorum 1 and one vote': () => scenario(kill('0s', 's1', 's2', 'r1'), { quorum: 1, durationS: 45 }),
  'no quorum': () => scenario([{ at: '0s', cut: [['s1'], ['r1']], for: '30s' }]),
  'no quorum, sentinels dead': () => scenario(kill('0s', 's1', 's2', 'r1'), { durationS: 45 }),
  'master loads': () =>
    scenario([...kill('0s', 'r1'), { at: '1s', start: 'r1' }], {
      redis: { r1: ['appendonly yes', 'key-load-delay 15000', 'loading-process-events-interval-bytes 1024'] },
      keys: 1000,
    }),
  'reboot within down-after': () => scenario([...kill('0s', 'r1'), { at: '3s', start: 'r1' }]),
  'sentinels started after the death': () =>
    scenario([
      ...kill('0s', 's1', 's2', 's3'),
      ...kill('1s', 'r1'),
      ...['s1', 's2', 's3'].map((start) => ({ at: '20s', start })),
    ]),
  'no replica up': () => scenario([...kill('0s', 'r2', 'r3'), ...kill('10s', 'r1')]),
  'priority 0': () =>
    scenario(kill('0s', 'r1'), { redis: { r2: ['replica-priority 0'], r3: ['replica-priority 0'] } }),
  'replica cut off from the master for long': () =>
    scenario([{ at: '0s', cut: [['r2'], ['r1']] }, ...kill('120s', 'r1')], {
      durationS: 150,
    }),
  'a box without power': () =>
    scenario(
      [
        { at: '0s', 'power-off': ['r1', 's1'] },
        { at: '30s', start: ['r1', 's1'] },
      ],
      { redis: { r2: ['replica-priority 0'], r3: ['replica-priority 0'] } },
    ),
  'a full disk': () =>
    scenario([
      { at: '0s', disk: { node: 'r1', full: true } },
      { at: '1s', command: ['r1', 'BGSAVE'] },
    ]),
  'no auth-pass': () => scenario(kill('0s', 'r1'), { redis: { r1: ['requirepass secret'] }, durationS: 20 }),
  'two Sentinels, one dead': () => scenario(kill('0s', 's1', 'r1'), { sentinels: 2, durationS: 20 }),
  'paused replica': () => scenario([...kill('0s', 'r1'), { at: '1s', pause: 'r2' }]),
  tilt: () =>
    scenario([
      ...['s1', 's2', 's3'].map((node) => ({ at: '0s', clock: { node, by: '10s' } })),
      ...kill('1s', 'r1'),
      { at: '20s', start: 'r1' },
    ]),
  'too soon after the last': () =>
    scenario([...kill('0s', 'r1'), { at: '8s', kill: '@master' }], { durationS: 50 }),
  'sleeping master': () => scenario([{ at: '0s', command: ['r1', 'DEBUG', 'SLEEP', '3'] }]),
};
