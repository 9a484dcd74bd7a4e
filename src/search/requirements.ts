/** `--require`: what a user demands of every run, or of a percentile of the runs. */
import type { Deployment } from '../config/deployment.ts';
import { addError, type Problems, startOf, throwErrors } from '../config/problems.ts';
import { readYaml } from '../config/yamlTree.ts';
import type { RunDocument } from '../run/document.ts';
import { failoverTimeMs, longestGapMs } from '../run/expectations.ts';
import { readExpectations } from '../scenario/expectations.ts';
import type { Expectation } from '../scenario/scenario.ts';
import { readSentence } from './requirementText.ts';
import type { LawVerdict } from './tally.ts';

export interface Requirement {
  /** As the user wrote it. */
  readonly text: string;
  /** The same as an entry of a scenario's `expect`, in YAML. */
  readonly yaml: string;
  readonly expectation: Expectation;
  /** Null: every run has to meet it. */
  readonly percentile: number | null;
}

/**
 * Reads requirements for a deployment.
 * @throws InputError, with `--require` in place of a file and the number of the requirement in place of the line.
 */
export function readRequirements(
  texts: readonly string[],
  deployment: Deployment,
  clients: readonly string[],
): Requirement[] {
  const problems: Problems = [];
  const requirements = texts.flatMap((text) => readRequirement(text, { deployment, clients }, problems));
  throwErrors(problems);
  return requirements;
}

interface Known {
  readonly deployment: Deployment;
  readonly clients: readonly string[];
}

function readRequirement(text: string, known: Known, problems: Problems): Requirement[] {
  const file = `--require "${text}"`;
  const sentence = readSentence(text, file, problems);
  if (sentence === null) return [];
  const { yaml, percentile, columnOf } = sentence;
  const found: Problems = [];
  const root = readYaml(`[${yaml}]`, file, found);
  const [expectation] = root === null ? [] : readExpectations(root, { ...known, problems: found });
  for (const problem of found) {
    problems.push({ ...problem, at: { ...problem.at, column: columnOf(problem.at.column - 1) } });
  }
  if (expectation === undefined) return [];
  if (percentile !== null && limitOf(expectation) === null) {
    addError(problems, startOf(file), 'a percentile needs an upper limit of something measured', {
      found: text,
      expected: 'p99 of downtime, failover, lostWrites or failovers, and a limit: p99 downtime within 15s',
    });
    return [];
  }
  return [{ text: text.trim(), yaml, expectation, percentile }];
}

/** The upper limit of a requirement, in the unit of {@link measured}: milliseconds, or a count. */
export function limitOf(expectation: Expectation): number | null {
  switch (expectation.kind) {
    case 'failover':
      return expectation.withinUs === null ? null : expectation.withinUs / 1000;
    case 'downtime':
      return expectation.atMostUs === null ? null : expectation.atMostUs / 1000;
    case 'lostWrites':
    case 'failovers':
      return expectation.atMost;
    default:
      return null;
  }
}

/** True when the run can tell: a failover was due, and there is a master to compare acknowledged writes with. */
function isDecided(expectation: Expectation, run: RunDocument): boolean {
  if (expectation.kind === 'failover' && expectation.happens) {
    return run.failovers.length > 0 || run.events.some(({ event }) => event === '+odown');
  }
  if (expectation.kind === 'lostWrites')
    return clientsOf(run, expectation.client).every(({ lost }) => lost !== null);
  return true;
}

function clientsOf(run: RunDocument, client: string | null) {
  return run.clients.filter(({ name }) => client === null || name === client);
}

/** What is measured in one run: milliseconds, or a count; infinite for a failover that did not succeed. */
function measured(expectation: Expectation, run: RunDocument): number {
  switch (expectation.kind) {
    case 'downtime':
      return longestGapMs(clientsOf(run, expectation.client));
    case 'lostWrites':
      return clientsOf(run, expectation.client).reduce((sum, { lost }) => sum + (lost?.count ?? 0), 0);
    case 'failovers':
      return run.failovers.filter(({ promotedAt }) => promotedAt !== null).length;
    default: {
      const completed = run.failovers.find(({ promotedAt }) => promotedAt !== null);
      return completed === undefined ? Number.POSITIVE_INFINITY : failoverTimeMs(completed, run);
    }
  }
}

/** A time limit and what the run came to; nothing for counts, and when there was no failover. */
function observedOf(expectation: Expectation, run: RunDocument): Pick<LawVerdict, 'observed'> {
  const { kind } = expectation;
  const bound = limitOf(expectation);
  if (bound === null || (kind !== 'downtime' && kind !== 'failover')) return {};
  const tightest = measured(expectation, run);
  return Number.isFinite(tightest) ? { observed: { bound, tightest, isUpper: true } } : {};
}

/** Judges one run, whose scenario expects exactly the requirements; `place` is this one's number among them. */
export function judgeRequirement(requirement: Requirement, run: RunDocument, place: number): LawVerdict {
  const { expectation, percentile } = requirement;
  if (!isDecided(expectation, run)) return { violation: null, witnessed: false };
  if (percentile !== null) return { violation: null, witnessed: true, value: measured(expectation, run) };
  const { held, observed } = run.expectations[place]!;
  const violation = held ? null : `observed ${observed}`;
  return { violation, witnessed: true, ...observedOf(expectation, run) };
}
