/** Run documents as they are explained: simulated ones, recordings, and imported logs. */
import { z } from 'zod';
import { refusalFields, refusalsByKind, spanSchema } from '../documents/refusals.ts';
import { failoversOf } from '../measure/failovers.ts';
import type { FinalView, LostWrites, RunAction, RunClient, RunDocument } from '../run/document.ts';

/** What a recording says about its configuration; null: it does not. */
export interface RecordedSettings {
  readonly quorum: number | null;
  readonly downAfterMs: number | null;
  readonly failoverTimeoutMs: number | null;
}

export type ExplainableRun = Omit<RunDocument, 'seed'> & {
  readonly seed: number | null;
  readonly settings: RecordedSettings;
};

const word = z.union([z.string(), z.number()]);

const eventSchema = z.object({
  t: z.number(),
  node: z.string(),
  event: z.string(),
  level: z.string().default(''),
  message: z.string().default(''),
});

const actionSchema = z.object({
  t: z.number(),
  do: z.string(),
  args: z.array(z.union([word, z.array(z.string())])).default([]),
  reply: z.unknown().optional(),
});

const lostSchema = z.object({
  count: z.number(),
  first: z.number().nullish(),
  last: z.number().nullish(),
  firstT: z.number().nullish(),
  lastT: z.number().nullish(),
  reasons: z.record(z.string(), z.number()).default({}),
});

const clientSchema = z.object({
  name: z.string().optional(),
  acked: z.number().default(0),
  gaps: z.array(spanSchema).default([]),
  ...refusalFields,
  lost: lostSchema.nullish(),
});

const finalSchema = z.looseObject({
  node: z.string().optional(),
  name: z.string().optional(),
  down: z.union([z.boolean(), z.string()]).optional(),
  role: z.string().optional(),
});

const topologySchema = z.object({
  quorum: z.number().optional(),
  downAfter: z.number().optional(),
  failoverTimeout: z.number().optional(),
});

/** Everything a run document may have; only its schema name and its events are asked for. */
export const runDocumentSchema = z.object({
  schema: z.literal('sentinelsim/run/1'),
  scenario: z.string().default(''),
  about: z.string().default(''),
  seed: z.number().nullish(),
  source: z.string().default(''),
  durationMs: z.number().optional(),
  events: z.array(eventSchema),
  actions: z.array(actionSchema).default([]),
  clients: z.array(clientSchema).default([]),
  final: z.array(finalSchema).default([]),
  topology: topologySchema.optional(),
});

type RawRun = z.infer<typeof runDocumentSchema>;

/** Brings the dialects of recorders to one form; failovers are measured anew. */
export function explainableRun(raw: RawRun): ExplainableRun {
  const events = [...raw.events].sort((a, b) => a.t - b.t);
  const final = raw.final.flatMap(finalOf);
  const sentinels = final.flatMap((view) => ('configEpoch' in view ? [view.node] : []));
  const { topology } = raw;
  return {
    schema: 'sentinelsim/run/1',
    scenario: raw.scenario,
    about: raw.about,
    // Only a simulation has a seed, whatever else a document says.
    seed: raw.source.startsWith('sentinelsim') ? (raw.seed ?? null) : null,
    source: raw.source,
    durationMs: raw.durationMs ?? Math.max(0, ...events.map(({ t }) => t)),
    events,
    actions: raw.actions.filter((action) => action.do !== 'end').map(actionOf),
    failovers: failoversOf(events, sentinels),
    clients: raw.clients.map(clientOf),
    final,
    expectations: [],
    unmodelled: [],
    settings: {
      quorum: topology?.quorum ?? null,
      downAfterMs: topology?.downAfter ?? null,
      failoverTimeoutMs: topology?.failoverTimeout ?? null,
    },
  };
}

function actionOf(action: RawRun['actions'][number]): RunAction {
  const verb = action.do === 'cmd' ? 'command' : action.do;
  const term = verb === 'kill' && action.args[1] === 'SIGTERM';
  return {
    t: action.t,
    do: term ? 'stop' : verb,
    args: term ? action.args.slice(0, 1) : action.args,
    ...(typeof action.reply === 'string' ? { reply: action.reply } : {}),
  };
}

function clientOf(client: RawRun['clients'][number], index: number): RunClient {
  const refusals = [...refusalsByKind(client)];
  return {
    name: client.name ?? `client${index}`,
    acked: client.acked,
    refused: Object.fromEntries(refusals.map(([kind, { count }]) => [kind, count])),
    refusedAt: Object.fromEntries(refusals.flatMap(([kind, { at }]) => (at === null ? [] : [[kind, at]]))),
    gaps: client.gaps,
    lost: client.lost == null ? null : lostOf(client.lost),
  };
}

function lostOf(lost: z.infer<typeof lostSchema>): LostWrites {
  return {
    count: lost.count,
    first: lost.first ?? lost.firstT ?? null,
    last: lost.last ?? lost.lastT ?? null,
    reasons: lost.reasons,
  };
}

function finalOf(view: z.infer<typeof finalSchema>): FinalView[] {
  const node = view.node ?? view.name ?? '';
  if (view.down !== undefined && view.down !== false) return [{ node, down: true }];
  if (view.configEpoch !== undefined) {
    const flags = Array.isArray(view.flags) ? view.flags.map(String) : String(view.flags ?? '').split(',');
    return [
      {
        node,
        name: view.node === undefined ? '' : (view.name ?? ''),
        master: view.master == null ? null : String(view.master),
        configEpoch: Number(view.configEpoch),
        flags,
        replicas: Number(view.replicas ?? view.slaves ?? 0),
        sentinels: Number(view.sentinels ?? view.others ?? 0),
      },
    ];
  }
  if (view.role === undefined) return [];
  const master = view.master ?? view.masterHost;
  return [
    {
      node,
      role: view.role === 'master' ? 'master' : 'replica',
      master: master == null ? null : String(master),
      link: view.link === 'up' ? 'up' : view.link === 'down' ? 'down' : null,
      offset: Number(view.offset ?? 0),
      keys: Number(view.keys ?? 0),
      replicas: Number(view.replicas ?? view.slaves ?? 0),
    },
  ];
}
