/** The directives of a Sentinel as a whole, handled in the first pass (S-CONF-1, S-CONF-2). */
import type { DraftSentinel } from './sentinelConf.ts';
import { atoi, type Refusal, UNRECOGNIZED } from './sentinelMasters.ts';

export const GLOBAL_DIRECTIVES: readonly string[] = [
  'announce-ip',
  'announce-port',
  'deny-scripts-reconfig',
  'sentinel-user',
  'sentinel-pass',
  'current-epoch',
  'myid',
  'resolve-hostnames',
  'announce-hostnames',
];

function setYesNo(
  draft: DraftSentinel,
  field: 'denyScriptsReconfig' | 'resolveHostnames' | 'announceHostnames',
  value: string,
  error: string,
): Refusal | null {
  const word = value.toLowerCase();
  if (word !== 'yes' && word !== 'no') return { error, word: 2, expected: 'yes or no' };
  draft[field] = word === 'yes';
  return null;
}

function setMyId(draft: DraftSentinel, value: string): Refusal | null {
  if (value.length !== 40) {
    return { error: 'Malformed Sentinel id in myid option.', word: 2, expected: '40 characters' };
  }
  draft.myId = value;
  return null;
}

/** A global directive; `words` begin with it. */
export function setGlobal(draft: DraftSentinel, words: readonly string[]): Refusal | null {
  const directive = words[0]!.toLowerCase();
  if (words.length !== 2) {
    return { error: UNRECOGNIZED, word: 1, expected: `sentinel ${directive} <value>` };
  }
  const value = words[1]!;
  switch (directive) {
    case 'announce-ip':
      draft.announceIp = value === '' ? null : value;
      return null;
    case 'announce-port':
      draft.announcePort = atoi(value);
      return null;
    case 'sentinel-user':
      draft.sentinelUser = value;
      return null;
    case 'sentinel-pass':
      draft.sentinelPass = value;
      return null;
    case 'current-epoch':
      draft.currentEpoch = Math.max(draft.currentEpoch, atoi(value));
      return null;
    case 'myid':
      return setMyId(draft, value);
    case 'deny-scripts-reconfig':
      return setYesNo(
        draft,
        'denyScriptsReconfig',
        value,
        'Please specify yes or no for the deny-scripts-reconfig options.',
      );
    case 'resolve-hostnames':
      return setYesNo(
        draft,
        'resolveHostnames',
        value,
        'Please specify yes or no for the resolve-hostnames option.',
      );
    default:
      return setYesNo(
        draft,
        'announceHostnames',
        value,
        'Please specify yes or no for the announce-hostnames option.',
      );
  }
}
