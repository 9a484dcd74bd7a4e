/** The shape of a scenario file. The JSON schema for editors is made from it, and files are checked against it. */
import { z } from 'zod';
import {
  DURATION,
  DURATION_RANGE,
  explainDuration,
  parseDuration,
  parseDurationRange,
  SIGNED_DURATION,
} from './durations.ts';

const explain = (signed: boolean) => (issue: { input?: unknown }) =>
  issue.input === undefined ? 'is missing' : explainDuration(issue.input, signed);

/** A duration of zero or more. */
const duration = z
  .string({ error: explain(false) })
  .regex(DURATION, { error: explain(false), abort: true })
  .refine((text) => parseDuration(text) !== null, { error: explain(false) })
  .meta({ id: 'duration', description: 'a number with a unit: 500us, 20ms, 5s, 3m, 1h' });

/** A duration that may be negative. */
const signedDuration = z
  .string({ error: explain(true) })
  .regex(SIGNED_DURATION, { error: explain(true), abort: true })
  .refine((text) => parseDuration(text) !== null, { error: explain(true) })
  .meta({ id: 'signedDuration', description: 'a duration that may be negative: -2s' });

const explainRange = (issue: { input?: unknown }) => {
  const text = String(issue.input);
  return text.includes('..')
    ? `${text} is no range of durations such as 15s..25s`
    : explainDuration(issue.input);
};

/** A duration, or a range from which the run draws. */
const durationRange = z
  .string({ error: explainRange })
  .refine((text) => parseDurationRange(text) !== null, { error: explainRange })
  .meta({
    id: 'durationRange',
    description: 'a duration or a range: 15s..25s',
    pattern: `${DURATION.source}|${DURATION_RANGE.source}`,
  });

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

const name = z
  .string({ error: 'a name is expected' })
  .regex(NAME, { error: 'a name has letters, digits, dots, dashes and underscores' })
  .max(253)
  .meta({ id: 'name' });

/** Names, boxes or roles such as `@master`. */
const target = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: 'a name, a box, a role such as @master, or a list of these is expected',
  })
  .meta({ id: 'target', description: 'a name, a box, a role such as @master, or a list of these' });

const groups = z
  .tuple([target, target], { error: 'two groups are expected: [[a, b], [c]]' })
  .meta({ id: 'groups', description: 'two groups: [[a, b], [c]]' });

const LOSS_ERROR = { error: 'a probability from 0 to 1 or a percentage such as 2% is expected' };

const loss = z
  .union(
    [
      z.number().min(0, LOSS_ERROR).max(1, LOSS_ERROR),
      z.string().regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/, LOSS_ERROR),
    ],
    LOSS_ERROR,
  )
  .meta({ id: 'loss', description: 'part of the packets that is lost: 0.02 or 2%' });

const conditions = { latency: duration.optional(), jitter: duration.optional(), loss: loss.optional() };

const override = z.strictObject({ between: groups, ...conditions });

const networkSchema = z.strictObject({
  ...conditions,
  pairs: z.array(override).optional(),
  overrides: z.array(override).optional(),
});

const count = z.number({ error: 'a whole number is expected' }).int().min(0).max(1_000_000_000);
const at = signedDuration;
const lasting = { for: duration.optional() };
const word = z.union([z.string(), z.number(), z.boolean()], { error: 'a word is expected' });

/** Timeline verb → the shape of an entry with that verb. */
export const verbSchemas = {
  kill: z.strictObject({ at, kill: target }),
  stop: z.strictObject({ at, stop: target }),
  start: z.strictObject({ at, start: target }),
  pause: z.strictObject({ at, pause: target, ...lasting }),
  resume: z.strictObject({ at, resume: target }),
  isolate: z.strictObject({ at, isolate: target, ...lasting }),
  rejoin: z.strictObject({ at, rejoin: target }),
  cut: z.strictObject({ at, cut: groups, ...lasting }),
  'cut-one-way': z.strictObject({ at, 'cut-one-way': groups, ...lasting }),
  heal: z.strictObject({
    at,
    heal: z.union([groups, z.literal('all'), z.literal(true), z.null()], {
      error: 'the word all or two groups are expected: [[a, b], [c]]',
    }),
  }),
  command: z.strictObject({
    at,
    command: z.array(word, { error: 'a list is expected: [node, WORD, ...]' }).min(2, {
      error: 'a node and at least one word are expected: [node, WORD, ...]',
    }),
  }),
  network: z.strictObject({
    at,
    network: z.strictObject({ ...conditions, between: groups.optional() }),
    ...lasting,
  }),
  clock: z.strictObject({ at, clock: z.strictObject({ node: target, by: signedDuration }) }),
  restore: z.strictObject({
    at,
    restore: z.union([target, z.strictObject({ node: target, backup: count.optional() })], {
      error: 'a node or { node, backup } is expected',
    }),
  }),
  'power-off': z.strictObject({ at, 'power-off': target }),
  disk: z.strictObject({ at, disk: z.strictObject({ node: target, full: z.boolean() }), ...lasting }),
  names: z.strictObject({
    at,
    names: z.union([z.strictObject({ unresolvable: target }), z.strictObject({ resolvable: target })], {
      error: 'unresolvable: [nodes] or resolvable: [nodes] is expected',
    }),
    ...lasting,
  }),
} as const;

