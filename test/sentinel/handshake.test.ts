import { describe, expect, test } from 'vitest';
import { errorReply, PONG } from '../../models/commands.ts';
import { stage } from '../support/stages.ts';
import { masterInfo } from '../support/wire.ts';

describe('1 Sentinel: AUTH', () => {
  const password = (text: string, user: string | null = null) => ({ kind: 'AUTH', user, password: text });
  test.each([
    { lines: [], nodes: [], peers: [] },
    { lines: ['sentinel auth-pass mymaster pw'], nodes: [password('pw')], peers: [] },
    {
      lines: ['sentinel auth-user mymaster eve', 'sentinel auth-pass mymaster pw'],
      nodes: [password('pw', 'eve')],
      peers: [],
    },
    { lines: ['sentinel auth-user mymaster eve'], nodes: [], peers: [] },
    { lines: ['requirepass own'], nodes: [], peers: [password('own')] },
    { lines: ['requirepass own', 'sentinel sentinel-user bob'], nodes: [], peers: [password('own')] },
    { lines: ['requirepass own', 'sentinel sentinel-pass sp'], nodes: [], peers: [password('sp')] },
    {
      lines: ['sentinel sentinel-user bob', 'sentinel sentinel-pass sp'],
      nodes: [],
      peers: [password('sp', 'bob')],
    },
    { lines: ['sentinel sentinel-user bob'], nodes: [], peers: [] },
  ])('with $lines: data nodes $nodes, Sentinels $peers (S-LINK-12)', ({ lines, nodes, peers }) => {
    const lab = stage({ replicas: 1, peers: 1, lines });
    const sent = (name: string) => lab.heard(name, 'AUTH').map(({ message }) => message);
    // Master and replica: once for each of the two connections.
    for (const name of ['n1', 'n2']) expect(sent(name)).toEqual([...nodes, ...nodes]);
    expect(sent('p1')).toEqual(peers);
  });

  test('its reply is ignored; the error replies to PING that follow make the node S_DOWN (S-LINK-12)', () => {
    const lab = stage({ replicas: 1, peers: 0, lines: ['sentinel auth-pass mymaster wrong'] });
    lab.script('n2', { AUTH: errorReply('WRONGPASS invalid') });
    for (const connection of lab.openAt('n2')) lab.hangUp('n2', connection);
    lab.run(10_000);
    expect(lab.events('s1')).toEqual([]);
    lab.script('n2', { PING: errorReply('NOAUTH Authentication required.') });
    expect(lab.untilSaid('s1', '+sdown').message).toContain('slave 10.0.2.2:6379');
  });
});

test('1 Sentinel: connections are named after the first 8 characters of its id (S-LINK-13)', () => {
  const lab = stage({ replicas: 1, peers: 1 });
  const prefix = `sentinel-${lab.sentinel('s1').myId.slice(0, 8)}`;
  const namesAt = (name: string) =>
    lab
      .heard(name, 'CLIENT SETNAME')
      .map(({ message }) => ('clientName' in message ? message.clientName : ''));
  expect(namesAt('n1')).toEqual([`${prefix}-cmd`, `${prefix}-pubsub`]);
  expect(namesAt('n2')).toEqual([`${prefix}-cmd`, `${prefix}-pubsub`]);
  expect(namesAt('p1')).toEqual([`${prefix}-cmd`]);
});

describe('1 Sentinel, rename-command: ', () => {
  const RENAMED = [
    'auth',
    'Client',
    'SUBSCRIBE',
    'ping',
    'INFO',
    'publish',
    'SENTINEL',
    'MULTI',
    'SLAVEOF',
    'config',
    'exec',
  ];
  const lines = [
    'sentinel auth-pass mymaster pw',
    ...RENAMED.map((name) => `sentinel rename-command mymaster ${name} X-${name.toUpperCase()}`),
  ];

  test('master, replicas and Sentinels get every command under its new name, subcommands as ever (S-LINK-14)', () => {
    const lab = stage({ replicas: 1, peers: 1, lines, quorum: 1, downAfterMs: 2000 });
    for (const name of ['n1', 'n2', 'p1']) lab.script(name, { UNKNOWN: PONG });
    lab.run(3000);
    const words = (name: string) =>
      lab.actor(name).heard.map(({ message }) => ('words' in message ? message.words : [message.kind]));
    const commands = (name: string) => [...new Set(words(name).map(([command]) => command))].sort();
    expect(commands('n1')).toEqual(['X-AUTH', 'X-CLIENT', 'X-INFO', 'X-PING', 'X-PUBLISH', 'X-SUBSCRIBE']);
    expect(commands('p1')).toEqual(['X-CLIENT', 'X-PING', 'X-PUBLISH']);
    expect(words('n1').find(([command]) => command === 'X-CLIENT')![1]).toBe('SETNAME');
    lab.mute('n1');
    lab.untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(200);
    expect(commands('p1')).toContain('X-SENTINEL');
    expect(words('p1').find(([command]) => command === 'X-SENTINEL')![1]).toBe('is-master-down-by-addr');
  });

  test('SLAVEOF and what goes with it too (S-LINK-14)', () => {
    const lab = stage({
      replicas: 2,
      peers: 0,
      quorum: 1,
      lines: [
        'sentinel rename-command mymaster slaveof X-SLAVEOF',
        'sentinel rename-command mymaster exec X-EXEC',
      ],
    });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const promoted = lab.untilSaid('s1', '+failover-state-wait-promotion').message.includes('10.0.2.2')
      ? 'n2'
      : 'n3';
    lab.run(5).script(promoted, { INFO: masterInfo(promoted) });
    const sent = lab
      .heard(promoted, 'UNKNOWN')
      .map(({ message }) => ('words' in message ? message.words : []));
    expect(sent).toEqual([['X-SLAVEOF', 'NO', 'ONE'], ['X-EXEC']]);
  });
});
