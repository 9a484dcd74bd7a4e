/**
 * A network of namespaces: one for each machine, joined by a bridge in one more, so that nothing of it appears among the
 * interfaces of the machine that records. A cut is a neighbour entry with a dead link address: packets vanish without an
 * error. An isolated machine's port of the bridge goes down, as if its cable had been pulled; machines that are isolated
 * together are then joined by another bridge.
 */
import { spawn } from 'node:child_process';
import type { Network, Path } from './network.ts';
import type { PlannedMachine } from './plan.ts';

const DEAD_LINK_ADDRESS = '02:de:ad:00:00:00';
const OWN_NETWORK = '10.77.';

/** Runs `ip` with these lines as its batch. */
function ip(lines: readonly string[], namespace: string | null): Promise<void> {
  const words = [...(namespace === null ? [] : ['-n', namespace]), '-batch', '-'];
  return new Promise((resolve, reject) => {
    const child = spawn('ip', words, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += String(chunk);
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`ip ${words.join(' ')}: ${complaint.trim()}`));
    });
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}

/** True when this system lets us make namespaces, bridges and pairs of interfaces. */
export async function canHaveNamespaces(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const name = `sentinelsim-${process.pid}-try`;
  try {
    await ip([`netns add ${name}`], null);
  } catch {
    return false;
  }
  try {
    await ip(['link add e0 type veth peer name p0', 'link add b0 type bridge'], name);
    return true;
  } catch {
    return false;
  } finally {
    await ip([`netns del ${name}`], null);
  }
}

interface Site extends PlannedMachine {
  readonly namespace: string;
  readonly port: string;
  readonly linkAddress: string;
}

class Namespaces implements Network {
  readonly hasNamespaces = true;
  readonly #hub: string;
  readonly #sites: ReadonlyMap<string, Site>;
  /** Beside the common one. */
  #bridges = 0;

  constructor(prefix: string, machines: readonly PlannedMachine[]) {
    this.#hub = `${prefix}-hub`;
    this.#sites = new Map(machines.map((machine, index) => [machine.name, siteOf(prefix, machine, index)]));
  }

  async open(): Promise<void> {
    const sites = [...this.#sites.values()];
    await ip([`netns add ${this.#hub}`, ...sites.map(({ namespace }) => `netns add ${namespace}`)], null);
    await ip(
      [
        ...bridgeLines('b0'),
        ...sites.flatMap(({ namespace, port, linkAddress }) => [
          `link add ${port} type veth peer name e0 address ${linkAddress} netns ${namespace}`,
          `link set ${port} master b0 up`,
        ]),
      ],
      this.#hub,
    );
    for (const site of sites) await ip(interfaceLines(site, sites), site.namespace);
  }

  addressOf(machine: string): string {
    return this.#site(machine).address;
  }

  command(machine: string, file: string, words: readonly string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.#site(machine).namespace, file, ...words]];
  }

  async isolate(machines: readonly string[]): Promise<void> {
    const ports = machines.map((machine) => this.#site(machine).port);
    await ip([...ports.map((port) => `link set ${port} down`), ...this.#apart(ports)], this.#hub);
  }

  async rejoin(machines: readonly string[]): Promise<void> {
    const ports = machines.map((machine) => this.#site(machine).port);
    await ip(
      ports.flatMap((port) => [`link set ${port} master b0`, `link set ${port} up`]),
      this.#hub,
    );
  }

  /** Those that are isolated together meet on a bridge of their own. */
  #apart(ports: readonly string[]): string[] {
    if (ports.length < 2) return [];
    const bridge = `b${++this.#bridges}`;
    return [
      ...bridgeLines(bridge),
      ...ports.flatMap((port) => [`link set ${port} master ${bridge}`, `link set ${port} up`]),
    ];
  }

  async block(paths: readonly Path[], blocked: boolean): Promise<void> {
    const lines = new Map<string, string[]>();
    for (const { from, to } of paths) {
      const { namespace } = this.#site(from);
      const { address, linkAddress } = this.#site(to);
      const entry = blocked
        ? `${DEAD_LINK_ADDRESS} dev e0 nud permanent`
        : `${linkAddress} dev e0 nud reachable`;
      lines.set(namespace, [...(lines.get(namespace) ?? []), `neigh replace ${address} lladdr ${entry}`]);
    }
    await Promise.all([...lines].map(([namespace, batch]) => ip(batch, namespace)));
  }

  /** Interfaces go with their namespaces. */
  async close(): Promise<void> {
    const names = [...[...this.#sites.values()].map(({ namespace }) => namespace), this.#hub];
    await Promise.allSettled(names.map((name) => ip([`netns del ${name}`], null)));
  }

  #site(machine: string): Site {
    const site = this.#sites.get(machine);
    if (site === undefined) throw new Error(`there is no machine ${machine}`);
    return site;
  }
}

function bridgeLines(name: string): string[] {
  return [`link add ${name} type bridge stp_state 0 forward_delay 0`, `link set ${name} up`];
}

function siteOf(prefix: string, machine: PlannedMachine, index: number): Site {
  const linkAddress = `02:00:00:00:${byte(index >> 8)}:${byte(index & 255)}`;
  return { ...machine, namespace: `${prefix}-${index}`, port: `p${index}`, linkAddress };
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** Fixed addresses of a deployment may lie outside the common network: each is a route of its own. */
function interfaceLines({ address, name }: Site, sites: readonly Site[]): string[] {
  const foreign = sites.filter((other) => other.name !== name && !other.address.startsWith(OWN_NETWORK));
  return [
    'link set lo up',
    `addr add ${address}/${address.startsWith(OWN_NETWORK) ? 16 : 32} dev e0`,
    'link set e0 up',
    ...(address.startsWith(OWN_NETWORK) ? [] : [`route add ${OWN_NETWORK}0.0/16 dev e0`]),
    ...foreign.map((other) => `route add ${other.address}/32 dev e0`),
  ];
}

/** Builds the network; `prefix` is free and ours alone. */
export async function openNamespaces(prefix: string, machines: readonly PlannedMachine[]): Promise<Network> {
  const network = new Namespaces(prefix, machines);
  try {
    await network.open();
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}
