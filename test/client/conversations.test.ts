/** What a client says and to whom, among scripted sentinels `p1` to `p3` and scripted nodes `n1`, `n2`… */
import { describe, expect, test } from 'vitest';
import type { ClientSpec, ClientState } from '../../models/client/state.ts';
import type { Reply, Request } from '../../models/commands.ts';
import type { Answers } from '../support/actor.ts';
import { Lab } from '../support/sentinelLab.ts';
import { addressOf } from '../support/wire.ts';

const bulk = (text: string | null): Reply => ({ kind: 'bulk', text });
const list = (...items: Reply[]): Reply => ({ kind: 'array', items });
const masterAt = (node: string): Reply => list(bulk(addressOf(node)), bulk('6379'));
const MASTER: Reply = list(bulk('master'), { kind: 'integer', value: 0 });
const REPLICA: Reply = list(bulk('slave'), bulk(addressOf('n1')));
const ERROR: Reply = { kind: 'error', text: 'ERR No such master with that name' };

interface Cast {
  readonly spec?: Partial<ClientSpec>;
  readonly sentinels?: Readonly<Record<string, Answers>>;
  readonly nodes?: Readonly<Record<string, Answers>>;
  readonly down?: readonly string[];
  readonly seed?: number;
}

/** The client `c2` among everybody; sentinels name n1 unless they are told otherwise. */
function stageOf({ spec = {}, sentinels = {}, nodes = {}, down = [], seed }: Cast = {}): Lab {
  const named = { SENTINEL: masterAt('n1') };
  const actors: Record<string, Answers> = {};
  for (const name of ['p1', 'p2', 'p3']) actors[name] = { ...named, ...sentinels[name] };
  for (const name of ['n1', 'n2', 'n3'])
    actors[name] = { ROLE: name === 'n1' ? MASTER : REPLICA, ...nodes[name] };
  const lab = new Lab({
    sentinels: {},
    actors,
    clients: { c2: spec },
    ...(seed === undefined ? {} : { seed }),
  });
  const up = Object.keys(actors).filter((name) => !down.includes(name));
  return lab
    .start(...up)
    .run(1)
    .start('c2');
}

const client = (lab: Lab) => lab.world.state.processes[lab.process('c2')]!.state as ClientState;
const refused = (lab: Lab) =>
  Object.fromEntries(Object.entries(client(lab).refused).map(([kind, { count }]) => [kind, count]));
const requests = (lab: Lab, node: string) =>
  lab.isRunning(node) ? lab.actor(node).heard.map(({ message }) => message as Request) : [];
const kinds = (lab: Lab, node: string) => requests(lab, node).map(({ kind }) => kind);

