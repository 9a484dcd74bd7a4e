/** The world of a laboratory for Sentinels: who runs where, with which configuration. */
import { DEFAULT_MACHINE } from '../../models/machine.ts';
import type { Range } from '../../models/random.ts';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { type RedisSpec, redisBehaviour } from '../../models/redis/index.ts';
import { type SentinelSpec, sentinelBehaviour } from '../../models/sentinel/index.ts';
import { type ConfLine, parseLines } from '../../src/config/confFile.ts';
import { applyRedisLines } from '../../src/config/redisConf.ts';
import { readSentinelLines } from '../../src/config/sentinelConf.ts';
import type { Program } from '../../src/engine/program.ts';
import { World } from '../../src/engine/world.ts';
import { type Answers, actorBehaviour } from './actor.ts';
import { addressOf, portOf } from './wire.ts';

const AT_ONCE: Range = { min: 0, max: 0 };
/** The machine from which commands are sent. */
export const CLIENT = 'c1';

export interface LabPlan {
  /** Name → lines of redis.conf. */
  readonly redis?: Readonly<Record<string, readonly string[]>>;
  /** Name → lines of sentinel.conf. */
  readonly sentinels: Readonly<Record<string, readonly string[]>>;
  /** Scripted programs, with what they answer. */
  readonly actors?: Readonly<Record<string, Answers>>;
  readonly seed?: number;
  readonly literalTicks?: boolean;
  readonly latencyUs?: number;
  readonly fsyncUs?: Range;
  readonly configFile?: SentinelSpec['configFile'];
}

function confLines(lines: readonly string[]): readonly ConfLine[] {
  const problems: Parameters<typeof parseLines>[2] = [];
  const parsed = parseLines(lines.join('\n'), 'lab.conf', problems);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return parsed;
}

function redisSpec(lines: readonly string[]): RedisSpec {
  const config = defaultRedisConfig();
  config.protectedMode = false;
  applyRedisLines(config, confLines(lines), []);
  return {
    config,
    configFile: 'writable',
    machine: DEFAULT_MACHINE,
    dataset: { keys: 0, valueBytes: 0 },
    literalCron: false,
  };
}

function sentinelSpec(lines: readonly string[], plan: LabPlan): SentinelSpec {
  const machine = { ...DEFAULT_MACHINE, fsyncUs: plan.fsyncUs ?? DEFAULT_MACHINE.fsyncUs };
  return {
    // Refusals are the model's own business here (S-CONF-2): what the reader reports is not looked at.
    config: readSentinelLines(confLines(lines), []).config,
    configFile: plan.configFile ?? 'writable',
    machine,
    literalTicks: plan.literalTicks ?? false,
  };
}

function programsOf(plan: LabPlan): Program[] {
  const specs: [string, Program['behaviour'], unknown][] = [
    ...Object.entries(plan.redis ?? {}).map(
      ([name, lines]) => [name, redisBehaviour, redisSpec(lines)] as never,
    ),
    ...Object.entries(plan.actors ?? {}).map(([name, answers]) => [name, actorBehaviour, answers] as never),
    ...Object.entries(plan.sentinels).map(
      ([name, lines]) => [name, sentinelBehaviour, sentinelSpec(lines, plan)] as never,
    ),
    [CLIENT, actorBehaviour, {}],
  ];
  return specs.map(([name, behaviour, spec], machine) => ({
    name,
    machine,
    port: portOf(name),
    behaviour,
    spec,
    bootUs: AT_ONCE,
    killTeardownUs: AT_ONCE,
  }));
}

/** Every program has a machine of its own. */
export function createWorld(plan: LabPlan): World {
  const programs = programsOf(plan);
  return new World({
    seed: plan.seed ?? 1,
    machines: programs.map(({ name }) => ({ name, address: addressOf(name) })),
    aliases: {},
    programs,
    network: { latencyUs: plan.latencyUs ?? 50, jitterUs: 0, lossPerMillion: 0 },
  });
}
