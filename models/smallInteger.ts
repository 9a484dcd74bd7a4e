/**
 * The same number; one that fits 32 bits comes in the form in which V8 computes fastest. A sum with a number that once was
 * fractional or infinite is a floating-point number for V8, and so is every field that it reaches from there on.
 */
export function smallInteger(value: number): number {
  const whole = value | 0;
  return whole === value ? whole : value;
}
