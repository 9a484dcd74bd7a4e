import { describe, expect, test } from 'vitest';
import { stage } from '../support/stages.ts';
import { helloOf, masterInfo } from '../support/wire.ts';

/** Scripts are not run: the model says what would be started. */
describe('1 Sentinel: scripts', () => {
  test('the notification script gets every WARNING about a master or its children, from +monitor on (S-SCRIPT-1)', () => {
    const lines = ['sentinel notification-script mymaster /notify'];
    const lab = stage({ replicas: 1, peers: 1, lines, settleMs: 0 });
    lab
      .run(100)
      .kill('n2')
      .run(5000)
      .tell('s1', helloOf('p7', 'n1', { currentEpoch: 2 }));
    lab.jumpClock('s1', 5000).run(500);
    const started = lab
      .lines('s1', 'scripts-unmodelled')
      .map(({ message }) => message.split(' ').slice(0, 3).join(' '));
    // +sentinel is a NOTICE, +tilt concerns no instance.
    expect(lab.events('s1', '+sentinel', '+tilt')).toHaveLength(2);
    expect(started).toEqual(['/notify +monitor master', '/notify +sdown slave', '/notify +new-epoch 2']);
  });

  test('an event about another master does not start it (S-SCRIPT-1)', () => {
    const lab = stage({
      replicas: 1,
      nodeLines: {
        s1: ['sentinel monitor other 10.0.2.2 6379 1', 'sentinel notification-script other /notify'],
      },
    });
    lab.ask('s1', 'SENTINEL', 'RESET', 'mymaster');
    expect(lab.lines('s1', 'scripts-unmodelled')).toEqual([]);
    lab.ask('s1', 'SENTINEL', 'RESET', 'other');
    expect(lab.lines('s1', 'scripts-unmodelled')[0]!.message).toBe(
      '/notify +reset-master master other 10.0.2.2 6379',
    );
  });

  test('the client script: the leader at the promotion, an observer after its switch (S-SCRIPT-2)', () => {
    const lines = ['sentinel client-reconfig-script mymaster /clients'];
    const leader = stage({ replicas: 1, peers: 0, quorum: 1, lines });
    leader.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    leader.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+switch-master');
    leader.run(100);
    expect(leader.events('s1', '+promoted-slave', 'scripts-unmodelled', '+switch-master')).toEqual([
      ...['+promoted-slave', 'scripts-unmodelled', '+switch-master'],
    ]);
    const observer = stage({ lines });
    observer.tell('s1', helloOf('p1', 'n2', { masterConfigEpoch: 1 }));
    expect(observer.lines('s1', 'scripts-unmodelled').map(({ message }) => message)).toEqual([
      '/clients mymaster observer start 10.0.2.1 6379 10.0.2.2 6379',
    ]);
  });
});
