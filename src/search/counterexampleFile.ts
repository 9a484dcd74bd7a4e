/** A counterexample as a scenario file that `run` plays as it was found. */
import { dirname, relative, resolve, sep } from 'node:path';
import { type Document, parseDocument, YAMLSeq } from 'yaml';
import type { PreparedRun } from '../run/prepare.ts';
import type { ClientPlan } from '../scenario/scenario.ts';
import { durationText, entryValue } from './verbText.ts';

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

function clientValue(client: ClientPlan): Record<string, unknown> {
  const duration = (us: number | null) => (us === null ? undefined : durationText(us));
  const fields = {
    name: client.name,
    at: client.at,
    discover: client.discover,
    connect: client.connect,
    rediscover: client.rediscover,
    write: duration(client.writeUs),
    reads: duration(client.readsUs),
    timeout: duration(client.timeoutUs) ?? 'none',
    subscribe: client.subscribe,
    user: client.user,
    password: client.password,
    from: duration(client.fromUs),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given);
}

/** The file that the target was read from, or the one that stands for the test of a deployment. */
function startingPoint(base: PreparedRun, source: string, folder: string): Document {
  const document: Document = parseDocument(base.isDeployment ? '{}' : source);
  if (base.isDeployment) {
    document.contents = document.createNode({}) as Document['contents'];
    document.set('deployment', pathFrom(folder, base.path));
    document.set('clients', document.createNode(base.scenario.clients.map(clientValue)));
    return document;
  }
  const deployment = document.get('deployment');
  if (typeof deployment === 'string') {
    document.set('deployment', pathFrom(folder, resolve(dirname(base.path), deployment)));
  }
  return document;
}

/**
 * The text of a scenario file in `folder`.
 * @param found the run that broke the law
 * @param base what the user named, and `source`, the text of its file when it is a scenario
 */
export function counterexampleText(
  found: PreparedRun['scenario'],
  base: PreparedRun,
  source: string,
  folder: string,
  { name, about, expect, head }: CounterexampleText,
): string {
  const document = startingPoint(base, source, folder);
  const { min, max } = found.settleUs;
  document.set('name', name);
  document.set('about', about);
  document.set('settle', `${durationText(min)}..${durationText(max)}`);
  document.set('duration', durationText(found.durationUs));
  const timeline = new YAMLSeq();
  timeline.flow = found.timeline.length === 0;
  timeline.items = found.timeline.map((entry) => document.createNode(entryValue(entry), { flow: true }));
  document.set('timeline', timeline);
  document.delete('expect');
  if (expect.length > 0) {
    document.set('expect', document.createNode(expect.map((yaml) => parseDocument(yaml).toJS())));
  }
  return `${head.map((line) => `# ${line}\n`).join('')}${document.toString({ lineWidth: 0 })}`;
}
