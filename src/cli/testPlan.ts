/** What a search is to do, as plain data that threads can be given; and the reading of the options that name it. */
import { FAULT_KINDS, type FaultKind } from '../../properties/arbitraries/faults.ts';
import { catalogue } from '../../properties/catalogue.ts';
import type { Property } from '../../properties/property.ts';
import { suggestion } from '../config/nearest.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { type Requirement, readRequirements } from '../search/requirements.ts';
import type { TestRequest } from './testArguments.ts';
import { UsageError } from './usageError.ts';

export interface SearchPlan {
  readonly base: PreparedRun;
  readonly seed: number;
  readonly properties: readonly string[];
  readonly requirements: readonly Requirement[];
  /** Empty: no faults but those of the scenario's own timeline. */
  readonly kinds: readonly FaultKind[];
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
};
const NO_FAULTS = 'none';

function kindsOf(faults: string | null): readonly FaultKind[] {
  if (faults === null) return FAULT_KINDS;
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
  throw new UsageError(
    withHint(
      `error: --faults: ${found}; expected ${known.join(', ')}, or ${NO_FAULTS}`,
      suggestion(word, known),
    ),
  );
}

function withHint(text: string, hint: string): string {
  return hint === '' ? text : `${text}\n  ${hint}`;
}

/** The property of this name. */
export function propertyNamed(name: string): Property {
  const property = catalogue.find((each) => each.name === name);
  if (property !== undefined) return property;
  const names = catalogue.map((each) => each.name);
  throw new UsageError(
    withHint(
      `error: --property: there is no property ${name}; expected one of\n  ${names.join(', ')}`,
      suggestion(name, names),
    ),
  );
}

/** @throws UsageError or InputError for what cannot be searched for. */
export function planOf(request: TestRequest, base: PreparedRun): SearchPlan {
  const { deployment, clients } = base.scenario;
  const names = clients.map(({ name }) => name);
  const asked = [...new Set(request.properties)].map((name) => propertyNamed(name).name);
  const onlyRequired = request.properties.length === 0 && request.requirements.length > 0;
  const held = catalogue.filter(({ holds }) => holds).map(({ name }) => name);
  return {
    base,
    seed: request.seed,
    properties: asked.length > 0 || onlyRequired ? asked : held,
    requirements: readRequirements(request.requirements, deployment, names),
    kinds: kindsOf(request.faults),
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
