/** SHUTDOWN and SIGTERM: nothing is saved, the state is already in the file (S-CMD-SHUTDOWN). */
import { errorReply, type Reply, type Request } from '../../commands.ts';
import type { Host } from '../../process.ts';
import { logLine } from '../announcing.ts';
import type { SentinelState } from '../state.ts';

export function exitGracefully(state: SentinelState, host: Host): void {
  logLine(state, host, 'shutdown-requested', '');
  state.exited = true;
  host.exit(0);
}

/** Null: the process has gone without a reply. */
export function shutdown(
  state: SentinelState,
  host: Host,
  request: Extract<Request, { kind: 'SHUTDOWN' }>,
): Reply | null {
  if (request.abort) return errorReply('ERR No shutdown in progress.');
  exitGracefully(state, host);
  return null;
}
