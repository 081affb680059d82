import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import * as arrow from 'apache-arrow';
import {
  beside, By, CancelledError, col, ConflictError, CorruptError, Index, InvalidArgumentError, NotFoundError, Schema, serial, SerialFamily, SerialSet, UnsupportedError,
} from 'seriatim';
import { folder, registrations, units } from './folder.mjs';

const SCHEMA = new Schema({ facility: 'text', line: 'integer', made_at: { type: 'timestamp', zone: 'Europe/Berlin' } });

test('a folder is built, opened, and asked', async (t) => {
  const path = folder(t);
  const built = await Index.build(path, [...units(1_000)], { schema: SCHEMA, registrations: registrations(1_000, 2) });
  assert.deepEqual([built.units, built.registrations, built.version], [1_000, 500, 3]);
  const index = await Index.open(pathToFileURL(path));
  assert.deepEqual(index.schema.columns, [
    { name: 'facility', type: 'text' },
    { name: 'line', type: 'integer' },
    { name: 'made_at', type: 'timestamp', zone: 'Europe/Berlin' },
  ]);
  const found = await index.select(col('facility').eq('Leipzig').and(serial.le('AX2500000099')));
  assert.deepEqual([found.affected.size, found.undetermined.size], [50, 10]);
  assert.deepEqual(await found.byReason(), [
    { reason: 'missing_column', column: 'facility', text: 'facility is missing', units: 10 },
  ]);
  assert.deepEqual(await found.affected.by('facility', By.month('made_at')).then((it) => it.length), 6);
  assert.deepEqual(found.statusMany(['AX2500000000', 'AX2500000001', 'AX2500000003', 'AX9900000000', '?', 'a\nb']), [
    'affected', 'not_affected', 'undetermined', 'unknown_serial', 'invalid_serial', 'invalid_serial',
  ]);
  assert.equal(found.status('AX2500000000', { namespace: '' }), 'affected');
  assert.equal(found.explainUnit('AX2500000003').clauses[0].text, "facility = 'Leipzig'");
  assert.deepEqual(found.notices(), []);
  const cut = await index.select("serial < 'AX25'");
  assert.deepEqual(cut.notices(), [
    { code: 'no_family', clause: "serial < 'AX25'", message: '`AX25` fits no family of `serial`; for what serials begin with, compare LEFT(serial, 4)' },
  ]);
  assert.equal(inspect(cut), "Selection(0 affected, 1000 undetermined; serial < 'AX25': `AX25` fits no family of `serial`; for what serials begin with, compare LEFT(serial, 4))");
  assert.equal((await index.verify()).isWhole, true);
  const { affected, clauses } = await index.explain("facility = 'Leipzig'");
  assert.deepEqual([affected, clauses.length], [500, 1]);
  const asked = await index.explain('facility IN :plants', { parameters: { plants: ['Leipzig'] } });
  assert.deepEqual([asked.affected, asked.clauses[0].text], [500, 'facility IN :plants']);
  const late = (await index.select(serial.ge('AX2500000900'))).affected;
  assert.deepEqual(await beside({ all: index.all(), late }, 'facility'), [
    { facility: 'Brno', all: 400, late: 40 },
    { facility: 'Leipzig', all: 500, late: 50 },
    { facility: null, all: 100, late: 10 },
  ]);
  await assert.rejects(beside({ all: 5 }, 'facility'), /is a UnitSet/);
});

