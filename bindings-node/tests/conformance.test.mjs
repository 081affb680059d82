// The shared cases, which every language runs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ElementString, Index, mask, RangeTable, Scanned, Scope, SerialFamily, SerialSet } from 'seriatim';
import {
  cases, errorOf, fails, readExactly, runOf, schemaOf, scopesOf, unitOf, Written,
} from './conformance.mjs';

const TRUTHS = { true: true, false: false, unknown: null };

for (const [name, given] of cases('scopes', ['name', 'why', 'schema', 'scope', 'canonical', 'notices', 'records', 'error'])) {
  test(`scopes/${name}`, async () => {
    const schema = schemaOf(given.schema);
    if (given.error !== undefined) {
      for (const [form, read] of scopesOf(given.scope)) {
        await fails(() => schema.bind(read()), errorOf(given.error, form));
      }
      return;
    }
    const scopes = [...scopesOf(given.scope)].map(([, read]) => read());
    const [first] = scopes;
    for (const scope of [...scopes, Scope.sql(first.toSql()), Scope.fromJson(first.toJsonText())]) {
      assert(scope.equals(first));
      assert.deepEqual([scope.toSql(), scope.toJsonText(), scope.digest], [first.toSql(), first.toJsonText(), first.digest]);
    }
    if (given.canonical !== undefined) {
      assert.equal(first.toSql(), given.canonical.sql);
      assert.deepEqual(readExactly(first.toJsonText()), given.canonical.json);
      if (given.canonical.digest !== undefined) assert.equal(first.digest, given.canonical.digest);
    }
    const bound = schema.bind(first);
    if (given.notices !== undefined) assert.deepEqual(bound.notices(), given.notices);
    await checkRecords(schema, bound, given.records ?? []);
  });
}

async function checkRecords(schema, bound, records) {
  for (const asked of records) {
    const unit = unitOf(asked.unit, schema);
    if (asked.error !== undefined) {
      await fails(() => bound.decide(unit), asked.error);
      continue;
    }
    assert.equal(bound.decide(unit), asked.verdict, JSON.stringify(asked.unit));
    if (asked.truth !== undefined) assert.equal(bound.truth(unit), TRUTHS[asked.truth]);
    if (asked.clauses === undefined) continue;
    const decision = bound.explain(unit);
    assert.equal(decision.verdict, asked.verdict);
    assert.deepEqual(
      decision.clauses.map(({ text, truth }) => ({ text, truth })),
      asked.clauses.map(({ text, truth }) => ({ text, truth: TRUTHS[truth] })),
    );
    for (const [at, wanted] of asked.clauses.entries()) {
      const found = decision.clauses[at];
      if (wanted.line !== undefined) assert.deepEqual([found.line, found.column], [wanted.line, wanted.column]);
    }
  }
}

for (const [name, given] of cases('parameters', [
  'name', 'why', 'schema', 'scope', 'parameters', 'records', 'same_as', 'error',
])) {
  test(`parameters/${name}`, async () => {
    const schema = schemaOf(given.schema);
    const values = {};
    for (const [parameter, it] of Object.entries(given.parameters)) values[parameter] = await parameterOf(it);
    for (const [form, read] of scopesOf(given.scope)) {
      if (given.error !== undefined) {
        await fails(() => schema.bind(read(), values), errorOf(given.error, form));
        continue;
      }
      const scope = read();
      assert(Scope.sql(scope.toSql()).equals(scope));
      const bound = schema.bind(scope, values);
      if (given.same_as !== undefined) assert.equal(bound.digest, schema.bind(given.same_as).digest);
      await checkRecords(schema, bound, given.records ?? []);
    }
  });
}

async function parameterOf(given) {
  if (given.serials !== undefined) return SerialSet.of(given.serials);
  if (given.mask !== undefined) return mask(given.mask);
  const plain = (it) => (it instanceof Written ? Number(it.text) : it);
  return given.list === undefined ? plain(given.value) : given.list.map(plain);
}

