/** The error for commands that a Sentinel does not have (S-CMD-1). */
import { errorReply, type Reply } from '../../commands.ts';

const SHOWN_CHARACTERS = 128;

/** Names up to 128 characters, arguments until 128 characters are shown. */
export function unknownCommand(words: readonly string[]): Reply {
  const [name = '', ...rest] = words;
  let shown = '';
  for (const word of rest) {
    if (shown.length >= SHOWN_CHARACTERS) break;
    shown += `'${word.slice(0, SHOWN_CHARACTERS - shown.length)}' `;
  }
  const text = name.slice(0, SHOWN_CHARACTERS);
  return errorReply(`ERR unknown command '${text}', with args beginning with: ${shown}`);
}
