import { describe, expect, test } from 'vitest';
import { errorReply, type Reply } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';

const link = (lab: Lab) => lab.link('s1', lab.replica('s1', 'n2'));
const status = (text: string): Reply => ({ kind: 'status', text });

/** A stage whose replica gives this reply to every PING from now on. */
function answering(reply: Reply): Lab {
  const lab = stage({ replicas: 1, peers: 0 });
  return lab.script('n2', { PING: reply });
}

test('1 replica: the silence counts from the first PING that was not answered (S-PING-1)', () => {
  const lab = stage({ replicas: 1, peers: 0, downAfterMs: 60_000 });
  lab.mute('n2');
  lab.until(() => link(lab).actPingUs !== 0);
  const { actPingUs, lastPingUs } = link(lab);
  expect(lastPingUs).toBe(actPingUs);
  lab.run(3000);
  expect(link(lab).actPingUs).toBe(actPingUs);
  expect(link(lab).lastPingUs).toBeGreaterThan(actPingUs + 2_000_000);
});

describe('1 replica: what a reply to PING proves', () => {
  const VALID = [
    'PONG',
    'PONGsomething',
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link down',
  ];
  const INVALID = [
    'BUSY Redis is busy',
    'NOAUTH',
    'NOPERM',
    'MISCONF',
    'ERR unknown',
    'pong',
    ' PONG',
    'LOAD',
    '',
  ];

  test.each([
    ...VALID.map((text) => [text, true] as const),
    ...INVALID.map((text) => [text, false] as const),
  ])('"%s", as a status and as an error: available %s (S-PING-3, S-PING-4)', (text, valid) => {
    for (const reply of [status(text), errorReply(text)]) {
      const lab = answering(reply);
      lab.run(8000);
      expect(lab.events('s1', '+sdown')).toEqual(valid ? [] : ['+sdown']);
      const ageUs = lab.sentinel('s1').clockOffsetUs + lab.nowUs - link(lab).lastAvailUs;
      expect(ageUs > 6_000_000).toBe(!valid);
      // Any reply at all counts as one (S-PING-2).
      expect(lab.sentinel('s1').clockOffsetUs + lab.nowUs - link(lab).lastPongUs).toBeLessThan(1_200_000);
    }
  });

  test('a reply that is neither status nor error is a reply, and proves nothing (S-PING-2, S-PING-6)', () => {
    for (const reply of [
      { kind: 'bulk', text: 'PONG' },
      { kind: 'integer', value: 1 },
    ] as const) {
      const lab = answering(reply);
      lab.run(8000);
      expect(lab.events('s1', '+sdown')).toEqual(['+sdown']);
      expect(lab.sentinel('s1').clockOffsetUs + lab.nowUs - link(lab).lastPongUs).toBeLessThan(1_200_000);
    }
  });

  test('errors keep the pace of one PING a second and the connection (S-PING-4)', () => {
    const lab = answering(errorReply('MISCONF'));
    lab.run(40_000);
    const times = lab.heard('n2', 'PING', 2_000_000).map(({ atUs }) => atUs);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThan(1_000_000);
    expect(lab.actor('n2').ended).toEqual([]);
  });

  test('+PONG, and nothing else, ends the count of a reboot (S-PING-3)', () => {
    const MASTER_REBOOT = 8192;
    const lab = stage({ lines: ['sentinel master-reboot-down-after-period mymaster 60000'], peers: 0 });
    const set = () => {
      const record = lab.master('s1');
      return (record.flags & MASTER_REBOOT) !== 0;
    };
    lab.script('n1', { PING: errorReply('LOADING') });
    const first = lab.actor('n1').answers.INFO as Extract<Reply, { kind: 'info' }>;
    lab.script('n1', { INFO: { ...first, info: { ...first.info, run_id: 'e'.repeat(40) } } });
    lab.untilSaid('s1', '+reboot');
    lab.run(5000);
    expect(set()).toBe(true);
    lab.script('n1', { PING: errorReply('MASTERDOWN') }).run(3000);
    expect(set()).toBe(true);
    lab.script('n1', { PING: status('PONG') }).run(1200);
    expect(set()).toBe(false);
  });
});

describe('1 replica that answers -BUSY', () => {
  test('gets one SCRIPT KILL for each time it is S_DOWN, and none before (S-PING-5)', () => {
    const lab = answering(errorReply('BUSY Redis is busy running a script.'));
    const down = lab.untilSaid('s1', '+sdown');
    expect(lab.heard('n2', 'SCRIPT KILL')).toEqual([]);
    lab.run(10_000);
    const [kill, ...more] = lab.heard('n2', 'SCRIPT KILL');
    expect(kill!.atUs).toBeGreaterThan(down.atUs);
    expect(more).toEqual([]);
    expect(lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster')).toEqual([
      expect.arrayContaining(['s_down,slave,script_kill_sent']),
    ]);
    lab.script('n2', { PING: status('PONG') }).untilSaid('s1', '-sdown');
    lab.script('n2', { PING: errorReply('BUSY') }).run(10_000);
    expect(lab.heard('n2', 'SCRIPT KILL')).toHaveLength(2);
  });
});
