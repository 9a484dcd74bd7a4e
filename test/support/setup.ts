/** The same random cases in every run of the suite; FC_SEED=<integer> looks at others. Nothing is left in the temporary folder. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { removeTemporaryFolders } from './temporaryFolder.ts';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });
afterAll(removeTemporaryFolders);
