import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyState } from '../../src/engine/copyState.ts';

const plain = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, Number.POSITIVE_INFINITY),
  ),
  node: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('node')),
    fc.dictionary(fc.string(), tie('node'), { noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('node'))).map((entries) => new Map(entries)),
    fc.array(tie('leaf')).map((items) => new Set(items)),
  ),
})).node;

test('plain data: the copy is what structuredClone gives, and a copy of the copy too', () => {
  fc.assert(
    fc.property(plain, (state) => {
      const copy = copyState(state);
      expect(copy).toEqual(structuredClone(state));
      expect(copyState(copy)).toEqual(copy);
    }),
  );
});

test('plain data: a change of the copy leaves the original alone', () => {
  const state = { list: [{ a: 1 }], map: new Map([['k', { b: 2 }]]), nested: { deep: { c: 3 } } };
  const copy = copyState(state);
  copy.list[0]!.a = 9;
  copy.map.get('k')!.b = 9;
  copy.nested.deep.c = 9;
  expect(state).toEqual({ list: [{ a: 1 }], map: new Map([['k', { b: 2 }]]), nested: { deep: { c: 3 } } });
});

test('two ends of a connection: what is shared and what is cyclic stays so', () => {
  interface Half {
    peer: Half | null;
    readonly connection: { readonly name: string };
  }
  const connection = { name: 'c' };
  const left: Half = { peer: null, connection };
  const right: Half = { peer: left, connection };
  left.peer = right;
  const copy = copyState([left, right] as const);
  expect(copy[0].peer).toBe(copy[1]);
  expect(copy[1].peer).toBe(copy[0]);
  expect(copy[0].connection).toBe(copy[1].connection);
  expect(copy[0].connection).not.toBe(connection);
});

test('objects whose keys look alike when joined do not get each other’s keys', () => {
  expect(copyState([{ a: 1, b: 2 }, { 'a,b': 3 }])).toEqual([{ a: 1, b: 2 }, { 'a,b': 3 }]);
  expect(Object.keys(copyState({ b: 1, a: 2 }))).toEqual(['b', 'a']);
});
