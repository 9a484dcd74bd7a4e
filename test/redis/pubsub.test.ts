import { expect, test } from 'vitest';
import type { Message } from '../../models/commands.ts';
import { group } from '../support/redisLab.ts';

const pushes = (heard: readonly Message[]) =>
  heard.flatMap((message) =>
    message.kind === 'message' ? [`${message.pattern ?? ''} ${message.channel} ${message.payload}`] : [],
  );

test('1 master, 1 replica: a message reaches each subscriber once for its channel and for each pattern, also at the replica (R-OFF-2)', () => {
  const lab = group(1);
  const both = lab.connect('r1').send({ kind: 'SUBSCRIBE', channels: ['news', 'news', 'other'] });
  both.send({ kind: 'PSUBSCRIBE', patterns: ['n*', 'x*'] });
  const atReplica = lab.connect('r2').send({ kind: 'PSUBSCRIBE', patterns: ['n?ws', '[a-m]*'] });
  lab.run(0.01);
  expect(both.heard.map((message) => ('count' in message ? message.count : 0))).toEqual([1, 1, 2, 3, 4]);
  expect(lab.ask('r1', 'PUBLISH news one')).toBe(2);
  expect(lab.ask('r1', 'PUBLISH nothing two')).toBe(1);
  expect(lab.ask('r1', 'PUBLISH absent three')).toBe(0);
  // Of a replica it goes no further.
  expect(lab.ask('r2', 'PUBLISH news four')).toBe(1);
  lab.run(0.01);
  expect(pushes(both.heard)).toEqual([' news one', 'n* news one', 'n* nothing two']);
  expect(pushes(atReplica.heard)).toEqual(['n?ws news one', '[a-m]* absent three', 'n?ws news four']);
});

test('1 master: whoever has a pattern alone is a subscriber too', () => {
  const lab = group(0);
  const session = lab.connect('r1').send({ kind: 'PSUBSCRIBE', patterns: ['c*'] });
  lab.run(0.01);
  expect(session.ask('PING')).toEqual(['pong', '']);
  expect(session.ask('GET a')).toMatch(/^-ERR Can't execute 'get'/);
  expect(lab.ask('r1', 'CLIENT KILL TYPE normal')).toBe(0);
  expect(lab.ask('r1', 'CLIENT KILL TYPE pubsub')).toBe(1);
});

test('1 master: a subscriber that has gone is no receiver', () => {
  const lab = group(0);
  const sessions = [lab.connect('r1'), lab.connect('r1')];
  for (const session of sessions) {
    session.send({ kind: 'SUBSCRIBE', channels: ['c'] }).send({ kind: 'PSUBSCRIBE', patterns: ['c*'] });
  }
  lab.run(0.01);
  expect(lab.ask('r1', 'PUBLISH c m')).toBe(4);
  sessions[0]!.close();
  lab.run(0.01);
  expect(lab.ask('r1', 'PUBLISH c m')).toBe(2);
  expect(lab.ask('r1', 'CLIENT KILL TYPE pubsub')).toBe(1);
  expect(lab.ask('r1', 'PUBLISH c m')).toBe(0);
});
