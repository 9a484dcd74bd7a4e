/** Why Sentinels did not hold a master for down although it was away. */
import { list, roughly, setting, span } from '../report/numbers.ts';
import { type Case, downAfterOf, isSimulated } from './case.ts';
import { isFault } from './downSteps.ts';
import type { Episode } from './episodes.ts';
import { type Step, step } from './explanation.ts';
import { probeEveryUs } from './observe.ts';
import type { MasterView } from './view.ts';

/** Answers come once a second: a shorter silence says nothing. */
export const ALIVE_MS = 1500;

/** A node that is back is noticed at the next reconnection, up to a second later. */
const NOTICE_MS = 1200;

/** One step for each reason, with the Sentinels that it holds for. */
export function unseenSteps(kase: Case, episode: Episode): Step[] {
  if (!isSimulated(kase)) return unseenInLog(kase, episode);
  const reasons = new Map<string, { nodes: string[]; reason: Reason }>();
  for (const node of kase.story.cast.sentinels) {
    if (episode.sdowns.some((sdown) => sdown.node === node)) continue;
    const reason = whyUnseen(kase, episode, node);
    const known = reasons.get(reason.key);
    if (known === undefined) reasons.set(reason.key, { nodes: [node], reason });
    else {
      known.nodes.push(node);
      if ((reason.numbers?.silenceMs ?? 0) > (known.reason.numbers?.silenceMs ?? 0)) known.reason = reason;
    }
  }
  return [...reasons.values()].map(({ nodes, reason }) => {
    const { t, one, many } = reason;
    return nodes.length === 1
      ? step(t, nodes[0]!, one, reason)
      : step(t, null, `${list(nodes)} ${many}`, reason);
  });
}

/** Why a Sentinel saw nothing; Sentinels with the same `key` share a step. */
interface Reason {
  readonly key: string;
  readonly t: number;
  readonly one: string;
  readonly many: string;
  readonly because?: string;
  readonly rule?: string;
  readonly numbers?: Readonly<Record<string, number>>;
}

function whyUnseen(kase: Case, episode: Episode, node: string): Reason {
  const end = episode.until ?? kase.document.durationMs;
  const minds = kase.glimpses.filter(
    ({ t, node: who, view }) =>
      who === node && view.master === episode.master && t >= episode.from && t <= end + NOTICE_MS,
  );
  const longest = minds.reduce<{ t: number; view: MasterView } | null>(
    (best, mind) => (best === null || mind.view.silenceMs > best.view.silenceMs ? mind : best),
    null,
  );
  const probeMs = probeEveryUs(kase.document.durationMs * 1000) / 1000;
  const troubleEnd = episode.troubleUntil ?? end;
  const last = minds.findLast(({ t }) => t < troubleEnd)?.t ?? episode.from;
  if (longest === null || last < troubleEnd - 2 * probeMs) {
    return {
      key: 'off',
      t: last,
      one: 'is not running, and sees nothing',
      many: 'are not running, and see nothing',
    };
  }
  const { t, view } = longest;
  if (view.host !== episode.host) {
    const what = `${view.host} as master, and what becomes of ${episode.host} starts no failover`;
    return { key: `names ${view.host}`, t, one: `names ${what}`, many: `name ${what}` };
  }
  if (view.tilt) {
    return {
      key: 'tilt',
      t,
      one: 'is in TILT and judges nothing',
      many: 'are in TILT and judge nothing',
      rule: 'S-TILT-4',
    };
  }
  const struck = episode.actions.some((action) => isFault(action) && !action.do.startsWith('cut'));
  const silent = struck || view.silenceMs > ALIVE_MS;
  return {
    key: silent ? 'silent' : 'alive',
    t,
    one: `does not hold ${episode.host} for down`,
    many: `do not hold ${episode.host} for down`,
    because: silent
      ? `it was silent for ${roughly(view.silenceMs)} at most, and down-after is ${setting(view.downAfterMs)}`
      : 'it had valid answers to its PINGs all the time',
    rule: 'S-SDOWN-5',
    numbers: { silenceMs: view.silenceMs, downAfterMs: view.downAfterMs },
  };
}

/** From a log only the length of the fault can be held against down-after. */
function unseenInLog(kase: Case, { master, host, from, until, sdowns }: Episode): Step[] {
  if (sdowns.length > 0) return [];
  const downAfter = downAfterOf(kase, master);
  const end = until ?? kase.document.durationMs;
  const away = end - from;
  const numbers = { awayMs: away, ...(downAfter === null ? {} : { downAfterMs: downAfter }) };
  if (downAfter !== null && away <= downAfter) {
    const because = `it was away for ${span(away)}, and down-after is ${setting(downAfter)}`;
    return [step(end, null, `no Sentinel holds ${host} for down`, { because, rule: 'S-SDOWN-5', numbers })];
  }
  return [step(end, null, `no Sentinel holds ${host} for down`, { rule: 'S-SDOWN-5', numbers })];
}
