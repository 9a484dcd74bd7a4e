/** Events: logged, published to subscribers, and handed to the notification script (section 21). */
import { EVENTS, type EventName } from '../events.ts';
import type { Host } from '../process.ts';
import { announced } from './address.ts';
import { MASTER, SENTINEL } from './flags.ts';
import { publish } from './pubsub.ts';
import { type Instance, masterOf, type SentinelState } from './state.ts';

/** Longer payloads are cut (S-EVENT-2). */
const MAX_PAYLOAD_BYTES = 1023;
/** No unit of a text takes more bytes in UTF-8. */
const MAX_UNIT_BYTES = 3;

function typeText(instance: Instance): string {
  if ((instance.flags & MASTER) !== 0) return 'master';
  return (instance.flags & SENTINEL) !== 0 ? 'sentinel' : 'slave';
}

function ownText(state: SentinelState, instance: Instance): string {
  return `${instance.name} ${announced(state, instance.address)} ${instance.address.port}`;
}

/** `<instance>` of payloads (S-EVENT-2). */
export function describeInstance(state: SentinelState, instance: Instance): string {
  const text = `${typeText(instance)} ${ownText(state, instance)}`;
  if ((instance.flags & MASTER) !== 0) return text;
  return `${text} @ ${ownText(state, masterOf(state, instance))}`;
}

/** A line of the log that is no event. Whatever is worth a line may also change what is due. */
export function logLine(state: SentinelState, host: Host, event: EventName, message: string): void {
  if (state.exited) return;
  state.dueStale = true;
  host.announce(event, message);
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}

/** The whole characters that fit. */
function cutPayload(message: string): string {
  if (message.length * MAX_UNIT_BYTES <= MAX_PAYLOAD_BYTES) return message;
  let bytes = 0;
  let end = 0;
  for (const character of message) {
    bytes += utf8Bytes(character.codePointAt(0)!);
    if (bytes > MAX_PAYLOAD_BYTES) return message.slice(0, end);
    end += character.length;
  }
  return message;
}

/** An event that concerns no instance. */
export function announceGlobal(state: SentinelState, host: Host, event: EventName, message: string): void {
  if (state.exited) return;
  const payload = cutPayload(message);
  logLine(state, host, event, payload);
  if (EVENTS[event].published) publish(state, host, event, payload);
}

/** An event about an instance with its whole payload (S-EVENT-1); a WARNING is one for the script (S-SCRIPT-1). */
export function announceAs(
  state: SentinelState,
  host: Host,
  event: EventName,
  instance: Instance,
  message: string,
): void {
  announceGlobal(state, host, event, message);
  const script = masterOf(state, instance).notificationScript;
  if (script !== '' && EVENTS[event].level === 'warning') {
    logLine(state, host, 'scripts-unmodelled', `${script} ${event} ${message}`);
  }
}

/** An event whose payload is the instance, optionally with `suffix` after a blank. */
export function announce(
  state: SentinelState,
  host: Host,
  event: EventName,
  instance: Instance,
  suffix = '',
): void {
  const text = describeInstance(state, instance);
  announceAs(state, host, event, instance, suffix === '' ? text : `${text} ${suffix}`);
}
