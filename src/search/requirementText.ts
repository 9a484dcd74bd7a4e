/** The sentence of a requirement, word by word: `p99 downtime within 15s of app`. */
import { suggestion } from '../config/nearest.ts';
import { addError, type Problems } from '../config/problems.ts';

export interface Sentence {
  /** The same as an entry of a scenario's `expect`. */
  readonly yaml: string;
  readonly percentile: number | null;
  /** Where a column of `yaml`, from 1, stands in what the user wrote. */
  readonly columnOf: (yamlColumn: number) => number;
}

const SUBJECTS = ['failover', 'failovers', 'downtime', 'lostWrites'] as const;
const RELATIONS = ['within', 'atMost', 'atLeast'] as const;
/** A failover has a time limit and no least time. */
const RELATIONS_OF_FAILOVER = ['within', 'atMost'] as const;
const EXAMPLES = 'failover within 10s, no failover, downtime within 15s of app, p99 lostWrites atMost 0';

interface Word {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
}

/** `lost writes` and `at most` are one word each. */
function joined(words: readonly Word[]): Word[] {
  const result: Word[] = [];
  for (const word of words) {
    const last = result.at(-1);
    const pair = `${last?.text ?? ''} ${word.text}`.toLowerCase();
    if (last !== undefined && (pair === 'lost writes' || pair === 'at most' || pair === 'at least')) {
      result[result.length - 1] = { text: pair.replace(' ', ''), column: last.column };
    } else result.push(word);
  }
  return result;
}

/** Reads one sentence; null when it is none, with the reason in `problems`. */
export function readSentence(text: string, file: string, problems: Problems): Sentence | null {
  const all = joined(wordsOf(text));
  const percentile = percentileOf(all[0]);
  const words = percentile === null ? all : all.slice(1);
  const [first] = words;
  if (first?.text.startsWith('{')) {
    const yaml = text.slice(first.column - 1).trimEnd();
    return { yaml, percentile, columnOf: (column) => Math.max(1, column + first.column - 1) };
  }
  const complain = (word: Word | undefined, message: string, known: readonly string[]) => {
    const column = word?.column ?? text.trimEnd().length + 1;
    const hint = word === undefined || known.length === 0 ? '' : suggestion(word.text, known);
    addError(problems, { file, line: 1, column }, message, {
      found: word?.text ?? 'nothing more',
      expected: `${known.length === 0 ? 'a sentence' : known.join(', ')}, as in: ${EXAMPLES}`,
      hint: hint.startsWith('did you mean') ? hint : '',
    });
    return null;
  };
  return readWords(words, percentile, complain);
}

type Complain = (word: Word | undefined, message: string, known: readonly string[]) => null;

function readWords(words: readonly Word[], percentile: number | null, complain: Complain): Sentence | null {
  const [first, second] = words;
  if (/^p\d/.test(first?.text ?? '')) return complain(first, 'a percentile is above 0 and at most 100', []);
  const isNo = first?.text.toLowerCase() === 'no';
  if (isNo && second?.text.toLowerCase() === 'failover' && words.length === 2) {
    return { yaml: '{ failover: false }', percentile, columnOf: () => first!.column };
  }
  const subject = SUBJECTS.find((name) => name.toLowerCase() === first?.text.toLowerCase());
  if (subject === undefined) return complain(first, 'this is nothing that can be required', SUBJECTS);
  if (subject === 'failover' && second === undefined) {
    return { yaml: '{ failover: true }', percentile, columnOf: () => first!.column };
  }
  return readLimit(subject, words.slice(1), percentile, complain);
}

function readLimit(
  subject: (typeof SUBJECTS)[number],
  [relating, limit, of, client, more]: readonly Word[],
  percentile: number | null,
  complain: Complain,
): Sentence | null {
  const relations = subject === 'failover' ? RELATIONS_OF_FAILOVER : RELATIONS;
  const relation = relations.find((name) => name.toLowerCase() === relating?.text.toLowerCase());
  if (relation === undefined) return complain(relating, `${subject} is compared with a limit`, relations);
  if (limit === undefined) return complain(limit, 'the limit is missing', []);
  const isOfClient = subject === 'downtime' || subject === 'lostWrites';
  if (of !== undefined && !(isOfClient && of.text === 'of')) {
    return complain(of, 'the sentence should end here', isOfClient ? ['of'] : []);
  }
  if (of !== undefined && client === undefined) return complain(client, 'the client is missing', []);
  if (more !== undefined) return complain(more, 'the sentence should end here', []);
  const bound = relation === 'atLeast' ? 'atLeast' : subject === 'failover' ? 'within' : 'atMost';
  const head = `{ ${subject}: { ${bound}: `;
  const middle = `${head}${limit.text}, client: `;
  const yaml = client === undefined ? `${head}${limit.text} } }` : `${middle}${client.text} } }`;
  const columnOf = (column: number) => {
    if (client !== undefined && column > middle.length) return client.column;
    return column > head.length ? limit.column : relating!.column;
  };
  return { yaml, percentile, columnOf };
}

function percentileOf(word: Word | undefined): number | null {
  const match = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(word?.text ?? '');
  const percent = match === null ? 0 : Number(match[1]);
  return percent === 0 ? null : percent;
}
