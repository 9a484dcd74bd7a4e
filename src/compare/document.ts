/** Run documents as they are compared: simulated ones, recorded ones, and those of older recorders. */
import { z } from 'zod';
import { type RefusalsOfKind, refusalFields, refusalsByKind, spanSchema } from '../documents/refusals.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { interchangeableNodes } from './interchangeable.ts';
import type { Observed, ObservedClient, Refusals } from './observed.ts';

const clientSchema = z.object({
  name: z.string().optional(),
  gaps: z.array(spanSchema),
  ...refusalFields,
  lost: z.object({ count: z.number() }).nullish(),
});

const finalSchema = z.object({
  node: z.string().optional(),
  name: z.string().optional(),
  /** True, or why it did not answer. */
  down: z.union([z.boolean(), z.string()]).optional(),
  role: z.string().optional(),
  master: z.string().nullish(),
  masterHost: z.string().nullish(),
  link: z.string().nullish(),
  configEpoch: z.coerce.number().optional(),
  flags: z.union([z.string(), z.array(z.string())]).optional(),
  replicas: z.coerce.number().optional(),
  sentinels: z.coerce.number().optional(),
  slaves: z.coerce.number().optional(),
  others: z.coerce.number().optional(),
});

/** The parts of a run document that are compared; everything else is ignored. */
export const comparedDocument = z.object({
  durationMs: z.number(),
  events: z.array(z.object({ t: z.number(), node: z.string(), event: z.string(), message: z.string() })),
  clients: z.array(clientSchema).default([]),
  final: z.array(finalSchema).default([]),
});

export type ComparedDocument = z.infer<typeof comparedDocument>;
type Client = z.infer<typeof clientSchema>;
type Final = z.infer<typeof finalSchema>;

/** Turns documents of one scenario into what is compared, in whole milliseconds as logs have them. */
export class Observer {
  readonly #clientNames: readonly string[];
  readonly #subjects: ReadonlyMap<string, string>;

  constructor(scenario: Scenario) {
    this.#clientNames = scenario.clients.map(({ name }) => name);
    this.#subjects = interchangeableNodes(scenario);
  }

  /** Recorders go on reading logs for a moment after the run's end. Clients without a name get that of the scenario's. */
  observe({ events, clients, final, durationMs }: ComparedDocument): Observed {
    return {
      events: events
        .filter(({ t }) => t <= durationMs)
        .map(({ t, node, event, message }) => ({ t: Math.floor(t), node, event, message })),
      clients: clients.map((client, index) =>
        observeClient(client, client.name ?? this.#clientNames[index] ?? `client${index}`, durationMs),
      ),
      finalFacts: finalFacts(final, this.#subjects),
    };
  }
}

/** Recorders do not list a gap that is still open at the end. */
function observeClient(client: Client, name: string, durationMs: number): ObservedClient {
  return {
    name,
    gaps: client.gaps
      .filter(([, to]) => to < durationMs)
      .map(([from, to]) => [Math.floor(from), Math.floor(to)]),
    refusals: new Map([...refusalsByKind(client)].map(([kind, refusals]) => [kind, wholeMs(refusals)])),
    lost: client.lost?.count ?? null,
  };
}

function wholeMs({ count, at }: RefusalsOfKind): Refusals {
  const [first, last] = at ?? [Number.NaN, Number.NaN];
  return { count, first: Math.floor(first), last: Math.floor(last) };
}

function finalFacts(final: readonly Final[], subjects: ReadonlyMap<string, string>): string[] {
  const called = (name: string) => subjects.get(name) ?? name;
  const views = final.map((view) => ({ view, node: view.node ?? view.name ?? '' }));
  return views.flatMap(({ view, node }) => {
    const several = views.filter((other) => other.node === node).length > 1;
    const subject = several ? `${called(node)} ${view.name ?? ''}` : called(node);
    return factsOf(view, called).map((fact) => `${subject} ${fact}`);
  });
}

function factsOf(view: Final, called: (name: string) => string): string[] {
  if (view.down !== undefined && view.down !== false) return ['down'];
  const master = view.master ?? view.masterHost;
  const facts: Record<string, string | number | null | undefined> = {
    role: view.role === 'slave' ? 'replica' : view.role,
    master: master == null ? null : called(master),
    link: view.link,
    configEpoch: view.configEpoch,
    flags: typeof view.flags === 'string' ? view.flags : view.flags?.join(','),
    replicas: view.replicas ?? view.slaves,
    sentinels: view.sentinels ?? view.others,
  };
  return Object.entries(facts).flatMap(([field, value]) => (value == null ? [] : [`${field} ${value}`]));
}
