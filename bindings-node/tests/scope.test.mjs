import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  col, InvalidArgumentError, mask, namespace, param, Schema, Scope, ScopeError, ScopeFieldError, ScopeSyntaxError, serial, SerialFamily, SerialSet,
} from 'seriatim';

test('what is built is what is written', () => {
  const at = new Date('2025-03-01T12:30:00Z');
  for (const [built, sql] of [
    [col('line').eq(4), 'line = 4'],
    [col('line').ne(4n), 'line <> 4'],
    [col('torque').lt(4.5), 'torque < 4.5'],
    [col('line').le(-4), 'line <= -4'],
    [col('line').gt(4), 'line > 4'],
    [col('line').ge(2n ** 62n), 'line >= 4611686018427387904'],
    [col('ok').eq(true), 'ok = TRUE'],
    [serial.between('A1', 'A9'), "serial BETWEEN 'A1' AND 'A9'"],
    [col('lot').isIn(['L1', "O'Hara"]), "lot IN ('L1', 'O''Hara')"],
    [col('lot').isIn(new Set(['L1'])), "lot IN ('L1')"],
    [serial.isInParameter('uploaded'), 'serial IN :uploaded'],
    [col('lot').eq(param('lot')), 'lot = :lot'],
    [col('lot').isNotDistinctFrom('L1'), "lot IS NOT DISTINCT FROM 'L1'"],
    [col('lot').isNull(), 'lot IS NULL'],
    [col('lot').isNotNull(), 'lot IS NOT NULL'],
    [col('model').like('FAB%'), "model LIKE 'FAB%'"],
    [col('model').startsWith('50%_\\'), "model LIKE '50\\%\\_\\\\%' ESCAPE '\\'"],
    [col('model').endsWith('X'), "model LIKE '%X'"],
    [col('model').contains('X'), "model LIKE '%X%'"],
    [namespace.eq('x'), "namespace = 'x'"],
    [serial.substring(7, 2).eq('WY'), "SUBSTRING(serial FROM 7 FOR 2) = 'WY'"],
    [serial.substring(7).eq('WY'), "SUBSTRING(serial FROM 7) = 'WY'"],
    [serial.left(2).eq('AX'), "LEFT(serial, 2) = 'AX'"],
    [serial.right(2).eq('AX'), "RIGHT(serial, 2) = 'AX'"],
    [serial.splitPart('-', 5).eq('15914'), "SPLIT_PART(serial, '-', 5) = '15914'"],
    [col('lot').trim().upper().charLength().eq(9), 'CHAR_LENGTH(UPPER(TRIM(lot))) = 9'],
    [col('lot').lower().eq('l1'), "LOWER(lot) = 'l1'"],
    [col('made_at').extract('hour').eq(9), 'EXTRACT(HOUR FROM made_at) = 9'],
    [col('made_at').date().eq('2025-03-01'), "CAST(made_at AS DATE) = '2025-03-01'"],
    [col('made_at').time().ge('15:00'), "CAST(made_at AS TIME) >= '15:00'"],
    [col('made_at').ge(at), "made_at >= '2025-03-01T12:30:00Z'"],
    [col('serial.plant').eq('AX'), "serial.plant = 'AX'"],
    [serial.eq(mask('AB**')), "serial = MASK('AB**')"],
    [serial.eq(mask('A*xx', 'x')), "serial = MASK('A*xx', 'x')"],
    [col('a').eq(1).and(col('b').eq(2), 'c = 3').or({ eq: ['d', 4] }).not(), 'NOT ((a = 1 AND b = 2 AND c = 3) OR d = 4)'],
  ]) {
    const read = Scope.sql(sql);
    assert.equal(built.toSql(), read.toSql(), sql);
    const trees = sql.includes('4611686018427387904') ? [] : [Scope.fromJson(built.toJSON())];
    for (const same of [read, ...trees, Scope.fromJson(built.toJsonText()), Scope.of(built)]) {
      assert(built.equals(same), sql);
      assert.equal(built.digest, same.digest, sql);
    }
  }
});

test('a scope shows as its SQL, and as its tree in JSON', () => {
  const scope = col('line').eq(4);
  assert.equal(`${scope}`, 'line = 4');
  assert.equal(inspect(scope), 'Scope("line = 4")');
  assert.equal(JSON.stringify({ scope }), '{"scope":{"eq":["line",4]}}');
  assert.throws(() => col('line').eq(2n ** 62n).toJSON(), /toJsonText/);
});

