/** How Sentinels learn of masters, replicas and peers, and put roles right. */
import { parseInstance, parseSwitch } from '../../measure/payload.ts';
import type { RunEvent } from '../../run/document.ts';
import { eventsOf, near, type StoryContext, short } from './context.ts';
import { type Item, item } from './rows.ts';
import type { Teller } from './teller.ts';

export function switched(context: StoryContext, event: RunEvent): Item {
  const { master, to } = parseSwitch(event.message);
  const attempt = context.document.failovers.find(
    (failover) =>
      failover.leader === event.node && failover.switchAt === event.t && failover.master === master,
  );
  const others = eventsOf(context, '+switch-master').some(
    (other) => other.node !== event.node && other.t < event.t && parseSwitch(other.message).to === to,
  );
  const name = short(context, to);
  return item({
    at: event.t,
    node: event.node,
    cell: 'SWITCH',
    tone: 'good',
    key: attempt === undefined ? `spread:${master}` : `leader-switch:${event.node}:${event.t}`,
    windowMs: 100,
    text:
      attempt !== undefined && others
        ? 'last, as it waits for replicas'
        : `clients that ask now find ${name}`,
    rule: attempt === undefined ? 'S-HELLO-10' : 'S-SWITCH-2',
    rank: 4,
  });
}

export function converts(_context: StoryContext, event: RunEvent): Item {
  const { host } = parseInstance(event.message);
  return item({
    at: event.t,
    node: event.node,
    cell: 'demotes',
    tone: 'good',
    key: `demote:${host}`,
    windowMs: 50,
    text: 'called itself master for 8 s',
    rule: 'S-ROLE-5',
    rank: 4,
  });
}

export function repairs(_context: StoryContext, event: RunEvent): Item {
  const { host } = parseInstance(event.message);
  return item({
    at: event.t,
    node: event.node,
    cell: 'repairs',
    tone: 'good',
    key: `demote:${host}`,
    windowMs: 50,
    text: 'it followed the wrong master',
    rule: 'S-ROLE-6',
    rank: 4,
  });
}

export function reboot(context: StoryContext, event: RunEvent): Item {
  const { host } = parseInstance(event.message);
  return item({
    at: event.t,
    node: event.node,
    cell: 'reboot',
    tone: 'warn',
    key: `reboot:${host}`,
    windowMs: 11_000,
    text: `${short(context, host)} has a new run id`,
    rule: 'S-INFO-3',
  });
}

export function learned(cell: string, text: string, rule: string): Teller {
  return (context, event) => {
    const listedAnew =
      near(context, '+switch-master', event.node, event.t, 5) ??
      near(context, '+promoted-slave', event.node, event.t, 5);
    if (listedAnew !== undefined) return null;
    return item({ at: event.t, node: event.node, cell, key: `learn:${cell}`, windowMs: 3000, text, rule });
  };
}
