/** The grammar of JSON, token by token, with the path to where one is. */

/** Keys and indices that lead to a value. */
export type Path = readonly PropertyKey[];

type Awaited = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'end';

const EXPECTED: Readonly<Record<Awaited, string>> = {
  value: 'a JSON value',
  'value or ]': 'a JSON value or ]',
  key: 'a name in double quotes',
  'key or }': 'a name in double quotes or }',
  ':': ':',
  ', or ]': ', or ]',
  ', or }': ', or }',
  end: 'nothing after the value',
};

const SPACE = /[ \t\n\r]*/y;
const TOKEN =
  /[{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Reads the tokens of one JSON value that begins at or after an offset. */
export class JsonScanner {
  readonly #text: string;
  readonly #path: PropertyKey[] = [];
  readonly #closers: ('}' | ']')[] = [];
  #awaited: Awaited = 'value';
  #at: number;
  /** Where the token that was read last begins, or what stands in its place. */
  start: number;

  constructor(text: string, from = 0) {
    this.#text = text;
    this.#at = from;
    this.start = from;
  }

  /** To the value that was read last; changes with every token. */
  get path(): Path {
    return this.#path;
  }

  get isDone(): boolean {
    return this.#awaited === 'end';
  }

  get expected(): string {
    return EXPECTED[this.#awaited];
  }

  /** Moves `start` to the next character that is no space; false when there is none. */
  skipSpace(): boolean {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.start = SPACE.lastIndex;
    return this.start < this.#text.length;
  }

  /** What the next token is; null when it cannot stand here. */
  next(): 'value' | 'sign' | null {
    this.skipSpace();
    TOKEN.lastIndex = this.start;
    const token = TOKEN.exec(this.#text)?.[0];
    if (token === undefined) return null;
    this.#at = TOKEN.lastIndex;
    if (this.#awaited.startsWith('value') && !/^[}\]:,]/.test(token)) return 'value';
    return this.#takeSign(token) ? 'sign' : null;
  }

  /** Goes into the value that `next` has found, or past it when it is a word. */
  enter(): void {
    const opener = this.#text[this.start];
    if (opener === '{') this.#open('}', 'key or }', '');
    else if (opener === '[') this.#open(']', 'value or ]', 0);
    else this.#awaited = this.#afterValue();
  }

  #open(closer: '}' | ']', awaited: Awaited, first: PropertyKey): void {
    this.#closers.push(closer);
    this.#path.push(first);
    this.#awaited = awaited;
  }

  #takeSign(token: string): boolean {
    const closer = this.#closers.at(-1);
    if (token.startsWith('"') && this.#awaited.startsWith('key')) {
      this.#path[this.#path.length - 1] = JSON.parse(token) as string;
      this.#awaited = ':';
    } else if (token === ':' && this.#awaited === ':') this.#awaited = 'value';
    else if (token === ',' && this.#awaited.startsWith(',')) this.#nextMember();
    else if (token === closer && this.#awaited.endsWith(`or ${closer}`)) {
      this.#closers.pop();
      this.#path.pop();
      this.#awaited = this.#afterValue();
    } else return false;
    return true;
  }

  #nextMember(): void {
    const inList = this.#closers.at(-1) === ']';
    if (inList) this.#path[this.#path.length - 1] = (this.#path.at(-1) as number) + 1;
    this.#awaited = inList ? 'value' : 'key';
  }

  #afterValue(): Awaited {
    const closer = this.#closers.at(-1);
    return closer === undefined ? 'end' : `, or ${closer}`;
  }
}
