import { describe, expect, test } from 'vitest';
import { cluster, stage } from '../support/stages.ts';
import { addressOf, masterInfo, replicaInfo } from '../support/wire.ts';

describe('1 Sentinel: SENTINEL FAILOVER', () => {
  test('is refused for an unknown name, while one is in progress, and without a good replica (S-FORCE-1)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'Mymaster')).toBe('-ERR No such master with that name');
    const poor = lab.fork();
    poor.script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 0 }) }).run(10_500);
    expect(poor.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe(
      '-NOGOODSLAVE No suitable replica to promote',
    );
    expect(poor.events('s1', '+try-failover')).toEqual([]);
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('-INPROG Failover already in progress');
    expect(lab.lines('s1', 'user-failover').map(({ message }) => message)).toEqual([
      "Executing user requested FAILOVER of 'mymaster'",
    ]);
    expect(lab.view('s1').flags).toEqual(['master', 'failover_in_progress', 'force_failover']);
  });

  test('needs no delay after the last attempt, and selects again later (S-FORCE-1)', () => {
    const lab = stage({ replicas: 2, peers: 0, failoverTimeoutMs: 3000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '-failover-abort-slave-timeout');
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
    // The one that would have been promoted a moment ago dies before the selection.
    const best = lab.lines('s1', '+selected-slave')[0]!.message.includes(addressOf('n2')) ? 'n2' : 'n3';
    lab.kill(best);
    expect(lab.untilSaid('s1', '+selected-slave').message).not.toContain(addressOf(best));
  });

  test('goes on at its next tick without a single vote of others (S-FORCE-2)', () => {
    const lab = stage({ quorum: 5, peers: 4, fsyncUs: { min: 0, max: 0 } });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const vote = lab.untilSaid('s1', '+vote-for-leader');
    expect(vote.message).toBe(`${lab.sentinel('s1').myId} 1`);
    expect(lab.lines('s1', '+elected-leader')[0]!.atUs).toBe(vote.atUs);
    expect(lab.events('s1').slice(0, 6)).toEqual([
      ...['user-failover', '+new-epoch', '+try-failover', '+vote-for-leader', '+elected-leader'],
      '+failover-state-select-slave',
    ]);
    expect(lab.heard('p1', 'IS-MASTER-DOWN-BY-ADDR')).toEqual([]);
  });
});

describe('1 master, 2 replicas, 3 sentinels: SENTINEL FAILOVER', () => {
  test('the others learn of it by hello; the old master is demoted 10 s later (S-FORCE-3)', () => {
    const lab = cluster();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const followed = lab.untilSaid('s2', '+switch-master');
    expect(lab.events('s2').slice(0, 3)).toEqual(
      expect.arrayContaining(['+new-epoch', '+config-update-from']),
    );
    lab.run(3000);
    const masters = () => ['r1', 'r2', 'r3'].filter((name) => lab.redis(name).role === 'master');
    expect(masters()).toHaveLength(2);
    const seen = lab.said.find(
      ({ event, message }) => event === '-role-change' && message.includes(`slave ${addressOf('r1')}:`),
    )!;
    expect(seen.atUs).toBeGreaterThan(followed.atUs);
    lab.until(() => lab.said.some(({ event }) => event === '+convert-to-slave'));
    const converted = lab.said.find(({ event }) => event === '+convert-to-slave')!;
    expect((converted.atUs - seen.atUs) / 1000).toBeGreaterThan(9000);
    expect((converted.atUs - seen.atUs) / 1000).toBeLessThan(11_200);
    lab.run(1000);
    expect(masters()).toHaveLength(1);
  });

  test('on two of them at once: one epoch, two views, until a later epoch (S-FORCE-4)', () => {
    const lab = cluster({ nodeLines: { s1: ['sentinel parallel-syncs mymaster 1'] } });
    lab.slow('s1', 's2', 10).run(3000);
    const replies = ['s1', 's2'].map((name) => lab.ask(name, 'SENTINEL', 'FAILOVER', 'mymaster'));
    expect(replies).toEqual(['+OK', '+OK']);
    expect(['s1', 's2'].map((name) => lab.sentinel(name).currentEpoch)).toEqual([1, 1]);
    lab.run(1);
    for (const name of ['s1', 's2']) {
      const vote = lab.untilSaid(name, '+elected-leader');
      expect(vote.atUs).toBeGreaterThan(0);
      expect(lab.lines(name, '+vote-for-leader')[0]!.message).toBe(`${lab.sentinel(name).myId} 1`);
    }
    // Equal configuration epochs never overwrite each other (S-HELLO-10).
    lab.run(30_000);
    expect(new Set(['s1', 's2'].map((name) => lab.master(name).configEpoch))).toEqual(new Set([1]));
    lab.run(30_000);
    lab.ask('s3', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.run(60_000);
    const views = ['s1', 's2', 's3'].map((name) => lab.masterOf(name));
    expect(new Set(views).size).toBe(1);
  });
});

describe('1 Sentinel: SENTINEL SIMULATE-FAILURE', () => {
  const armed = (text: unknown) => /sentinel_simulate_failure_flags:(\d)/.exec(String(text))![1];

  test('arms what is named, and only that; help disarms; unknown words are an error (S-SIM-1)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    const simulate = (...words: string[]) => {
      const reply = lab.ask('s1', 'SENTINEL', 'SIMULATE-FAILURE', ...words);
      return [reply, armed(lab.ask('s1', 'INFO', 'sentinel'))];
    };
    const help = ['crash-after-election', 'crash-after-promotion'];
    expect(simulate('crash-after-election')).toEqual(['+OK', '1']);
    expect(simulate('CRASH-after-promotion')).toEqual(['+OK', '2']);
    expect(simulate('crash-after-election', 'crash-after-promotion')).toEqual(['+OK', '3']);
    expect(simulate('crash-after-election', 'help')).toEqual([help, '1']);
    expect(simulate('help')).toEqual([help, '0']);
    expect(simulate('crash-after-promotion', 'x')).toEqual([
      '-ERR Unknown failure simulation specified',
      '2',
    ]);
    expect(lab.ask('s1', 'SENTINEL', 'SIMULATE-FAILURE')).toBe(
      "-ERR wrong number of arguments for 'sentinel|simulate-failure' command",
    );
  });

  test.each([
    ['crash-after-election', '+elected-leader', 'n1'],
    ['crash-after-promotion', '+promoted-slave', 'n2'],
  ])('%s: the last word is %s, status 99, and the file names %s (S-SIM-2)', (failure, last, node) => {
    const lab = stage({ replicas: 1, peers: 0, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'SIMULATE-FAILURE', failure);
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', 'exited');
    expect(lab.events('s1').slice(-3)).toEqual([last, 'simulated-crash', 'exited']);
    expect(lab.lines('s1', 'exited')[0]!.message).toBe('99');
    expect(lab.isRunning('s1')).toBe(false);
    expect(lab.saved('s1')!.masters[0]!.host).toBe(addressOf(node));
  });
});
