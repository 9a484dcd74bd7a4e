/** Every property, in the order of the protocol. */
import { convergence, convergenceAlways, odownWithin } from './convergence.ts';
import { forksStartTheSame, sameSeedSameRun } from './determinism.ts';
import {
  noActionInTilt,
  noFailoverWithoutOdown,
  odownNeedsQuorum,
  onePromotionAConfigEpoch,
} from './failover.ts';
import type { Property } from './property.ts';
import { parallelSyncs } from './reconfiguration.ts';
import { bestReplica } from './selection.ts';
import { electionWithin, promotionWithin, retryDelay, sdownWithin, switchWithin } from './timing.ts';
import { electionNeedsMajority, epochsGrow, oneLeaderAnEpoch, oneVoteAnEpoch } from './voting.ts';
import {
  acknowledgedWithGoodReplicas,
  fencedInTime,
  lossesAreClassified,
  noLostWrite,
  oneWritableMaster,
} from './writes.ts';

export const catalogue: readonly Property[] = [
  sdownWithin,
  odownNeedsQuorum,
  odownWithin,
  noActionInTilt,
  noFailoverWithoutOdown,
  retryDelay,
  oneVoteAnEpoch,
  oneLeaderAnEpoch,
  electionNeedsMajority,
  epochsGrow,
  electionWithin,
  bestReplica,
  promotionWithin,
  onePromotionAConfigEpoch,
  parallelSyncs,
  switchWithin,
  acknowledgedWithGoodReplicas,
  fencedInTime,
  lossesAreClassified,
  convergence,
  sameSeedSameRun,
  forksStartTheSame,
  noLostWrite,
  oneWritableMaster,
  convergenceAlways,
];
