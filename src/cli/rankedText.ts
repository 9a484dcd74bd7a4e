import { setting, span, thousands } from '../report/numbers.ts';
import { limitOf } from '../search/requirements.ts';
import type { Finding } from './testSearch.ts';

/** What a percentile came to, in the unit of its requirement. */
export function rankedText({ law, ranked }: Finding): string {
  if (ranked === null || law.requirement === null) return '';
  const { kind } = law.requirement.expectation;
  const isTime = kind === 'downtime' || kind === 'failover';
  const text = (value: number) => (isTime ? span(value) : thousands(value));
  const limit = limitOf(law.requirement.expectation)!;
  const observed = Number.isFinite(ranked.value) ? text(ranked.value) : 'none in time';
  return `p${law.requirement.percentile} ${observed}, limit ${isTime ? setting(limit) : thousands(limit)}`;
}