test('serials are any text, one by one and many at a time', async (t) => {
  const odd = ['', '\n', 'a\nb', '\n\na', 'n\0l', '\0', 'Zoë', 'é', '😀', '😀\n😀', '😀é😀', '\ud83d', '\ude00', 'x\ud83d', '\ude00x', '\ufffd', ' A1', 'A1'];
  const held = ['A1', 'A2', 'Zoë', 'é', '😀', '😀é😀', 'x\ufffd'];
  const index = await Index.build(folder(t), held.map((it) => ({ serial: it, line: it.length % 2 })));
  const found = await index.select('line = 0');
  // Every text beside every other, and more of them than are carried over at a time.
  const asked = Array.from({ length: 5_000 }, (_, at) => odd[(at * (1 + Math.floor(at / odd.length))) % odd.length]);
  const one = new Map(odd.map((it) => [it, found.status(it)]));
  assert.deepEqual(held.map((it) => found.status(it)), [
    'affected', 'affected', 'not_affected', 'not_affected', 'affected', 'not_affected', 'affected',
  ]);
  assert.equal(one.get('x\ud83d'), 'affected', 'half a character is read as U+FFFD');
  for (const some of [asked, odd, [...odd].reverse(), ...odd.map((it) => [it]), []]) {
    assert.deepEqual(found.statusMany(some), some.map((it) => one.get(it)));
  }
  const looked = await index.lookup(odd);
  assert.deepEqual([looked.found.size, looked.unknown.length + looked.invalid.length + looked.duplicate.length], [6, odd.length - 6]);
  const given = await SerialSet.of(odd.filter((it) => !/[\n\0]|^$/.test(it)));
  const among = await index.select(col('serial').isInParameter('odd'), { parameters: { odd: given } });
  assert.equal(among.affected.size, 6);
  for (const wrong of [[1], ['A1', null], new Array(2)]) {
    assert.throws(() => found.statusMany(wrong), InvalidArgumentError);
    await assert.rejects(index.lookup(wrong), InvalidArgumentError);
  }
});

test('every kind of input gives the same index', async (t) => {
  const rows = [...units(9_000)];
  const table = arrow.tableFromArrays({
    serial: rows.map((it) => it.serial),
    facility: rows.map((it) => it.facility ?? null),
    line: Int32Array.from(rows, (it) => it.line),
  });
  const csv = join(folder(t), 'units.csv');
  writeFileSync(csv, ['serial,facility,line', ...rows.map((it) => `${it.serial},${it.facility ?? ''},${it.line}`)].join('\n'));
  const plain = rows.map(({ made_at, ...it }) => it);
  const half = plain.length / 2;
  async function* later() {
    for (const row of plain) yield row;
  }
  const inputs = {
    'an array': plain,
    'an iterable': new Set(plain),
    'an async iterable': later(),
    'a stream': Readable.from(plain),
    'arrays in an iterable': [plain.slice(0, half), plain.slice(half)].values(),
    'an Arrow stream': arrow.tableToIPC(table, 'stream'),
    'Arrow files in an array': [arrow.tableToIPC(table.slice(0, half), 'file'), arrow.tableToIPC(table.slice(half), 'file')],
    'a file of CSV': csv,
    'files of CSV': [pathToFileURL(csv)],
  };
  for (const [name, input] of Object.entries(inputs)) {
    const index = await Index.create(folder(t));
    const report = await index.loadUnits(input);
    assert.equal(report.loaded, 9_000, name);
    assert.equal((await index.select("facility = 'Leipzig' AND line >= 3")).affected.size, 2_571, name);
  }
});

test('an input that fails leaves the index as it was', async (t) => {
  const index = await Index.build(folder(t), [...units(10)]);
  const fault = new Error('the database went away');
  async function* broken() {
    yield* units(20_000, 10);
    throw fault;
  }
  await assert.rejects(index.loadUnits(broken()), (error) => error === fault);
  await assert.rejects(index.loadUnits([{ serial: 7 }]), /row 1: the serial is a number/);
  await assert.rejects(index.loadUnits([{ serial: 'A1', facility: {} }]), InvalidArgumentError);
  await assert.rejects(index.loadUnits([{ serial: 'AX2500000000', facility: 'Leipzig' }]), ConflictError);
  await assert.rejects(index.loadUnits([{ serial: 'AX2500000020' }, { serial: 'AX2500000021', plant: 'x' }]), (error) => {
    assert.deepEqual([error.code, error.row, error.column], ['invalid_argument', 2, 'plant']);
    return true;
  });
  await assert.rejects(index.loadUnits('units.txt'), /\.parquet/);
  await assert.rejects(index.loadUnits(new Uint8Array(64)), InvalidArgumentError);
  await assert.rejects(index.loadUnits(42), /an input is a path/);
  assert.deepEqual([index.units, index.version], [10, 2]);
});

