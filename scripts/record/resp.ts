/** RESP2 on a byte stream: requests as arrays of bulk strings, replies as the models' own values. */
import type { Reply } from '../../models/commands.ts';

export function encodeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** Takes bytes as they come and gives each reply when its last byte is there. */
export class ReplyReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** @throws Error when the bytes are not RESP2. */
  read(chunk: Buffer): Reply[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const replies: Reply[] = [];
    let from = 0;
    for (let parsed = this.#parse(from); parsed !== null; parsed = this.#parse(from)) {
      replies.push(parsed.reply);
      from = parsed.end;
    }
    this.#bytes = this.#bytes.subarray(from);
    return replies;
  }

  /** Null: the reply is not complete yet. */
  #parse(from: number): Parsed | null {
    const lineEnd = this.#bytes.indexOf('\r\n', from);
    if (lineEnd < 0) return null;
    const line = this.#bytes.toString('utf8', from + 1, lineEnd);
    const end = lineEnd + 2;
    const type = String.fromCharCode(this.#bytes[from]!);
    switch (type) {
      case '+':
        return { reply: { kind: 'status', text: line }, end };
      case '-':
        return { reply: { kind: 'error', text: line }, end };
      case ':':
        return { reply: { kind: 'integer', value: Number(line) }, end };
      case '$':
        return this.#parseBulk(Number(line), end);
      case '*':
        return this.#parseArray(Number(line), end);
      default:
        throw new Error(`not RESP2: ${JSON.stringify(type + line.slice(0, 40))}`);
    }
  }

  #parseBulk(length: number, from: number): Parsed | null {
    if (length < 0) return { reply: { kind: 'bulk', text: null }, end: from };
    const end = from + length + 2;
    if (this.#bytes.length < end) return null;
    return { reply: { kind: 'bulk', text: this.#bytes.toString('utf8', from, end - 2) }, end };
  }

  #parseArray(length: number, from: number): Parsed | null {
    if (length < 0) return { reply: { kind: 'array', items: null }, end: from };
    const items: Reply[] = [];
    let end = from;
    for (let i = 0; i < length; i++) {
      const item = this.#parse(end);
      if (item === null) return null;
      items.push(item.reply);
      end = item.end;
    }
    return { reply: { kind: 'array', items }, end };
  }
}