for (const [name, given] of cases('selects', [
  'name', 'why', 'schema', 'scope', 'loads', 'families', 'affected', 'undetermined', 'by_reason', 'status',
  'lookups', 'error',
])) {
  test(`selects/${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seriatim-'));
    try {
      const built = await Index.create(folder, { schema: schemaOf(given.schema) });
      for (const load of given.loads) await runLoad(built, load);
      built.close();
      const index = await Index.open(folder);
      if (given.families !== undefined) assert.deepEqual(index.schema.families.map((it) => it.layout), given.families);
      if (given.scope !== undefined) await checkSelection(index, given);
      for (const asked of given.lookups ?? []) await checkLookup(index, asked);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

const REPORT = { within_load: 'replacedInLoad', against_index: 'replacedInIndex', loaded: 'loaded', opaque: 'opaque' };

async function runLoad(index, load) {
  const { units, duplicates, segment_rows_max, declared_families_only, report, retires, error, ...rest } = load;
  assert.deepEqual(rest, {});
  const options = { duplicates, segmentRowsMax: segment_rows_max };
  if (declared_families_only) options.inferFamilies = false;
  const rows = [...unitsOf(units, index.schema)];
  if (retires !== undefined) {
    const { retired, unknown } = await index.retireUnits(rows);
    assert.deepEqual({ retired, unknown }, retires);
    return;
  }
  if (error !== undefined) return fails(() => index.loadUnits(rows, options), error);
  const told = await index.loadUnits(rows, options);
  for (const [key, expected] of Object.entries(report ?? {})) assert.equal(told[REPORT[key]], expected, key);
}

function* unitsOf(given, schema) {
  for (const unit of given) {
    if (unit.run === undefined) yield unitOf(unit, schema);
    else for (const serial of runOf(unit.run)) yield unitOf({ ...unit.with, serial }, schema);
  }
}

const told = (units) => [...units].map((it) => (it.namespace === '' ? it.serial : [it.namespace, it.serial]));

function checkUnits(units, expected) {
  if (Array.isArray(expected)) assert.deepEqual(told(units), expected);
  else assert.equal(units.size, expected.count);
}

async function checkSelection(index, given) {
  for (const [form, read] of scopesOf(given.scope)) {
    if (given.error !== undefined) {
      await fails(() => index.select(read()), errorOf(given.error, form));
      continue;
    }
    const found = await index.select(read());
    checkUnits(found.affected, given.affected);
    if (given.undetermined !== undefined) checkUnits(found.undetermined, given.undetermined);
    if (given.by_reason !== undefined) {
      const told = (await found.byReason()).map(({ text, ...it }) => it);
      assert.deepEqual(told, given.by_reason.map((it) => ({ column: null, ...it })));
    }
    for (const asked of given.status ?? []) {
      const options = asked.namespace === undefined ? undefined : { namespace: asked.namespace };
      if (asked.by !== undefined) {
        const status = () => found.statusBy(asked.by, asked.serial);
        if (asked.error === undefined) assert.equal(status(), asked.verdict, asked.serial);
        else await fails(status, asked.error);
      } else if (asked.error === undefined) {
        assert.equal(found.status(asked.serial, options), asked.verdict, asked.serial);
        assert.deepEqual(found.statusMany([asked.serial], options), [asked.verdict]);
      } else {
        await fails(() => found.status(asked.serial, options), asked.error);
      }
    }
  }
}

async function checkLookup(index, { serials, namespace, by, found, ...places }) {
  const answer = await (by === undefined ? index.lookup(serials, { namespace }) : index.lookupBy(by, serials));
  assert.deepEqual(told(answer.found), found);
  for (const key of ['unknown', 'invalid', 'duplicate', 'ambiguous']) assert.deepEqual(answer[key], places[key] ?? [], key);
}

for (const [name, given] of cases('families', ['name', 'why', 'existing', 'serials', 'families', 'opaque'])) {
  test(`families/${name}`, () => {
    const serials = given.serials.flatMap((it) => (typeof it === 'string' ? [it] : [...runOf(it)]));
    const existing = schemaOf({ families: given.existing });
    for (const order of [serials, serials.toReversed()]) {
      const inferred = existing.infer(order);
      const proposed = inferred.families.map((it) => ({ layout: it.family.layout, count: it.count }));
      assert.deepEqual(proposed, given.families);
      assert.equal(inferred.opaque.count, given.opaque);
    }
  });
}

const KNOWN = {
  counter: (it) => SerialFamily.counter('it', it.digits_max),
  prefixed_counter: (it) => SerialFamily.prefixedCounter('it', it.prefix, it.digits_max),
  vin: (it) => SerialFamily.vin('it', it.first_model_year),
  vin_without_model_year: () => SerialFamily.vinWithoutModelYear('it'),
  imei: () => SerialFamily.imei('it'),
  imeisv: () => SerialFamily.imeisv('it'),
  gs1: () => SerialFamily.gs1('it'),
};

for (const [name, given] of cases('known', [
  'name', 'why', 'family', 'layout', 'order', 'fits', 'misfits', 'ascending', 'error',
])) {
  test(`known/${name}`, () => {
    const [[constructor, args]] = Object.entries(given.family);
    const make = () => KNOWN[constructor](args);
    if (given.error !== undefined) {
      assert.throws(make, (error) => error.code === 'invalid_argument' && error.reason.includes(given.error));
      return;
    }
    const family = make();
    if (given.layout !== undefined) assert.equal(family.layout, given.layout);
    if (given.order !== undefined) assert.deepEqual(family.order, given.order);
    for (const { serial, canonical = serial, check, fields = {} } of given.fits ?? []) {
      assert.equal(family.decode(family.encode(serial)), canonical);
      assert.equal(family.check(serial), check, serial);
      const found = family.fields(serial);
      for (const [field, value] of Object.entries(fields)) assert.equal(found[field], value, `${field} of ${serial}`);
    }
    for (const text of given.misfits ?? []) assert(!family.fits(text), text);
    const codes = (given.ascending ?? []).map((it) => family.encode(it));
    assert(codes.every((it, at) => it !== undefined && (at === 0 || codes[at - 1] < it)));
  });
}

const sorted = (elements) => elements.map((it) => it.join(' ')).sort();

for (const [name, given] of cases('gs1', [
  'name', 'why', 'text', 'element_string', 'bracketed', 'digital_link', 'sgtin', 'error',
])) {
  test(`gs1/${name}`, async () => {
    if (given.error !== undefined) return fails(() => ElementString.parse(given.text), given.error);
    const read = ElementString.parse(given.text);
    assert.equal(read.toFnc1(), given.element_string);
    const forms = [read.toFnc1(), String(read)];
    if (given.bracketed !== undefined) assert.equal(String(read), given.bracketed);
    if (given.digital_link !== undefined) {
      forms.push(read.toDigitalLink(given.digital_link.stem));
      assert.equal(forms.at(-1), given.digital_link.text);
    }
    if (given.sgtin !== undefined) {
      forms.push(read.toSgtin(given.sgtin.company_prefix_digits));
      assert.equal(forms.at(-1), given.sgtin.text);
    }
    // A link does not keep the order.
    for (const form of forms) assert.deepEqual(sorted(ElementString.parse(form).elements), sorted(read.elements));
  });
}

for (const [name, given] of cases('scanned', ['name', 'why', 'families', 'text', 'namespace', 'serial', 'error'])) {
  test(`scanned/${name}`, async () => {
    const families = schemaOf({ families: given.families }).families;
    if (given.error !== undefined) return fails(() => Scanned.read(given.text, families), given.error);
    const read = Scanned.read(given.text, families);
    assert.deepEqual([read.namespace, read.serial], [given.namespace, given.serial]);
  });
}

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

for (const [name, given] of cases('range_tables', [
  'name', 'why', 'schema', 'options', 'csv', 'rows', 'blank', 'columns_ignored', 'scope', 'error',
])) {
  test(`range_tables/${name}`, async () => {
    const schema = schemaOf(given.schema);
    const csv = Array.isArray(given.csv) ? given.csv.join('\n') : given.csv;
    const options = Object.fromEntries(Object.entries(given.options ?? {}).map(([key, it]) => [camel(key), it]));
    const read = () => RangeTable.fromCsv(csv, schema, options);
    if (given.error !== undefined) return fails(read, given.error);
    const table = await read();
    assert.deepEqual(
      table.rows.map((it) => [it.line, it.outcome, it.findings.map((found) => found.reason)]),
      given.rows.map((it) => [it.line, it.outcome, it.reasons ?? []]),
    );
    for (const [at, { mentions = [] }] of given.rows.entries()) {
      const { findings, outcome } = table.rows[at];
      for (const part of mentions) assert(findings.some((it) => it.message.includes(part)), part);
      assert.equal(findings.some((it) => it.refused), outcome === 'refused');
    }
    const { accepted, flagged, refused, blank, columnsIgnored } = table.report;
    assert.equal(accepted + flagged + refused, table.rows.length);
    assert.equal(blank, given.blank ?? 0);
    assert.deepEqual(columnsIgnored, given.columns_ignored ?? []);
    if (refused > 0) assert.throws(() => table.scope());
    if (given.scope === undefined) assert.throws(() => table.scopeWithoutRefused(refused));
    else assert.equal(table.scopeWithoutRefused(refused).toSql(), given.scope);
  });
}
