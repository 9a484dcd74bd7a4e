/** A deep copy of plain data that stays fast to work with. */

/**
 * Copies objects, arrays, Maps, Sets and primitive values; what is shared or cyclic stays so in the copy. Unlike
 * `structuredClone` it gives V8 objects of the same hidden classes as the literals that made the originals: code that has
 * run on clones of other classes stays a quarter slower for all later runs.
 */
export function copyState<State>(state: State): State {
  return copyOf(state, new Map()) as State;
}

/** Records keyed by names have shapes of their own: not all of them are worth keeping. */
const MOST_SHAPES = 1000;

type Copies = Map<object, object>;

function copyOf(value: unknown, copies: Copies): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return copyArray(value, copies);
  if (value instanceof Map) return copyMap(value, copies);
  if (value instanceof Set) return copySet(value, copies);
  return copyObject(value as Record<string, unknown>, copies);
}

/** `slice` keeps the kind of the elements. */
function copyArray(array: readonly unknown[], copies: Copies): unknown[] {
  const copy = array.slice();
  copies.set(array, copy);
  for (let i = 0; i < copy.length; i++) {
    const item = copy[i];
    if (typeof item === 'object' && item !== null) copy[i] = copyOf(item, copies);
  }
  return copy;
}

function copyMap(map: ReadonlyMap<unknown, unknown>, copies: Copies): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  copies.set(map, copy);
  for (const [key, item] of map) copy.set(copyOf(key, copies), copyOf(item, copies));
  return copy;
}

function copySet(set: ReadonlySet<unknown>, copies: Copies): Set<unknown> {
  const copy = new Set<unknown>();
  copies.set(set, copy);
  for (const item of set) copy.add(copyOf(item, copies));
  return copy;
}

/** Keys in their order → an object of that shape as JSON. */
const shapes = new Map<string, string>();

/** The parser of JSON makes objects as literals do; their values are filled in afterwards. */
function copyObject(object: Record<string, unknown>, copies: Copies): Record<string, unknown> {
  const keys = Object.keys(object);
  const copy = JSON.parse(shapeOf(keys)) as Record<string, unknown>;
  copies.set(object, copy);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const value = object[key];
    copy[key] = typeof value === 'object' && value !== null ? copyOf(value, copies) : value;
  }
  return copy;
}

function shapeOf(keys: readonly string[]): string {
  const name = keys.join('\0');
  let shape = shapes.get(name);
  if (shape === undefined) {
    shape = `{${keys.map((key) => `${JSON.stringify(key)}:0`).join()}}`;
    if (shapes.size < MOST_SHAPES) shapes.set(name, shape);
  }
  return shape;
}
