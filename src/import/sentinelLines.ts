/** What lines of a Sentinel's log mean (S-EVENT-1): its events, and the lines that are no published events. */

/** An event as the log has it: addresses and ids are not named yet. */
export interface LoggedEvent {
  readonly event: string;
  readonly message: string;
}

/** A rule: a pattern, the event it stands for, and which part of the line is the message. */
export type LineRule = readonly [pattern: RegExp, event: string, message: string];

const EVENT = /^([+-][a-z][a-z-]*)(?: (.*))?$/;

const RULES: readonly LineRule[] = [
  [/^(\S+ voted for \S+ \d+)$/, 'vote-received', '$1'],
  [/^Next failover delay: I will not start a failover before (.*)$/, 'next-failover-delay', '$1'],
  [/^(Executing user requested FAILOVER of '.*')$/, 'user-failover', '$1'],
  [
    /^WARNING: Sentinel was not able to save the new configuration on disk!*: (.*)$/,
    'config-not-saved',
    '$1',
  ],
  [/^Failed to resolve hostname '(.*)'$/, 'resolve-failed', '$1'],
  [/^(Sentinel CRASH because of SENTINEL simulate-failure)/, 'simulated-crash', '$1'],
  [/^User requested shutdown\.*$/, 'shutdown-requested', ''],
  [/^Sentinel is now ready to exit, bye bye/, 'exited', '0'],
];

/** Known lines that stand for no event. */
const QUIET: readonly RegExp[] = [
  /^Sentinel ID is /,
  /^Sentinel (new )?configuration saved/,
  /^oO0OoO0OoO0Oo /,
  /^(Redis|Valkey) version=/,
  /^Running mode=/,
  /^Configuration loaded/,
  /^monotonic clock: /,
  /^Received SIG(TERM|INT) scheduling shutdown/,
  /^Removing the pid file/,
  /^WARNING:? (The TCP backlog|Memory overcommit|overcommit_memory|you have Transparent)/,
  /^Increased maximum number of open files/,
  /^You requested maxclients of/,
  /^Current maximum open files/,
];

/** The event of a line; `quiet` when the line is known to stand for none; null when it is not known. */
export function readSentinelLine(text: string): LoggedEvent | 'quiet' | null {
  const event = EVENT.exec(text);
  if (event !== null) return { event: event[1]!, message: (event[2] ?? '').trim() };
  return readByRules(text, RULES, QUIET);
}

export function readByRules(
  text: string,
  rules: readonly LineRule[],
  quiet: readonly RegExp[],
): LoggedEvent | 'quiet' | null {
  for (const [pattern, event, message] of rules) {
    const match = pattern.exec(text);
    if (match !== null) return { event, message: message.replace('$1', match[1] ?? '') };
  }
  return quiet.some((pattern) => pattern.test(text)) ? 'quiet' : null;
}

/** The id in `Sentinel ID is <id>`. */
export function ownSentinelId(text: string): string | null {
  return /^Sentinel ID is ([0-9a-f]{40})$/.exec(text)?.[1] ?? null;
}
