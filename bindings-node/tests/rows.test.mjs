import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import * as arrow from 'apache-arrow';
import { Index, InvalidArgumentError, NotFoundError, Schema } from 'seriatim';
import { folder, registrations, units } from './folder.mjs';

async function owned(t, count) {
  const index = await Index.build(folder(t), units(count), { registrations: registrations(count) });
  return index.all().ownership(new Date('2026-01-01'));
}

async function* texts(readable) {
  let rest = '';
  for await (const chunk of readable) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  assert.equal(rest, '');
}

test('contacts are the same rows in every form', async (t) => {
  const ownership = await owned(t, 5_000);
  const rows = [];
  for await (const row of ownership.contacts()) rows.push(row);
  assert.equal(rows.length, 5_000);
  assert.deepEqual(rows[0], {
    owner: 'o-0', completeness: 2, channels: ['email'], name: 'Ann 0', email: 'o0@mail.example', phone: null,
    street: null, postal_code: null, city: null, language: null, country: null, namespaces: [''], serials: ['AX2500000000'],
  });
  const batches = [];
  for await (const batch of ownership.contactBatches({ batchSize: 1_500 })) batches.push(batch);
  assert.deepEqual(batches.map((it) => it.length), [1_500, 1_500, 1_500, 500]);
  assert.deepEqual(batches.flat(), rows);
  const lines = [];
  for await (const line of texts(ownership.contactsNdjson({ purpose: 'safety', batchSize: 700 }))) lines.push(JSON.parse(line));
  assert.deepEqual(lines, rows);
  const table = await ownership.contacts().toArrow(arrow);
  assert.equal(table.numRows, 5_000);
  assert.deepEqual(table.get(7).serials.toArray(), rows[7].serials);
  assert.equal(await ownership.contacts().count(), 5_000);
  assert.deepEqual((await ownership.contacts().columns()).slice(0, 3), ['owner', 'completeness', 'channels']);
  assert.deepEqual((await ownership.registrations('owner').toArray()).length, 5_000);
  assert.equal((await ownership.reach()).reachable, 5_000);
  assert.equal((await ownership.reachable('marketing')).size, 0);
  assert.equal((await ownership.unreachable('consent_unknown', 'marketing')).size, 5_000);
});

test('lines are read no faster than they are taken', async (t) => {
  const ownership = await owned(t, 20_000);
  const lines = ownership.contactsNdjson({ batchSize: 100 });
  lines.read(0);
  for (let n = 0; n < 400; n += 1) await turn();
  assert(lines.readableLength < 3 << 20, `${lines.readableLength} bytes are held`);
  const before = lines.readableLength;
  for (let n = 0; n < 200; n += 1) await turn();
  assert.equal(lines.readableLength, before);
  lines.destroy();
  await once(lines, 'close');
});

test('who stops reading reads no more', async (t) => {
  const ownership = await owned(t, 5_000);
  let seen = 0;
  for await (const row of ownership.contacts()) {
    seen += row.serials.length;
    if (seen === 10) break;
  }
  assert.equal(seen, 10);
  const controller = new AbortController();
  const rows = ownership.contacts().rows({ batchSize: 10, signal: controller.signal });
  await rows.next();
  controller.abort(new Error('enough'));
  await assert.rejects(async () => {
    for await (const row of rows) assert(row);
  }, (error) => error.code === 'cancelled' && error.cause.message === 'enough');
  assert.deepEqual(await rows.next(), { value: undefined, done: true });
  const wrong = [{ batchSize: 0 }, { batchSize: 1.5 }, { batchsize: 1 }, { signal: 1 }];
  for (const options of wrong) assert.throws(() => ownership.contacts().rows(options), InvalidArgumentError);
  assert.throws(() => ownership.contactsNdjson({ batchSize: -1 }), InvalidArgumentError);
  await assert.rejects(ownership.contacts('fun').toArray(), InvalidArgumentError);
  await assert.rejects(ownership.registrations('shoe_size').toArray(), InvalidArgumentError);
  await assert.rejects(ownership.contacts().toArrow({}), InvalidArgumentError);
});

test('every type of column has rows, lines and Arrow', async (t) => {
  const schema = new Schema({
    word: 'text', n: 'integer', x: 'float', day: 'date', at: { type: 'timestamp', zone: 'Europe/Berlin' }, ok: 'boolean',
    firmware: 'version', batches: 'text_list',
  });
  const index = await Index.create(folder(t), { schema });
  const whole = {
    serial: 'A1', word: 'Zoë "😀"\n', n: -5, x: 1.25, day: '2025-03-01', at: '2025-03-01T12:30:00.000001+01:00', ok: true,
    firmware: '4.10', batches: ['CB-1', '😀é', ''],
  };
  await index.loadUnits([whole, { serial: 'A2' }, { ...whole, serial: 'A3', word: '', batches: [] }]);
  const expected = [
    { ...whole, at: '2025-03-01T11:30:00.000001Z' },
    { serial: 'A2', word: null, n: null, x: null, day: null, at: null, ok: null, firmware: null, batches: null },
    { ...whole, serial: 'A3', at: '2025-03-01T11:30:00.000001Z', word: '', batches: [] },
  ];
  const frame = index.all().table();
  assert.deepEqual(await frame.toArray(), expected);
  const lines = [];
  for await (const line of texts(frame.ndjson())) lines.push(JSON.parse(line));
  assert.deepEqual(lines, expected);
  assert.equal((await frame.toArrow(arrow)).get(0).word, whole.word);
  assert.deepEqual(await index.all().table('ok', 'n').toArray(), expected.map(({ serial, ok, n }) => ({ serial, ok, n })));
  await assert.rejects(index.all().table('nothing').toArray(), NotFoundError);
});

test('texts are the same where they repeat, where none does, and where some are missing', async (t) => {
  const schema = new Schema({ few: 'text', all: 'text', wide: 'text', late: 'text', some: 'text', lists: 'text_list' });
  const rows = Array.from({ length: 3_000 }, (_, at) => ({
    serial: `A${10_000 + at}`,
    few: ['Brno', 'Łódź', '', null][at % 4],
    all: `lot ${at}`,
    wide: at % 3 === 0 ? null : `😀${at}é`,
    late: at < 2_000 ? 'same' : `other ${at}`,
    some: at === 2_500 ? 'one' : null,
    lists: at % 5 === 0 ? null : Array.from({ length: at % 4 }, (_, entry) => (at % 2 === 0 ? `e${entry}` : `é${at} ${entry}`)),
  }));
  const index = await Index.create(folder(t), { schema });
  await index.loadUnits(rows);
  for (const batchSize of [1, 63, 64, 1_000, 4_096]) {
    assert.deepEqual(await index.all().table().toArray({ batchSize }), rows);
  }
});

test('rows say their namespace where there are any', async (t) => {
  const index = await Index.build(folder(t), [{ serial: 'A1', namespace: 'x' }, { serial: 'A1', namespace: 'y' }]);
  assert.deepEqual(await index.all().table().toArray(), [{ serial: 'A1', namespace: 'x' }, { serial: 'A1', namespace: 'y' }]);
  assert(index.all().has({ serial: 'A1', namespace: 'x' }) && !index.all().has('A1'));
  const found = await index.select("namespace = 'x'");
  assert.throws(() => found.status('A1'), (error) => error.code === 'conflict');
  assert.deepEqual([found.status('A1', { namespace: 'x' }), found.status('A1', { namespace: 'y' })], ['affected', 'not_affected']);
});
