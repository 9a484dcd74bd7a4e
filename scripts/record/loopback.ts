/** Without namespaces: each machine is an address of 127.0.0.0/8, all of which Linux takes for its own. Nothing can be cut. */
import { createServer } from 'node:net';
import type { Network } from './network.ts';
import type { PlannedMachine } from './plan.ts';

const FIRST_NETWORK = 77;

export function openLoopback(slot: number, machines: readonly PlannedMachine[]): Network {
  const addresses = new Map(
    machines.map(({ name }, index) => [
      name,
      `127.${FIRST_NETWORK + slot}.${index >> 7}.${(index & 127) + 1}`,
    ]),
  );
  const impossible = async () => {
    throw new Error('nothing can be cut without network namespaces');
  };
  return {
    hasNamespaces: false,
    addressOf: (machine) => addresses.get(machine)!,
    command: (_machine, file, words) => [file, [...words]],
    isolate: impossible,
    rejoin: impossible,
    block: impossible,
    close: async () => {},
  };
}

/** True when a process can listen on any loopback address (Linux; other systems have 127.0.0.1 alone). */
export function hasLoopbackAddresses(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(0, `127.${FIRST_NETWORK}.0.1`, () => server.close(() => resolve(true)));
  });
}
