/** Redis's glob patterns: `*`, `?`, `[abc]`, `[^a-z]` and `\x`. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchFrom(pattern, 0, text, 0);
}

function matchFrom(pattern: string, from: number, text: string, start: number): boolean {
  let p = from;
  let t = start;
  while (p < pattern.length) {
    const sign = pattern[p]!;
    if (sign === '*') {
      for (let end = t; end <= text.length; end++) if (matchFrom(pattern, p + 1, text, end)) return true;
      return false;
    }
    if (t >= text.length) return false;
    if (sign === '[') {
      const end = classEnd(pattern, p);
      if (!inClass(pattern.slice(p + 1, end), text[t]!)) return false;
      p = end + 1;
    } else {
      if (sign === '\\' && p + 1 < pattern.length) p++;
      if (sign !== '?' && pattern[p] !== text[t]) return false;
      p++;
    }
    t++;
  }
  return t === text.length;
}

function classEnd(pattern: string, open: number): number {
  const end = pattern.indexOf(']', open + 1);
  return end < 0 ? pattern.length : end;
}

function inClass(members: string, letter: string): boolean {
  const negated = members.startsWith('^');
  let found = false;
  for (let i = negated ? 1 : 0; i < members.length; i++) {
    if (members[i + 1] === '-' && i + 2 < members.length) {
      if (members[i]! <= letter && letter <= members[i + 2]!) found = true;
      i += 2;
    } else if (members[i] === letter) {
      found = true;
    }
  }
  return found !== negated;
}