export type VerbName = keyof typeof verbSchemas;

const countBounds = { atMost: count.optional(), atLeast: count.optional() };
const timeBounds = { atMost: duration.optional(), atLeast: duration.optional() };
/** Which client is meant; all of them when it is left out. */
const ofClient = { client: z.string().min(1).optional() };

/** The first event with this name, on this node or role, whose message begins with this text. */
const moment = z
  .union(
    [
      z.string().min(1),
      z.strictObject({
        event: z.string().min(1),
        node: z.string().min(1).optional(),
        message: z.string().min(1).optional(),
      }),
    ],
    { error: 'an event name, or { event, node, message } is expected' },
  )
  .meta({
    id: 'moment',
    description: 'an event; its node may be @leader or @voters, the Sentinels of the first failover',
  });

/** Expectation → its shape. */
export const expectationSchemas = {
  failover: z.strictObject({
    failover: z.union(
      [z.boolean(), z.strictObject({ within: duration.optional(), happens: z.boolean().optional() })],
      { error: '{ within: 10s }, true or false is expected' },
    ),
  }),
  failovers: z.strictObject({ failovers: z.strictObject(countBounds) }),
  lostWrites: z.strictObject({ lostWrites: z.strictObject({ ...countBounds, ...ofClient }) }),
  downtime: z.strictObject({ downtime: z.strictObject({ ...timeBounds, ...ofClient }) }),
  refused: z.strictObject({
    refused: z.strictObject({ kind: z.string().min(1), ...timeBounds, ...ofClient }),
  }),
  keys: z.strictObject({ keys: z.strictObject({ node: z.string().min(1), ...countBounds }) }),
  master: z.strictObject({ master: z.string({ error: 'the name of a node is expected' }).min(1) }),
  event: z.strictObject({
    event: z.union(
      [
        z.string().min(1),
        z.strictObject({
          name: z.string().min(1),
          node: z.string().min(1).optional(),
          message: z.string().min(1).optional(),
          happens: z.boolean().optional(),
        }),
      ],
      { error: 'an event name, or { name, node, message, happens } is expected' },
    ),
  }),
  elapsed: z.strictObject({ elapsed: z.strictObject({ from: moment, to: moment, ...timeBounds }) }),
} as const;

export type ExpectationName = keyof typeof expectationSchemas;

const clientSchema = z.strictObject({
  name,
  at: z.string().min(1).optional(),
  discover: z
    .union([z.literal('sentinel'), z.array(z.string().min(1)).min(1)], {
      error: 'the word sentinel or a list of sentinels is expected',
    })
    .optional(),
  connect: z.string({ error: 'the name of a node is expected' }).min(1).optional(),
  rediscover: z.enum(['on-error', 'always']).optional(),
  write: duration.optional(),
  reads: duration.optional(),
  timeout: z.union([z.literal('none'), duration], { error: explain(false) }).optional(),
  subscribe: z.boolean().optional(),
  user: z.string().optional(),
  password: z.union([z.string(), z.number()]).optional(),
  from: signedDuration.optional(),
});

const confLines = z
  .union([z.null(), z.array(z.union([z.string(), z.array(z.string())]))], {
    error: 'a list of configuration lines is expected',
  })
  .meta({ id: 'lines', description: 'lines of redis.conf or sentinel.conf' });

const topologySchema = z.strictObject({
  redis: z.record(name, confLines, { error: 'node names with their configuration lines are expected' }),
  sentinels: z
    .record(name, confLines, { error: 'sentinel names with their configuration lines are expected' })
    .optional(),
  boxes: z
    .record(name, z.union([z.string().min(1), z.array(z.string().min(1))]), {
      error: 'box names with lists of nodes are expected',
    })
    .optional(),
});

const head = {
  name: z.string().min(1).optional(),
  about: z.string().optional(),
  deployment: z.string({ error: 'the path of a deployment is expected' }).min(1).optional(),
  topology: topologySchema.optional(),
  network: networkSchema.optional(),
  dataset: z.strictObject({ keys: count, valueBytes: count.optional() }).optional(),
  settle: durationRange.optional(),
  duration: duration.optional(),
  clients: z.array(clientSchema, { error: 'a list of clients is expected' }).optional(),
};

/** The file without the entries of its lists of verbs and expectations, which are checked one by one. */
export const outlineSchema = z.strictObject({
  ...head,
  timeline: z.array(z.unknown(), { error: 'a list is expected' }).nullish(),
  expect: z.array(z.unknown(), { error: 'a list is expected' }).nullish(),
});

const anyOf = <T extends z.ZodType>(schemas: Readonly<Record<string, T>>) =>
  z.union(Object.values(schemas) as unknown as [T, ...T[]]);

/** The whole file: what editors check against. */
export const scenarioSchema = z.strictObject({
  ...head,
  timeline: z.array(anyOf<z.ZodType>(verbSchemas)).nullish(),
  expect: z.array(anyOf<z.ZodType>(expectationSchemas)).nullish(),
});
