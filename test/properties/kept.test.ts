/** Scenarios that look as if they broke a law, and do not: each holds what the law takes for granted. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { prepare } from '../../src/run/prepare.ts';

const FOLDER = 'test/properties/kept';
/** The first line of a file names the laws that it concerns, and the seed with which it does. */
const CONCERNS = /^# (?<laws>.+), seed (?<seed>\d+)\n/;
const laws = catalogue.filter(({ holds }) => holds);

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const path = `${FOLDER}/${file}`;
  const { laws: names, seed } = CONCERNS.exec(readFileSync(path, 'utf8'))!.groups!;

  test('names laws of the catalogue', () => {
    const known = laws.map(({ name }) => name);
    for (const name of names!.split(' ')) expect(known).toContain(name);
  });

  test('breaks no law', () => {
    const { judgements } = checkRun(prepare(path), Number(seed), laws);
    const broken = judgements.filter(({ verdict }) => verdict.violation !== null);
    expect(broken.map(({ property, verdict }) => `${property.name}: ${verdict.violation}`)).toEqual([]);
  });
});
