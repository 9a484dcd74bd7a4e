/** Why a mutant that nothing catches may live. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {};