test('an endless source is let go of when the load fails', async (t) => {
  const index = await Index.build(folder(t), [...units(10)]);
  let ended = false;
  async function* endless() {
    try {
      yield [{ serial: 'AX2500000000' }];
      for (let n = 0; ; n += 1) yield [{ serial: `AX25${String(20 + n).padStart(8, '0')}`, nonsense: true }];
    } finally {
      ended = true;
    }
  }
  await assert.rejects(index.loadUnits(endless()), InvalidArgumentError);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert(ended);
});

test('numbers keep what they are', async (t) => {
  const index = await Index.create(folder(t), { schema: new Schema({ n: 'integer', x: 'float' }) });
  await index.loadUnits([
    { serial: 'A1', n: 2n ** 62n, x: Infinity },
    { serial: 'A2', n: 7, x: 1e300 },
    { serial: 'A3', n: -7n, x: NaN },
    { serial: 'A4', x: 5 },
  ]);
  assert.equal((await index.select('n = 4611686018427387904')).affected.size, 1);
  assert.equal((await index.select(col('n').eq(2n ** 62n))).affected.size, 1);
  assert.deepEqual([...(await index.select('x > 1e200')).affected].map((it) => it.serial), ['A1', 'A2']);
  assert.deepEqual([...(await index.select('x IS NULL')).affected].map((it) => it.serial), ['A3']);
  await assert.rejects(index.all().table().toArray(), UnsupportedError);
  const [x] = await index.all().table('x').toArray();
  assert.equal(x.x, Infinity);
  await assert.rejects(index.loadUnits([{ serial: 'A5', n: 2 ** 60 }]), InvalidArgumentError);
});

test('numbers with and without fraction are one column of floats', async (t) => {
  const index = await Index.build(folder(t), [{ serial: 'A1', x: 5 }, { serial: 'A2', x: 5.5 }]);
  assert.deepEqual(index.schema.columns, [{ name: 'x', type: 'float' }]);
});

test('options are checked', async (t) => {
  const index = await Index.create(folder(t));
  const wrong = {
    bogus: 1, threads: -1, segmentRowsMax: 1.5, memoryBytesMax: Number.NaN, ignore: 'x', rename: [], duplicates: 'both',
    inferFamilies: 'no', signal: {}, onProgress: 1, serial: 3,
  };
  for (const [name, value] of Object.entries(wrong)) {
    await assert.rejects(index.loadUnits([], { [name]: value }), (error) => {
      assert(error instanceof InvalidArgumentError, name);
      assert(error.message.includes(name), error.message);
      return true;
    });
  }
  await assert.rejects(index.select("lot = 'L1'", { parameter: {} }), /there is no option "parameter"; there are/);
  await assert.rejects(index.loadUnits([], { threads: 2 ** 53 }), /threads/);
  await assert.rejects(index.all().describe(0), /rangesMax/);
  await assert.rejects(index.loadUnits([{ serial: 'A9', lot: 2n ** 70n }]), /row 1: column lot is a bigint of more than 64 bits/);
  await assert.rejects(index.all().by(3), InvalidArgumentError);
  await assert.rejects(async () => index.all().table(3), InvalidArgumentError);
  await assert.rejects(Index.open(''), /a path/);
  await assert.rejects(Index.open(join(folder(t), 'nothing')), NotFoundError);
  await assert.rejects(Index.build(join(folder(t), 'x'), [], { schema: {} }), /schema is a Schema/);
  await assert.rejects(index.lookup('A1'), /serials are a list/);
  await assert.rejects(index.setFromRoaring([{ segment: 'x', rows: [1] }]), /portable Roaring bytes/);
});

