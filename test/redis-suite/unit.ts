/** What the files of this folder share: a unit of Redis's Sentinel suite, and what its timeline was answered. */
import { expect } from 'vitest';
import type { RespJson, RunDocument, RunEvent } from '../../src/run/document.ts';

/** Promises by title; each throws when a run breaks it. The scenario is the YAML file of the same name. */
export interface Unit {
  readonly name: string;
  readonly promises: Readonly<Record<string, (run: RunDocument) => void>>;
}

export interface Answer {
  readonly node: string;
  readonly reply: RespJson;
}

const ADDRESS = 'SENTINEL GET-MASTER-ADDR-BY-NAME mymaster';
const MASTER = 'SENTINEL MASTER mymaster';

/** What every node that was asked this at this second answered; a dead one answered null. */
export function answers(run: RunDocument, atS: number, words: string): Answer[] {
  const asked = run.actions.filter(({ t, args }) => t === atS * 1000 && args.slice(1).join(' ') === words);
  expect(asked, `nobody was asked ${words} at ${atS} s`).not.toEqual([]);
  return asked.map(({ args, reply }) => ({ node: String(args[0]), reply: reply ?? null }));
}

export function answer(run: RunDocument, atS: number, node: string, words: string): RespJson {
  const found = answers(run, atS, words).find((each) => each.node === node);
  expect(found, `${node} was not asked ${words} at ${atS} s`).toBeDefined();
  return found!.reply;
}

/** Every node that was asked gave this reply. */
export function allAnswer(run: RunDocument, atS: number, words: string, reply: RespJson): void {
  for (const each of answers(run, atS, words)) expect(each).toEqual({ node: each.node, reply });
}

/** The address of the master on which all sentinels that were asked agree. */
export function addressKnown(run: RunDocument, atS: number): string {
  const known = answers(run, atS, ADDRESS).map(({ reply }) => String((reply as RespJson[])[0]));
  expect(new Set(known).size, `masters known at ${atS} s: ${known.join(' ')}`).toBe(1);
  return known[0]!;
}

/** The value of a field of a flat map; undefined when it has no such field. */
export function field(map: RespJson, name: string): string | undefined {
  const words = map as readonly RespJson[];
  const at = words.findIndex((word, index) => index % 2 === 0 && word === name);
  return at < 0 ? undefined : String(words[at + 1]);
}

/** A field of SENTINEL MASTER, for every sentinel that was asked. */
export function masterFields(run: RunDocument, atS: number, name: string): (string | undefined)[] {
  return answers(run, atS, MASTER).map(({ reply }) => field(reply, name));
}

export function masterField(run: RunDocument, atS: number, node: string, name: string): string | undefined {
  return field(answer(run, atS, node, MASTER), name);
}

function infoLine(text: RespJson, name: string): string | undefined {
  const line = String(text)
    .split('\r\n')
    .find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1);
}

/** The node that most sentinels name as master calls itself one; gives its name. */
export function namedMasterIsOne(run: RunDocument, atS: number): string {
  const { node, reply } = answers(run, atS, 'ROLE')[0]!;
  expect((reply as RespJson[])[0], `role of ${node}`).toBe('master');
  return node;
}

/** Of the data nodes, so many of them alive, one is a master, and all others follow this address with their link up. */
export function allFollow(run: RunDocument, atS: number, address: string, alive = 5): void {
  const up = answers(run, atS, 'INFO replication').filter(({ reply }) => reply !== null);
  expect(up, `data nodes alive at ${atS} s`).toHaveLength(alive);
  const others = up.filter(({ reply }) => infoLine(reply, 'role') !== 'master');
  expect(up.length - others.length, `masters at ${atS} s`).toBe(1);
  for (const { node, reply } of others) {
    const follows = [infoLine(reply, 'master_host'), infoLine(reply, 'master_link_status')];
    expect([node, ...follows]).toEqual([node, address, 'up']);
  }
}

/** Events of this name in a span of seconds. */
export function eventsIn(run: RunDocument, event: string, fromS: number, toS: number): RunEvent[] {
  return run.events.filter((each) => each.event === event && each.t >= fromS * 1000 && each.t < toS * 1000);
}
