/** How the timeline's own actions are told: what the scenario did to whom. */
import type { RespJson, RunAction } from '../../run/document.ts';
import { count, list, span } from '../numbers.ts';
import {
  demotedAfter,
  lostMastership,
  near,
  promotedAfter,
  redisNode,
  type StoryContext,
  short,
} from './context.ts';
import { type Item, item, type Tone } from './rows.ts';

/** A reply of up to so many texts is shown whole. */
const SHOWN_ITEMS = 3;

interface Look {
  readonly cell: string;
  readonly tone: Tone;
  readonly life: Item['life'];
  readonly text: string;
}

const LOOKS: Readonly<Record<string, Look>> = {
  kill: { cell: 'killed', tone: 'bad', life: 'ends', text: 'SIGKILL: its connections are reset' },
  stop: { cell: 'stops', tone: 'bad', life: 'ends', text: 'SIGTERM: a graceful stop' },
  start: { cell: 'starts', tone: 'good', life: 'begins', text: 'started again' },
  pause: { cell: 'paused', tone: 'bad', life: 'ends', text: 'SIGSTOP: silent, its connections stay' },
  resume: { cell: 'resumed', tone: 'good', life: 'begins', text: 'SIGCONT: it goes on where it was' },
  isolate: { cell: 'cut off', tone: 'bad', life: 'same', text: 'cut from everyone, silently' },
  rejoin: { cell: 'rejoins', tone: 'good', life: 'same', text: 'reaches everyone again' },
  'power-off': {
    cell: 'off',
    tone: 'bad',
    life: 'ends',
    text: 'power off: what was not synced is gone',
  },
  clock: { cell: 'clock', tone: 'warn', life: 'same', text: 'its wall clock jumps' },
  restore: { cell: 'restore', tone: 'warn', life: 'same', text: 'its data is replaced by an RDB backup' },
  disk: { cell: 'disk', tone: 'warn', life: 'same', text: 'the state of its disk changes' },
  names: { cell: 'names', tone: 'warn', life: 'same', text: 'whether its name resolves changes' },
};

/** Appends what this action shows in the timeline. */
export function tellAction(context: StoryContext, action: RunAction, into: Item[]): void {
  if (action.do === 'end') return;
  const look = LOOKS[action.do];
  const nodes = action.args.flat().filter((arg): arg is string => context.cast.shortNames.has(String(arg)));
  if (action.do === 'command' || action.do === 'cmd') tellCommand(action, into);
  else if (look === undefined) tellWhole(context, action, nodes, into);
  else {
    for (const node of nodes) {
      const text = textOf(context, action, node, look.text);
      const { cell, tone, life } = action.do === 'kill' && isTerm(action) ? LOOKS.stop! : look;
      into.push(
        item({
          at: action.t,
          node,
          cell,
          tone,
          life,
          text,
          rank: 5,
          key: `action:${action.do}`,
          windowMs: text === look.text ? 5 : 0,
        }),
      );
    }
  }
}

function isTerm(action: RunAction): boolean {
  return action.args.includes('SIGTERM');
}

function textOf(context: StoryContext, action: RunAction, node: string, usual: string): string {
  if (action.do === 'kill' && isTerm(action)) return LOOKS.stop!.text;
  if (action.do === 'disk') return action.args.includes('full') ? 'its disk is full' : usual;
  if (action.do !== 'start') return usual;
  const lost = lostMastership(context, node, action.t);
  const demoted = demotedAfter(context, node, action.t);
  if (lost === undefined || (demoted !== null && demoted - action.t < 1000)) return usual;
  const promoted = promotedAfter(context, node, action.t);
  if (promoted !== null && promoted < (demoted ?? Infinity)) {
    return `back as a second master, promoted ${span(promoted - action.t)} later`;
  }
  return `back as a second master ${demoted === null ? 'to the end' : `for ${span(demoted - action.t)}`}${writesNote(context, node)}`;
}

function writesNote(context: StoryContext, node: string): string {
  const config = redisNode(context, node)?.config;
  if (config === undefined) return '';
  return config.minReplicasToWrite > 0 ? '; having no replicas, it refuses writes' : ' that accepts writes';
}

function tellCommand(action: RunAction, into: Item[]): void {
  const [node, ...words] = action.args.map(String);
  const reply = action.reply === undefined ? '' : ` → ${replyText(action.reply)}`;
  into.push(
    item({
      at: action.t,
      node: node ?? '',
      cell: 'command',
      tone: 'warn',
      text: `${words.join(' ')}${reply}`,
      rank: 5,
      key: `command:${action.t}:${node}:${words.join(' ')}`,
    }),
  );
}

function replyText(reply: RespJson): string {
  if (reply === null) return 'no reply within 1 s';
  const text = Array.isArray(reply) ? itemsText(reply) : linesText(String(reply));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function itemsText(items: readonly RespJson[]): string {
  const short = items.length <= SHOWN_ITEMS && items.every((each) => each !== null && !Array.isArray(each));
  return short ? items.join(' ') : count(items.length, 'item');
}

function linesText(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length === 1 ? lines[0]! : count(lines.length, 'line');
}

/** Cuts, heals and changes of the network concern pairs of nodes. */
function tellWhole(context: StoryContext, action: RunAction, nodes: readonly string[], into: Item[]): void {
  const groups = action.args.map((arg) =>
    Array.isArray(arg) ? list(arg.map((name) => short(context, String(name)))) : short(context, String(arg)),
  );
  const words = `${WHOLE[action.do] ?? action.do} ${groups.join(action.do === 'cut-one-way' ? ' → ' : ' | ')}`;
  const text = words.trim().replace(/:$/, '');
  const tone = action.do === 'heal' ? 'good' : 'bad';
  const shown = nodes.length === 0 ? [''] : nodes;
  for (const node of shown) {
    into.push(
      item({
        at: action.t,
        node,
        cell: action.do.slice(0, 7),
        tone,
        text,
        rank: 5,
        key: `${text}:${action.t}`,
      }),
    );
  }
}

const WHOLE: Readonly<Record<string, string>> = {
  cut: 'no packet passes:',
  'cut-one-way': 'no packet passes this way:',
  heal: 'the cut is healed:',
  network: 'the network changes:',
};

/** True when a `ready` only says that the `start` just told has worked. */
export function isStartTold(context: StoryContext, node: string, at: number): boolean {
  return context.document.actions.some(
    (action) =>
      action.do === 'start' &&
      action.args.flat().includes(node) &&
      at - action.t >= -1 &&
      at - action.t < 3000,
  );
}

/** True when the link loss of a replica follows from a fault that the row above told. */
export function isExplainedLoss(context: StoryContext, at: number): boolean {
  const byFault = context.document.actions.some(
    (action) =>
      ['kill', 'stop', 'power-off', 'start'].includes(action.do) && at >= action.t - 1 && at - action.t < 500,
  );
  return byFault || near(context, 'role-changed', null, at, 20) !== undefined;
}
