/** A run that has been played; what it says is worked out when it is first asked for. */
import type { ClientState } from '../../models/client/state.ts';
import { hasKey, type RedisState } from '../../models/redis/index.ts';
import type { SentinelDisk } from '../../models/sentinel/index.ts';
import { measureClient } from '../measure/clients.ts';
import { failoversOf } from '../measure/failovers.ts';
import { lostWrites } from '../measure/lostWrites.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Recorder, toRunEvents } from '../trace/recorder.ts';
import { VERSION } from '../version.ts';
import type { Cluster } from './cluster.ts';
import type { LostWrites, RunAction, RunClient, RunDocument, RunEvent } from './document.ts';
import { judgeExpectations } from './expectations.ts';
import { finalViews } from './finalViews.ts';
import { historyOf } from './history.ts';
import { processOf, singleMaster } from './roles.ts';
import type { Timeline } from './timeline.ts';

export interface StartedClient {
  readonly name: string;
  readonly startUs: number;
}

/** What is left when the last event has been handled. */
export interface Remains {
  readonly cluster: Cluster;
  readonly seed: number;
  readonly zeroUs: number;
  readonly endUs: number;
  readonly recorder: Recorder;
  readonly timeline: Timeline;
  readonly clients: readonly StartedClient[];
}

/** The run document of a played run, part by part; {@link PlayedRun.document} is the whole as plain data. */
export class PlayedRun implements RunDocument {
  readonly schema = 'sentinelsim/run/1';
  readonly source = `sentinelsim ${VERSION}`;
  readonly #remains: Remains;
  #events: RunEvent[] | null = null;
  #actions: RunAction[] | null = null;
  #failovers: RunDocument['failovers'] | null = null;
  #clients: RunClient[] | null = null;
  #final: RunDocument['final'] | null = null;

  constructor(remains: Remains) {
    this.#remains = remains;
  }

  get #scenario(): Scenario {
    return this.#remains.cluster.scenario;
  }

  get scenario(): string {
    return this.#scenario.name;
  }

  get about(): string {
    return this.#scenario.about;
  }

  get seed(): number {
    return this.#remains.seed;
  }

  get durationMs(): number {
    return this.#scenario.durationUs / 1000;
  }

  get events(): readonly RunEvent[] {
    this.#events ??= eventsOf(this.#remains);
    return this.#events;
  }

  get actions(): readonly RunAction[] {
    this.#actions ??= this.#remains.timeline.actions();
    return this.#actions;
  }

  get failovers(): RunDocument['failovers'] {
    this.#failovers ??= failoversOf(
      this.events,
      this.#scenario.deployment.sentinels.map(({ name }) => name),
    );
    return this.#failovers;
  }

  get clients(): readonly RunClient[] {
    this.#clients ??= measureClients(this.#remains, this);
    return this.#clients;
  }

  get final(): RunDocument['final'] {
    this.#final ??= finalViews(this.#remains.cluster);
    return this.#final;
  }

  get expectations(): RunDocument['expectations'] {
    return judgeExpectations(this.#scenario.expect, this);
  }

  get unmodelled(): string[] {
    return unmodelledOf(this.#scenario);
  }

  /** All of it, as plain data. */
  document(): RunDocument {
    return {
      schema: this.schema,
      scenario: this.scenario,
      about: this.about,
      seed: this.seed,
      source: this.source,
      durationMs: this.durationMs,
      events: this.events,
      actions: this.actions,
      failovers: this.failovers,
      clients: this.clients,
      final: this.final,
      expectations: this.expectations,
      unmodelled: this.unmodelled,
    };
  }
}

function eventsOf({ cluster, recorder, zeroUs }: Remains): RunEvent[] {
  const fromUs = cluster.scenario.timeline.length === 0 ? 0 : zeroUs;
  return toRunEvents(recorder.announcements, { names: namesOf(cluster) }, zeroUs, fromUs);
}

/** Everything that appears in messages as an address or an id, with the name of its node. */
function namesOf(cluster: Cluster): Map<string, string> {
  const names = new Map(cluster.nameByAddress);
  for (const { name } of cluster.scenario.deployment.sentinels) {
    const id = (processOf(cluster, name).disk as SentinelDisk).saved?.myId;
    if (id !== undefined) names.set(id, name);
  }
  return names;
}

function measureClients(
  { cluster, zeroUs, endUs, clients }: Remains,
  said: Pick<RunDocument, 'events' | 'actions'>,
): RunClient[] {
  const master = singleMaster(cluster);
  const lostOf = (client: ClientState): LostWrites | null => {
    if (master === null) return null;
    const masterState = processOf(cluster, master).state as RedisState;
    const history = historyOf(cluster, zeroUs, said, master);
    return lostWrites(client, (key) => hasKey(masterState, key), history);
  };
  return clients.flatMap(({ name, startUs }) => {
    const state = processOf(cluster, name).state as ClientState | null;
    if (state === null) return [];
    const lost = lostOf(state);
    return [measureClient(state, lost, { zeroUs, startUs, endUs })];
  });
}

function unmodelledOf(scenario: Scenario): string[] {
  const notes = scenario.deployment.notes.filter(({ severity }) => severity === 'note');
  return [...new Set(notes.map(({ message }) => message))];
}
