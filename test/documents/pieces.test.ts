import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Problems } from '../../src/config/problems.ts';
import { parsePieces } from '../../src/documents/faults.ts';
import { readPieces } from '../../src/documents/pieces.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

const schema = z.object({ n: z.number(), words: z.array(z.string()).default([]) });

function read(content: string | Uint8Array) {
  const path = join(folder, 'runs.json');
  writeFileSync(path, content);
  const problems: Problems = [];
  const pieces = readPieces(path, problems);
  const parsed = parsePieces(pieces, schema, 'name a run', problems);
  const told = problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
  return { numbers: parsed.map(({ document }) => document.n), told, problems, pieces };
}

describe('a file of run documents', () => {
  it.each([
    ['one document', '{"n": 1}', [1]],
    ['a list', '[{"n": 1}, {"n": 2}]', [1, 2]],
    [
      'what run --json --runs prints',
      '{"schema": "sentinelsim/runs/1", "runs": [{"n": 1}, {"n": 2}]}',
      [1, 2],
    ],
    ['one a line, with blank lines and CR', '{"n": 1}\r\n\r\n{"n": 2}\r\n', [1, 2]],
    ['a byte order mark', '\ufeff{"n": 1}', [1]],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toMatchObject({ numbers: expected, told: [] });
  });

  it('a broken line is told by its own place, five at most, and nothing is read', () => {
    const lines = '{"n": 1}\n{"n": }\n{"n": 3}\n'.concat('{"n"\n'.repeat(9));
    const { numbers, told } = read(lines);
    expect(numbers).toEqual([]);
    expect(told).toHaveLength(5);
    expect(told.slice(0, 2)).toEqual(['2:7 the file is not JSON', '4:5 the file is not JSON']);
  });

  it('bytes that are no UTF-8 and empty files are told', () => {
    expect(read(new Uint8Array([0x7b, 0xff])).told[0]).toMatch(/^1:1 the file is no text/);
    expect(read('').told).toEqual(['1:1 the file is not JSON']);
    expect(read('[]').told).toEqual(['1:1 there is no run in this file']);
  });

  it('faults of all pieces have their places, in lists and in lines', () => {
    expect(read('{"runs": [\n  {"n": "x"},\n  {"n": 2, "words": ["a", 5]},\n  {}\n]}').told).toEqual([
      '2:9 not a run document: n is wrong',
      '3:27 not a run document: words[1] is wrong',
      '4:3 not a run document: n is missing',
    ]);
    expect(read('{"n": 1}\n{"n": null}').told).toEqual(['2:7 not a run document: n is wrong']);
  });

  it('five faults of a file are enough', () => {
    expect(read(JSON.stringify(Array(20).fill({})))).toMatchObject({ told: { length: 5 } });
  });

  it('a scenario gets the way out of a scenario', () => {
    expect(read('{"topology": {}}').problems[0]!.hint).toBe('name a run');
  });
});
