/** The two thresholds: the configured quorum, and the majority of all known Sentinels. */

/** More than half of the voters (S-ELECT-2, S-CMD-CKQ-1). */
export function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** `count` Sentinels, this one included, say that the master is down (S-ODOWN-1). */
export function reachesQuorum(count: number, quorum: number): boolean {
  return count >= quorum;
}

/** A leader needs the majority and the quorum (S-ELECT-2). */
export function isElected(votes: number, voters: number, quorum: number): boolean {
  return votes >= majority(voters) && votes >= quorum;
}