describe('1 client that discovers the master', () => {
  test('asks one sentinel, checks ROLE, then writes one key after the other over the same connection', () => {
    const lab = stageOf().run(95);
    expect(requests(lab, 'p1')).toEqual([
      { kind: 'SENTINEL', words: ['GET-MASTER-ADDR-BY-NAME', 'mymaster'] },
    ]);
    expect(kinds(lab, 'p2')).toEqual([]);
    const [role, ...writes] = requests(lab, 'n1');
    expect(role).toEqual({ kind: 'ROLE' });
    expect(writes).toEqual([0, 1, 2, 3, 4].map((i) => ({ kind: 'SET', key: `c2:${i}`, value: `c2:${i}` })));
    expect(lab.actor('n1').accepted).toHaveLength(1);
    expect(client(lab)).toMatchObject({ ackedSequences: [0, 1, 2, 3, 4], refused: {} });
    expect(new Set(client(lab).ackedBy)).toEqual(new Set([addressOf('n1')]));
  });

  test.each<[string, Answers]>([
    ['does not know the master', { SENTINEL: ERROR }],
    ['names none', { SENTINEL: { kind: 'array', items: null } }],
    ['names a host that nobody knows', { SENTINEL: list(bulk('ghost'), bulk('6379')) }],
    ['names a replica', { SENTINEL: masterAt('n2') }],
    ['names a node that refuses', { SENTINEL: masterAt('n3') }],
  ])('asks the next sentinel when one %s, and keeps to it no longer than needed (R-CLI-1)', (_, answers) => {
    const lab = stageOf({ sentinels: { p1: answers }, down: ['n3'] }).run(50);
    expect(kinds(lab, 'p1')).toEqual(['SENTINEL']);
    expect(kinds(lab, 'p2')).toEqual(['SENTINEL']);
    expect(kinds(lab, 'p3')).toEqual([]);
    expect(client(lab).ackedSequences.length).toBeGreaterThan(0);
    expect(refused(lab)).toEqual({});
  });

  test('asks the next sentinel when one is silent for 500 ms, or its node is (R-CLI-1)', () => {
    for (const cast of [
      { sentinels: { p1: { '*': null } } },
      { sentinels: { p1: { SENTINEL: masterAt('n3') } }, nodes: { n3: { '*': null } } },
    ]) {
      const lab = stageOf(cast).run(499);
      expect(kinds(lab, 'p2')).toEqual([]);
      expect(kinds(lab.run(8), 'p2')).toEqual(['SENTINEL']);
    }
  });

  test('asks the next sentinel at once when one is down or its name is unknown (R-CLI-1)', () => {
    const sentinels = ['ghost', addressOf('p2'), addressOf('p3')].map((host) => ({
      host,
      port: 26_379,
      password: '',
    }));
    const lab = stageOf({ spec: { sentinels }, down: ['p2'] }).run(10);
    expect(kinds(lab, 'p3')).toEqual(['SENTINEL']);
    expect(client(lab).ackedSequences.length).toBeGreaterThan(0);
  });

  test('finds none when all of them fail, and tries again with its next write, over the same connections', () => {
    const silent = { SENTINEL: ERROR };
    const lab = stageOf({ sentinels: { p1: silent, p2: silent, p3: silent } }).run(100);
    const { NOMASTER } = refused(lab);
    expect(NOMASTER).toBeGreaterThanOrEqual(5);
    for (const name of ['p1', 'p2', 'p3']) {
      expect(kinds(lab, name)).toHaveLength(NOMASTER!);
      expect(lab.actor(name).accepted).toHaveLength(1);
    }
    lab.script('p3', { SENTINEL: masterAt('n1') }).run(100);
    expect(refused(lab).NOMASTER! - NOMASTER!).toBeLessThanOrEqual(1);
    expect(client(lab).ackedSequences.length).toBeGreaterThanOrEqual(3);
  });

  test('connects anew to a sentinel that hung up, after the next failure', () => {
    const lab = stageOf().run(50);
    lab.hangUp('p1', lab.openAt('p1')[0]!).run(50);
    expect(kinds(lab, 'p1')).toHaveLength(1);
    lab.hangUp('n1', lab.openAt('n1')[0]!).run(50);
    expect(lab.actor('p1').accepted).toHaveLength(2);
    expect(kinds(lab, 'p1')).toHaveLength(2);
    expect(refused(lab)).toEqual({});
  });

  test.each([
    ['on-error', 1],
    ['always', 5],
  ] as const)('rediscover %s: asks %i times for 5 writes', (rediscover, times) => {
    const lab = stageOf({ spec: { rediscover } }).run(95);
    expect(client(lab).ackedSequences).toHaveLength(5);
    expect(kinds(lab, 'p1')).toHaveLength(times);
    expect(lab.openAt('n1').length).toBeLessThanOrEqual(1);
    expect(lab.actor('n1').accepted).toHaveLength(times);
  });

  test.each([
    ['READONLY You can’t write', 2],
    ['NOREPLICAS Not enough good replicas to write.', 1],
    ['MISCONF', 1],
  ])('after "%s" it has asked %i times (R-CLI-3)', (text, times) => {
    const lab = stageOf().run(50);
    lab.script('n1', { SET: { kind: 'error', text } }).run(25);
    lab.script('n1', { SET: { kind: 'status', text: 'OK' } }).run(60);
    expect(Object.keys(refused(lab))).toEqual([text.split(' ')[0]]);
    expect(kinds(lab, 'p1').length).toBeGreaterThanOrEqual(times);
    expect(kinds(lab, 'p1').length).toBeLessThanOrEqual(times === 1 ? 1 : 3);
  });

  test('authenticates at a sentinel and at the node, and takes no reply to AUTH for another', () => {
    const sentinels = ['p1', 'p2'].map((name) => ({ host: addressOf(name), port: 26_379, password: 'sp' }));
    const spec = { sentinels, user: 'app', password: 'pw', rediscover: 'always' } as const;
    const lab = stageOf({ spec }).run(55);
    expect(requests(lab, 'p1')[0]).toEqual({ kind: 'AUTH', user: null, password: 'sp' });
    expect(
      kinds(lab, 'p1')
        .slice(1)
        .every((kind) => kind === 'SENTINEL'),
    ).toBe(true);
    expect(requests(lab, 'n1').slice(0, 4)).toMatchObject([
      { kind: 'AUTH', user: 'app', password: 'pw' },
      { kind: 'ROLE' },
      { kind: 'SET' },
      { kind: 'AUTH' },
    ]);
    expect(client(lab)).toMatchObject({ ackedSequences: [0, 1, 2], refused: {} });
  });

  test('waits for a reply as long as it was told to, for ever if it was not', () => {
    for (const [timeoutUs, count] of [
      [300_000, 1],
      [null, undefined],
    ] as const) {
      const lab = stageOf({ spec: { timeoutUs }, nodes: { n1: { SET: null } } }).run(299);
      expect(refused(lab)).toEqual({});
      lab.run(8);
      expect(refused(lab).TIMEOUT).toBe(count);
    }
  });
});

