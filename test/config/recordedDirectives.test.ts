/**
 * The directives beside those of redis-server 7.0.15, recorded from one without a configuration file: its `CONFIG GET`, the names
 * that it hides with them, and for each directive what became of a few values. They were given to CONFIG SET; to the command line
 * where CONFIG SET refuses the directive (`set` says how). `accepted`: the value, and how CONFIG GET shows it then.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { getDirectives, setDirective } from '../../models/redis/directives.ts';
import { RedisLab } from '../support/redisLab.ts';

interface Recorded {
  readonly value: string;
  readonly hidden?: boolean;
  readonly set?: string;
  readonly accepted: Readonly<Record<string, string>>;
  readonly refused: Readonly<Record<string, readonly string[]>>;
}

const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/directives.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Recorded>>;
const entries = Object.entries(recorded);
const shown = entries.filter(([, { hidden }]) => hidden !== true);

/** What a server finds out from its machine, not from the text. */
const OF_THE_MACHINE = [
  'Failed to bind to specified addresses.',
  'No such file or directory',
  "Can't open the log file: No such file or directory",
  'Unable to update TLS configuration. Check server logs.',
  'Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution',
  'Hostnames may only contain alphanumeric characters, hyphens or dots',
];
/** 2^63: more than a number here can hold exactly, so as memory it is refused as no number at all. */
const TOO_GREAT = '9223372036854775808';

function outcome(refusal: string | null, value: string): string {
  return refusal === null ? `shown as ${value}` : `refused: ${refusal}`;
}

/** What the recorded server did with each value, but for what is beyond the model. */
function expected({ accepted, refused }: Recorded, isMemory: boolean): [string, string][] {
  return [
    ...Object.entries(accepted).map(([text, value]) => [text, outcome(null, value)] as [string, string]),
    ...Object.entries(refused)
      .filter(([reason]) => !OF_THE_MACHINE.includes(reason))
      .flatMap(([reason, texts]) => texts.map((text) => [text, outcome(reason, '')] as [string, string])),
  ].filter(([text]) => !(isMemory && text === TOO_GREAT));
}

const takesMemory = ({ refused, accepted }: Recorded): boolean =>
  '10mb' in accepted &&
  accepted['10mb'] !== '10mb' &&
  refused['argument must be a memory value'] !== undefined;
const takesPercent = ({ refused }: Recorded): boolean =>
  'argument must be a memory or percent value' in refused;

describe('1 master', () => {
  const open = () => new RedisLab({ r1: [] }, { settle: false }).run(1).connect('r1');

  test('CONFIG GET * names all directives and aliases of Redis, with its defaults', () => {
    const ours = getDirectives(defaultRedisConfig(), '*').map(([name, value]) => `${name} ${value}`);
    expect(ours.sort()).toEqual(shown.map(([name, { value }]) => `${name} ${value}`).sort());
  });

  test.each(['*', 'repl-*', '*PORT', 'zset-max-??????????entries', 'h[ai]*', '[^a-t]*', 'no-such*'])(
    'CONFIG GET %s gives the names that match, each once',
    (pattern) => {
      const words = open().ask({ kind: 'CONFIG GET', patterns: [pattern, pattern] }) as string[];
      const source = pattern.toLowerCase().replaceAll('*', '.*').replaceAll('?', '.');
      const names = shown.map(([name]) => name).filter((name) => new RegExp(`^${source}$`).test(name));
      expect(words.filter((_, index) => index % 2 === 0).sort()).toEqual(names.sort());
    },
  );

  test('CONFIG GET of one name gives it as it was asked for, the hidden ones too', () => {
    const session = open();
    for (const [name, { value, hidden }] of entries) {
      const given = name === 'protected-mode' ? 'no' : value;
      expect(session.ask({ kind: 'CONFIG GET', patterns: [name] })).toEqual([name, given]);
      expect(getDirectives(defaultRedisConfig(), `${name}*`).some(([found]) => found === name)).toBe(
        hidden !== true,
      );
    }
  });

  test('CONFIG SET takes and refuses what Redis does, with its texts (R-CONF-6, R-CONF-7, R-CONF-8)', () => {
    const lab = new RedisLab({ r1: [] }, { settle: false }).run(1);
    const session = lab.connect('r1');
    const wanted: string[] = [];
    const steps: (readonly [name: string, text: string, what: string])[] = [];
    for (const [name, directive] of entries) {
      const { set, value } = directive;
      if (set !== undefined) steps.push([name, value, outcome(set, '')]);
      else {
        for (const [text, what] of expected(directive, takesMemory(directive) || takesPercent(directive)))
          steps.push([name, text, what]);
      }
    }
    for (const [name, text, what] of steps) {
      session
        .send({ kind: 'CONFIG SET', pairs: [[name, text]] })
        .send({ kind: 'CONFIG GET', patterns: [name] })
        .send({ kind: 'CONFIG SET', pairs: [[name, recorded[name]!.value]] });
      wanted.push(`${name} ${text} ${what}`);
    }
    lab.run(1);
    const { replies } = session;
    const was = steps.map(([name, text], index) => {
      const [reply, after] = replies.slice(3 * index) as [string, string[]];
      const refusal = `-ERR CONFIG SET failed (possibly related to argument '${name}') - `;
      if (reply !== 'OK') expect(reply).toContain(refusal);
      return `${name} ${text} ${outcome(reply === 'OK' ? null : reply.slice(refusal.length), after[1]!)}`;
    });
    expect(was).toEqual(wanted);
  });
});

test('a file takes and refuses what Redis does, also where CONFIG SET does not (R-CONF-6, R-CONF-7, R-CONF-8)', () => {
  for (const [name, directive] of entries.filter(([, { set }]) => set !== undefined)) {
    for (const [text, what] of expected(directive, false)) {
      const config = defaultRedisConfig();
      const refusal = setDirective(config, name, [text]);
      const [[, value]] = getDirectives(config, name) as [[string, string]];
      expect([name, text, outcome(refusal, value)]).toEqual([name, text, what]);
    }
  }
});

/** Directives of several words and others with a syntax of their own: the text, and `=` with what CONFIG GET shows, or the refusal. */
const several = JSON.parse(
  readFileSync(new URL('./fixtures/severalWords.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly (readonly [text: string, outcome: string])[]>>;

test.each(Object.keys(several))(
  '%s: several words are taken and refused as Redis does (R-CONF-3, R-CONF-8)',
  (name) => {
    const ours = several[name]!.map(([text]) => {
      const config = defaultRedisConfig();
      const refusal = setDirective(config, name, [text]);
      return [text, refusal ?? `=${getDirectives(config, name)[0]![1]}`];
    });
    expect(ours).toEqual(several[name]);
  },
);
