/** Reads a deployment: a compose file or its folder, with all that its services mount. */
import { basename, dirname, join, resolve } from 'node:path';
import { readCompose } from './compose.ts';
import type { Deployment } from './deployment.ts';
import {
  addError,
  distinct,
  hasErrors,
  inputError,
  type Problems,
  startOf,
  throwErrors,
} from './problems.ts';
import { pathKind, readText } from './source.ts';
import { checkStructure } from './structure.ts';
import { addWarnings } from './warnings.ts';
import { childText, readYaml } from './yamlTree.ts';

const FILE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

function composeFileIn(folder: string, problems: Problems): string {
  const name = FILE_NAMES.find((candidate) => pathKind(join(folder, candidate)) !== 'missing');
  if (name !== undefined) return join(folder, name);
  addError(problems, startOf(folder), 'the folder has no compose file', {
    expected: `one of ${FILE_NAMES.join(', ')}`,
  });
  throw inputError(problems);
}

function readFile(file: string, problems: Problems): string {
  const opened = readText(file);
  if ('text' in opened) return opened.text;
  addError(problems, startOf(file), opened.error, {
    expected: 'a readable text file of at most 1 MiB',
    hint: opened.hint,
  });
  throw inputError(problems);
}

/** Throws an InputError with everything that keeps the deployment from being simulated. */
export function loadDeployment(path: string): Deployment {
  const problems: Problems = [];
  const file = pathKind(path) === 'folder' ? composeFileIn(path, problems) : path;
  return parseDeployment(readFile(file, problems), file);
}

/** A deployment from the text of its compose file; `file` is where it stands. */
export function parseDeployment(text: string, file: string): Deployment {
  const problems: Problems = [];
  const root = readYaml(text, file, problems);
  throwErrors(problems);
  const draft = readCompose(root!, file, problems);
  const sound = !hasErrors(problems);
  checkStructure(draft, sound, true);
  if (!hasErrors(problems)) addWarnings(draft, draft.configPaths);
  throwErrors(problems);
  return {
    name: childText(root!, 'name') ?? basename(resolve(dirname(file))),
    redis: draft.redis.map(({ node }) => node),
    sentinels: draft.sentinels.map(({ node }) => node),
    boxes: {},
    aliases: draft.aliases,
    addresses: draft.addresses,
    notes: distinct(problems),
  };
}
