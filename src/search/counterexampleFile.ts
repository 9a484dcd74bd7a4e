/** A counterexample as a scenario file that `run` plays as it was found. */
import { dirname, relative, resolve, sep } from 'node:path';
import { type Document, parseDocument, YAMLSeq } from 'yaml';
import type { PreparedRun } from '../run/prepare.ts';
import type { ClientPlan, NetworkPlan } from '../scenario/scenario.ts';
import { topologyValue } from './topologyText.ts';
import { conditionsValue, durationText, entryValue, targetValue } from './verbText.ts';

/** Where the cluster of a counterexample comes from: its file refers to a deployment, and copies a scenario. */
export type Origin =
  | { readonly kind: 'deployment'; readonly path: string }
  | { readonly kind: 'scenario'; readonly path: string; readonly source: string }
  | { readonly kind: 'arbitrary' };

export interface CounterexampleText {
  readonly name: string;
  readonly about: string;
  /** Entries of `expect`, in YAML. */
  readonly expect: readonly string[];
  /** Lines above the scenario, such as the command that replays it. */
  readonly head: readonly string[];
}

/** `no-lost-write`, `failover-within-10s`: fit for a file's name. */
export function slug(text: string): string {
  const word = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return word.replace(/^-|-$/g, '').slice(0, 60);
}

/** A path as `deployment:` wants it, relative to the folder of the scenario. */
function pathFrom(folder: string, path: string): string {
  const way = relative(resolve(folder), resolve(path)).split(sep).join('/');
  if (way === '') return '.';
  return way.startsWith('.') ? way : `./${way}`;
}

const USUAL_TIMEOUT_US = 1_000_000;
const USUAL_FROM_US = -2_000_000;
const USUAL_SETTLE = '15s..25s';

/** The keys that differ from what a client does when they are left out. */
function clientValue(client: ClientPlan): Record<string, unknown> {
  const unless = <T>(usual: T, value: T) => (value === usual ? undefined : value);
  const duration = (us: number | null | undefined) =>
    us === null || us === undefined ? undefined : durationText(us);
  const timeout = client.timeoutUs === null ? 'none' : duration(unless(USUAL_TIMEOUT_US, client.timeoutUs));
  const fields = {
    name: client.name,
    at: client.at,
    discover: client.discover,
    connect: client.connect,
    rediscover: unless('on-error', client.rediscover),
    write: duration(client.writeUs),
    reads: duration(client.readsUs),
    timeout,
    subscribe: unless(false, client.subscribe),
    user: client.user,
    password: client.password,
    from: duration(unless(USUAL_FROM_US, client.fromUs)),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given);
}

function networkValue({ overrides, ...everywhere }: NetworkPlan): Record<string, unknown> {
  const pairs = overrides.map(({ between, ...conditions }) => ({
    between: between.map(targetValue),
    ...conditionsValue(conditions),
  }));
  return { ...conditionsValue(everywhere), ...(pairs.length === 0 ? {} : { overrides: pairs }) };
}

/** A list with each item in braces on a line of its own. */
function lines(document: Document, items: readonly unknown[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = items.length === 0;
  list.items = items.map((item) => document.createNode(item, { flow: true }));
  return list;
}

/** The text of a scenario whose line for editors leads to the schema from another folder too. */
function withSchemaFrom(folder: string, { path, source }: Origin & { kind: 'scenario' }): string {
  return source.replace(
    /^(# yaml-language-server: \$schema=)(\.\S+)$/m,
    (_line, head: string, schema: string) => head + pathFrom(folder, resolve(dirname(path), schema)),
  );
}

/** The file that the target was read from, or a new one. */
function startingPoint(found: PreparedRun['scenario'], origin: Origin, folder: string): Document {
  const source = origin.kind === 'scenario' ? withSchemaFrom(folder, origin) : '{}';
  const document: Document = parseDocument(source);
  if (origin.kind === 'scenario') {
    const deployment = document.get('deployment');
    if (typeof deployment === 'string') {
      document.set('deployment', pathFrom(folder, resolve(dirname(origin.path), deployment)));
    }
    return document;
  }
  document.contents = document.createNode({}) as Document['contents'];
  document.set('name', '');
  document.set('about', '');
  if (origin.kind === 'deployment') document.set('deployment', pathFrom(folder, origin.path));
  else {
    document.set('topology', document.createNode(topologyValue(found.deployment)));
    document.set('network', document.createNode(networkValue(found.network), { flow: true }));
    if (found.dataset.keys > 0) document.set('dataset', document.createNode(found.dataset, { flow: true }));
  }
  document.set('clients', lines(document, found.clients.map(clientValue)));
  return document;
}

/**
 * The text of a scenario file in `folder`.
 * @param found the scenario that broke the law
 */
export function counterexampleText(
  found: PreparedRun['scenario'],
  origin: Origin,
  folder: string,
  { name, about, expect, head }: CounterexampleText,
): string {
  const document = startingPoint(found, origin, folder);
  const settle = `${durationText(found.settleUs.min)}..${durationText(found.settleUs.max)}`;
  document.set('name', name);
  document.set('about', about);
  if (settle === USUAL_SETTLE) document.delete('settle');
  else document.set('settle', settle);
  document.set('duration', durationText(found.durationUs));
  document.set('timeline', lines(document, found.timeline.map(entryValue)));
  document.delete('expect');
  if (expect.length > 0) {
    document.set(
      'expect',
      lines(
        document,
        expect.map((yaml) => parseDocument(yaml).toJS()),
      ),
    );
  }
  return `${head.map((line) => `# ${line}\n`).join('')}${document.toString({ lineWidth: 0 })}`;
}
