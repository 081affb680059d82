// Lays out what is published, and packs it: the package, which names those of all machines as
// optional, and the one of this machine with its binary. Gives the tarball of the first, and the
// folder of the second, which is large.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platform, PLATFORMS } from './platform.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

export function pack(folder) {
  rmSync(folder, { recursive: true, force: true });
  const main = join(folder, 'seriatim');
  const { scripts, devDependencies, overrides, ...manifest } = readJson(join(here, 'package.json'));
  for (const name of Object.keys(PLATFORMS)) {
    const { version } = readJson(join(here, 'npm', name, 'package.json'));
    if (version !== manifest.version) throw new Error(`npm/${name} is of version ${version}`);
  }
  const optional = Object.keys(PLATFORMS).map((name) => [`@seriatim/${name}`, manifest.version]);
  mkdirSync(main, { recursive: true });
  cpSync(join(here, 'dist'), join(main, 'dist'), { recursive: true, filter: (it) => !it.endsWith('.node') });
  for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(here, '..', file), join(main, file));
  cpSync(join(here, 'README.md'), join(main, 'README.md'));
  const published = { ...manifest, optionalDependencies: Object.fromEntries(optional) };
  writeFileSync(join(main, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);

  const name = platform();
  const own = join(folder, name);
  cpSync(join(here, 'npm', name), own, { recursive: true });
  cpSync(join(here, 'dist', `seriatim.${name}.node`), join(own, `seriatim.${name}.node`));
  return [tarball(main, folder), own];
}

function tarball(of, folder) {
  const told = execFileSync('npm', ['pack', '--json', '--pack-destination', folder, of], { encoding: 'utf8', stdio: 'pipe' });
  return join(folder, Object.values(JSON.parse(told))[0].filename);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(here, '..', 'target', 'node');
  const [main, own] = pack(folder);
  console.log(`${main}\n${tarball(own, folder)}`);
}
