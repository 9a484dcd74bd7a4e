/**
 * One client of a recording, in a process (and, where there are any, a network namespace) of its own. Reads its start as one
 * line of JSON; runs until its input says `end`, then writes its state as JSON. Input that ends otherwise ends it too.
 */
import { createInterface } from 'node:readline';
import { clientBehaviour } from '../models/client/client.ts';
import type { ClientSpec, ClientState } from '../models/client/state.ts';
import type { ClientStart } from './record/clients.ts';
import { waitUntil } from './record/clock.ts';
import { SocketHost } from './record/socketHost.ts';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done !== true) {
  const { process: client, startUs, endUs } = JSON.parse(first.value) as ClientStart;
  const host = new SocketHost<ClientSpec, ClientState>(client, clientBehaviour);
  const never = new AbortController().signal;
  let state: ClientState | null = null;
  const running = (async () => {
    await waitUntil(startUs, never);
    host.boot();
    await waitUntil(endUs, never);
    state = host.stop();
  })();
  const next = await lines.next();
  if (next.done !== true) {
    await running;
    process.stdout.write(`${JSON.stringify(state)}\n`, () => process.exit(0));
  } else process.exit(0);
}
