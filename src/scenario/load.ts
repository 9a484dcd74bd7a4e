/** Reads a scenario file: YAML → schema → names and targets, with every error at its place in the file. */
import { basename, dirname, join } from 'node:path';
import type { Deployment } from '../config/deployment.ts';
import { InputError } from '../config/diagnostic.ts';
import { loadDeployment } from '../config/loadDeployment.ts';
import { addError, inputError, type Problems, startOf, throwErrors } from '../config/problems.ts';
import { pathKind, readText } from '../config/source.ts';
import { child, childText, readYaml, toPlain, type YamlMapping, type YamlNode } from '../config/yamlTree.ts';
import { readClientNames, readClients } from './clients.ts';
import { durationUs, readNetwork } from './conditions.ts';
import { parseDurationRange } from './durations.ts';
import { readExpectations } from './expectations.ts';
import type { Scenario, TimelineEntry } from './scenario.ts';
import { outlineSchema } from './schema.ts';
import type { Names } from './targets.ts';
import { readTopology } from './topology.ts';
import { check } from './validate.ts';
import { readTimeline } from './verbs.ts';

const DEFAULT_SETTLE_US = { min: 15_000_000, max: 25_000_000 };
const DEFAULT_VALUE_BYTES = 100;
const SHORTEST_US = 60_000_000;
const AFTER_LAST_ENTRY_US = 30_000_000;

function readSource(path: string): string {
  const opened = readText(path);
  if ('text' in opened) return opened.text;
  const problems: Problems = [];
  addError(problems, startOf(path), opened.error, {
    expected: 'a readable text file of at most 1 MiB',
    hint: opened.hint,
  });
  throw inputError(problems);
}

function stem(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '') || 'scenario';
}

/** A deployment in a file of its own; its errors join those of the scenario. */
function loadNamed(node: YamlNode, file: string, problems: Problems): Deployment | null {
  const path = node.kind === 'scalar' ? node.text : '';
  const full = join(dirname(file), path);
  if (pathKind(full) === 'missing') {
    addError(problems, node.at, `cannot read the deployment: No such file or directory`, {
      found: path,
      expected: 'a docker-compose.yml or its folder, relative to this file',
    });
    return null;
  }
  try {
    return loadDeployment(full);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.diagnostics);
    return null;
  }
}

function readDeployment(root: YamlNode, name: string, problems: Problems): Deployment | null {
  const deployment = child(root, 'deployment');
  const topology = child(root, 'topology');
  if (deployment !== undefined && topology !== undefined) {
    addError(problems, deployment.at, 'a scenario has either a deployment or a topology, not both', {
      expected: 'deployment or topology',
    });
    return null;
  }
  if (topology !== undefined) return readTopology(topology, name, problems);
  if (deployment !== undefined) return loadNamed(deployment, root.at.file, problems);
  addError(problems, root.at, 'the scenario has no deployment and no topology', {
    expected: 'deployment: <path>, or topology: with redis and sentinels',
  });
  return null;
}

function endOf(entry: TimelineEntry): number {
  const forUs = 'forUs' in entry.verb ? entry.verb.forUs : null;
  return entry.atUs + (forUs ?? 0);
}

/** The last entry's end and 30 s more, at least a minute. */
function defaultDuration(timeline: readonly TimelineEntry[]): number {
  return Math.max(SHORTEST_US, ...timeline.map((entry) => endOf(entry) + AFTER_LAST_ENTRY_US));
}

function readParts(root: YamlNode, name: string, deployment: Deployment, problems: Problems): Scenario {
  const clients = readClientNames(child(root, 'clients'), { deployment, problems });
  const names: Names = { deployment, clients, problems };
  const timeline = readTimeline(child(root, 'timeline'), names);
  const dataset = child(root, 'dataset');
  return {
    name,
    about: childText(root, 'about') ?? '',
    deployment,
    network: readNetwork(child(root, 'network'), names),
    dataset: {
      keys: Number(childText(dataset, 'keys') ?? 0),
      valueBytes: Number(childText(dataset, 'valueBytes') ?? DEFAULT_VALUE_BYTES),
    },
    settleUs: parseDurationRange(childText(root, 'settle') ?? '') ?? DEFAULT_SETTLE_US,
    durationUs: durationUs(child(root, 'duration')) ?? defaultDuration(timeline),
    clients: readClients(child(root, 'clients'), names),
    timeline,
    expect: readExpectations(child(root, 'expect'), names),
  };
}

/** The parts of the file whose shape is right; null when what all the others refer to is not among them. */
function soundParts(root: YamlMapping, problems: Problems): YamlMapping | null {
  check(outlineSchema, root, problems);
  const failing = outlineSchema.safeParse(toPlain(root)).error?.issues.map(({ path }) => path[0]) ?? [];
  if (failing.includes('topology') || failing.includes('deployment')) return null;
  return { ...root, entries: new Map([...root.entries].filter(([key]) => !failing.includes(key))) };
}

function readScenario(root: YamlNode, file: string, problems: Problems): Scenario {
  if (root.kind !== 'mapping') {
    addError(problems, root.at, 'the file is no scenario', {
      found: root.kind === 'scalar' ? root.text : 'a list',
      expected: 'a mapping with deployment or topology',
    });
    throw inputError(problems);
  }
  const name = childText(root, 'name') ?? stem(file);
  const sound = soundParts(root, problems);
  const deployment = sound === null ? null : readDeployment(sound, name, problems);
  // Without a deployment every target would be unknown: only its own errors are worth showing.
  if (deployment === null) throw inputError(problems);
  const scenario = readParts(sound!, name, deployment, problems);
  throwErrors(problems);
  return scenario;
}

/** Reads a scenario from its text; `file` is where it stands, for messages and relative paths. */
export function parseScenario(text: string, file: string): Scenario {
  const problems: Problems = [];
  const root = readYaml(text, file, problems);
  throwErrors(problems);
  return readScenario(root!, file, problems);
}

/** Reads a scenario file. Throws an {@link InputError} with all that is wrong. */
export function loadScenario(path: string): Scenario {
  return parseScenario(readSource(path), path);
}

/** What a path that may be either turned out to be. */
export type Loaded =
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | { readonly kind: 'deployment'; readonly deployment: Deployment };

/** A folder is a deployment; a file is one when it has `services`, otherwise it is a scenario. */
export function loadScenarioOrDeployment(path: string): Loaded {
  if (pathKind(path) === 'folder') return { kind: 'deployment', deployment: loadDeployment(path) };
  const text = readSource(path);
  const problems: Problems = [];
  const root = readYaml(text, path, problems);
  throwErrors(problems);
  if (child(root!, 'services') !== undefined && child(root!, 'topology') === undefined) {
    return { kind: 'deployment', deployment: loadDeployment(path) };
  }
  return { kind: 'scenario', scenario: readScenario(root!, path, problems) };
}
