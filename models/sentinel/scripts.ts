/** Scripts are not run; what would be scheduled is announced (section 17). */
import type { Host } from '../process.ts';
import { type Address, announced } from './address.ts';
import { logLine } from './announcing.ts';
import type { Instance, SentinelState } from './state.ts';

/** Where the client-reconfig script would be scheduled (S-SCRIPT-2). */
export function scheduleReconfigScript(
  state: SentinelState,
  host: Host,
  master: Instance,
  role: 'leader' | 'observer',
  from: Address,
  to: Address,
): void {
  if (master.clientReconfigScript === '') return;
  const addresses = `${announced(state, from)} ${from.port} ${announced(state, to)} ${to.port}`;
  const words = `${master.clientReconfigScript} ${master.name} ${role} start ${addresses}`;
  logLine(state, host, 'scripts-unmodelled', words);
}