test('loads are told their options', async (t) => {
  const place = folder(t);
  const index = await Index.create(join(place, 'index'), { schema: new Schema({ lot: 'text', n: 'integer' }) });
  const rejects = join(place, 'rejects.csv');
  const report = await index.loadUnits(
    [
      { SerialNo: 'A1', batch: 'L1', comment: 'x' },
      { SerialNo: 'A1', batch: 'L2', comment: 'x' },
      { SerialNo: 'A2', batch: 'L3', n: 'four', comment: 'x' },
    ],
    { serial: 'SerialNo', rename: { batch: 'lot' }, ignore: ['comment'], duplicates: 'latest_wins', rejects, namespace: 'x' },
  );
  assert.deepEqual([report.loaded, report.replacedInLoad, report.rejected, report.read], [1, 1, 1, 3]);
  assert.match(readFileSync(rejects, 'utf8'), /integer/);
  assert.equal((await index.select("lot = 'L2' AND namespace = 'x'")).affected.size, 1);
  const told = await index.loadRegistrations([{ no: 'A1', who: 'o-1', email: 'a@mail.example' }, { no: 'B1', who: 'o-2' }], {
    map: { no: 'serial', who: 'owner' },
    contactText: false,
  });
  assert.deepEqual([told.loaded, told.unknownSerials + told.invalidSerials], [2, 1]);
  const ownership = await index.all().ownership('2026-01-01T00:00:00Z');
  assert.deepEqual(await ownership.by('lot'), [{ lot: 'L2', affected: 1, registered: 1, gap: 0 }]);
  const [contact] = await ownership.contacts().toArray();
  assert.deepEqual([contact.owner, contact.email, contact.channels], ['o-1', null, ['email']]);
});

test('a handle reads its version until it is refreshed', async (t) => {
  const path = folder(t);
  const writer = await Index.build(path, [...units(10)]);
  const reader = await Index.open(path);
  await writer.loadUnits([...units(10, 10)]);
  assert.deepEqual([writer.units, reader.units], [20, 10]);
  assert.deepEqual([await reader.refresh(), await reader.refresh()], [true, false]);
  assert.equal(reader.units, 20);
});

test('sets join, count, and go out and in', async (t) => {
  const index = await Index.build(folder(t), [...units(2_000)]);
  const one = (await index.select("facility = 'Leipzig'")).affected;
  const other = (await index.select('line < 3')).affected;
  const [and, or, minus, xor] = await Promise.all([one.and(other), one.or(other), one.minus(other), one.xor(other)]);
  const names = (set) => new Set([...set].map((it) => it.serial));
  const [a, b] = [names(one), names(other)];
  assert.deepEqual(names(and), new Set([...a].filter((it) => b.has(it))));
  assert.deepEqual(or.size, new Set([...a, ...b]).size);
  assert.deepEqual(minus.size, a.size - and.size);
  assert.deepEqual(xor.size, or.size - and.size);
  assert(and.has([...and][0]) && !minus.has([...and][0].serial));
  const again = await index.setFromRoaring(await xor.toRoaring());
  assert.deepEqual([...again], [...xor]);
  const { scope, ranges, singles } = await (await index.select("serial BETWEEN 'AX2500000010' AND 'AX2500000019'")).affected.describe();
  assert.deepEqual([ranges.length, singles.length], [1, 0]);
  assert.equal(scope.toSql(), "serial BETWEEN 'AX2500000010' AND 'AX2500000019'");
  await assert.rejects(one.and([]), InvalidArgumentError);
});

