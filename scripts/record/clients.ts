/** The clients of a recording: a child process for each, started early, told when to write and when to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClientSpec, ClientState } from '../../models/client/state.ts';
import type { Network } from './network.ts';
import type { Plan, PlannedClient } from './plan.ts';
import type { SocketProcess } from './socketHost.ts';

/** What a client process reads on its input. Times in microseconds of the wall clock. */
export interface ClientStart {
  readonly process: SocketProcess<ClientSpec>;
  readonly startUs: number;
  readonly endUs: number;
}

const PROGRAM = fileURLToPath(new URL('../recordClient.ts', import.meta.url));

export class Clients {
  readonly #children = new Map<string, ChildProcess>();

  /** Starts the processes; they wait. */
  launch(plan: Plan, network: Network): void {
    for (const { name, machine } of plan.clients) {
      const [file, words] = network.command(machine, process.execPath, [...process.execArgv, PROGRAM]);
      const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
      // A client that is killed has no input to write to any more.
      child.stdin.on('error', () => {});
      this.#children.set(name, child);
    }
  }

  begin(
    client: PlannedClient,
    plan: Plan,
    network: Network,
    times: { startUs: number; endUs: number },
  ): void {
    const start: ClientStart = {
      process: {
        spec: client.spec,
        name: client.name,
        address: network.addressOf(client.machine),
        bindsAddress: !network.hasNamespaces,
        names: plan.namesToAddresses(network),
        seed: plan.seed,
      },
      ...times,
    };
    this.#children.get(client.name)!.stdin!.write(`${JSON.stringify(start)}\n`);
  }

  /** Ends the client and gives its state. */
  async finish(name: string): Promise<ClientState> {
    const child = this.#children.get(name)!;
    child.stdin!.write('end\n');
    let text = '';
    for await (const chunk of child.stdout!) text += String(chunk);
    if (text === '') throw new Error(`client ${name} ended without a result`);
    return JSON.parse(text) as ClientState;
  }

  kill(): void {
    for (const child of this.#children.values()) child.kill('SIGKILL');
  }
}
