/** The first lines of an account: what was run, and the settings that matter. */
import type { MonitoredMaster } from '../../models/sentinel/config.ts';
import { count, list, setting } from './numbers.ts';
import type { Paint } from './paint.ts';
import type { StoryContext } from './story/context.ts';
import { labelled, PAGE_WIDTH, wrap, wrapPieces } from './wrap.ts';

export function headerText(context: StoryContext, paint: Paint): string[] {
  const { scenario, about, seed } = context.document;
  const indent = Math.min(scenario.length + 3, 30);
  const lines = wrapPieces([membersText(context), `seed ${seed}`], PAGE_WIDTH - indent);
  for (const settings of settingsOf(context)) lines.push(...wrapPieces(settings, PAGE_WIDTH - indent));
  if (about !== '') lines.push(...wrap(about, PAGE_WIDTH - indent));
  if (scenario.length >= indent) lines.unshift('');
  const text = labelled(scenario, lines, indent);
  return [text[0]!.trimEnd().replace(scenario, paint.bold(scenario)), ...text.slice(1)];
}

function membersText(context: StoryContext): string {
  const { redis, masters, sentinels } = context.cast;
  return list([
    count(masters.size, 'master'),
    count(redis.length - masters.size, 'replica'),
    count(sentinels.length, 'Sentinel'),
  ]);
}

function settingsOf(context: StoryContext): string[][] {
  const { deployment } = context;
  const masters = deployment?.sentinels[0]?.config.masters ?? [];
  const lines = masters.map((master) => masterSettings(context, master, masters.length > 1));
  const minimum = minReplicas(context);
  if (minimum !== null) lines.push([minimum]);
  return lines;
}

function masterSettings(context: StoryContext, master: MonitoredMaster, several: boolean): string[] {
  const settings = [
    `quorum ${master.quorum} of ${context.cast.sentinels.length}`,
    `down-after ${setting(master.downAfterMs)}`,
    `failover-timeout ${setting(master.failoverTimeoutMs)}`,
    `parallel-syncs ${master.parallelSyncs}`,
  ];
  return several ? [master.name, ...settings] : settings;
}

/** Which nodes refuse writes without replicas; null when none does. */
function minReplicas(context: StoryContext): string | null {
  const nodes = context.deployment?.redis ?? [];
  const setting = nodes.filter((node) => node.config.minReplicasToWrite > 0);
  const first = setting[0];
  if (first === undefined) return null;
  const where =
    setting.length === nodes.length ? 'everywhere' : `on ${list(setting.map((node) => node.name))}`;
  return `min-replicas-to-write ${first.config.minReplicasToWrite} ${where}, max-lag ${first.config.minReplicasMaxLagSec} s`;
}