test('portable Roaring bytes are those that others read', async (t) => {
  const { RoaringBitmap32, roaringLibraryInitialize } = await import('roaring-wasm');
  await roaringLibraryInitialize();
  const index = await Index.build(folder(t), [...units(5_000)]);
  const set = (await index.select("facility = 'Leipzig'")).affected;
  const [{ segment, rows }] = await set.toRoaring();
  const bitmap = RoaringBitmap32.deserialize('portable', rows);
  assert.equal(bitmap.size, set.size);
  const few = RoaringBitmap32.from(bitmap.toArray().slice(0, 5));
  const back = await index.setFromRoaring([{ segment, rows: few.serialize('portable') }]);
  assert.deepEqual([...back], [...set].slice(0, 5));
});

test('scopes compare, and serials are found', async (t) => {
  const family = new SerialFamily({ name: 'bike', layout: '{n:D8}' });
  const index = await Index.create(folder(t), { schema: new Schema({ lot: 'text' }, [family]) });
  await index.loadUnits([
    { serial: '00042500', lot: 'L1' }, { serial: '00042501', lot: 'L2' }, { serial: '00042502' }, { serial: '00046A00' },
  ]);
  const [older, newer] = [await index.select("lot = 'L1'"), await index.select("lot = 'L2'")];
  const diff = await older.diff(newer);
  assert.deepEqual([diff.added.size, diff.removed.size, diff.kept.size], [1, 1, 0]);
  assert.deepEqual([...(await diff.moved('affected', 'not_affected'))].map((it) => it.serial), ['00042500']);
  assert(diff.moves().some((it) => it.from === 'affected' && it.to === 'not_affected' && it.units === 1));
  const near = await (await index.select(serial.between('00042500', '00047800'))).nearMisses();
  assert.deepEqual([...near], [{ serial: '00046A00', namespace: '' }]);
  const lookup = await index.lookup(['00042500', '00042599', 'O0042501', '00042500', '?']);
  assert.deepEqual([lookup.found.size, lookup.unknown, lookup.duplicate, lookup.invalid], [1, [1], [3], [2, 4]]);
  assert.deepEqual(lookup.nearMisses, [{ place: 2, family: 'bike', unit: { serial: '00042501', namespace: '' } }]);
  const report = await index.changeFamilies([new SerialFamily({ name: 'bike', layout: '{n:X8}' })]);
  assert.deepEqual([report.familiesVersion, report.opaque, index.familiesVersion], [2, 0, 2]);
});

test('what is closed can be asked nothing', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, [...units(10)]);
  const found = await index.select('line = 1');
  const { affected } = found;
  const ownership = await affected.ownership(new Date());
  for (const it of [index, found, affected, ownership]) it[Symbol.dispose]();
  const asked = [() => index.units, () => index.select('line = 1'), () => found.status('A'), () => affected.size, () => ownership.gap];
  for (const ask of asked) await assert.rejects(async () => ask(), (error) => error.code === 'conflict');
  await assert.rejects(ownership.contacts().toArray(), ConflictError);
  assert.equal((await Index.open(path)).units, 10);
  assert(CancelledError.prototype instanceof Error);
});

test('files that are copied give the same answers, and one that is cut is an error', async (t) => {
  const path = folder(t);
  const mapped = await Index.build(path, [...units(1_000)], { schema: SCHEMA });
  const scope = "facility = 'Leipzig' AND line > 2";
  const expected = (await mapped.select(scope)).affected.size;
  const copied = await Index.open(path, { copying: true });
  assert.equal((await copied.select(scope)).affected.size, expected);
  assert.deepEqual((await copied.verify()).damage, []);
  mapped.close();
  copied.close();
  const index = await Index.open(path, { copying: true });
  for (const name of readdirSync(join(path, 'units'))) truncateSync(join(path, 'units', name), 100);
  await assert.rejects(async () => (await index.select(scope)).affected.size, CorruptError);
  await assert.rejects(Index.open(path, { copying: 1 }), InvalidArgumentError);
});
