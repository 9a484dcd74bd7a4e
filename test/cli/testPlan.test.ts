import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../properties/arbitraries/kinds.ts';
import { readArguments } from '../../src/cli/arguments.ts';
import type { TestRequest } from '../../src/cli/testArguments.ts';
import { planOf } from '../../src/cli/testPlan.ts';
import { prepare } from '../../src/run/prepare.ts';

const base = prepare('examples/redis-ha');

function planFor(...words: string[]) {
  return planOf(readArguments(['test', base.path, ...words]) as TestRequest, base);
}

function kindsFor(...words: string[]): readonly string[] {
  const { space } = planFor(...words);
  return space.kind === 'around' ? space.kinds : [];
}

describe('the faults of a search', () => {
  it('are of every kind for laws, and not those that operators type for requirements', () => {
    expect(kindsFor()).toEqual(FAULT_KINDS);
    const accidents = kindsFor('--require', 'failover within 10s');
    expect(accidents).toEqual(expect.arrayContaining(['kill-master', 'pause', 'isolate', 'clock', 'disk']));
    for (const typed of kindsFor('--faults', 'operator')) expect(accidents).not.toContain(typed);
    expect(accidents).not.toContain('failover');
  });

  it('are those that are named, each once', () => {
    expect(kindsFor('--faults', 'pause, crash,kill')).toEqual(['pause', 'kill-master', 'kill', 'power-off']);
    expect(kindsFor('--faults', 'none')).toEqual([]);
  });

  it.each(FAULT_KINDS)('can be %s alone', (kind) => {
    expect(kindsFor('--faults', kind)).toEqual([kind]);
  });
});

describe('the laws of a search', () => {
  it('are those that a real Sentinel keeps, unless some are named or something is required', () => {
    expect(planFor().properties).toContain('one-leader-an-epoch');
    expect(planFor().properties).not.toContain('no-lost-write');
    expect(planFor('--property', 'no-lost-write').properties).toEqual(['no-lost-write']);
    expect(planFor('--require', 'no failover').properties).toEqual([]);
  });

  it('and the requirements are each judged once', () => {
    const twice = ['--require', 'no failover', '--require', 'no failover', '--property', 'epochs-grow'];
    const plan = planFor(...twice, '--property', 'epochs-grow');
    expect(plan.requirements).toHaveLength(1);
    expect(plan.properties).toEqual(['epochs-grow']);
  });
});
