/** The table of docs/properties.md: which mutant is caught by what. */
import { MUTANTS } from './list.ts';
import type { Mutant } from './mutant.ts';
import type { Outcome } from './outcome.ts';
import { EXPLANATIONS } from './survivors.ts';

const START = '<!-- mutants -->\n';
const END = '<!-- end mutants -->';
const ROW = /^\| `([a-z0-9-]+)` \|.*\| ([^|]*) \|$/gm;
const BY_TEST = 'test ';
const SURVIVES = 'survives';
const NOT_RUN = 'not run';

/** What a page says about each mutant, as it stands in the last column. */
export type Verdicts = ReadonlyMap<string, string>;

export function readVerdicts(page: string): Verdicts {
  const [, table = ''] = page.split(START);
  return new Map([...table.split(END)[0]!.matchAll(ROW)].map(([, id, verdict]) => [id!, verdict!]));
}

/** The properties that caught a mutant, by its last column. */
export function propertiesIn(verdict: string): string[] {
  const others = verdict.startsWith(BY_TEST) || verdict.startsWith(SURVIVES) || verdict === NOT_RUN;
  return others ? [] : verdict.split(', ');
}

export function survives(verdict: string): boolean {
  return verdict.startsWith(SURVIVES) || verdict === NOT_RUN;
}

function verdictOf({ mutant, properties, test }: Outcome): string {
  if (properties.length > 0) return properties.join(', ');
  if (test === undefined) return NOT_RUN;
  if (test === null) return `${SURVIVES}: ${EXPLANATIONS[mutant.id] ?? 'not explained'}`;
  return `${BY_TEST}${test
    .split(' › ')[0]!
    .replace(/^test\//, '')
    .replace(/\.test\.ts$/, '')}`;
}

function row({ id, wrong, rule }: Mutant, verdict: string): string {
  return `| \`${id}\` | ${wrong} | ${rule} | ${verdict} |`;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

function scores(verdicts: readonly string[]): string {
  const whole = verdicts.length;
  const byProperties = verdicts.filter((verdict) => propertiesIn(verdict).length > 0).length;
  const survived = verdicts.filter(survives).length;
  return (
    `${whole} faults: properties catch ${byProperties} (${percent(byProperties, whole)}), tests alone ` +
    `${whole - byProperties - survived}, survivors: ${survived}; ${percent(whole - survived, whole)} are caught.`
  );
}

/** How many mutants each property catches, the most first. */
function byProperty(verdicts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of verdicts.flatMap(propertiesIn)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([name, count]) => `| ${name} | ${count} |`);
}

/** The page with the outcomes; what was not run keeps its row, and what is no mutant any more loses it. */
export function withOutcomes(page: string, outcomes: readonly Outcome[]): string {
  const verdicts = new Map(readVerdicts(page));
  for (const outcome of outcomes) verdicts.set(outcome.mutant.id, verdictOf(outcome));
  const all = MUTANTS.map(({ id }) => verdicts.get(id) ?? NOT_RUN);
  const lines = [
    scores(all),
    '',
    '| property | faults it catches |',
    '|---|---|',
    ...byProperty(all),
    '',
    '| fault | what is wrong | rule | caught by |',
    '|---|---|---|---|',
    ...MUTANTS.map((mutant, index) => row(mutant, all[index]!)),
  ];
  const [before, after] = [page.split(START)[0]!, page.split(END)[1]!];
  return `${before}${START}${lines.join('\n')}\n${END}${after}`;
}
