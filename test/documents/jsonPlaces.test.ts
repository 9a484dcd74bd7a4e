import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault, memberOffsets, offsetOf } from '../../src/documents/jsonPlaces.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON, and the same with a piece taken out or put in. */
const almostJson = fc
  .tuple(
    fc.jsonValue(),
    fc.nat(3),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', ',', '"', '}', '[', '1', ':', '\t'),
  )
  .map(([value, indent, place, length, inserted]) => {
    const text = JSON.stringify(value, null, indent);
    const at = place % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at + length);
  });

/** Every value of a JSON value, with its path. */
function* valuesOf(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<[typeof path, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, each] of Object.entries(value))
    yield* valuesOf(each, [...path, isList ? Number(key) : key]);
}

describe('places in a JSON text', () => {
  it('a fault is found where JSON.parse fails, and only there', () => {
    fc.assert(
      fc.property(almostJson, (text) => {
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
    );
  });

  it.each([
    ['{\n  "events": [,]\n}', 15, 'a JSON value or ]'],
    ['{"a": 1,}', 8, 'a name in double quotes'],
    ['{"a": nope}', 6, 'a JSON value'],
    ["{'a': 1}", 1, 'a name in double quotes or }'],
    ['{"a" 1}', 5, ':'],
    ['[1 2]', 3, ', or ]'],
    ['{"a": 1]', 7, ', or }'],
    ['{"a": "open\n}', 6, 'a JSON value'],
    ['[01]', 2, ', or ]'],
    ['{} {}', 3, 'nothing after the value'],
    ['[1, 2', 5, ', or ]'],
    ['', 0, 'a JSON value'],
  ])('%j: the fault is at %i, expected %s', (text, offset, expected) => {
    expect(jsonFault(text)).toEqual({ offset, expected });
  });

  it('the value at every path begins where it is found', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        for (const [path, each] of valuesOf(JSON.parse(text))) {
          const offset = offsetOf(text, 0, path);
          const shown = JSON.stringify(each, null, indent);
          const unindented = (part: string) => part.replace(/\s+/g, '');
          expect(unindented(text.slice(offset)).startsWith(unindented(shown))).toBe(true);
        }
      }),
    );
  });

  it('a path that leads nowhere ends at the value around it', () => {
    const text = ' {"a": [1, {"b": 2}]}';
    expect(offsetOf(text, 0, ['c'])).toBe(1);
    expect(offsetOf(text, 0, ['a', 1, 'c', 'd'])).toBe(text.indexOf('{"b"'));
  });

  it('members of a list are looked at one by one', () => {
    const text = '{"x": [0], "runs": [{"t": 1}, {"t": [7, 8]}]}';
    const [, second] = memberOffsets(text, ['runs']);
    expect(second).toBe(30);
    expect(offsetOf(text, second!, ['t', 1])).toBe(text.indexOf('8'));
  });
});
