/** Refused writes as run documents have them, in the words of every recorder. */
import { z } from 'zod';

/** From and to, in milliseconds. */
export const spanSchema = z.tuple([z.number(), z.number()]);

const counts = z.record(z.string(), z.number());
const spans = z.record(z.string(), spanSchema);

/** Fields of a client; recorders that count socket errors too call `refused` and `refusedAt` by the other names. */
export const refusalFields = {
  refused: counts.optional(),
  refusedAt: spans.optional(),
  errors: counts.optional(),
  errorSpanMs: spans.optional(),
};

type RefusalFields = z.infer<z.ZodObject<typeof refusalFields>>;

/** Refusals of one kind; `at` is null when nothing tells when the first and the last were. */
export interface RefusalsOfKind {
  readonly count: number;
  readonly at: readonly [number, number] | null;
}

/** The refusals of a client by kind, as simulated runs name it (`NOREPLICAS`, `TIMEOUT`). */
export function refusalsByKind(client: RefusalFields): Map<string, RefusalsOfKind> {
  const at = client.refusedAt ?? client.errorSpanMs ?? {};
  const refusals = new Map<string, RefusalsOfKind>();
  for (const [text, count] of Object.entries(client.refused ?? client.errors ?? {})) {
    const kind = refusalKind(text);
    const known = refusals.get(kind);
    refusals.set(kind, {
      count: count + (known?.count ?? 0),
      at: joined(at[text] ?? null, known?.at ?? null),
    });
  }
  return refusals;
}

type Span = readonly [number, number];

function joined(a: Span | null, b: Span | null): Span | null {
  if (a === null || b === null) return a ?? b;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

const SOCKET_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/ETIMEDOUT/, 'TIMEOUT'],
  [/ECONNRESET|EPIPE|^closed/, 'CLOSED'],
  [/ECONNREFUSED/, 'REFUSED'],
  [/EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/, 'UNREACHABLE'],
];

/** `NOREPLICAS_Not`, `NOREPLICAS Not enough …` and `NOREPLICAS` are one kind; socket errors have the names of run documents. */
function refusalKind(text: string): string {
  const socket = SOCKET_ERRORS.find(([pattern]) => pattern.test(text));
  return socket === undefined ? text.split(/[_ ]/)[0]! : socket[1];
}
