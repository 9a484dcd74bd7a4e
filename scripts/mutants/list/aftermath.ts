/** Roles, the switch, the file and the commands of Sentinel. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const slaveof = mutantsOf('sentinel/slaveof.ts', [
  {
    id: 'role-not-rewritten',
    find: '[MULTI, role, REWRITE, KILL_NORMAL',
    replace: '[MULTI, role, KILL_NORMAL',
    rule: 'S-RECONF-1',
    wrong: 'the transaction leaves CONFIG REWRITE out',
  },
]);

const roles = mutantsOf('sentinel/roles.ts', [
  {
    id: 'converted-at-once',
    find: 'if (wallNow(host) - replica.roleReportedUs <= waitMs * 1000) return;',
    replace: '',
    rule: 'S-ROLE-5',
    wrong: 'a replica that reports master is demoted without waiting',
  },
  {
    id: 'old-master-never-demoted',
    find: 'else convertToSlave(state, host, instance, master);',
    replace: '',
    rule: 'S-ROLE-5',
    wrong: 'an old master that returns is left alone',
  },
  {
    id: 'old-info-is-sane',
    find: 'master.infoRefreshUs < 2 * state.periods.infoMs * 1000;',
    replace: 'master.infoRefreshUs < 2 * state.periods.infoMs * 1e9;',
    rule: 'S-ROLE-8',
    wrong: 'a master with INFO older than 20 s counts as sane',
  },
  {
    id: 'wrong-master-never-repaired',
    find: 'fixSlaveConfig(state, host, instance, master);',
    replace: '',
    rule: 'S-ROLE-6',
    wrong: 'a replica that follows somebody else is left alone',
  },
  {
    id: 'wrong-master-repaired-at-once',
    find: 'if (wallNow(host) - replica.slaveConfChangeUs <= master.failoverTimeoutMs * 1000) return;',
    replace: '',
    rule: 'S-ROLE-6',
    wrong: 'a replica that follows somebody else is repaired without waiting',
  },
  {
    id: 'promotion-in-any-state',
    find: 'return master.failoverState === WAIT_PROMOTION;',
    replace: 'return master.failoverState <= WAIT_PROMOTION;',
    rule: 'S-ROLE-4',
    wrong: 'the chosen replica counts as promoted before it was told',
  },
  {
    id: 'configuration-epoch-not-raised',
    find: 'master.configEpoch = master.failoverEpoch;',
    replace: '',
    rule: 'S-ROLE-4',
    wrong: 'a promotion does not raise the configuration epoch',
  },
  {
    id: 'configuration-epoch-is-the-current-one',
    find: 'master.configEpoch = master.failoverEpoch;',
    replace: 'master.configEpoch = state.currentEpoch;',
    rule: 'S-ROLE-4',
    wrong: 'a promotion takes the current epoch, not that of its failover',
  },
  {
    id: 'promotion-not-spread',
    find: 'forceHello(state, master);',
    replace: '',
    rule: 'S-PERIOD-7',
    wrong: 'after a promotion hellos go out at leisure',
  },
  {
    id: 'done-without-a-link',
    find: ' && replica.slaveMasterLinkUp',
    replace: '',
    rule: 'S-ROLE-7',
    wrong: 'a replica is done before its link is up',
  },
]);

const switching = mutantsOf('sentinel/switching.ts', [
  {
    id: 'old-master-not-kept',
    find: 'if (!sameAddress(address, master.address)) addresses.push(master.address);',
    replace: '',
    rule: 'S-SWITCH-4',
    wrong: 'the old master does not become a replica entry',
  },
  {
    id: 'switch-forgets-sentinels',
    find: 'keepSentinels: true',
    replace: 'keepSentinels: false',
    rule: 'S-SWITCH-5',
    wrong: 'a switch forgets the other Sentinels',
  },
  {
    id: 'switch-not-saved',
    find: 'flushConfig(state, host);\n  return true;',
    replace: 'return true;',
    rule: 'S-PERSIST-3',
    wrong: 'a switch is not saved',
  },
  {
    id: 'switch-keeps-the-flags',
    find: 'master.flags = MASTER;',
    replace: 'master.flags |= MASTER;',
    rule: 'S-SWITCH-3',
    wrong: 'a switch does not clear the flags of the old master',
  },
]);

const address = mutantsOf('sentinel/masterAddress.ts', [
  {
    id: 'promoted-replica-named-late',
    find: 'master.failoverState >= RECONF_SLAVES',
    replace: 'master.failoverState > RECONF_SLAVES',
    rule: 'S-SWITCH-1',
    wrong: 'the promoted replica is the current master only at the switch',
  },
]);

const persistence = mutantsOf('sentinel/persistence.ts', [
  {
    id: 'old-address-saved',
    find: 'const address = currentMasterAddress(state, master);',
    replace: 'const { address } = master;',
    rule: 'S-PERSIST-7',
    wrong: 'the file of a leader names the old master until its switch',
  },
  {
    id: 'promoted-replica-saved-twice',
    find: 'replica === promoted ? master.address : replica.address',
    replace: 'replica.address',
    rule: 'S-PERSIST-4',
    wrong: 'the line of a promoted replica does not carry the old master',
  },
  {
    id: 'epoch-not-in-the-file',
    find: 'currentEpoch: state.currentEpoch,',
    replace: 'currentEpoch: 0,',
    rule: 'S-PERSIST-4',
    wrong: 'the current epoch is not saved',
  },
  {
    id: 'vote-not-in-the-file',
    find: 'leaderEpoch: master.leaderEpoch,',
    replace: 'leaderEpoch: 0,',
    rule: 'S-VOTE-6',
    wrong: 'a restart forgets the last vote',
  },
  {
    id: 'configuration-epoch-not-in-the-file',
    find: 'configEpoch: master.configEpoch,',
    replace: 'configEpoch: 0,',
    rule: 'S-PERSIST-4',
    wrong: 'a restart forgets the configuration epoch',
  },
  {
    id: 'full-disk-unnoticed',
    find: 'if (!host.diskWritable()) return',
    replace: 'if (!host.diskWritable() && state === null) return',
    rule: 'S-PERSIST-1',
    wrong: 'a flush succeeds on a full disk',
  },
  {
    id: 'flush-takes-no-time',
    find: 'host.stall(drawFrom(state.diskStream, state.spec.machine.fsyncUs));',
    replace: 'drawFrom(state.diskStream, state.spec.machine.fsyncUs);',
    rule: 'S-PERSIST-1',
    wrong: 'a flush does not wait for the disk',
  },
  {
    id: 'new-id-at-every-start',
    find: 'myId: state.myId,',
    replace: "myId: '',",
    rule: 'S-PERSIST-5',
    wrong: 'a restarted Sentinel has a new id',
  },
]);

const boot = mutantsOf('sentinel/boot.ts', [
  {
    id: 'vote-not-loaded',
    find: 'master.leaderEpoch = given.leaderEpoch;',
    replace: '',
    rule: 'S-VOTE-6',
    wrong: 'the epoch of the last vote is not read from the file',
  },
]);

const commands = [
  ...mutantsOf('sentinel/commands/actions.ts', [
    {
      id: 'force-flag-not-set',
      find: 'master.flags |= FORCE_FAILOVER;',
      replace: '',
      rule: 'S-FSM-2',
      wrong: 'SENTINEL FAILOVER starts an ordinary attempt',
    },
    {
      id: 'remove-not-saved',
      find: 'removeInstance(state, host, master);\n  return flushAndReply(state, host);',
      replace: 'removeInstance(state, host, master);\n  return OK;',
      rule: 'S-SWITCH-7',
      wrong: 'REMOVE is not saved',
    },
  ]),
  ...mutantsOf('sentinel/commands/set.ts', []),
  ...mutantsOf('sentinel/commands/queries.ts', [
    {
      id: 'dead-sentinels-usable',
      find: '(state.instances[id]!.flags & S_DOWN) === 0',
      replace: '(state.instances[id]!.flags & S_DOWN) >= 0',
      rule: 'S-CMD-CKQ-1',
      wrong: 'CKQUORUM counts Sentinels that are down',
    },
    {
      id: 'clients-sent-to-the-old-master',
      find: 'const address = currentMasterAddress(state, record);',
      replace: 'const { address } = record;',
      rule: 'S-SWITCH-1',
      wrong: 'the leader names the old master to clients until its switch',
    },
  ]),
  ...mutantsOf('sentinel/commands/infoText.ts', []),
  ...mutantsOf('sentinel/commands/authentication.ts', [
    {
      id: 'no-password-needed',
      find: "return client.authenticated || state.requirepass === '';",
      replace: 'return client.authenticated || state.requirepass !== null;',
      rule: 'S-CMD-AUTH',
      wrong: 'requirepass of a Sentinel protects nothing',
    },
  ]),
  ...mutantsOf('sentinel/pubsub.ts', []),
  ...mutantsOf('sentinel/announcing.ts', [
    {
      id: 'events-not-published',
      find: 'if (EVENTS[event].published) publish',
      replace: 'if (!EVENTS[event].published) publish',
      rule: 'S-EVENT-1',
      wrong: 'events are logged but not published',
    },
  ]),
];

const addresses = mutantsOf('sentinel/address.ts', [
  {
    id: 'names-compared-letter-by-letter',
    find: 'return a === b || a.toLowerCase() === b.toLowerCase();',
    replace: 'return a === b;',
    rule: 'S-HOST-4',
    wrong: 'host names that differ in case are different addresses',
  },
]);

export const aftermath: readonly Mutant[] = [
  ...slaveof,
  ...roles,
  ...switching,
  ...address,
  ...persistence,
  ...boot,
  ...commands,
  ...addresses,
];