test('what is no scope is told with its place', () => {
  assert.throws(() => Scope.sql('facility = "Leipzig" AND'), (error) => {
    assert(error instanceof ScopeSyntaxError && error instanceof ScopeError);
    assert.deepEqual([error.code, error.name, error.line], ['scope_syntax', 'ScopeSyntaxError', 1]);
    assert(error.caret.includes('^') && error.message.includes(error.caret) && !error.reason.includes('\n'));
    assert(!('path' in error));
    return true;
  });
  assert.throws(() => Scope.of({ and: [{ between: ['a', 1] }] }), (error) => error.path.startsWith('$.and[0]'));
  const schema = new Schema({ facility: 'text' });
  assert.throws(() => schema.bind('facilty = 1'), (error) => {
    assert(error instanceof ScopeFieldError);
    assert.match(error.message, /did you mean `facility`/);
    assert.match(error.stack, /scope\.test\.mjs/);
    return true;
  });
});

test('values that are none are refused where they are written', () => {
  for (const wrong of [
    () => col('a').eq(null), () => col('a').eq(undefined), () => col('a').eq(NaN), () => col('a').eq(Infinity),
    () => col('a').eq(2 ** 60), () => col('a').eq({}), () => col('a').eq(new Date('no')), () => col('a').eq(2n ** 63n),
    () => col('a').isIn('abc'), () => col('a').isIn(3), () => col(3), () => col('a').like(3), () => col('a').left(1.5),
    () => col('a').left(2 ** 31), () => col('a').left('2'), () => col('a').extract('fortnight'), () => mask(3), () => param(3),
    () => Scope.of(3), () => Scope.of(null), () => Scope.sql(3), () => col('a').eq(1).and(3),
  ]) {
    assert.throws(wrong, InvalidArgumentError, String(wrong));
  }
});

test('parameters and sets of serials are given by name', async () => {
  const schema = new Schema({ lot: 'text' }, [new SerialFamily({ name: 'it', layout: 'A{n:D3}' })]);
  async function* serials() {
    yield* ['A001', 'A002'];
  }
  const uploaded = await SerialSet.of(serials());
  assert.equal(uploaded.size, 2);
  const bound = schema.bind('serial IN :uploaded AND lot IN :lots AND lot <> :not', {
    uploaded, lots: ['L1', 'L2'], not: 'L2',
  });
  assert.equal(bound.decide({ serial: 'A001', lot: 'L1' }), 'affected');
  assert.equal(bound.decide({ serial: 'A001', lot: 'L2' }), 'not_affected');
  assert.equal(bound.decide({ serial: 'A001' }), 'undetermined');
  assert.deepEqual(bound.explain({ serial: 'A003', lot: 'L1' }).clauses.map((it) => it.truth), [false]);
  await assert.rejects(SerialSet.of([1]), InvalidArgumentError);
  await assert.rejects(SerialSet.of('A001'), InvalidArgumentError);
});

test('families are declared, known, and read off serials', () => {
  const family = new SerialFamily({ name: 'bike', layout: '{ddd:D3}{yy:D2}', order: ['yy', 'ddd'], normaliser: ['upper_case'] });
  assert.deepEqual([family.name, family.layout, family.order], ['bike', '{ddd:D3}{yy:D2}', ['yy', 'ddd']]);
  assert.deepEqual(family.fields('16919'), { ddd: 169, yy: 19 });
  assert.equal(family.fields('x'), undefined);
  assert(family.encode('16919') < family.encode('11122'));
  assert.equal(family.decode(family.encode('16919')), '16919');
  assert.deepEqual(new SerialFamily(family.toJSON()).toJSON(), family.toJSON());
  assert.throws(() => new SerialFamily({ name: 'x', layout: '{' }), InvalidArgumentError);
  assert.throws(() => new SerialFamily({ name: 'x', layout: '{n:D3}', colour: 'red' }), InvalidArgumentError);
  assert.throws(() => new SerialFamily(null), InvalidArgumentError);
  const inferred = new Schema().infer(Array.from({ length: 500 }, (_, n) => `AX${String(n).padStart(6, '0')}`));
  assert.equal(new SerialFamily(inferred.families[0].family).layout, 'AX{n:D6}');
});
