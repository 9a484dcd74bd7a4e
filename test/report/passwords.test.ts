import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportText } from '../../src/report/account.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** The example deployment without some of its lines. */
function exampleWithout(...directives: string[]): string {
  const folder = temporaryFolder();
  cpSync('examples/redis-ha', folder, { recursive: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.conf')) continue;
    const path = join(folder, file);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(
      path,
      lines
        .filter((line) => !directives.some((word) => line.includes(word) && !line.startsWith('#')))
        .join('\n'),
    );
  }
  return folder;
}

test('1 master, 2 replicas, 3 sentinels without auth-pass: the account says that the master was down all along (M-15, S-PING-4)', () => {
  const prepared = prepare(exampleWithout('auth-pass'));
  const { document, steps } = simulate(prepared, 1);
  expect(document.events.filter(({ event, t }) => event === '+sdown' && t < 0)).toHaveLength(3);
  expect(document.failovers).toEqual([]);
  const text = reportText(
    document,
    { deployment: prepared.scenario.deployment, steps, replay: '', speed: '' },
    { colour: false },
  ).replaceAll(/\s+/g, ' ');
  expect(text).toContain('3 Sentinels held redis-master for down since');
  expect(prepared.scenario.deployment.notes.map(({ message }) => message).join()).toContain('M-15');
});

test('1 master, 2 replicas, 3 sentinels without masterauth: no replica ever synchronizes (M-11, R-RSM-8)', () => {
  const { document } = simulate(prepare(exampleWithout('masterauth')), 1);
  const links = document.final.flatMap((view) =>
    'link' in view && view.role === 'replica' ? [view.link] : [],
  );
  expect(links).not.toContain('up');
  expect(document.clients[0]!.acked).toBe(0);
});
