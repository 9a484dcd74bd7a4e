import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../properties/arbitraries/clusters.ts';
import type { Deployment } from '../../src/config/deployment.ts';
import type { PreparedRun } from '../../src/run/prepare.ts';
import { prepare } from '../../src/run/prepare.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { counterexampleText, type Origin, slug } from '../../src/search/counterexampleFile.ts';

const NAMES = {
  name: 'found',
  about: 'breaks x: y',
  expect: [],
  head: ['sentinelsim run found.yaml --seed 1'],
};

function textOf(scenario: PreparedRun['scenario'], origin: Origin, folder = '.'): string {
  return counterexampleText(scenario, origin, folder, NAMES);
}

/** What a run depends on: without names, and without places in files. */
function essence({ deployment, ...scenario }: Scenario) {
  const { redis, sentinels, boxes } = deployment;
  const plain = (nodes: Deployment['redis'] | Deployment['sentinels']) =>
    nodes.map(({ name, config, configFile, stopGraceMs }) => ({ name, config, configFile, stopGraceMs }));
  const { name: _name, about: _about, ...rest } = scenario;
  return { ...rest, redis: plain(redis), sentinels: plain(sentinels), boxes };
}

it('1 to 3 masters, 0 to 6 replicas, 1 to 9 sentinels: an arbitrary cluster is read back from its file as it was', () => {
  fc.assert(
    fc.property(clusterOf(), ({ prepared: { scenario } }) => {
      const read = parseScenario(textOf(scenario, { kind: 'arbitrary' }), 'found.yaml');
      const timeline = [...scenario.timeline].sort((a, b) => a.atUs - b.atUs);
      expect(essence(read)).toEqual(essence({ ...scenario, timeline }));
    }),
    { numRuns: 150 },
  );
});

describe('a counterexample around a deployment', () => {
  const { scenario, path } = prepare('examples/redis-ha');
  const timeline = [
    { atUs: 1_500_000, verb: { do: 'isolate' as const, target: ['redis-master'], forUs: 20_000_000 } },
  ];

  it('refers to it by a path from its own folder, and has no key that says the usual', () => {
    const text = textOf({ ...scenario, timeline }, { kind: 'deployment', path }, 'out');
    expect(text).toBe(
      [
        '# sentinelsim run found.yaml --seed 1',
        'name: found',
        'about: "breaks x: y"',
        'deployment: ../examples/redis-ha',
        'clients:',
        '  - { name: app, discover: sentinel, write: 100ms, password: redis_ha_pass }',
        'duration: 60s',
        'timeline:',
        '  - { at: 1500ms, isolate: redis-master, for: 20s }',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['.', './examples/redis-ha'],
    ['examples/redis-ha', '.'],
    ['examples/ci', '../redis-ha'],
  ])('from %s it is %s', (folder, way) => {
    expect(textOf(scenario, { kind: 'deployment', path }, folder)).toContain(`\ndeployment: ${way}\n`);
  });
});

it('a counterexample of a scenario keeps its text, and replaces timeline and expectations', () => {
  const source = [
    '# yaml-language-server: $schema=../../scenario.schema.json',
    '# mine',
    'name: mine',
    'deployment: ../redis-ha # ours',
    'duration: 50s',
    'timeline:',
    '  - { at: 0s, kill: redis-master }',
    'expect:',
    '  - { failover: { within: 3s } }',
    '',
  ].join('\n');
  const path = 'examples/scenarios/mine.yaml';
  const { scenario } = prepare('examples/redis-ha');
  const found = { ...scenario, durationUs: 50_000_000, timeline: [] };
  const text = textOf(found, { kind: 'scenario', path, source }, join('examples', 'out'));
  expect(text).toContain(
    '# mine\nname: found\ndeployment: ../redis-ha # ours\nduration: 50s\ntimeline: []\n',
  );
  expect(text).not.toContain('expect');
});

it('a file is named after the law or the requirement', () => {
  expect(slug('p99 downtime within 15s')).toBe('p99-downtime-within-15s');
  expect(slug('{ event: { name: +tilt } }')).toBe('event-name-tilt');
});
