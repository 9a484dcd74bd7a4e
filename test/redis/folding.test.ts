import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message } from '../../models/commands.ts';
import { group, type RedisLab, type Session } from '../support/redisLab.ts';

const NODES = ['r1', 'r2', 'r3'];
const LINES = [
  'repl-timeout 4',
  'repl-ping-replica-period 2',
  'min-replicas-to-write 1',
  'min-replicas-max-lag 2',
  'repl-diskless-sync-delay 1',
  'repl-backlog-ttl 6',
  'save 3 2',
  'timeout 9',
  'shutdown-timeout 3',
  'appendonly yes',
];

interface Step {
  readonly waitMs: number;
  readonly node: string;
  readonly what: string;
}

const what = fc.constantFrom(
  ...[
    'SET a 1',
    'SET b 2',
    'DEL a',
    'PUBLISH c m',
    'INFO',
    'MULTI',
    'EXEC',
    'WAIT 1 700',
    'WAIT 2 0',
    'PING',
  ],
  ...[
    'REPLICAOF NO ONE',
    'REPLICAOF r1 6379',
    'REPLICAOF r2 6379',
    'FAILOVER',
    'FAILOVER TIMEOUT 900',
    'FAILOVER ABORT',
  ],
  ...['BGSAVE', 'SAVE', 'BGREWRITEAOF', 'CONFIG REWRITE', 'CONFIG SET hz 20', 'CONFIG SET appendonly yes'],
  ...['CLIENT PAUSE 800 WRITE', 'CLIENT PAUSE 600', 'CLIENT KILL TYPE normal', 'CLIENT KILL TYPE replica'],
  ...['DEBUG SLEEP 0.35', 'DEBUG SLEEP 1.2', 'SHUTDOWN ABORT', 'SHUTDOWN', 'SYNC'],
  ...['!kill', '!start', '!term', '!pause', '!resume', '!cut', '!heal', '!full', '!room', '!power', '!clock'],
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ waitMs: fc.integer({ min: 0, max: 4000 }), node: fc.constantFrom(...NODES), what }),
  { minLength: 5, maxLength: 40, size: 'max' },
);

function disturb(lab: RedisLab, node: string, fault: string): void {
  const other = NODES[(NODES.indexOf(node) + 1) % NODES.length]!;
  switch (fault) {
    case '!kill':
      lab.kill(node);
      return;
    case '!start':
      lab.start(node);
      return;
    case '!term':
      lab.signal(node);
      return;
    case '!pause':
      lab.pause(node);
      return;
    case '!resume':
      lab.resume(node);
      return;
    case '!cut':
      lab.cut(node, other);
      return;
    case '!heal':
      lab.heal(node, other);
      return;
    case '!full':
    case '!room':
      lab.disk(node, fault === '!room');
      return;
    case '!power':
      lab.powerOff(node);
      return;
    case '!clock':
      lab.world.changeClock(lab.index(node), 1_300_000);
      return;
    default:
      throw new Error(fault);
  }
}

/** Everything that anybody can see of a run. */
function observe(plan: readonly Step[], seed: number, aof: boolean, literalCron: boolean) {
  const lab = group(2, [...LINES, `appendonly ${aof ? 'yes' : 'no'}`], { seed, literalCron });
  const sessions: Session[] = [];
  const last = new Map<string, Session>();
  lab.world.onAction = (action) => {
    const { node, what: act } = plan[action]!;
    if (act.startsWith('!')) {
      disturb(lab, node, act);
      return;
    }
    let session = last.get(node);
    if (session === undefined || session.closed) {
      session = lab.connect(node);
      sessions.push(session);
      last.set(node, session);
    }
    session.send(act === 'SYNC' ? ({ kind: 'SYNC' } satisfies Message) : act);
  };
  let atUs = lab.world.nowUs + 1;
  for (const [action, { waitMs }] of plan.entries()) {
    lab.world.scheduleAction(atUs, action);
    atUs += waitMs * 1000;
  }
  lab.world.runUntil(atUs);
  lab.run(15);
  return {
    // Two servers that tick in the same microsecond come in either order.
    heard: lab.heard.toSorted((a, b) => a.atUs - b.atUs || a.process - b.process),
    talks: sessions.map((session) => ({
      replies: session.heard,
      times: session.times,
      closed: session.closed,
    })),
    views: NODES.map((node) => (lab.isRunning(node) ? lab.view(node) : null)),
    handled: lab.world.handled,
  };
}

test.each([false, true])(
  '1 master, 2 replicas, appendonly %s: folded and literal cron give the same run under random commands and faults (R-CLK-2)',
  (aof) => {
    fc.assert(
      fc.property(steps, fc.nat(100_000), (plan, seed) => {
        const { handled: few, ...folded } = observe(plan, seed, aof, false);
        const { handled: many, ...literal } = observe(plan, seed, aof, true);
        expect(folded).toEqual(literal);
        expect(few).toBeLessThan(many);
      }),
      { seed: 1, numRuns: 150 },
    );
  },
);
