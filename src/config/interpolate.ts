/** Variables in a compose file: `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?error}`, `${X:+other}`, `$$`. */

export type Variables = ReadonlyMap<string, string>;

/** What became of a text: the text, or the variable that must be set and the reason given. */
export type Interpolated = { readonly text: string } | { readonly missing: string; readonly reason: string };

class Missing extends Error {
  readonly variable: string;
  constructor(variable: string, reason: string) {
    super(reason);
    this.variable = variable;
  }
}

/** The index of the brace that closes the one before `start`; -1 if none does. */
function closingBrace(text: string, start: number): number {
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '{' && text[i - 1] === '$') depth++;
    if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

function expression(body: string, variables: Variables): string {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(:?[-?+])?([\s\S]*)$/.exec(body);
  if (match === null) return `\${${body}}`;
  const [, name, operator = '', rest] = match as unknown as [string, string, string?, string?];
  const value = variables.get(name);
  const present = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('+')) return present ? expand(rest!, variables) : '';
  if (present || operator === '') return value ?? '';
  if (operator.endsWith('-')) return expand(rest!, variables);
  throw new Missing(name, rest!);
}

function expand(text: string, variables: Variables): string {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const rest = text.slice(i, i + 2);
    const end = rest === '${' ? closingBrace(text, i + 2) : -1;
    const name = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest === '$$' ? '' : text.slice(i, i + 128))?.[1];
    if (rest === '$$') {
      result += '$';
      i++;
    } else if (end !== -1) {
      result += expression(text.slice(i + 2, end), variables);
      i = end;
    } else if (name !== undefined) {
      result += variables.get(name) ?? '';
      i += name.length;
    } else {
      result += text[i];
    }
  }
  return result;
}

/** Replaces the variables of a text. */
export function interpolate(text: string, variables: Variables): Interpolated {
  if (!text.includes('$')) return { text };
  try {
    return { text: expand(text, variables) };
  } catch (error) {
    if (error instanceof Missing) return { missing: error.variable, reason: error.message };
    throw error;
  }
}

function unquote(value: string): string {
  const match = /^"([\s\S]*)"$|^'([\s\S]*)'$/.exec(value);
  return match === null ? value.replace(/\s+#.*$/, '').trim() : (match[1] ?? match[2] ?? '');
}

/** The variables of a `.env` file. The environment of this process is not looked at: a run depends on files alone. */
export function parseDotEnv(text: string): Variables {
  const variables = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line.replace(/\r$/, ''));
    if (match !== null) variables.set(match[1]!, unquote(match[2]!.trim()));
  }
  return variables;
}
