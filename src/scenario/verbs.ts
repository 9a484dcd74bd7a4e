/** Timeline entries → {@link Verb}. */
import { suggestion } from '../config/nearest.ts';
import { addError } from '../config/problems.ts';
import { child, childText, itemsOf, type YamlNode } from '../config/yamlTree.ts';
import { durationUs, readConditions } from './conditions.ts';
import type { TimelineEntry, Verb } from './scenario.ts';
import { type VerbName, verbSchemas } from './schema.ts';
import { type Names, readGroups, readTarget } from './targets.ts';
import { check } from './validate.ts';

const VERBS = Object.keys(verbSchemas) as readonly VerbName[];

function isVerb(key: string): key is VerbName {
  return Object.hasOwn(verbSchemas, key);
}

function readHeal(value: YamlNode, names: Names): Verb {
  return { do: 'heal', groups: value.kind === 'list' ? readGroups(value, names, 'machines') : null };
}

function readCommand(value: YamlNode, names: Names): Verb {
  const [node, ...words] = itemsOf(value);
  return {
    do: 'command',
    target: readTarget(node!, names, 'processes'),
    words: words.map((word) => (word.kind === 'scalar' ? word.text : '')),
  };
}

function readNetworkVerb(value: YamlNode, names: Names, forUs: number | null): Verb {
  const between = child(value, 'between');
  return {
    do: 'network',
    conditions: readConditions(value),
    between: between === undefined ? null : readGroups(between, names, 'machines'),
    forUs,
  };
}

function readRestore(value: YamlNode, names: Names): Verb {
  const node = value.kind === 'mapping' ? child(value, 'node')! : value;
  const backup = Number(childText(value, 'backup') ?? 0);
  return { do: 'restore', target: readTarget(node, names, 'processes'), backup };
}

function readNames(value: YamlNode, names: Names, forUs: number | null): Verb {
  const unresolvable = child(value, 'unresolvable');
  const target = readTarget(unresolvable ?? child(value, 'resolvable')!, names, 'processes');
  return { do: 'names', target, resolvable: unresolvable === undefined, forUs };
}

function readVerb(verb: VerbName, value: YamlNode, names: Names, forUs: number | null): Verb {
  switch (verb) {
    case 'kill':
    case 'stop':
    case 'start':
    case 'resume':
    case 'power-off':
      return { do: verb, target: readTarget(value, names, 'processes') };
    case 'rejoin':
      return { do: verb, target: readTarget(value, names, 'machines') };
    case 'pause':
      return { do: verb, target: readTarget(value, names, 'processes'), forUs };
    case 'isolate':
      return { do: verb, target: readTarget(value, names, 'machines'), forUs };
    case 'cut':
    case 'cut-one-way':
      return { do: verb, groups: readGroups(value, names, 'machines'), forUs };
    case 'heal':
      return readHeal(value, names);
    case 'command':
      return readCommand(value, names);
    case 'network':
      return readNetworkVerb(value, names, forUs);
    case 'clock':
      return {
        do: verb,
        target: readTarget(child(value, 'node')!, names, 'processes'),
        byUs: durationUs(child(value, 'by')) ?? 0,
      };
    case 'restore':
      return readRestore(value, names);
    case 'disk':
      return {
        do: verb,
        target: readTarget(child(value, 'node')!, names, 'processes'),
        full: childText(value, 'full') === 'true',
        forUs,
      };
    case 'names':
      return readNames(value, names, forUs);
  }
}

/** The entry's verb; reports an entry with none, with several, or with an unknown one. */
function verbOf(entry: YamlNode, names: Names): VerbName | null {
  if (entry.kind !== 'mapping') {
    addError(names.problems, entry.at, 'a timeline entry is a mapping', {
      found: entry.kind === 'scalar' ? entry.text : 'a list',
      expected: '{ at: 0s, kill: r1 }',
    });
    return null;
  }
  const keys = [...entry.entries.keys()].filter((key) => key !== 'at' && key !== 'for');
  const verbs = keys.filter(isVerb);
  if (verbs.length === 1) return verbs[0]!;
  const [unknown] = keys;
  const expected = `one of ${VERBS.join(', ')}`;
  if (verbs.length > 1) {
    addError(names.problems, entry.at, `several verbs in one entry: ${verbs.join(', ')}`, {
      expected: 'one verb an entry',
      hint: 'write an entry with the same at for each',
    });
  } else if (unknown === undefined) {
    addError(names.problems, entry.at, 'the entry has no verb', { expected });
  } else {
    addError(names.problems, entry.entries.get(unknown)!.keyAt, `unknown verb ${unknown}`, {
      found: unknown,
      expected,
      hint: suggestion(unknown, VERBS),
    });
  }
  return null;
}

function readEntry(entry: YamlNode, names: Names): TimelineEntry | null {
  const verb = verbOf(entry, names);
  if (verb === null || check(verbSchemas[verb], entry, names.problems) === null) return null;
  const value = child(entry, verb)!;
  const forUs = durationUs(child(entry, 'for'));
  return { atUs: durationUs(child(entry, 'at')) ?? 0, verb: readVerb(verb, value, names, forUs) };
}

/** The timeline in order of time; entries of one time stay in file order. */
export function readTimeline(node: YamlNode | undefined, names: Names): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const item of node?.kind === 'list' ? node.items : []) {
    const entry = readEntry(item, names);
    if (entry !== null) entries.push(entry);
  }
  return entries.sort((a, b) => a.atUs - b.atUs);
}
