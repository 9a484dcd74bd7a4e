/** The project in examples/ci, as far as it can be tested without installing it; `.ci/run` does that. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readArguments } from '../../src/cli/arguments.ts';
import { splitScript } from '../../src/config/shell.ts';
import { prepare } from '../../src/run/prepare.ts';

const FOLDER = 'examples/ci';
const workflow = parse(readFileSync(`${FOLDER}/.github/workflows/failover.yml`, 'utf8'));
const manifest = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8'));
const own = JSON.parse(readFileSync('package.json', 'utf8'));

interface Job {
  readonly steps: readonly { readonly run?: string }[];
}

const commands = Object.values(workflow.jobs as Record<string, Job>)
  .flatMap(({ steps }) => steps.map(({ run = '' }) => run))
  .concat(Object.values(manifest.scripts as Record<string, string>))
  .filter((command) => command.includes('sentinelsim test'));

describe('the project in examples/ci', () => {
  it('1 master, 2 replicas, 3 sentinels: its deployment is read without a complaint', () => {
    const { deployment } = prepare(FOLDER).scenario;
    expect(deployment.redis).toHaveLength(3);
    expect(deployment.sentinels).toHaveLength(3);
    expect(deployment.notes).toEqual([]);
  });

  it('has a command of sentinelsim in the workflow and in the scripts', () => {
    expect(commands).toHaveLength(3);
  });

  it.each(commands)('%s is understood', (command) => {
    const plain = command.replace(/\$\{\{ github\.run_id \}\}/, '15838347532');
    const [words] = splitScript(plain);
    const start = words!.indexOf('sentinelsim');
    expect(readArguments(words!.slice(start + 1))).toMatchObject({ command: 'test', target: '.' });
  });

  it('asks for the versions of this package', () => {
    const { sentinelsim, ...others } = manifest.devDependencies;
    expect(sentinelsim).toBe(`^${own.version}`);
    expect({ ...own.dependencies, ...own.devDependencies }).toMatchObject(others);
  });
});
