/** Timeline entries as YAML values, and as a person would say them. */
import { list, setting } from '../report/numbers.ts';
import type { LinkConditions, Target, TimelineEntry, Verb } from '../scenario/scenario.ts';

/** The shortest exact form: `20s`, `1500ms`, `50us`. */
export function durationText(us: number): string {
  if (us % 1_000_000 === 0) return `${us / 1_000_000}s`;
  return us % 1000 === 0 ? `${us / 1000}ms` : `${us}us`;
}

/** A name, or several. */
export function targetValue(target: Target): string | readonly string[] {
  return target.length === 1 ? target[0]! : target;
}

/** Network conditions as they stand in a scenario file. */
export function conditionsValue({
  latencyUs,
  jitterUs,
  lossPerMillion,
}: LinkConditions): Record<string, unknown> {
  return {
    ...(latencyUs === undefined ? {} : { latency: durationText(latencyUs) }),
    ...(jitterUs === undefined ? {} : { jitter: durationText(jitterUs) }),
    ...(lossPerMillion === undefined ? {} : { loss: lossPerMillion / 1_000_000 }),
  };
}

function verbValue(verb: Verb): unknown {
  switch (verb.do) {
    case 'cut':
    case 'cut-one-way':
      return verb.groups.map(targetValue);
    case 'heal':
      return verb.groups === null ? 'all' : verb.groups.map(targetValue);
    case 'command':
      return [targetValue(verb.target), ...verb.words];
    case 'network':
      return {
        ...conditionsValue(verb.conditions),
        ...(verb.between === null ? {} : { between: verb.between.map(targetValue) }),
      };
    case 'clock':
      return { node: targetValue(verb.target), by: durationText(verb.byUs) };
    case 'restore':
      return { node: targetValue(verb.target), backup: verb.backup };
    case 'disk':
      return { node: targetValue(verb.target), full: verb.full };
    case 'names':
      return { [verb.resolvable ? 'resolvable' : 'unresolvable']: verb.target };
    default:
      return targetValue(verb.target);
  }
}

function forUsOf(verb: Verb): number | null {
  return 'forUs' in verb ? verb.forUs : null;
}

/** An entry as it stands in a scenario file. */
export function entryValue({ atUs, verb }: TimelineEntry): Record<string, unknown> {
  const forUs = forUsOf(verb);
  return {
    at: durationText(atUs),
    [verb.do]: verbValue(verb),
    ...(forUs === null ? {} : { for: durationText(forUs) }),
  };
}

function conditionsWords({ latencyUs, jitterUs, lossPerMillion }: LinkConditions): string {
  const words: string[] = [];
  if (latencyUs !== undefined) words.push(`latency ${durationText(latencyUs)}`);
  if (jitterUs !== undefined) words.push(`jitter ${durationText(jitterUs)}`);
  if (lossPerMillion !== undefined) words.push(`loss ${lossPerMillion / 10_000} %`);
  return words.join(', ');
}

function deed(verb: Verb): string {
  switch (verb.do) {
    case 'kill':
      return `kill ${list(verb.target)} (SIGKILL)`;
    case 'stop':
      return `stop ${list(verb.target)} (SIGTERM)`;
    case 'power-off':
      return `power off ${list(verb.target)}`;
    case 'isolate':
      return `cut ${list(verb.target)} off from everyone`;
    case 'cut':
      return `cut ${list(verb.groups[0])} from ${list(verb.groups[1])}`;
    case 'cut-one-way':
      return `cut the way from ${list(verb.groups[0])} to ${list(verb.groups[1])}`;
    case 'heal':
      return verb.groups === null
        ? 'heal every cut'
        : `heal ${list(verb.groups[0])} and ${list(verb.groups[1])}`;
    case 'command':
      return `${list(verb.target)} is sent ${verb.words.join(' ')}`;
    case 'network': {
      const where =
        verb.between === null ? '' : ` between ${list(verb.between[0])} and ${list(verb.between[1])}`;
      return `network${where}: ${conditionsWords(verb.conditions)}`;
    }
    case 'clock':
      return `the clock of ${list(verb.target)} jumps by ${durationText(verb.byUs)}`;
    case 'restore':
      return `restore ${list(verb.target)} from RDB backup ${verb.backup}`;
    case 'disk':
      return `the disk of ${list(verb.target)} ${verb.full ? 'is full' : 'has room again'}`;
    case 'names':
      return `the name of ${list(verb.target)} ${verb.resolvable ? 'resolves again' : 'does not resolve'}`;
    default:
      return `${verb.do} ${list(verb.target)}`;
  }
}

/** What an entry does, without its time: `cut r1 off from everyone, for 20 s`. */
export function entryWords({ verb }: TimelineEntry): string {
  const forUs = forUsOf(verb);
  return forUs === null ? deed(verb) : `${deed(verb)}, for ${setting(forUs / 1000)}`;
}
