import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { ImportRequest } from '../../src/cli/importArguments.ts';
import { importCommand } from '../../src/cli/importCommand.ts';
import { UsageError } from '../../src/cli/usageError.ts';
import type { RunDocument } from '../../src/run/document.ts';
import { diagnosticsOf, writeFiles } from '../config/workspace.ts';

const FOLDER = 'test/import/fixtures/one-host';
const LOGS = ['s17011', 's17012', 's17013'].map((name) => `${FOLDER}/${name}/sentinel.log`);

function play(...words: string[]) {
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({
    write: (text: string) => {
      said[key] += text;
      return true;
    },
    once: () => {},
  });
  const request = readArguments(['import', ...words]) as ImportRequest;
  const status = importCommand(request, { out: sink('out'), err: sink('err'), colour: false });
  return { status, ...said };
}

describe('sentinelsim import', () => {
  it('prints a summary, and says how to keep the document', () => {
    const { status, out, err } = play(...LOGS);
    expect(status).toBe(0);
    expect(out).toContain('time zero 23 Nov 2026 21:14:40.103, the first +sdown of a master, on s17012');
    expect(out).toMatch(
      /1 {2}0\.082 s +mymaster +127\.0\.0\.1:17001 to 127\.0\.0\.1:17003 +s17013 +1 +completed after 2\.15 s/,
    );
    expect(out).toContain('--out run.json');
    expect(err).toBe('');
  });

  it('--json prints the document and nothing else, --out writes the same, on one line', () => {
    const file = join(writeFiles({}), 'run.json');
    const { out } = play(...LOGS, '--json', '--out', file);
    expect(JSON.parse(out)).toMatchObject({ schema: 'sentinelsim/run/1', failovers: [{ leader: 's17013' }] });
    expect(readFileSync(file, 'utf8')).toBe(out);
    expect(play(...LOGS, '--out', file).out).toContain(`document  ${file}`);
  });

  it('takes names from the command line and from a file, and tells of one that fits nothing', () => {
    const folder = writeFiles({ 'names.yaml': '127.0.0.1:17001: red\n127.0.0.1:17009: grey\n' });
    const names = join(folder, 'names.yaml');
    const { out, err } = play(...LOGS, '--json', '--names', names, '--name', '127.0.0.1:17003=blue');
    expect((JSON.parse(out) as RunDocument).failovers).toMatchObject([{ from: 'red', to: 'blue' }]);
    expect(err).toContain(`${names}:2:1: warning: nothing in the logs is called so`);
    expect(err).toContain('did you mean 127.0.0.1:17001?');
  });

  it('reads --zero in local time, --from and --to as spans from it', () => {
    const zero = ['--zero', '23 Nov 2026 21:14:40.000'];
    const { out } = play(...LOGS, '--json', ...zero, '--from', '-1s', '--to', '1s');
    const { events, failovers } = JSON.parse(out) as RunDocument;
    expect(failovers).toMatchObject([{ tryAt: 185, outcome: 'unfinished' }]);
    expect(events.every(({ t }) => t >= -1000 && t < 1000)).toBe(true);
    const same = ['--zone', '+02:00', '--zero', '2026-11-23T19:14:40Z'];
    expect((JSON.parse(play(...LOGS, '--json', ...same).out) as RunDocument).failovers[0]!.tryAt).toBe(185);
  });

  it('--verbose lists what was not recognised', () => {
    const folder = writeFiles({
      's1.log': `${readFileSync(LOGS[0]!, 'utf8')}9:X 23 Nov 2026 21:15:00.000 # what is this\n`,
    });
    const { out, err } = play(join(folder, 's1.log'), '--verbose');
    expect(out).toContain('1 line not recognised');
    expect(err).toContain('s1.log:33: what is this');
  });
});

describe('bad input of sentinelsim import', () => {
  const folder = writeFiles({
    'notes.log': '\nhello\n',
    'packed.log.gz': new Uint8Array([0x1f, 0x8b, 8, 0]),
    'names.yaml': '10.0.0.2:6379: two words\n',
    'list.yaml': '- a\n',
  });
  const path = (name: string) => join(folder, name);
  const failing = (...words: string[]) => diagnosticsOf(() => play(...words));

  it('a file that is no log, and one that is not there, are both told of, and nothing is written', () => {
    expect(failing(path('notes.log'), LOGS[0]!, '--out', path('run.json'))).toMatchObject([
      { at: { file: path('notes.log'), line: 2, column: 1 }, found: 'hello' },
    ]);
    expect(failing(path('absent.log'), path('packed.log.gz'))).toMatchObject([
      { message: 'cannot read the file: No such file or directory' },
      { message: 'the log is compressed' },
    ]);
    expect(existsSync(path('run.json'))).toBe(false);
  });

  it('logs of servers alone', () => {
    expect(failing(`${FOLDER}/redis-17001.log`)).toMatchObject([
      { message: 'none of the logs is a Sentinel’s' },
    ]);
  });

  it('a file of names that is none', () => {
    expect(failing(LOGS[0]!, '--names', path('names.yaml'))).toMatchObject([
      { at: { line: 1, column: 16 }, found: 'two words' },
    ]);
    expect(failing(LOGS[0]!, '--names', path('list.yaml'))).toMatchObject([
      { message: 'a file of names is a mapping' },
    ]);
  });

  it.each([
    [['--zero', 'yesterday'], 'Expected a time'],
    [['--offset', 's1.log=5'], '5 has no unit'],
    [['--offset', 's1.log'], 'Expected a log and a time'],
    [['--name', 'redis-1'], 'Expected an address and a name'],
    [['--zone', 'Mars'], 'Expected Z or hours'],
    [['--failover', '0'], 'Expected a whole number from 1'],
    [['--offset', 's9.log=5ms'], '--offset s9.log: no log is called so'],
  ])('%j', (words, complaint) => {
    expect(() => play(LOGS[0]!, ...words)).toThrow(UsageError);
    expect(() => play(LOGS[0]!, ...words)).toThrow(complaint);
  });
});
