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

test('the service registers owners', async (t) => {
  const path = folder(t);
  await Index.build(path, units(10));
  const app = await service(path, 'line = 3', { registers: true });
  const post = async (url, payload, headers = {}) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url, payload, headers });
    return [statusCode, JSON.parse(body)];
  };
  const owner = { serial: 'AX2500000003', owner: 'o-1', email: 'o1@mail.example' };
  const named = { 'idempotency-key': 'request-1' };
  assert.deepEqual(await post('/registrations', owner, named), [201, { start: 0, end: 1, repeated: false }]);
  assert.deepEqual(await post('/registrations', owner, named), [200, { start: 0, end: 1, repeated: true }]);
  const [code, told] = await post('/registrations', { serial: 'AX2500000003' });
  assert.deepEqual([code, told.code], [400, 'invalid_argument']);
  await post('/refresh', {});
  const { body } = await app.inject({ method: 'GET', url: '/contacts' });
  assert.equal(JSON.parse(body).owner, 'o-1');
  // Closing notes in the folder how far the log goes, so it comes before the folder is removed.
  await app.close();
});

test('the load script loads', async () => {
  const { bare, status } = await load(1_000, 1);
  assert(bare > 0 && status > 0);
});
