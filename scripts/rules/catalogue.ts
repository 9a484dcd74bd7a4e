/** The rules of the protocol and its quirks, read from docs/rules.md. */
import { idsIn } from './ids.ts';

export interface Rule {
  readonly id: string;
  readonly title: string;
  /** Rules that this one is a consequence of; empty: it has to be implemented itself. */
  readonly follows: readonly string[];
}

/** An oddity that follows from rules, with its number in the list. */
export interface Quirk {
  readonly number: number;
  readonly title: string;
}

export interface Catalogue {
  readonly rules: readonly Rule[];
  readonly quirks: readonly Quirk[];
}

const RULE = /^- \*\*([^*]+)\*\* (.+?)(?: ← (.+))?$/;
const QUIRK = /^(\d+)\. (.+)$/;

/** @throws Error at a list item that is neither a rule nor a quirk, and at an id that stands twice. */
export function readCatalogue(text: string): Catalogue {
  const rules: Rule[] = [];
  const quirks: Quirk[] = [];
  const known = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const rule = RULE.exec(line);
    const quirk = QUIRK.exec(line);
    if (rule !== null) {
      const id = rule[1]!;
      if (known.has(id)) throw new Error(`docs/rules.md:${index + 1}: ${id} stands twice`);
      known.add(id);
      rules.push({ id, title: rule[2]!, follows: idsIn(rule[3] ?? '') });
    } else if (quirk !== null) {
      quirks.push({ number: Number(quirk[1]), title: quirk[2]! });
    } else if (line.startsWith('- ')) {
      throw new Error(`docs/rules.md:${index + 1}: expected "- **ID** title", found "${line}"`);
    }
  }
  return { rules, quirks };
}
