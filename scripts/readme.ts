/** Puts the account that the program prints now into the README: `tsx scripts/readme.ts`, after `npm run build`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const readme = readFileSync('README.md', 'utf8');
const command = /```console\n\$ npx sentinelsim (.*)\n/.exec(readme)![1]!;
const printed = execFileSync('node', ['dist/cli.js', ...command.split(' '), '--no-color'], {
  encoding: 'utf8',
  stdio: 'pipe',
});
/** The last lines tell this machine's speed. */
const account = printed.slice(0, printed.indexOf('\nagain ')).trimEnd();
const block = `\`\`\`console\n$ npx sentinelsim ${command}\n${account}\n\`\`\``;
writeFileSync(
  'README.md',
  readme.replace(/```console\n[\s\S]*?```/, () => block),
);
