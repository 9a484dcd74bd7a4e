import { describe, expect, test } from 'vitest';
import { judge, type Unit } from '../../src/compare/agreement.ts';

const sample = (values: readonly number[], runs = values.length) => ({ values, runs });
const spread = (from: number, step: number, length = 200) =>
  Array.from({ length }, (_, index) => from + index * step);

function judged(unit: Unit, recorded: readonly number[], simulated: readonly number[]) {
  return judge(unit, sample(recorded), sample(simulated));
}

describe('agreement of a measure', () => {
  test('occurs in all of 5 recordings and in half of 200 seeds: agrees; in a tenth: differs by occurrence', () => {
    expect(judge('count', sample([1, 1, 1, 1, 1]), sample(spread(1, 0, 100), 200)).agrees).toBe(true);
    const rare = judge('count', sample([1, 1, 1, 1, 1]), sample(spread(1, 0, 20), 200));
    expect(rare).toMatchObject({ agrees: false, by: 'occurrence' });
    expect(rare.fisherP).toBeLessThan(0.01);
  });

  test('never recorded: up to 10 % of the seeds may have it', () => {
    expect(judge('count', sample([], 5), sample(spread(1, 0, 20), 200)).agrees).toBe(true);
    expect(judge('count', sample([], 5), sample(spread(1, 0, 21), 200))).toMatchObject({
      agrees: false,
      by: 'unrecorded',
    });
  });

  test('times shifted by 90 ms as a whole agree, by 150 ms differ', () => {
    const simulated = spread(1000, 0.1);
    expect(judged('ms', [1091, 1095, 1100, 1104, 1109], simulated)).toMatchObject({
      agrees: true,
      by: 'values',
    });
    const apart = judged('ms', [1151, 1155, 1160, 1164, 1169], simulated);
    expect(apart.agrees).toBe(false);
    expect(Math.abs(apart.shift)).toBeLessThanOrEqual(100);
  });

  test('late times may be shifted by 5 % of the recorded median', () => {
    const simulated = spread(20_000, 0.1);
    expect(judged('ms', [20_900, 20_905, 20_910, 20_915, 20_919], simulated).agrees).toBe(true);
    expect(judged('ms', [21_200, 21_205, 21_210, 21_215, 21_219], simulated).agrees).toBe(false);
  });

  test('two modes have to be right in both: a shift does not mend a missing one', () => {
    const oneMode = spread(5000, 0.2);
    const twoModes = [...spread(5000, 0.2, 100), ...spread(6000, 0.2, 100)];
    const recorded = [5003, 5010, 6004, 6011, 6019, 6024];
    expect(judged('ms', recorded, oneMode).agrees).toBe(false);
    expect(judged('ms', recorded, twoModes)).toMatchObject({ agrees: true, shift: 0 });
  });

  test('counts are not shifted, lost writes by 3', () => {
    expect(judged('count', [4, 4, 4, 4, 4], spread(5, 0)).agrees).toBe(false);
    expect(judged('count', [5, 5, 5, 5, 5], spread(5, 0)).agrees).toBe(true);
    expect(judged('lost', [53, 53, 53, 53, 53], spread(50, 0))).toMatchObject({ agrees: true, shift: 3 });
    expect(judged('lost', [54, 54, 54, 54, 54], spread(50, 0)).agrees).toBe(false);
  });
});
