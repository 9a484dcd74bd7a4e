/** What a search is to do, as plain data that threads can be given; and the reading of the options that name it. */
import { FAULT_KINDS, type FaultKind } from '../../properties/arbitraries/faults.ts';
import { catalogue } from '../../properties/catalogue.ts';
import type { Property } from '../../properties/property.ts';
import { suggestion } from '../config/nearest.ts';
import { labelled, PAGE_WIDTH, wrap } from '../report/wrap.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { type Requirement, readRequirements } from '../search/requirements.ts';
import type { TestRequest } from './testArguments.ts';
import { UsageError } from './usageError.ts';

/** Random faults around what a user named. */
export interface FaultsAround {
  readonly kind: 'around';
  readonly base: PreparedRun;
  /** Empty: no faults but those of the scenario's own timeline. */
  readonly kinds: readonly FaultKind[];
  readonly maxFaults: number;
}

export interface SearchPlan {
  /** What runs are drawn from: faults around a deployment, or whole clusters. */
  readonly space: FaultsAround | { readonly kind: 'clusters' };
  readonly seed: number;
  readonly properties: readonly string[];
  readonly requirements: readonly Requirement[];
}

/** A property of the catalogue or a requirement of the user, as far as printing needs it. */
export interface Law {
  readonly name: string;
  readonly statement: string;
  readonly property: Property | null;
  readonly requirement: Requirement | null;
}

const GROUPS: Readonly<Record<string, readonly FaultKind[]>> = {
  crash: ['kill-master', 'kill', 'power-off'],
  partition: ['isolate', 'cut', 'cut-one-way'],
  /** What operators type: nothing of it happens by itself. */
  operator: [
    'failover',
    'restore',
    'shutdown',
    'save',
    'client-kill',
    'config-set',
    'replicaof',
    'set',
    'reset',
    'remove',
    'crash-after',
  ],
};
const NO_FAULTS = 'none';

/** Laws hold whatever operators do; what a user requires is about accidents. */
function usualKinds({ requirements }: TestRequest): readonly FaultKind[] {
  if (requirements.length === 0) return FAULT_KINDS;
  return FAULT_KINDS.filter((kind) => !GROUPS.operator!.includes(kind));
}

function kindsOf(request: TestRequest): readonly FaultKind[] {
  const { faults } = request;
  if (faults === null) return usualKinds(request);
  if (faults.trim() === NO_FAULTS) return [];
  const words = faults.split(',').map((word) => word.trim());
  return [...new Set(words.flatMap(kindsOfWord))];
}

function kindsOfWord(word: string): readonly FaultKind[] {
  if (Object.hasOwn(GROUPS, word)) return GROUPS[word]!;
  const kind = FAULT_KINDS.find((name) => name === word);
  if (kind !== undefined) return [kind];
  const known = [...Object.keys(GROUPS), ...FAULT_KINDS];
  const found =
    word === NO_FAULTS ? 'none stands alone' : `there is no fault ${word === '' ? '(empty)' : word}`;
  throw refusal('--faults', found, [...known, NO_FAULTS], suggestion(word, known));
}

/** What was found, what was expected, and a way out, as diagnostics of files have them. */
function refusal(option: string, found: string, expected: readonly string[], hint: string): UsageError {
  const lines = [
    `error: ${option}: ${found}`,
    ...labelled('  expected', wrap(`one of ${expected.join(', ')}`, PAGE_WIDTH - 12), 12),
    ...(hint === '' ? [] : [`  try       ${hint}`]),
  ];
  return new UsageError(lines.join('\n'));
}

/** The property of this name. */
export function propertyNamed(name: string): Property {
  const property = catalogue.find((each) => each.name === name);
  if (property !== undefined) return property;
  const names = catalogue.map((each) => each.name);
  throw refusal('--property', `there is no property ${name}`, names, suggestion(name, names));
}

/** Names of the laws that a real Sentinel holds. */
export function lawsThatHold(): string[] {
  return catalogue.filter(({ holds }) => holds).map(({ name }) => name);
}

/** @throws UsageError or InputError for what cannot be searched for. */
export function planOf(request: TestRequest, base: PreparedRun): SearchPlan {
  const { deployment, clients } = base.scenario;
  const names = clients.map(({ name }) => name);
  const asked = [...new Set(request.properties)].map((name) => propertyNamed(name).name);
  const onlyRequired = request.properties.length === 0 && request.requirements.length > 0;
  return {
    space: { kind: 'around', base, kinds: kindsOf(request), maxFaults: request.maxFaults },
    seed: request.seed,
    properties: asked.length > 0 || onlyRequired ? asked : lawsThatHold(),
    requirements: readRequirements([...new Set(request.requirements)], deployment, names),
  };
}

/** The laws of a plan: properties, then requirements. */
export function lawsOf({ properties, requirements }: SearchPlan): Law[] {
  return [
    ...properties.map(propertyNamed).map((property) => ({
      name: property.name,
      statement: property.statement,
      property,
      requirement: null,
    })),
    ...requirements.map((requirement) => ({
      name: requirement.text,
      statement: 'required',
      property: null,
      requirement,
    })),
  ];
}
