// What is said of the package as a whole, checked in its sources.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as imported from 'seriatim';
import { platform } from '../scripts/platform.mjs';

const required = createRequire(import.meta.url)('seriatim');

test('what is imported is what is required', () => {
  assert.deepEqual(Object.keys(imported).filter((it) => it !== 'default').sort(), Object.keys(required).sort());
  for (const [name, value] of Object.entries(required)) assert.equal(imported[name], value);
});

test('a panic is an error: nothing native goes without', () => {
  const sources = new URL('../src/', import.meta.url);
  let items = 0;
  for (const file of readdirSync(sources)) {
    const text = readFileSync(new URL(file, sources), 'utf8');
    for (const [item, options = ''] of text.matchAll(/#\[napi(\([^)]*\))?\]\s*pub fn \w+/g)) {
      assert(options.includes('catch_unwind'), `${file}: ${item}`);
      items += 1;
    }
  }
  assert(items > 90, `${items} items were looked at`);
});

test('a value of a form that is not known is an error, and not missing', () => {
  const native = createRequire(import.meta.url)(`../dist/seriatim.${platform()}.node`);
  const schema = native.Schema.ofJson('{"columns": [{"name": "lot", "type": "text"}]}');
  const bound = schema.bind(native.Scope.ofSql("lot = 'L1'"), new native.Parameters());
  assert.equal(bound.decide('{"lot": null}'), 'undetermined');
  for (const odd of ['{"lot": {"odd": 1}}', '{"lot": [1]}', '{"lot": {}}', '{"none": {"odd": 1}}']) {
    assert.throws(() => bound.decide(odd), /invalid_argument/, odd);
  }
});

test('the package asks nothing of who installs it', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies']) assert.equal(manifest[key], undefined);
  for (const script of Object.keys(manifest.scripts)) assert(!/install|prepare/.test(script), script);
  const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  assert(!lock.includes('"resolved"'), 'the lock file names a registry');
});

test('an index shows itself, and no contact shows in an error', async () => {
  await assert.rejects(required.Index.open('/nowhere/at/all'), (error) => {
    assert.equal(error.name, 'NotFoundError');
    assert.match(error.stack, /native\.test\.mjs/);
    return error instanceof imported.SeriatimError;
  });
});
