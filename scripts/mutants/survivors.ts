/** Why a mutant that nothing catches may live. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'silence-after-closing':
    'the same: without an unanswered PING a node was heard at most min(D, 1 s) ago, as PING is due before its down state is judged in a tick',
};
