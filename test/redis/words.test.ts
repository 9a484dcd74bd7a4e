/** Requests as words and back. */
import { describe, expect, test } from 'vitest';
import type { Request } from '../../models/commands.ts';
import { parseRequest } from '../../models/parseRequest.ts';
import { requestWords } from '../../models/requestWords.ts';
import { RedisLab } from '../support/redisLab.ts';
import { followPeer } from '../support/redisScripts.ts';

/** What an operator or a client may type, each with every option that has one. */
const LINES = [
  ...['PING', 'PING hello', 'AUTH pw', 'AUTH user pw', 'INFO', 'INFO server replication', 'ROLE', 'DBSIZE'],
  ...['GET k', 'SET k v', 'DEL a', 'DEL a b c', 'FLUSHALL', 'WAIT 2 500', 'PUBLISH channel text'],
  ...['MULTI', 'EXEC', 'DISCARD', 'SAVE', 'BGSAVE', 'BGREWRITEAOF', 'SCRIPT KILL'],
  ...['REPLICAOF NO ONE', 'REPLICAOF r1 6379', 'SLAVEOF NO ONE', 'SLAVEOF r1 6379'],
  ...['CONFIG GET a b', 'CONFIG SET a 1 b 2', 'CONFIG REWRITE'],
  ...['CLIENT SETNAME me', 'CLIENT PAUSE 100 WRITE', 'CLIENT PAUSE 100 ALL', 'CLIENT UNPAUSE'],
  ...['CLIENT KILL TYPE normal', 'CLIENT KILL TYPE pubsub SKIPME no', 'CLIENT KILL TYPE master'],
  ...['CLIENT KILL TYPE replica SKIPME no', 'DEBUG SLEEP 0.5', 'DEBUG POPULATE 5 key 100'],
  ...['SHUTDOWN', 'SHUTDOWN SAVE', 'SHUTDOWN NOSAVE NOW FORCE', 'SHUTDOWN ABORT'],
  ...[
    'FAILOVER',
    'FAILOVER TO r2 6379',
    'FAILOVER TO r2 6379 FORCE TIMEOUT 50',
    'FAILOVER ABORT',
    'FAILOVER TIMEOUT 7',
  ],
  ...[
    'SENTINEL masters',
    'SENTINEL CONFIG SET announce-port 5',
    'SENTINEL is-master-down-by-addr 10.0.0.1 6379 3 *',
  ],
  ...[
    'NONSENSE a b',
    'GET',
    'SET k',
    'CONFIG',
    'CLIENT KILL',
    'CLIENT LIST',
    'DEBUG',
    'SCRIPT LOAD x',
    'WAIT 1',
  ],
];

test.each(LINES)('%s stands for itself', (line) => {
  expect(requestWords(parseRequest(line.split(' '))).join(' ')).toBe(line);
});

test.each<[Request, string]>([
  [{ kind: 'SUBSCRIBE', channels: ['a', 'b'] }, 'SUBSCRIBE a b'],
  [{ kind: 'PSUBSCRIBE', patterns: ['a*'] }, 'PSUBSCRIBE a*'],
  [{ kind: 'REPLCONF', option: 'listening-port', port: 7 }, 'REPLCONF listening-port 7'],
  [{ kind: 'SYNC' }, 'SYNC'],
])('%j is %s', (request, line) => {
  expect(requestWords(request).join(' ')).toBe(line);
});

test.each<[string, Request]>([
  ['client kill type SLAVE skipme YES', { kind: 'CLIENT KILL', type: 'replica', skipMe: true }],
  ['client kill skipme NO', { kind: 'CLIENT KILL', type: 'all', skipMe: false }],
  ['client pause 5', { kind: 'CLIENT PAUSE', timeoutMs: 5, writesOnly: false }],
  ['client pause 5 write', { kind: 'CLIENT PAUSE', timeoutMs: 5, writesOnly: true }],
  ['debug populate 7', { kind: 'DEBUG POPULATE', keys: 7, valueBytes: 10 }],
  ['shutdown nosave', { kind: 'SHUTDOWN', save: false, now: false, force: false, abort: false }],
  [
    'failover to h 1 force',
    { kind: 'FAILOVER', to: { host: 'h', port: 1 }, force: true, abort: false, timeoutMs: 0 },
  ],
  ['slaveof no one', { kind: 'REPLICAOF', word: 'SLAVEOF', to: null }],
])('%s: letters do not matter, what is left out has its default', (line, request) => {
  expect(parseRequest(line.split(' '))).toEqual(request);
});

