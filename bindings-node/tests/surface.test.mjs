// What Node offers and what Python offers stand in one list, so that neither drifts from the other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { surface } from './surface.mjs';

const SURFACE = JSON.parse(readFileSync(new URL('../../conformance/surface.json', import.meta.url), 'utf8'));
const offered = surface();

/** A name of Python as Node writes it. */
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, it) => it.toUpperCase());

/** The names of Node. */
const listed = ({ both, pairs = {}, node = {} }) =>
  [...new Set([...both.map(camel), ...Object.values(pairs), ...Object.keys(node)])].sort();

test('what the package offers is listed', () => {
  const { types, errors, functions, only } = SURFACE;
  assert.deepEqual(
    Object.keys(offered.types).sort(),
    [...Object.keys(types), ...Object.keys(only.node), ...listed(errors)].sort(),
  );
  assert.deepEqual(offered.values, listed(functions));
});

test('the members of a type are listed', () => {
  for (const [name, entry] of Object.entries(SURFACE.types)) assert.deepEqual(offered.types[name], listed(entry), name);
});

test('the options of a call are listed', () => {
  for (const [call, entry] of Object.entries(SURFACE.options)) {
    assert.deepEqual(offered.types[entry.type], listed(entry), call);
  }
});