describe('1 client that listens for +switch-master', () => {
  test('drops its connection at the event, and subscribes anew a second after a lost subscription (R-CLI-2)', () => {
    const sentinels = ['p1', 'p2'].map((name) => ({ host: addressOf(name), port: 26_379, password: 'sp' }));
    const lab = stageOf({ spec: { subscribe: true, sentinels, writeUs: 100_000 } }).run(50);
    for (const name of ['p1', 'p2']) {
      expect(requests(lab, name).slice(0, 2)).toEqual([
        { kind: 'AUTH', user: null, password: 'sp' },
        { kind: 'SUBSCRIBE', channels: ['+switch-master'] },
      ]);
    }
    expect(lab.openAt('n1')).toHaveLength(1);
    lab.publish('p2', 'mymaster 10.0.2.1 6379 10.0.2.2 6379');
    expect(lab.openAt('n1')).toHaveLength(0);
    lab.hangUp('p2', lab.actor('p2').subscribers[0]!).run(990);
    expect(lab.actor('p2').subscribers).toHaveLength(1);
    lab.run(20);
    expect(lab.actor('p2').subscribers).toHaveLength(2);
    expect(lab.actor('p1').subscribers).toHaveLength(1);
  });

  test('leaves a write under way to its reply (R-CLI-2)', () => {
    const lab = stageOf({ spec: { subscribe: true }, nodes: { n1: { SET: null } } }).run(50);
    lab.publish('p1', 'mymaster 10.0.2.1 6379 10.0.2.2 6379');
    expect(lab.openAt('n1')).toHaveLength(1);
  });

  test('an unknown name is tried again every second, the others are subscribed at once', () => {
    const sentinels = ['ghost', addressOf('p2')].map((host) => ({ host, port: 26_379, password: '' }));
    const lab = stageOf({ spec: { subscribe: true, sentinels } }).run(50);
    expect(lab.actor('p2').subscribers).toHaveLength(1);
    lab.setName('ghost', addressOf('p1')).run(1000);
    expect(lab.actor('p1').subscribers).toHaveLength(1);
    expect(lab.actor('p2').subscribers).toHaveLength(1);
  });
});