test.each([
  ...[
    'GET a b',
    'SET a',
    'SET a b EX 5',
    'DEL',
    'WAIT x 1',
    'WAIT 1 y',
    'PUBLISH c',
    'ROLE x',
    'MULTI x',
    'SAVE x',
  ],
  ...[
    'REPLICAOF h',
    'REPLICAOF h p',
    'REPLICAOF h 1 2',
    'CONFIG GET',
    'CONFIG SET',
    'CONFIG SET a',
    'CONFIG REWRITE x',
  ],
  ...[
    'CLIENT',
    'CLIENT SETNAME',
    'CLIENT PAUSE x',
    'CLIENT KILL TYPE nobody',
    'CLIENT KILL ID 5',
    'AUTH',
    'SCRIPT',
  ],
  ...[
    'DEBUG SLEEP',
    'DEBUG SLEEP -1',
    'DEBUG SLEEP 1 2',
    'DEBUG POPULATE x',
    'SHUTDOWN MAYBE',
    'FAILOVER TO h',
  ],
  ...['FAILOVER TO h p', 'FAILOVER TIMEOUT', 'FAILOVER x', 'DBSIZE 1', 'BGREWRITEAOF 1'],
])('%s is no command that is known here', (line) => {
  expect(parseRequest(line.split(' '))).toEqual({ kind: 'UNKNOWN', words: line.split(' ') });
});

// Each as redis-server 7.0.15 replied.
describe('1 master that renames CONFIG and GET', () => {
  const open = () =>
    new RedisLab({ r1: ['rename-command CONFIG ""', 'rename-command GET fetch'] }).connect('r1');

  test.each([
    ['GET a', "GET', with args beginning with: 'a' "],
    ['CONFIG GET x', "CONFIG', with args beginning with: 'GET' 'x' "],
    ['CONFIG SET maxmemory 1', "CONFIG', with args beginning with: 'SET' 'maxmemory' '1' "],
    ['SENTINEL masters', "SENTINEL', with args beginning with: 'masters' "],
    [
      'SENTINEL is-master-down-by-addr 1.2.3.4 6379 0 *',
      "SENTINEL', with args beginning with: 'is-master-down-by-addr' '1.2.3.4' '6379' '0' '*' ",
    ],
    ['NONSENSE', "NONSENSE', with args beginning with: "],
  ])('%s: the error quotes the whole command (R-ROLE-1)', (line, quoted) => {
    expect(open().ask(line)).toBe(`-ERR unknown command '${quoted}`);
  });

  test('a long one is quoted up to 128 characters (R-ROLE-1)', () => {
    expect(open().ask(`${'x'.repeat(200)} ${'y'.repeat(100)} ${'z'.repeat(100)} w`)).toBe(
      `-ERR unknown command '${'x'.repeat(128)}', with args beginning with: '${'y'.repeat(100)}' '${'z'.repeat(25)}' `,
    );
  });
});

test.each([
  ['CLIENT SETNAME x', 'client|setname'],
  ['CONFIG GET x', 'config|get'],
  ['SCRIPT KILL', 'script|kill'],
  ['REPLICAOF NO ONE', 'replicaof'],
  ['SLAVEOF NO ONE', 'slaveof'],
  ['DEBUG SLEEP 0', 'debug'],
  ['GET a', 'get'],
])('1 replica, a subscriber: %s may not be executed, by its full name %s (R-ROLE-1)', (line, name) => {
  const session = followPeer().connect('r1');
  session.ask({ kind: 'SUBSCRIBE', channels: ['c'] });
  expect(session.ask(line)).toBe(
    `-ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
});
