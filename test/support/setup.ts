/** The same random cases in every run of the suite; FC_SEED=<integer> looks at others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });
