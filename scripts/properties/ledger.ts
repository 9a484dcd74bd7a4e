/** What a search adds up: runs, witnesses, the tightest observations, and its speed. */
import type { Judgement, Observed } from '../../properties/index.ts';
import type { Family } from './families.ts';

interface Entry {
  judged: number;
  violations: number;
  tightest: Observed | null;
}

const roomOf = ({ bound, tightest }: Observed) => Math.abs(bound - tightest);

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export class Ledger {
  readonly #laws = new Map<string, Entry>();
  readonly #runs = new Map<string, number>();
  #simulatedMs = 0;
  #cpuUs = 0;

  enter(family: Family, judgements: readonly Judgement[], simulatedMs: number, cpuUs: number): void {
    this.#runs.set(family, (this.#runs.get(family) ?? 0) + 1);
    this.#simulatedMs += simulatedMs;
    this.#cpuUs += cpuUs;
    for (const { property, verdict } of judgements) {
      const entry = this.#laws.get(property.name) ?? { judged: 0, violations: 0, tightest: null };
      this.#laws.set(property.name, entry);
      if (verdict.witnessed) entry.judged++;
      if (verdict.violation !== null) entry.violations++;
      const { observed } = verdict;
      if (observed === undefined) continue;
      if (entry.tightest === null || roomOf(observed) < roomOf(entry.tightest)) entry.tightest = observed;
    }
  }

  get violations(): number {
    return [...this.#laws.values()].reduce((sum, entry) => sum + entry.violations, 0);
  }

  /** A table of the laws, and the speed in minutes of cluster time a second and core. */
  text(): string {
    const runs = [...this.#runs.values()].reduce((sum, count) => sum + count, 0);
    const laws = [...this.#laws].map(([name, { judged, violations, tightest }]) => {
      const closest =
        tightest === null ? '' : `   closest ${seconds(tightest.tightest)}, limit ${seconds(tightest.bound)}`;
      const broken = violations === 0 ? '' : `   BROKEN in ${violations}`;
      return `${name.padEnd(34)}${String(judged).padStart(8)} runs judged${closest}${broken}`;
    });
    const families = [...this.#runs].map(([name, count]) => `${count} ${name}`).join(', ');
    const speed = Math.round((this.#simulatedMs / 60_000 / this.#cpuUs) * 1e6);
    return [
      ...laws,
      '',
      `${runs} runs (${families}), ${Math.round(this.#simulatedMs / 3.6e6)} h of cluster time; ${speed} minutes of cluster time a second and core`,
    ].join('\n');
  }
}
