/** Reads the payloads of Sentinel's events (S-EVENT-2). */

/** `<type> <name> <host> <port>[ @ <master-name> <master-host> <master-port>]`. */
export interface InstancePayload {
  readonly type: string;
  /** Name of the node that the payload is about. */
  readonly host: string;
  readonly master: string;
  readonly masterHost: string;
}

export function parseInstance(message: string): InstancePayload {
  if (message !== last.message) last = { message, payload: instanceIn(message) };
  return last.payload;
}

/** Whoever follows a run asks for the payload of each event several times in turn. */
let last = { message: '', payload: instanceIn('') };

function instanceIn(message: string): InstancePayload {
  const words = message.split(' ');
  const type = words[0] ?? '';
  const host = words[2] ?? '';
  const child = words[4] === '@';
  return {
    type,
    host,
    master: (child ? words[5] : words[1]) ?? '',
    masterHost: (child ? words[6] : words[2]) ?? '',
  };
}

/** `<master-name> <old-host> <old-port> <new-host> <new-port>`. */
export interface SwitchPayload {
  readonly master: string;
  readonly from: string;
  readonly to: string;
}

export function parseSwitch(message: string): SwitchPayload {
  const words = message.split(' ');
  return { master: words[0] ?? '', from: words[1] ?? '', to: words[3] ?? '' };
}

/** `<candidate> <epoch>`. */
export function parseVote(message: string): { readonly candidate: string; readonly epoch: number } {
  const words = message.split(' ');
  return { candidate: words[0] ?? '', epoch: Number(words[1] ?? 0) };
}
