/** AUTH and `requirepass` (S-CMD-AUTH). */
import { errorReply, OK, type Reply, type Request } from '../../commands.ts';
import type { Client, SentinelState } from '../state.ts';

const NO_PASSWORD_SET = errorReply(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
);
const WRONG_PASSWORD = errorReply('WRONGPASS invalid username-password pair or user is disabled.');
export const NOT_AUTHENTICATED = errorReply('NOAUTH Authentication required.');

/** True when the client may use commands. */
export function mayProceed(state: SentinelState, client: Client): boolean {
  return client.authenticated || state.requirepass === '';
}

export function authenticate(
  state: SentinelState,
  client: Client,
  request: Extract<Request, { kind: 'AUTH' }>,
): Reply {
  if (request.user === null && state.requirepass === '') return NO_PASSWORD_SET;
  const userFits = request.user === null || request.user === 'default';
  const passwordFits = state.requirepass === '' || request.password === state.requirepass;
  if (!userFits || !passwordFits) return WRONG_PASSWORD;
  client.authenticated = true;
  return OK;
}
