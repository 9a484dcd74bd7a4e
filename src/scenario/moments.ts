/** Events that expectations speak of, as written → {@link Moment}. */
import { EVENTS } from '../../models/events.ts';
import { suggestion } from '../config/nearest.ts';
import { addError } from '../config/problems.ts';
import { child, childText, type YamlNode } from '../config/yamlTree.ts';
import type { Moment } from './scenario.ts';
import { type Names, readNode } from './targets.ts';

/** Sentinels that only the run makes known: who led its first failover, and the others. */
const RUN_ROLES: readonly string[] = ['@leader', '@voters'];

type Scalar = YamlNode & { kind: 'scalar' };

/** Whether the text names an event; reports one that does not. */
export function isEvent(name: Scalar, names: Names): boolean {
  if (Object.hasOwn(EVENTS, name.text)) return true;
  addError(names.problems, name.at, `there is no event ${name.text}`, {
    found: name.text,
    expected: 'the name of an event',
    hint: suggestion(name.text, Object.keys(EVENTS)),
  });
  return false;
}

/** A moment; null, and reported, when it names an unknown event or node. */
export function readMoment(value: YamlNode, names: Names): Moment | null {
  const name = value.kind === 'scalar' ? value : child(value, 'event')!;
  if (name.kind !== 'scalar' || !isEvent(name, names)) return null;
  const at = child(value, 'node');
  const role = at?.kind === 'scalar' && RUN_ROLES.includes(at.text) ? at.text : null;
  const node = at === undefined ? null : (role ?? readNode(at, names, 'any'));
  if (at !== undefined && node === null) return null;
  return { event: name.text, node, message: childText(value, 'message') ?? null };
}

/** `role-changed on r1 (master)` */
export function momentText({ event, node, message }: Moment): string {
  return `${event}${node === null ? '' : ` on ${node}`}${message === null ? '' : ` (${message})`}`;
}
