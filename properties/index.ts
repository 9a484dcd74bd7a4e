/** Laws of Sentinel and arbitrary faults, for fast-check. */
export {
  epochsGrow,
  type Law,
  laws,
  noFailoverWithoutObjectiveDown,
  oneLeaderAnEpoch,
  oneVoteAnEpoch,
} from './laws.ts';
export { type TimelineConstraints, timelineOf } from './timelines.ts';
