/** What a scenario asks for that this machine cannot do to real processes: diagnostics at the place in the file. */
import { addError, type Problems, startOf, throwErrors } from '../../src/config/problems.ts';
import { readText } from '../../src/config/source.ts';
import { child, itemsOf, readYaml, type YamlEntry, type YamlNode } from '../../src/config/yamlTree.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const NEEDS_NAMESPACES = ['isolate', 'rejoin', 'cut', 'cut-one-way', 'heal'];
const NAMESPACES =
  'a network namespace for each node: Linux, root (CAP_SYS_ADMIN and CAP_NET_ADMIN) and iproute2';

/** Verb → why no recording has it. */
const NEVER: Readonly<Record<string, string>> = {
  network: 'changing latency or loss is not recorded: links are those of the machine, about 25 us one way',
  clock: 'all nodes share the clock of the machine, which a recording does not set',
  restore: 'Redis keeps no earlier RDB files to go back to',
  'power-off':
    'a process can be killed and its machine isolated, but what it wrote stays in the memory of this machine, and nothing unsynced is lost',
  disk: 'the files of all nodes stand on one disk of this machine',
  names: 'nodes are configured with addresses; no host name is resolved',
};

const RECORDED = 'kill, stop, start, pause, resume, isolate, rejoin, cut, cut-one-way, heal or command';

/** Latencies up to this are taken for the machine's own. */
const OWN_LATENCY_US = 200;

/**
 * Refuses what cannot be recorded.
 * @throws InputError with every such place of the scenario file.
 */
export function refuseUnrecordable(path: string, scenario: Scenario, hasNamespaces: boolean): void {
  const source = readText(path);
  const problems: Problems = [];
  const root = ('text' in source ? readYaml(source.text, path, problems) : null) ?? undefined;
  for (const entry of itemsOf(child(root, 'timeline'))) refuseEntry(entry, hasNamespaces, problems);
  refuseConditions(child(root, 'network'), scenario, problems);
  if (scenario.deployment.sentinels.length === 0 && scenario.deployment.redis.length === 0) {
    addError(problems, startOf(path), 'there is nothing to start', {
      expected: 'a Redis node or a sentinel',
    });
  }
  throwErrors(problems);
}

function refuseEntry(entry: YamlNode, hasNamespaces: boolean, problems: Problems): void {
  if (entry.kind !== 'mapping') return;
  for (const [verb, value] of entry.entries) refuseVerb(verb, value, hasNamespaces, problems);
}

function refuseVerb(verb: string, { keyAt }: YamlEntry, hasNamespaces: boolean, problems: Problems): void {
  const never = Object.hasOwn(NEVER, verb) ? NEVER[verb] : undefined;
  if (never !== undefined) {
    addError(problems, keyAt, `${verb} cannot be recorded: ${never}`, {
      found: verb,
      expected: RECORDED,
      hint: `simulate it: sentinelsim run ${keyAt.file}`,
    });
  } else if (!hasNamespaces && NEEDS_NAMESPACES.includes(verb)) {
    addError(problems, keyAt, `${verb} needs ${NAMESPACES}`, {
      found: verb,
      expected: 'kill, stop, start, pause, resume or command, which need nothing',
      hint: 'record as root on a machine with iproute2',
    });
  }
}

function refuseConditions(node: YamlNode | undefined, { network }: Scenario, problems: Problems): void {
  if (node === undefined) return;
  const { latencyUs = 0, jitterUs = 0, lossPerMillion = 0, overrides } = network;
  if (latencyUs <= OWN_LATENCY_US && jitterUs === 0 && lossPerMillion === 0 && overrides.length === 0) return;
  addError(problems, node.at, `these conditions cannot be recorded: ${NEVER.network}`, {
    expected: `a latency of at most ${OWN_LATENCY_US} us, no jitter, no loss`,
    hint: `simulate it: sentinelsim run ${node.at.file}`,
  });
}