describe('1 client that reads', () => {
  const reads = { everyUs: 50_000, firstUs: 30_000 };
  const replica = (node: string, flags = 'slave') =>
    list(...['name', node, 'ip', addressOf(node), 'port', '6379', 'flags', flags].map(bulk));
  const DIRECT = { host: addressOf('n2'), port: 6379 };

  test('of one node: the key last acknowledged, the first one before that', () => {
    const lab = stageOf({ spec: { direct: DIRECT, reads, sentinels: [] }, nodes: { n2: { SET: null } } }).run(
      45,
    );
    const keys = () =>
      requests(lab, 'n2').flatMap((request) => (request.kind === 'GET' ? [request.key] : []));
    expect(keys()).toEqual(['c2:0']);
    lab.script('n2', { SET: { kind: 'status', text: 'OK' } }).run(2100);
    const { ackedSequences } = client(lab);
    expect(ackedSequences.length).toBeGreaterThan(10);
    const read = Number(keys().at(-1)!.split(':')[1]);
    expect(ackedSequences).toContain(read);
    expect(ackedSequences.at(-1)! - read).toBeLessThanOrEqual(3);
  });

  test('asks for the replicas and the master, the next sentinel when one fails, and nobody more when all do', () => {
    const sentinels = ['ghost', addressOf('p1'), addressOf('p2'), addressOf('p3')].map((host) => ({
      host,
      port: 26_379,
      password: host === addressOf('p1') ? 'sp' : '',
    }));
    const spec = { reads, sentinels, writeUs: null };
    const failing = { p1: { SENTINEL: ERROR }, p2: { '*': null }, p3: { SENTINEL: ERROR } };
    const lab = stageOf({ spec, sentinels: failing }).run(520);
    expect(requests(lab, 'p1')).toEqual([
      { kind: 'AUTH', user: null, password: 'sp' },
      { kind: 'SENTINEL', words: ['REPLICAS', 'mymaster'] },
      { kind: 'SENTINEL', words: ['GET-MASTER-ADDR-BY-NAME', 'mymaster'] },
    ]);
    expect(kinds(lab, 'p2')).toEqual(['SENTINEL', 'SENTINEL']);
    expect(kinds(lab, 'p3')).toEqual([]);
    lab.run(30);
    expect(kinds(lab, 'p3')).toEqual(['SENTINEL', 'SENTINEL']);
    expect(refused(lab)).toEqual({ NOREPLICA: 1 });
    for (const name of ['p1', 'p3']) expect(lab.openAt(name).length).toBeLessThanOrEqual(1);
  });

  /** A client that only reads, and where its reads went within so many milliseconds; p1 knows these replicas. */
  const readers = (replicas: readonly Reply[], cast: Cast = {}, ms = 100) => {
    const p1 = { 'SENTINEL REPLICAS': list(...replicas), SENTINEL: masterAt('n1'), ...cast.sentinels?.p1 };
    const lab = stageOf({ ...cast, spec: { reads, writeUs: null, ...cast.spec }, sentinels: { p1 } }).run(ms);
    return { lab, read: ['n1', 'n2', 'n3'].filter((name) => kinds(lab, name).includes('GET')) };
  };

  test.each([
    [['slave', 'slave,s_down'], 'n2'],
    [['slave,s_down,o_down', 'slave'], 'n3'],
    [['slave,disconnected', 'slave'], 'n3'],
    [['slave,disconnected', 'slave,o_down'], 'n1'],
    [[], 'n1'],
  ])(
    'replicas with the flags %j: it reads from %s, the master only where there is no other',
    (flags, from) => {
      const { lab, read } = readers(flags.map((each, index) => replica(`n${index + 2}`, each)));
      expect(read).toEqual([from]);
      expect(kinds(lab, 'p2')).toEqual([]);
      expect(lab.openAt('p1')).toHaveLength(0);
      expect(kinds(lab, from)).toEqual(['GET', 'GET']);
    },
  );

  test('draws the first replica, tries the others after it, the master last', () => {
    const both = [replica('n2'), replica('n3')];
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const first = new Set(seeds.map((seed) => readers(both, { seed }).read.join()));
    expect([...first].sort()).toEqual(['n2', 'n3']);
    for (const seed of seeds) {
      expect(readers(both, { seed, down: ['n2'] }).read).toEqual(['n3']);
      expect(readers(both, { seed, down: ['n3'] }).read).toEqual(['n2']);
      expect(readers(both, { seed, down: ['n2', 'n3'] }).read).toEqual(['n1']);
    }
    const { lab } = readers(both, { down: ['n1', 'n2', 'n3'] });
    expect(refused(lab)).toEqual({ NOREPLICA: 2 });
  });

  test('passes over a replica whose name is unknown, and a master that nobody can name', () => {
    const ghost = list(...['name', 'g', 'ip', 'ghost', 'port', '6379', 'flags', 'slave'].map(bulk));
    expect(readers([ghost]).read).toEqual(['n1']);
    const { lab } = readers([ghost], { sentinels: { p1: { SENTINEL: { kind: 'array', items: null } } } });
    expect(refused(lab)).toEqual({ NOREPLICA: 2 });
  });

  test('gives a replica 500 ms to take its connection', () => {
    const { lab } = readers([replica('n2'), replica('n3')], {}, 29);
    lab.cut('c2', 'n2').cut('c2', 'n3').run(1000);
    expect(kinds(lab, 'n1')).toEqual([]);
    lab.run(15);
    expect(kinds(lab, 'n1')).toContain('GET');
  });

  test('authenticates at the node that it reads from', () => {
    const { lab } = readers([replica('n2')], { spec: { user: null, password: 'pw' } });
    expect(requests(lab, 'n2')).toMatchObject([
      { kind: 'AUTH', user: null, password: 'pw' },
      { kind: 'GET' },
      { kind: 'GET' },
    ]);
    expect(refused(lab)).toEqual({});
  });

  test.each([
    ['LOADING Redis is loading the dataset in memory', 2],
    ['MASTERDOWN Link with MASTER is down', 1],
  ])('after "%s" it has looked for a replica %i times', (text, times) => {
    const { lab } = readers([replica('n2')], { nodes: { n2: { GET: { kind: 'error', text } } } }, 75);
    lab.script('n2', { GET: { kind: 'bulk', text: null } }).run(60);
    expect(refused(lab)).toEqual({ [text.split(' ')[0]!]: 1 });
    expect(lab.actor('p1').accepted).toHaveLength(times);
    expect(lab.actor('n2').accepted).toHaveLength(times);
    expect(lab.openAt('n2')).toHaveLength(1);
  });

  test('a lost connection is refused only if a read is under way; the next read looks again', () => {
    const { lab } = readers([replica('n2')], {}, 45);
    lab.hangUp('n2', lab.openAt('n2')[0]!).run(60);
    expect(refused(lab)).toEqual({});
    expect(lab.actor('n2').accepted).toHaveLength(2);
    lab.script('n2', { GET: null }).run(60);
    lab.hangUp('n2', lab.openAt('n2')[0]!).run(5);
    expect(refused(lab)).toEqual({ CLOSED: 1 });
  });

  test('a reader of one node whose name is unknown is refused, and again at its next read', () => {
    const lab = stageOf({
      spec: { direct: { host: 'ghost', port: 6379 }, reads, sentinels: [], writeUs: null },
    });
    expect(refused(lab.run(45))).toEqual({ UNREACHABLE: 1 });
    lab.setName('ghost', addressOf('n2')).run(60);
    expect(refused(lab)).toEqual({ UNREACHABLE: 1 });
    expect(kinds(lab, 'n2')).toEqual(['GET']);
  });
});
