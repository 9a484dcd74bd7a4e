/** Every property, in the order of the protocol. */
import { convergence, convergenceAlways } from './convergence.ts';
import { forksStartTheSame, sameSeedSameRun } from './determinism.ts';
import { odownWithin, sdownWithin } from './downWithin.ts';
import {
  noActionInTilt,
  noFailoverWithoutOdown,
  odownNeedsQuorum,
  onePromotionAConfigEpoch,
} from './failover.ts';
import { lossesAreClassified, noLostWrite } from './losses.ts';
import type { Property } from './property.ts';
import { parallelSyncs } from './reconfiguration.ts';
import { bestReplica } from './selection.ts';
import { electionWithin, promotionWithin, retryDelay, switchWithin } from './timing.ts';
import { electionNeedsMajority, epochsGrow, oneLeaderAnEpoch, oneVoteAnEpoch } from './voting.ts';
import { acknowledgedWithGoodReplicas, fencedInTime, oneWritableMaster } from './writable.ts';

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
