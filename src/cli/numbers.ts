/** Readers of the numbers that options take. */
import { InvalidArgumentError } from 'commander';

export const GREATEST_SEED = Number.MAX_SAFE_INTEGER;
const MOST_RUNS = 1_000_000;

/** A reader of whole numbers from `least` to `greatest`, for commander. */
export function wholeNumber(least: number, greatest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > greatest) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${greatest}.`);
    }
    return value;
  };
}

export const readRuns = wholeNumber(1, MOST_RUNS);

/** A seed that leaves room for as many consecutive ones as there may be runs. */
export const readFirstSeed = wholeNumber(0, GREATEST_SEED - MOST_RUNS);
