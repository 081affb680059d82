// What is published, installed into a project of its own and used from there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pack } from '../scripts/pack.mjs';
import { platform } from '../scripts/platform.mjs';
import { folder } from './folder.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

test('the packages install and work in a project of their own', { timeout: 240_000 }, (t) => {
  const place = folder(t);
  const [main, own] = pack(join(place, 'packed'));
  const project = (...args) => execFileSync(args[0], args.slice(1), { cwd: place, encoding: 'utf8', stdio: 'pipe' });
  writeFileSync(join(place, 'package.json'), '{ "name": "project", "private": true }');
  // The binaries of other machines are optional: they are not there, and are not missed.
  project('npm', 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', main, own);

  const program = (body) => `
    const index = await Index.build(process.argv[2], [{ serial: 'A1', lot: 'L1' }, { serial: 'A2' }]);
    const found = await index.select("lot = 'L1'");
    console.log(found.affected.size, found.undetermined.size, found.status('A1'));${body}`;
  const required = "const { Index } = require('seriatim');";
  writeFileSync(join(place, 'required.cjs'), `${required} (async () => {${program('')}})();`);
  writeFileSync(join(place, 'imported.mjs'), `import { Index } from 'seriatim'; import { createRequire } from 'node:module';
    ${program("console.log(createRequire(import.meta.url)('seriatim').Index === Index);")}`);
  assert.equal(project(process.execPath, 'required.cjs', join(place, 'a')), '1 1 affected\n');
  assert.equal(project(process.execPath, 'imported.mjs', join(place, 'b')), '1 1 affected\ntrue\n');

  const options = { target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable'], strict: true, noEmit: true, types: ['node'], typeRoots: [join(here, 'node_modules', '@types')] };
  for (const module of ['node20', 'esnext']) {
    const compilerOptions = { ...options, module, moduleResolution: module === 'esnext' ? 'bundler' : 'node16' };
    for (const name of ['project.ts', 'project.cts']) copyFileSync(join(here, 'tests', 'types', 'project.ts'), join(place, name));
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['project.ts', 'project.cts'] }));
    try {
      project(process.execPath, resolve('typescript/bin/tsc'), '-p', '.');
    } catch (error) {
      assert.fail(`${module}: ${error.stdout}`);
    }
  }

  for (const checks of [
    [join(here, 'node_modules', 'publint', 'src', 'cli.js'), join(place, 'packed', 'seriatim'), '--strict', '--pack', 'false'],
    [join(here, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js'), main, '--profile', 'node16'],
  ]) {
    try {
      project(process.execPath, ...checks);
    } catch (error) {
      assert.fail(`${error.stdout}${error.stderr}`);
    }
  }

  rmSync(join(place, 'node_modules', '@seriatim', platform()), { recursive: true });
  assert.throws(() => project(process.execPath, '-e', "require('seriatim')"), (error) => {
    assert.match(error.stderr, /UnsupportedError: seriatim has no binary for .* --omit=optional/s);
    return true;
  });
});

test('every example of the pages runs', async (t) => {
  for (const page of ['README.md', '../README.md']) {
    const text = readFileSync(join(here, page), 'utf8');
    const examples = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, it]) => it);
    assert(examples.length > 0, page);
    for (const example of examples) {
      const made = folder(t);
      const program = join(here, 'tests', `example-${process.pid}.mjs`);
      writeFileSync(program, example.replaceAll("'plant.seriatim'", JSON.stringify(join(made, 'plant'))));
      try {
        const told = execFileSync(process.execPath, [program], { encoding: 'utf8' });
        const expected = [...example.matchAll(/console\.log\(.*?; *\/\/ (.*)/g)].map(([, it]) => `${it}\n`);
        assert.equal(told, expected.join(''));
      } finally {
        rmSync(program);
      }
    }
  }
});
