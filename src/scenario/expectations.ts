/** Expectations of a scenario file → {@link Expectation}, with a text for the report. */
import { EVENTS } from '../../models/events.ts';
import { suggestion } from '../config/nearest.ts';
import { addError } from '../config/problems.ts';
import { child, childText, type YamlNode } from '../config/yamlTree.ts';
import { durationUs } from './conditions.ts';
import type { Expectation } from './scenario.ts';
import { type ExpectationName, expectationSchemas } from './schema.ts';
import { type Names, readNode } from './targets.ts';
import { check } from './validate.ts';

const KINDS = Object.keys(expectationSchemas) as readonly ExpectationName[];

function readFailover(value: YamlNode): Expectation {
  const flag = value.kind === 'scalar' ? value.text : childText(value, 'happens');
  const happens = flag !== 'false';
  const within = childText(value, 'within');
  const text = happens ? `failover${within === undefined ? '' : ` within ${within}`}` : 'no failover';
  return { kind: 'failover', text, withinUs: durationUs(child(value, 'within')), happens };
}

function boundsText(subject: string, value: YamlNode): string {
  const parts = [subject];
  const atMost = childText(value, 'atMost');
  const atLeast = childText(value, 'atLeast');
  if (atLeast !== undefined) parts.push(`at least ${atLeast}`);
  if (atMost !== undefined) parts.push(`at most ${atMost}`);
  return parts.join(' ');
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function readLostWrites(value: YamlNode): Expectation {
  return {
    kind: 'lostWrites',
    text: boundsText('lost writes', value),
    atMost: numberOrNull(childText(value, 'atMost')),
    atLeast: numberOrNull(childText(value, 'atLeast')),
  };
}

function readDowntime(value: YamlNode): Expectation {
  return {
    kind: 'downtime',
    text: boundsText('downtime', value),
    atMostUs: durationUs(child(value, 'atMost')),
    atLeastUs: durationUs(child(value, 'atLeast')),
  };
}

function readMaster(value: YamlNode, names: Names): Expectation | null {
  const node = readNode(value, names, 'redis');
  return node === null ? null : { kind: 'master', text: `master ${node}`, node };
}

function readEvent(value: YamlNode, names: Names): Expectation | null {
  const name = value.kind === 'scalar' ? value : child(value, 'name')!;
  const event = name.kind === 'scalar' ? name.text : '';
  if (!Object.hasOwn(EVENTS, event)) {
    addError(names.problems, name.at, `there is no event ${event}`, {
      found: event,
      expected: 'the name of an event',
      hint: suggestion(event, Object.keys(EVENTS)),
    });
    return null;
  }
  const at = child(value, 'node');
  const node = at === undefined ? null : readNode(at, names, 'any');
  const happens = childText(value, 'happens') !== 'false';
  const text = `${happens ? 'event' : 'no event'} ${event}${node === null ? '' : ` on ${node}`}`;
  return { kind: 'event', text, event, node, happens };
}

function readKind(kind: ExpectationName, value: YamlNode, names: Names): Expectation | null {
  switch (kind) {
    case 'failover':
      return readFailover(value);
    case 'lostWrites':
      return readLostWrites(value);
    case 'downtime':
      return readDowntime(value);
    case 'master':
      return readMaster(value, names);
    case 'event':
      return readEvent(value, names);
  }
}

function readExpectation(item: YamlNode, names: Names): Expectation | null {
  const keys = item.kind === 'mapping' ? [...item.entries.keys()] : [];
  const kind = keys.find((key): key is ExpectationName => Object.hasOwn(expectationSchemas, key));
  if (kind !== undefined && item.kind === 'mapping') {
    if (check(expectationSchemas[kind], item, names.problems) === null) return null;
    return readKind(kind, child(item, kind)!, names);
  }
  const [key] = keys;
  const at = item.kind === 'mapping' && key !== undefined ? item.entries.get(key)!.keyAt : item.at;
  addError(names.problems, at, key === undefined ? 'no expectation' : `unknown expectation ${key}`, {
    found: key ?? (item.kind === 'scalar' ? item.text : ''),
    expected: `one of ${KINDS.join(', ')}`,
    hint: key === undefined ? '' : suggestion(key, KINDS),
  });
  return null;
}

/** The list under `expect`. */
export function readExpectations(node: YamlNode | undefined, names: Names): readonly Expectation[] {
  const items = node?.kind === 'list' ? node.items : [];
  return items
    .map((item) => readExpectation(item, names))
    .filter((expectation): expectation is Expectation => expectation !== null);
}
