/** The command line cannot be carried out as given: exit 2 with this text. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
