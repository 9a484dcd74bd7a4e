/** The topology inside a scenario file → {@link Deployment}. */
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { type ConfLine, expandIncludes, type FileView, parseLine } from '../config/confFile.ts';
import type { Deployment } from '../config/deployment.ts';
import type { DeploymentDraft, RedisDraft, SentinelDraft } from '../config/draft.ts';
import { suggestion } from '../config/nearest.ts';
import { addError, distinct, hasErrors, type Problems } from '../config/problems.ts';
import { applyRedisLines } from '../config/redisConf.ts';
import { readSentinelLines } from '../config/sentinelConf.ts';
import { checkStructure } from '../config/structure.ts';
import { addWarnings } from '../config/warnings.ts';
import { child, itemsOf, type YamlEntry, type YamlNode } from '../config/yamlTree.ts';

const STOP_GRACE_MS = 10_000;

/** Lines in a scenario belong to no machine whose files could be included. */
const NO_FILES: FileView = {
  open: () => ({ error: 'No such file or directory', hint: 'a scenario has no files: write the lines out' }),
  expand: () => [],
};

function confLines(node: YamlNode, problems: Problems): readonly ConfLine[] {
  const lines: ConfLine[] = [];
  for (const item of node.kind === 'list' ? node.items : []) {
    if (item.kind === 'list') lines.push(...confLines(item, problems));
    if (item.kind !== 'scalar') continue;
    const line = parseLine(item.text, { ...item.at, column: item.textColumn }, problems);
    if (line !== null) lines.push(line);
  }
  return expandIncludes(lines, NO_FILES, problems);
}

/** Protected mode is off, as in the official container image. */
function readRedis(name: string, entry: YamlEntry, problems: Problems): RedisDraft {
  const config = defaultRedisConfig();
  config.protectedMode = false;
  const places = applyRedisLines(config, confLines(entry.value, problems), problems);
  return {
    node: {
      kind: 'redis',
      name,
      config,
      configFile: 'writable',
      stopGraceMs: STOP_GRACE_MS,
      at: entry.keyAt,
    },
    places,
  };
}

function readSentinel(name: string, entry: YamlEntry, problems: Problems): SentinelDraft {
  const { config, places } = readSentinelLines(confLines(entry.value, problems), problems);
  return {
    node: {
      kind: 'sentinel',
      name,
      config,
      configFile: 'writable',
      stopGraceMs: STOP_GRACE_MS,
      at: entry.keyAt,
    },
    places,
  };
}

function entriesOf(node: YamlNode | undefined): readonly (readonly [string, YamlEntry])[] {
  return node?.kind === 'mapping' ? [...node.entries] : [];
}

function readBox(entry: YamlEntry, names: readonly string[], problems: Problems): readonly string[] {
  return itemsOf(entry.value).flatMap((item) => {
    const text = item.kind === 'scalar' ? item.text : '';
    if (names.includes(text)) return [text];
    addError(problems, item.at, `there is no node ${text}`, {
      found: text,
      expected: 'a Redis node or a sentinel of this topology',
      hint: suggestion(text, names),
    });
    return [];
  });
}

function reportTaken(entry: YamlEntry, name: string, problems: Problems): void {
  addError(problems, entry.keyAt, `the name ${name} is taken`, {
    found: name,
    expected: 'a name of its own for every node and box',
  });
}

function readBoxes(
  node: YamlNode | undefined,
  names: readonly string[],
  problems: Problems,
): Readonly<Record<string, readonly string[]>> {
  const boxes: Record<string, readonly string[]> = {};
  for (const [name, entry] of entriesOf(node)) {
    if (names.includes(name)) reportTaken(entry, name, problems);
    boxes[name] = readBox(entry, names, problems);
  }
  return boxes;
}

/** Reads and checks the topology. An explicit empty `sentinels` says that none are meant. */
export function readTopology(node: YamlNode, name: string, problems: Problems): Deployment {
  const redis = entriesOf(child(node, 'redis')).map(([host, entry]) => readRedis(host, entry, problems));
  const beforeSentinels = problems.length;
  const sentinels = entriesOf(child(node, 'sentinels')).map(([host, entry]) => {
    if (redis.some((known) => known.node.name === host)) reportTaken(entry, host, problems);
    return readSentinel(host, entry, problems);
  });
  const sentinelsRead = !hasErrors(problems.slice(beforeSentinels));
  const draft: DeploymentDraft = {
    file: node.at.file,
    redis,
    sentinels,
    aliases: {},
    addresses: {},
    problems,
  };
  const names = [...redis, ...sentinels].map((known) => known.node.name);
  const boxes = readBoxes(child(node, 'boxes'), names, problems);
  checkStructure(draft, sentinelsRead, child(node, 'sentinels') === undefined);
  if (!hasErrors(problems)) addWarnings(draft);
  return {
    name,
    redis: redis.map((known) => known.node),
    sentinels: sentinels.map((known) => known.node),
    boxes,
    aliases: {},
    addresses: {},
    notes: distinct(problems).filter((problem) => problem.severity !== 'error'),
  };
}
