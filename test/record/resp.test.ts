import { describe, expect, test } from 'vitest';
import type { Reply } from '../../models/commands.ts';
import { encodeRequest, ReplyReader } from '../../scripts/record/resp.ts';

const WIRE = Buffer.from(
  '+OK\r\n-READONLY You cannot write\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n$0\r\n\r\n*-1\r\n*3\r\n$6\r\nmaster\r\n:42\r\n*0\r\n$2\r\né\r\n',
);
const REPLIES: readonly Reply[] = [
  { kind: 'status', text: 'OK' },
  { kind: 'error', text: 'READONLY You cannot write' },
  { kind: 'integer', value: -7 },
  { kind: 'bulk', text: 'a\r\n' },
  { kind: 'bulk', text: null },
  { kind: 'bulk', text: '' },
  { kind: 'array', items: null },
  {
    kind: 'array',
    items: [
      { kind: 'bulk', text: 'master' },
      { kind: 'integer', value: 42 },
      { kind: 'array', items: [] },
    ],
  },
  { kind: 'bulk', text: 'é' },
];

describe('RESP2 on a byte stream', () => {
  test('every kind of reply is read, however the bytes are cut into chunks', () => {
    // 'a\r\n' has three characters and its own line end inside.
    for (let size = 1; size <= WIRE.length; size++) {
      const reader = new ReplyReader();
      const replies: Reply[] = [];
      for (let at = 0; at < WIRE.length; at += size)
        replies.push(...reader.read(WIRE.subarray(at, at + size)));
      expect(replies, `chunks of ${size}`).toEqual(REPLIES);
    }
  });

  test('an incomplete array gives nothing until its last byte', () => {
    const reader = new ReplyReader();
    expect(reader.read(Buffer.from('*2\r\n:1\r\n:2\r'))).toEqual([]);
    expect(reader.read(Buffer.from('\n'))).toHaveLength(1);
  });

  test('what is not RESP2 is an error, not silence', () => {
    expect(() => new ReplyReader().read(Buffer.from('HTTP/1.1 400\r\n'))).toThrow(/not RESP2/);
  });

  test('a request is an array of bulk strings whose lengths count bytes', () => {
    expect(encodeRequest(['SET', 'é', ''])).toBe('*3\r\n$3\r\nSET\r\n$2\r\né\r\n$0\r\n\r\n');
  });
});
