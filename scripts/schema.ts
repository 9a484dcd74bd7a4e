/** Writes scenario.schema.json, the JSON schema of scenario files. */
import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from '../src/scenario/jsonSchema.ts';

writeFileSync(new URL('../scenario.schema.json', import.meta.url), scenarioJsonSchema());
