// Builds the package: the binary of this machine, the JavaScript, and the facade for `import`.
// With `--release`, the binary is optimised; with `--built`, the one is taken that is there.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platform } from './platform.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: 'inherit' });

const release = process.argv.includes('--release');
if (!process.argv.includes('--built')) {
  run('cargo', 'build', '--quiet', '-p', 'seriatim-node', ...(release ? ['--release'] : []));
}
const target = resolve(here, '..', process.env.CARGO_TARGET_DIR ?? 'target', release ? 'release' : 'debug');
const library = ['libseriatim_node.so', 'libseriatim_node.dylib', 'seriatim_node.dll']
  .map((it) => join(target, it))
  .find((it) => existsSync(it));
rmSync(join(here, 'dist'), { recursive: true, force: true });
run(process.execPath, require.resolve('typescript/bin/tsc'), '-p', '.');

copyFileSync(library, join(here, 'dist', `seriatim.${platform()}.node`));

// What `import` gives is what `require` gives, so that a class is one class.
const names = Object.keys(require(join(here, 'dist', 'seriatim.js'))).sort();
const facade = [`import seriatim from './seriatim.js';`, `export const {`, ...names.map((it) => `  ${it},`), `} = seriatim;`];
writeFileSync(join(here, 'dist', 'seriatim.mjs'), `${facade.join('\n')}\n`);
writeFileSync(join(here, 'dist', 'seriatim.d.mts'), `export * from './seriatim.js';\n`);
