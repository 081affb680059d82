// Runs the tests: `node --test` takes a folder on Node 20 and files on later ones, so files.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../tests/', import.meta.url));
const wanted = process.argv[2] ?? '';
const files = readdirSync(folder).filter((it) => it.endsWith('.test.mjs') && it.includes(wanted));
execFileSync(process.execPath, ['--expose-gc', '--test', '--test-reporter=dot', ...files.map((it) => folder + it)], {
  stdio: 'inherit',
});
