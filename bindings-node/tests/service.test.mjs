import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Index } from 'seriatim';
import { load } from '../examples/service/load.mjs';
import { service } from '../examples/service/service.mjs';
import { folder, registrations, units } from './folder.mjs';

test('the service answers', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, units(1_000), { registrations: registrations(1_000) });
  const app = await service(path, 'line = 3');
  t.after(() => app.close());
  const ask = async (method, url, payload) => {
    const { statusCode, body } = await app.inject({ method, url, payload });
    return [statusCode, body];
  };
  const [, health] = await ask('GET', '/health');
  assert.equal(JSON.parse(health).units, 1_000);
  assert.deepEqual(await ask('GET', '/status?code=AX2500000003'), [200, '{"verdict":"affected"}']);
  assert.deepEqual(await ask('POST', '/status', { codes: ['AX2500000003', '?'] }), [200, '["affected","invalid_serial"]']);
  const [, preview] = await ask('POST', '/preview', { scope: "facility = 'Leipzig'" });
  assert.deepEqual([JSON.parse(preview).affected, JSON.parse(preview).undetermined], [500, 100]);
  const [code, told] = await ask('POST', '/preview', { scope: "facilty = 'Leipzig'" });
  assert.deepEqual([code, JSON.parse(told).code, JSON.parse(told).line], [400, 'scope_field', 1]);
  const [, contacts] = await ask('GET', '/contacts');
  assert.equal(contacts.trim().split('\n').map((it) => JSON.parse(it)).length, 143);
  await index.loadUnits([{ serial: 'AX2500001001', line: 3 }]);
  assert.equal((await ask('GET', '/status?code=AX2500001001'))[1], '{"verdict":"unknown_serial"}');
  await ask('POST', '/refresh');
  assert.equal((await ask('GET', '/status?code=AX2500001001'))[1], '{"verdict":"affected"}');
});

test('the load script loads', async () => {
  const { bare, status } = await load(1_000, 1);
  assert(bare > 0 && status > 0);
});
