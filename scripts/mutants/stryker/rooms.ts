/** What Stryker's last report says, by room of models/, and every survivor: `npm run stryker` ends with it. */
import { readFileSync } from 'node:fs';

interface Fault {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status:
    | 'Killed'
    | 'Timeout'
    | 'Survived'
    | 'NoCoverage'
    | 'Ignored'
    | 'RuntimeError'
    | 'CompileError'
    | 'Pending';
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Fault[] }>>;
}

const CAUGHT = ['Killed', 'Timeout', 'RuntimeError'];
const ALIVE = ['Survived', 'NoCoverage'];

const report = JSON.parse(readFileSync('node_modules/.cache/stryker/report.json', 'utf8')) as Report;

function roomOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return folders.join('/');
}

const rooms = new Map<string, { caught: number; alive: number }>();
const survivors: string[] = [];
for (const [path, { source, mutants }] of Object.entries(report.files)) {
  const room = rooms.get(roomOf(path)) ?? { caught: 0, alive: 0 };
  rooms.set(roomOf(path), room);
  for (const { status, location, mutatorName, replacement } of mutants) {
    if (CAUGHT.includes(status)) room.caught++;
    if (!ALIVE.includes(status)) continue;
    room.alive++;
    const line = source.split('\n')[location.start.line - 1]!.trim();
    survivors.push(`${path}:${location.start.line} ${mutatorName} → ${replacement ?? ''}\n    ${line}`);
  }
}

const row = (room: string, caught: number, alive: number) =>
  `| ${room} | ${caught + alive} | ${caught} | ${((100 * caught) / (caught + alive)).toFixed(0)} % |`;
const all = [...rooms].filter(([, { caught, alive }]) => caught + alive > 0).sort();
const total = (key: 'caught' | 'alive') => all.reduce((sum, [, counts]) => sum + counts[key], 0);
process.stdout.write(
  [
    ...survivors.sort(),
    '',
    '| room | faults | caught | score |',
    '|---|---|---|---|',
    ...all.map(([room, { caught, alive }]) => row(room, caught, alive)),
    row('all', total('caught'), total('alive')),
    '',
  ].join('\n'),
);
