import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError, Index, InvalidArgumentError, NotFoundError } from 'seriatim';
import { folder } from './folder.mjs';

const UNITS = Array.from({ length: 9 }, (_, n) => ({ serial: `A00${n + 1}` }));
const JUNE = '2025-06-01T00:00:00Z';

const owner = (serial, token, fields = {}) => ({ serial, owner: token, email: `${token}@example.org`, ...fields });
const registered = async (index, asOf = JUNE) => (await index.all().ownership(asOf)).registered.size;

test('what is registered is shown by a refresh, and stays when it is folded', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, UNITS);
  const registrar = await index.registrar();
  const first = await registrar.register(owner('A001', 'o-1', { recorded_at: new Date('2025-05-01') }));
  assert.deepEqual(first, { start: 0, end: 1, repeated: false });
  const many = await registrar.registerMany([owner('A002', 'o-2'), owner('A003', 'o-2')]);
  assert.deepEqual([many.start, many.end], [1, 3]);
  assert.equal(index.registrations, 0);
  assert.equal(await index.refresh(), true);
  assert.equal(await index.refresh(), false);
  assert.deepEqual([index.registrations, index.recorded, await registered(index)], [3, 3, 3]);
  const owners = [];
  for await (const contact of (await index.all().ownership(JUNE)).contacts()) owners.push(contact.email);
  assert.deepEqual(owners, ['o-1@example.org', 'o-2@example.org']);
  const report = await index.fold();
  assert.deepEqual([report.records, report.registrations], [3, 3]);
  assert.equal(await registered(index), 3);
  await registrar.close();
  assert.equal((await index.verify()).isWhole, true);
});

test('many are under way at once, and loads go on', async (t) => {
  const index = await Index.build(folder(t), UNITS);
  const registrar = await index.registrar();
  const under = Array.from({ length: 500 }, (_, n) => registrar.register(owner(`A00${(n % 9) + 1}`, `o-${n}`)));
  const load = index.loadUnits([{ serial: 'A010' }]);
  const ends = new Set((await Promise.all(under)).map((it) => it.end));
  await load;
  assert.equal(ends.size, 500);
  await registrar.close();
  await index.refresh();
  assert.deepEqual([index.registrations, await registered(index)], [500, 9]);
});

test('a registration is changed, ended and transferred', async (t) => {
  const index = await Index.build(folder(t), UNITS);
  await using(await index.registrar(), async (registrar) => {
    await registrar.register(owner('A001', 'o-1', { key: 'r-1' }));
    await registrar.register(owner('A002', 'o-2'));
    await registrar.change({ key: 'r-1' }, { consent_safety: false });
    await registrar.end({ serial: 'A002', owner: 'o-2' }, new Date('2025-05-01'));
    await index.refresh();
    const reach = await (await index.all().ownership(JUNE)).reach('safety');
    assert.deepEqual([await registered(index), reach.reachable], [1, 0]);
    await registrar.transfer({ key: 'r-1' }, '2025-04-01T00:00:00Z', { owner: 'o-3', key: 'r-2' });
    await index.refresh();
    assert.equal(await registered(index, '2025-03-01T00:00:00Z'), 2);
    assert.equal(await registered(index), 1);
  });
});

async function using(registrar, call) {
  await call(registrar);
  await registrar[Symbol.asyncDispose]();
}

test('a request is recorded once', async (t) => {
  const index = await Index.build(folder(t), UNITS);
  const registrar = await index.registrar({ contactText: false });
  const [first, again] = await Promise.all(
    [1, 2].map(() => registrar.register(owner('A001', 'o-1'), { request: 'r' })),
  );
  assert.deepEqual([first.repeated, again.repeated, again.end], [false, true, first.end]);
  await registrar.close();
});

