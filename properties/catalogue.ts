/** Every property, in the order of the protocol. */
import { convergence, convergenceAlways } from './convergence.ts';
import { deadAreDown } from './dead.ts';
import { forksStartTheSame, sameSeedSameRun } from './determinism.ts';
import { sdownWithin } from './downWithin.ts';
import {
  noActionInTilt,
  noFailoverWithoutOdown,
  odownNeedsQuorum,
  onePromotionAConfigEpoch,
} from './failover.ts';
import { fullDiskTakesNoWrites } from './fullDisks.ts';
import { fullSyncForAReason } from './fullSyncs.ts';
import { loneCandidate, promotedSoon, switchFollowed } from './healthy.ts';
import { inStepWithItsMaster } from './inStep.ts';
import { lossesAreClassified, noLostWrite } from './losses.ts';
import { restartRemembers } from './memory.ts';
import { odownWithin } from './odownWithin.ts';
import type { Property } from './property.ts';
import { parallelSyncs } from './reconfiguration.ts';
import { refusedForAReason } from './refusals.ts';
import { restartKeepsTheData, restartKeepsTheRole } from './restarts.ts';
import { sameDataAtTheSameOffset } from './sameData.ts';
import { bestReplica } from './selection.ts';
import { shutdownWaits } from './shutdowns.ts';
import { tiltForAReason, tiltLasts } from './tilt.ts';
import { electionWithin, oneStepATick, promotionWithin, retryDelay, switchWithin } from './timing.ts';
import { electionNeedsMajority, epochsGrow, oneLeaderAnEpoch, oneVoteAnEpoch } from './voting.ts';
import { acknowledgedWithGoodReplicas, fencedInTime, oneWritableMaster } from './writable.ts';

export const catalogue: readonly Property[] = [
  sdownWithin,
  deadAreDown,
  odownNeedsQuorum,
  odownWithin,
  noActionInTilt,
  tiltForAReason,
  tiltLasts,
  noFailoverWithoutOdown,
  retryDelay,
  oneVoteAnEpoch,
  oneLeaderAnEpoch,
  electionNeedsMajority,
  epochsGrow,
  restartRemembers,
  electionWithin,
  loneCandidate,
  oneStepATick,
  bestReplica,
  promotionWithin,
  promotedSoon,
  onePromotionAConfigEpoch,
  parallelSyncs,
  switchWithin,
  switchFollowed,
  acknowledgedWithGoodReplicas,
  fencedInTime,
  refusedForAReason,
  sameDataAtTheSameOffset,
  inStepWithItsMaster,
  fullSyncForAReason,
  restartKeepsTheRole,
  restartKeepsTheData,
  fullDiskTakesNoWrites,
  shutdownWaits,
  lossesAreClassified,
  convergence,
  sameSeedSameRun,
  forksStartTheSame,
  noLostWrite,
  oneWritableMaster,
  convergenceAlways,
];
