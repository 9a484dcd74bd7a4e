/** A commander program that neither prints nor exits. */
import { Command, CommanderError } from 'commander';
import { UsageError } from './usageError.ts';

export interface QuietProgram {
  /** Commands that are added to it are as quiet. */
  readonly program: Command;
  /**
   * Parses the words after the program's name, and runs the action that they ask for.
   * @returns the text of the help or the version when they ask for it.
   * @throws UsageError for what cannot be understood, with `help` as the command that tells more.
   */
  readonly parse: (words: readonly string[], help: string) => string;
}

export function quietProgram(name: string): QuietProgram {
  let text = '';
  let complaint = '';
  const program = new Command(name).exitOverride().configureOutput({
    writeOut: (part) => {
      text += part;
    },
    writeErr: (part) => {
      complaint += part;
    },
  });
  const parse = (words: readonly string[], help: string) => {
    try {
      program.parse(words, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) throw new UsageError(`${complaint.trimEnd()}\nSee ${help}.`);
    }
    return text;
  };
  return { program, parse };
}
