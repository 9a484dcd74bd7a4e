/** Colour as an addition: the text is the same without. */
import picocolors from 'picocolors';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

export function createPaint(enabled: boolean): Paint {
  const colours = picocolors.createColors(enabled);
  return {
    bold: colours.bold,
    dim: colours.dim,
    red: colours.red,
    yellow: colours.yellow,
    green: colours.green,
  };
}
