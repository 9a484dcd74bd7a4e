/** Redis's glob patterns: `*`, `?`, `[a-z]`, `[^x]`, and `\` before a literal character. */

interface ClassMatch {
  readonly matched: boolean;
  /** Index of the first pattern character after the class. */
  readonly next: number;
}

function matchClass(pattern: string, start: number, char: string): ClassMatch {
  let at = start + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  let matched = false;
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\' && at + 1 < pattern.length) at++;
    const low = pattern[at]!;
    if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const high = pattern[at + 2]!;
      const [from, to] = low <= high ? [low, high] : [high, low];
      if (char >= from && char <= to) matched = true;
      at += 3;
    } else {
      if (char === low) matched = true;
      at++;
    }
  }
  return { matched: matched !== negated, next: at + 1 };
}

function matchFrom(pattern: string, patternStart: number, text: string, textStart: number): boolean {
  let at = patternStart;
  let position = textStart;
  while (at < pattern.length) {
    const symbol = pattern[at]!;
    if (symbol === '*') {
      for (let skip = position; skip <= text.length; skip++) {
        if (matchFrom(pattern, at + 1, text, skip)) return true;
      }
      return false;
    }
    if (position >= text.length) return false;
    if (symbol === '[') {
      const result = matchClass(pattern, at, text[position]!);
      if (!result.matched) return false;
      at = result.next;
    } else {
      const escaped = symbol === '\\' && at + 1 < pattern.length;
      if (escaped) at++;
      if ((escaped || symbol !== '?') && pattern[at] !== text[position]) return false;
      at++;
    }
    position++;
  }
  return position === text.length;
}

/** True when the whole text matches the pattern, case sensitively. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchFrom(pattern, 0, text, 0);
}
