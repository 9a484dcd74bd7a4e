/** What each event of a run means, for a reader who has never seen Sentinel. */
import { EVENTS, type EventName } from '../../models/events.ts';
import { wrap } from './wrap.ts';

interface Group {
  readonly title: string;
  readonly events: readonly string[];
}

const GROUPS: readonly Group[] = [
  { title: 'What is monitored', events: ['+monitor', '-monitor', '+set', '+reset-master'] },
  {
    title: 'Replicas and Sentinels become known',
    events: [
      '+slave',
      '+sentinel',
      '+sentinel-address-switch',
      '+sentinel-address-update',
      '+sentinel-invalid-addr',
      '+reboot',
    ],
  },
  {
    title: 'Roles that INFO reports',
    events: ['+role-change', '-role-change', '+convert-to-slave', '+fix-slave-config'],
  },
  { title: 'Up and down', events: ['+sdown', '-sdown', '+odown', '-odown', '+tilt', '-tilt'] },
  {
    title: 'A failover begins, and a leader is elected',
    events: [
      '+new-epoch',
      '+try-failover',
      'user-failover',
      'next-failover-delay',
      '+vote-for-leader',
      'vote-received',
      '+elected-leader',
      '-failover-abort-not-elected',
    ],
  },
  {
    title: 'A replica is promoted',
    events: [
      '+failover-state-select-slave',
      '+selected-slave',
      '-failover-abort-no-good-slave',
      '+failover-state-send-slaveof-noone',
      '+failover-state-wait-promotion',
      '-failover-abort-slave-timeout',
      '+promoted-slave',
    ],
  },
  {
    title: 'The others follow, and clients are told',
    events: [
      '+failover-state-reconf-slaves',
      '+slave-reconf-sent',
      '+slave-reconf-inprog',
      '+slave-reconf-done',
      '-slave-reconf-sent-timeout',
      '+slave-reconf-sent-be',
      '+failover-end-for-timeout',
      '+failover-end',
      '+config-update-from',
      '+switch-master',
    ],
  },
  {
    title: 'Redis: replication',
    events: [
      'role-changed',
      'replica-connecting',
      'replica-reconnecting',
      'replica-link-lost',
      'replica-auth-failed',
      'master-lost-replica',
      'master-timeout',
      'replica-timeout',
      'partial-resync',
      'partial-resync-refused',
      'bgsave-for-sync',
      'full-resync-started',
      'full-resync-done',
      'full-resync-failed',
    ],
  },
  {
    title: 'Redis: writes and disk',
    events: ['writes-refused', 'writes-accepted', 'disk-error', 'saved-rdb'],
  },
  {
    title: 'Processes start and end',
    events: [
      'ready',
      'loading',
      'loaded',
      'fatal-config',
      'shutdown-requested',
      'shutdown-waits',
      'shutdown-refused',
      'simulated-crash',
      'exited',
    ],
  },
];

const OTHERS = 'A Sentinel’s own affairs';

/** Every event of the vocabulary in one group; what no group names stands in the last. */
function groupsOf(names: readonly string[]): Group[] {
  const grouped = new Set(GROUPS.flatMap(({ events }) => events));
  const rest = names.filter((name) => !grouped.has(name));
  return [...GROUPS, { title: OTHERS, events: rest }];
}

function isEventName(event: string): event is EventName {
  return Object.hasOwn(EVENTS, event);
}

/** One line about an event; empty for an unknown one. */
export function meaningOf(event: string): string {
  return isEventName(event) ? EVENTS[event].meaning : '';
}

/** The names of all events. */
export function eventNames(): string[] {
  return Object.keys(EVENTS);
}

/** True when the word is part of the event's name, or of its meaning. */
function mentions(event: string, word: string): boolean {
  return `${event}\n${meaningOf(event)}`.toLowerCase().includes(word.toLowerCase());
}

/**
 * The events, group by group, with their meanings in a second column.
 * @param word shows only what has it in its name or meaning; empty: everything.
 * @returns an empty text when nothing has it.
 */
export function glossaryText(
  width: number,
  word = '',
  heading: (title: string) => string = (title) => title,
): string {
  const names = eventNames();
  const blocks = groupsOf(names).flatMap(({ title, events }) => {
    const shown = events.filter((event) => isEventName(event) && mentions(event, word));
    return shown.length === 0 ? [] : [[heading(title), ...rows(shown, width)].join('\n')];
  });
  return blocks.join('\n\n');
}

function rows(events: readonly string[], width: number): string[] {
  const nameWidth = Math.max(...events.map((event) => event.length)) + 4;
  return events.flatMap((event) =>
    wrap(meaningOf(event), width - nameWidth).map(
      (line, index) => `${(index === 0 ? `  ${event}` : '').padEnd(nameWidth)}${line}`,
    ),
  );
}
