/** The JSON schema of scenario files, for editors. */
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The text of scenario.schema.json. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ ...schema, title: 'sentinelsim scenario' }, null, 2)}\n`;
}