test('mistakes are errors, and a closed registrar says so', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, UNITS);
  const registrar = await index.registrar();
  await assert.rejects(index.registrar(), ConflictError);
  for (const mistake of [{ serial: 'A001' }, { owner: 'o' }, owner('A001', 'o', { shoe: 9 }), 5, { serial: 5, owner: 'o' }]) {
    await assert.rejects(registrar.register(mistake), InvalidArgumentError);
  }
  await assert.rejects(
    registrar.registerMany([owner('A001', 'o-1'), { serial: 'A002' }]),
    /record 2: a registration needs an owner/,
  );
  await assert.rejects(registrar.registerMany(5), InvalidArgumentError);
  await assert.rejects(registrar.end({ key: 'r-1' }, JUNE), NotFoundError);
  for (const name of [{}, { serial: 'A001' }, { key: 'r', owner: 'o' }, { number: '1' }, 'r-1']) {
    await assert.rejects(registrar.end(name, JUNE), InvalidArgumentError);
  }
  await assert.rejects(registrar.end({ key: 'r-1' }, 'today'), InvalidArgumentError);
  await assert.rejects(index.registrar({ contacts: true }), InvalidArgumentError);
  await registrar.close();
  await assert.rejects(registrar.register(owner('A001', 'o-1')), ConflictError);
  await (await index.registrar()).close();
  await index.refresh();
  assert.equal(index.recorded, 0);
});

test('segments are compacted', async (t) => {
  const index = await Index.build(folder(t), UNITS);
  for (const serial of ['A010', 'A011', 'A012']) await index.loadUnits([{ serial }]);
  const told = [];
  const report = await index.compact({ onProgress: (it) => told.push(it.rows) });
  assert.deepEqual([report.unitSegmentsBefore, report.unitSegments, report.units], [4, 1, 12]);
  assert.equal(told.at(-1), 12);
  const pruned = await index.prune(1);
  assert(pruned.versionsRemoved === 5 && pruned.filesRemoved > 0);
  assert.deepEqual(await index.versions(), [index.version]);
  assert.deepEqual([index.units, (await index.compact()).units], [12, 0]);
  await assert.rejects(index.compact({ keep: 1 }), InvalidArgumentError);
});

test('units are corrected and retired', async (t) => {
  const rows = [{ serial: 'A001', lot: 'L1', made: '2025-01-02' }, { serial: 'A002', lot: 'L2' }];
  const index = await Index.build(folder(t), rows);
  const lots = await index.select("lot = 'L1' AND made IS NOT NULL");
  const report = await index.loadUnits([{ serial: 'A001', lot: 'L9' }], { duplicates: 'amend' });
  assert.deepEqual([report.loaded, report.replacedInIndex], [1, 1]);
  assert.equal((await index.select("lot = 'L9' AND made = '2025-01-02'")).affected.size, 1);
  const strange = [{ serial: 'A003', lot: 'L9' }];
  await assert.rejects(index.loadUnits(strange, { duplicates: 'amend' }), NotFoundError);
  await assert.rejects(index.loadUnits(strange, { duplicates: 'change' }), InvalidArgumentError);

  const then = await index.snapshotAt(lots.version, { recorded: lots.recorded });
  assert.deepEqual([(await then.select("lot = 'L1'")).affected.size, index.units], [1, 2]);
  const scrapped = [{ no: 'A002' }, { no: 'A007' }];
  const retired = await index.retireUnits(scrapped, { serial: 'no' });
  assert.deepEqual([retired.retired, retired.unknown, retired.unknownExamples], [1, 1, ['A007']]);
  assert.deepEqual([index.units, then.units, then.version], [1, 2, lots.version]);
  await assert.rejects(index.retireUnits([{ serial: 'A001' }], { duplicates: 'amend' }), InvalidArgumentError);
  const diff = await (await then.select("lot = 'L2'")).diff(await index.select("lot = 'L2'"));
  assert.deepEqual([diff.added.size, diff.removed.size], [0, 1]);
  assert.equal(await then.refresh(), true);
  assert.deepEqual([then.units, then.version, await then.refresh()], [1, index.version, false]);
  await assert.rejects(index.snapshotAt(99), NotFoundError);
  await assert.rejects(index.snapshotAt(1.5), InvalidArgumentError);
  await assert.rejects(index.prune(0), InvalidArgumentError);
});
