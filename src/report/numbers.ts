/** How numbers look in what people read. */

/** 2418 → `2,418`. */
export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A count with its noun: `1 write`, `2,418 writes`. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${thousands(value)} ${value === 1 ? singular : plural}`;
}

/** A measured span in ms: `42 ms`, `0.85 s`, `10.1 s`, `3 min 20 s`. */
export function span(ms: number): string {
  if (ms < 0.95) return `${ms.toFixed(1)} ms`;
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 119_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** A configured span in ms, exactly: `500 ms`, `5 s`, `2.5 s`, `3 min`. */
export function setting(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return `${thousands(Math.floor(ms / 1000))}${ms % 1000 === 0 ? '' : String((ms % 1000) / 1000).slice(1)} s`;
}

/** A moment in ms after time zero, to the millisecond: `5.056 s`. */
export function moment(ms: number): string {
  const text = (Math.abs(ms) / 1000).toFixed(3);
  const point = text.length - 4;
  return `${ms <= -0.5 ? '-' : ''}${thousands(Number(text.slice(0, point)))}${text.slice(point)} s`;
}

/** A moment to a tenth of a second: `6.2 s`. */
export function roughly(ms: number): string {
  const text = (ms / 1000).toFixed(1);
  return `${text === '-0.0' ? '0.0' : text} s`;
}

/** Two moments, for a span: `0.0 to 6.2 s`. */
export function between(fromMs: number, toMs: number): string {
  return `${roughly(fromMs).slice(0, -2)} to ${roughly(toMs)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
