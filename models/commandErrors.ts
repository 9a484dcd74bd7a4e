/** Errors that servers and Sentinels have in common (S-CMD-1, R-ROLE-1). */
import { errorReply, type Reply, type Request } from './commands.ts';
import { requestWords } from './requestWords.ts';

const SHOWN_CHARACTERS = 128;

/** A command that the process does not have: names up to 128 characters, arguments until 128 characters are shown. */
export function unknownCommand(request: Request): Reply {
  const [name = '', ...rest] = requestWords(request);
  let shown = '';
  for (const word of rest) {
    if (shown.length >= SHOWN_CHARACTERS) break;
    shown += `'${word.slice(0, SHOWN_CHARACTERS - shown.length)}' `;
  }
  const text = name.slice(0, SHOWN_CHARACTERS);
  return errorReply(`ERR unknown command '${text}', with args beginning with: ${shown}`);
}

/** The commands whose second word names a command of its own. */
const CONTAINERS = ['CLIENT', 'CONFIG', 'SCRIPT', 'SENTINEL'];

/** What a client with subscriptions may not send. */
export function notWhileSubscribed(request: Request): Reply {
  const [name = '', subcommand = ''] = requestWords(request);
  const full = CONTAINERS.includes(name) ? `${name}|${subcommand}` : name;
  const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context';
  return errorReply(`ERR Can't execute '${full.toLowerCase()}': only ${allowed}`);
}
