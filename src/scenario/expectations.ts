/** Expectations of a scenario file → {@link Expectation}, with a text for the report. */
import { suggestion } from '../config/nearest.ts';
import { addError } from '../config/problems.ts';
import { child, childText, type YamlNode } from '../config/yamlTree.ts';
import { durationUs } from './conditions.ts';
import { isEvent, momentText, readMoment } from './moments.ts';
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

function countBounds(value: YamlNode) {
  return {
    atMost: numberOrNull(childText(value, 'atMost')),
    atLeast: numberOrNull(childText(value, 'atLeast')),
  };
}

function timeBounds(value: YamlNode) {
  return { atMostUs: durationUs(child(value, 'atMost')), atLeastUs: durationUs(child(value, 'atLeast')) };
}

/** The client that is meant, null for all of them; undefined, and reported, when there is none of that name. */
function readClient(value: YamlNode, names: Names): string | null | undefined {
  const node = child(value, 'client');
  if (node?.kind !== 'scalar') return null;
  if (names.clients.includes(node.text)) return node.text;
  addError(names.problems, node.at, `there is no client ${node.text}`, {
    found: node.text,
    expected: 'the name of a client',
    hint: suggestion(node.text, names.clients),
  });
  return undefined;
}

const ofClient = (client: string | null) => (client === null ? '' : ` of ${client}`);

function readLostWrites(value: YamlNode, names: Names): Expectation | null {
  const client = readClient(value, names);
  if (client === undefined) return null;
  const text = boundsText(`lost writes${ofClient(client)}`, value);
  return { kind: 'lostWrites', text, client, ...countBounds(value) };
}

function readDowntime(value: YamlNode, names: Names): Expectation | null {
  const client = readClient(value, names);
  if (client === undefined) return null;
  const text = boundsText(`downtime${ofClient(client)}`, value);
  return { kind: 'downtime', text, client, ...timeBounds(value) };
}

function readRefused(value: YamlNode, names: Names): Expectation | null {
  const client = readClient(value, names);
  if (client === undefined) return null;
  const refusal = childText(value, 'kind')!;
  const text = boundsText(`${refusal}${ofClient(client)} for`, value);
  return { kind: 'refused', text, refusal, client, ...timeBounds(value) };
}

function readKeys(value: YamlNode, names: Names): Expectation | null {
  const node = readNode(child(value, 'node')!, names, 'redis');
  if (node === null) return null;
  return { kind: 'keys', text: boundsText(`keys on ${node}`, value), node, ...countBounds(value) };
}

function readMaster(value: YamlNode, names: Names): Expectation | null {
  const node = readNode(value, names, 'redis');
  return node === null ? null : { kind: 'master', text: `master ${node}`, node };
}

function readEvent(value: YamlNode, names: Names): Expectation | null {
  const name = value.kind === 'scalar' ? value : child(value, 'name')!;
  if (name.kind !== 'scalar' || !isEvent(name, names)) return null;
  const event = name.text;
  const at = child(value, 'node');
  const node = at === undefined ? null : readNode(at, names, 'any');
  const message = childText(value, 'message') ?? null;
  const happens = childText(value, 'happens') !== 'false';
  const text = `${happens ? 'event' : 'no event'} ${momentText({ event, node, message })}`;
  return { kind: 'event', text, event, node, message, happens };
}

function readElapsed(value: YamlNode, names: Names): Expectation | null {
  const from = readMoment(child(value, 'from')!, names);
  const to = readMoment(child(value, 'to')!, names);
  if (from === null || to === null) return null;
  const text = boundsText(`from ${momentText(from)} to ${momentText(to)}`, value);
  return { kind: 'elapsed', text, from, to, ...timeBounds(value) };
}

function readKind(kind: ExpectationName, value: YamlNode, names: Names): Expectation | null {
  switch (kind) {
    case 'failover':
      return readFailover(value);
    case 'failovers':
      return { kind, text: boundsText('failovers', value), ...countBounds(value) };
    case 'lostWrites':
      return readLostWrites(value, names);
    case 'downtime':
      return readDowntime(value, names);
    case 'refused':
      return readRefused(value, names);
    case 'keys':
      return readKeys(value, names);
    case 'master':
      return readMaster(value, names);
    case 'event':
      return readEvent(value, names);
    case 'elapsed':
      return readElapsed(value, names);
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
