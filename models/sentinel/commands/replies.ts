/** Building replies, and the words of requests as numbers. */
import { errorReply, type Reply } from '../../commands.ts';

export function bulk(text: string | null): Reply {
  return { kind: 'bulk', text };
}

export function integer(value: number): Reply {
  return { kind: 'integer', value };
}

export function array(items: readonly Reply[]): Reply {
  return { kind: 'array', items };
}

/** A map as RESP2 shows it: keys and values in turn, all bulk strings (S-CMD-3). */
export function flatMap(words: readonly string[]): Reply {
  return array(words.map(bulk));
}

export const NULL_ARRAY: Reply = { kind: 'array', items: null };
export const NO_SUCH_MASTER: Reply = errorReply('ERR No such master with that name');
export const NOT_AN_INTEGER: Reply = errorReply('ERR value is not an integer or out of range');
/** S-PERSIST-2. */
export const NOT_SAVED: Reply = errorReply('ERR Failed to save config file. Check server logs.');

/** `command` is `sentinel` or `sentinel|<subcommand>` (S-CMD-2). */
export function wrongArity(command: string): Reply {
  return errorReply(`ERR wrong number of arguments for '${command}' command`);
}

/** A decimal integer without sign plus, blanks or leading zeros, as Redis's own parser wants it; else null. */
export function parseInteger(text: string): number | null {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : null;
}
