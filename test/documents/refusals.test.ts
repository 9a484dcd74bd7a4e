import { expect, it } from 'vitest';
import { refusalsByKind } from '../../src/documents/refusals.ts';

it('texts and socket errors of recorders are kinds, with the span of all that are one kind', () => {
  const errors = {
    NOREPLICAS_Not: 2,
    'NOREPLICAS Not enough': 1,
    ECONNRESET: 3,
    'closed by peer': 1,
    EPIPE: 1,
  };
  const errorSpanMs = {
    NOREPLICAS_Not: [100, 200] as [number, number],
    'NOREPLICAS Not enough': [50, 150] as [number, number],
    ECONNRESET: [7, 8] as [number, number],
  };
  expect([...refusalsByKind({ errors, errorSpanMs })]).toEqual([
    ['NOREPLICAS', { count: 3, at: [50, 200] }],
    ['CLOSED', { count: 5, at: [7, 8] }],
  ]);
});

it('a kind without times has none, and refused goes before errors', () => {
  expect([...refusalsByKind({ refused: { ETIMEDOUT: 1 }, errors: { READONLY: 1 } })]).toEqual([
    ['TIMEOUT', { count: 1, at: null }],
  ]);
});
