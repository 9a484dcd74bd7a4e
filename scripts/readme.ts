/** Puts what the program prints now into the README: `tsx scripts/readme.ts`, after `npm run build`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { shownBlocks } from './readme/console.ts';

const readme = readFileSync('README.md', 'utf8');
const shown = shownBlocks(readme).reduce(
  (text, { block, command, printed }) =>
    text.replace(block, () => `\`\`\`console\n$ ${command}\n${printed}\n\`\`\``),
  readme,
);
writeFileSync('README.md', shown);
