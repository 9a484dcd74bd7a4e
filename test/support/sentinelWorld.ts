/** The world of a laboratory for Sentinels: who runs where, with which configuration. */
import { clientBehaviour } from '../../models/client/client.ts';
import type { ClientSpec } from '../../models/client/state.ts';
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
  /** Name → what differs from a client that writes every 20 ms and asks the scripted sentinels p1, p2 and p3. */
  readonly clients?: Readonly<Record<string, Partial<ClientSpec>>>;
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

function clientSpec(name: string, change: Partial<ClientSpec>): ClientSpec {
  return {
    name,
    masterName: 'mymaster',
    sentinels: ['p1', 'p2', 'p3'].map((host) => ({
      host: addressOf(host),
      port: portOf(host),
      password: '',
    })),
    direct: null,
    rediscover: 'on-error',
    writeUs: 20_000,
    timeoutUs: 1_000_000,
    subscribe: false,
    user: null,
    password: null,
    firstWriteUs: 0,
    reads: null,
    ...change,
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
    ...Object.entries(plan.clients ?? {}).map(
      ([name, change]) => [name, clientBehaviour, clientSpec(name, change)] as never,
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
