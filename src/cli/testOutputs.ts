/** What `sentinelsim test` writes for machines: JSON, JUnit, annotations of GitHub. */
import { entryValue } from '../search/verbText.ts';
import type { SavedCounterexample } from './counterexamples.ts';
import { rankedText } from './rankedText.ts';
import { quoted } from './shellCommand.ts';
import type { Finding, Search } from './testSearch.ts';

function savedOf(saved: readonly SavedCounterexample[], finding: Finding): SavedCounterexample | undefined {
  return saved.find((each) => each.finding === finding);
}

/** The command that shows the violation again, on one line. */
function commandText({ again }: SavedCounterexample): string {
  return again.map(quoted).join(' ');
}

function tightestValue({ tally, law }: Finding) {
  if (tally.tightest === null) return null;
  const { index, boundMs, observedMs } = tally.tightest;
  return { index, boundMs, observedMs, formula: law.property?.formula ?? null };
}

function findingValue(finding: Finding, saved: SavedCounterexample | undefined) {
  const { law, verdict, tally, ranked } = finding;
  const found = saved?.found;
  return {
    name: law.name,
    kind: law.property === null ? 'requirement' : 'property',
    statement: law.statement,
    expectedToHold: law.property?.holds ?? true,
    verdict,
    witnesses: tally.witnesses,
    violations: tally.violations,
    tightest: tightestValue(finding),
    percentile: ranked === null ? null : { percent: law.requirement!.percentile, ...ranked },
    counterexample:
      found === undefined
        ? null
        : {
            file: saved!.file,
            seed: found.seed,
            violation: found.violation,
            shrinks: found.shrinks,
            timeline: found.prepared.scenario.timeline.map(entryValue),
            replay: commandText(saved!),
          },
  };
}

/** One document without anything that depends on the machine. */
export function searchJson(
  search: Search,
  saved: readonly SavedCounterexample[],
  target: string,
  seed: number,
): string {
  const laws = search.findings.map((finding) => findingValue(finding, savedOf(saved, finding)));
  return JSON.stringify({ schema: 'sentinelsim/test/1', target, seed, runs: search.runs, laws });
}

function xml(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (mark) => marks[mark]!);
}

/** Why a finding is falsified, in one line. */
function reasonOf(finding: Finding): string {
  return finding.ranked === null ? finding.counterexample!.violation : rankedText(finding);
}

function testCase(finding: Finding, saved: SavedCounterexample | undefined, target: string): string {
  const open = `  <testcase classname="${xml(target)}" name="${xml(finding.law.name)}"`;
  if (finding.verdict === 'held') return `${open}/>`;
  if (finding.verdict === 'not tested')
    return `${open}>\n    <skipped message="no run put it to the test"/>\n  </testcase>`;
  const replay = saved === undefined ? '' : commandText(saved);
  return `${open}>\n    <failure message="${xml(reasonOf(finding))}">${xml(replay)}</failure>\n  </testcase>`;
}

/** A JUnit report, one test case a law. */
export function searchJunit(search: Search, saved: readonly SavedCounterexample[], target: string): string {
  const { findings } = search;
  const failures = findings.filter(({ verdict }) => verdict === 'falsified').length;
  const skipped = findings.filter(({ verdict }) => verdict === 'not tested').length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="sentinelsim test" tests="${findings.length}" failures="${failures}" skipped="${skipped}">`,
    ...findings.map((finding) => testCase(finding, savedOf(saved, finding), target)),
    '</testsuite>',
    '',
  ].join('\n');
}

/** The text of a message, or of a property of a workflow command. */
function escaped(text: string, isProperty: boolean): string {
  const message = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return isProperty ? message.replaceAll(':', '%3A').replaceAll(',', '%2C') : message;
}

/** An `::error` line of a GitHub workflow for each falsified law. */
export function annotations(search: Search, saved: readonly SavedCounterexample[]): string[] {
  return search.findings
    .filter(({ verdict }) => verdict === 'falsified')
    .map((finding) => {
      const counterexample = savedOf(saved, finding);
      const file = counterexample?.file ?? null;
      const place = file === null ? '' : `file=${escaped(file, true)},line=1,`;
      const replay = counterexample === undefined ? '' : `\nagain: ${commandText(counterexample)}`;
      const text = escaped(`${reasonOf(finding)}${replay}`, false);
      return `::error ${place}title=sentinelsim test%3A ${escaped(finding.law.name, true)}::${text}`;
    });
}
