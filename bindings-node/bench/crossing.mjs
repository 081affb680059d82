// What it costs to ask from Node, beside Rust, and what else a server is held to, on one index of
// ten million units. Writes the page with the figures:
// node --expose-gc crossing.mjs --rust PROGRAM --data FOLDER --home FOLDER --page PAGE --date DATE
// The data are those of benches/peers/generate.py.
import { execFile, execFileSync, fork } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import Fastify from 'fastify';
import { Index } from 'seriatim';
import { perSecond } from '../examples/service/load.mjs';
import { service } from '../examples/service/service.mjs';
import { shuffled, timed, waits } from './measure.mjs';
import { page } from './page.mjs';

const AS_OF = '2026-11-22T00:00:00Z';
const SERIALS = 1_000_000;
const STATUS = 10_000;
const TURNS = 3;
const SECONDS = 5;
const PART = fileURLToPath(new URL('part.mjs', import.meta.url));
const TEXT = { type: 'string' };

const { values: given } = parseArgs({ options: { rust: TEXT, data: TEXT, home: TEXT, page: TEXT, date: TEXT } });
const store = join(given.home, 'store');
const files = (name) => readdirSync(given.data).filter((it) => it.startsWith(name)).sort().map((it) => join(given.data, it));
const say = (text) => console.error(text);

/** A part of the benchmark in a process of its own: what it tells as JSON. */
async function part(name, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PART, name, store, ...args]);
  return JSON.parse(stdout);
}

/** Serials of the index in no order; some that are no unit's, and some that are no serial. */
async function sampled(index) {
  const serials = [];
  const every = Math.max(1, Math.floor(index.units / SERIALS));
  let at = 0;
  for await (const batch of index.all().table('line').batches({ batchSize: 16_384 })) {
    for (const { serial } of batch) if (at++ % every === 0) serials.push(serial);
  }
  shuffled(serials);
  for (let it = 0; it < serials.length; it += 100) serials[it] = `?${serials[it]}`;
  return serials.slice(0, SERIALS);
}

async function crossing(index, scope, owners, serials) {
  const owned = await owners.contacts().count();
  const found = await index.select(scope);
  const affected = (verdict) => verdict === 'affected';
  // Few enough for a run that nothing interrupts, and other ones each time.
  let status = Infinity;
  for (let start = 0; start < serials.length; start += STATUS) {
    const some = serials.slice(start, start + STATUS);
    const begun = performance.now();
    for (const it of some) found.status(it);
    status = Math.min(status, performance.now() - begun);
  }
  const statusMany = await timed(5, () => found.statusMany(serials).filter(affected).length);
  const select = await timed(300, async () => (await index.select(scope)).affected.size);
  const count = async (rows) => {
    let counted = 0;
    for await (const it of rows) counted += it.serials.length;
    return counted;
  };
  const length = async (chunks) => {
    let bytes = 0;
    for await (const chunk of chunks) bytes += chunk.length;
    return bytes;
  };
  const rows = await timed(3, () => count(owners.contacts()));
  const ndjson = await timed(3, () => length(owners.contactsNdjson()));
  const arrow = await timed(3, async () => (await owners.contacts().toArrowIPC()).length);
  return {
    status: (1e6 * status) / STATUS,
    statusMany: (1e6 * statusMany.least) / serials.length,
    select: 1e3 * select.least,
    rows: rows.least,
    mainRows: rows.work / owned,
    mainLines: ndjson.work / owned,
    ndjson: ndjson.least,
    arrow: arrow.least,
  };
}

/** The longest that a file took to be read while eight long calls run. */
async function besideCalls(index) {
  const calls = Promise.all(Array.from({ length: 8 }, () => index.verify()));
  let [done, most, reads] = [false, 0, 0];
  calls.then(() => { done = true; });
  const begun = performance.now();
  while (!done) {
    const asked = performance.now();
    await readFile(PART);
    most = Math.max(most, performance.now() - asked);
    reads += 1;
  }
  await calls;
  return { most, reads, took: performance.now() - begun };
}

/** How long after `process.exit` in the middle of eight calls the process has ended. */
async function exit() {
  const { asked } = await part('exit');
  return Date.now() - asked;
}

/** What processes that have one index open hold, one alone and four at a time. */
async function shared(scope, count) {
  const children = Array.from({ length: count }, () => fork(PART, ['share', store, scope]));
  const heard = (it) => new Promise((resolve) => it.once('message', resolve));
  await Promise.all(children.map(heard));
  const answers = [];
  for (const it of children) it.send('memory');
  for (const it of children) answers.push(heard(it));
  return Promise.all(answers);
}

/** Requests a second of the service and of bare Fastify, turn by turn. */
async function requests(scope, serial) {
  const [bare, status] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const plain = Fastify();
    plain.get('/status', async () => ({ verdict: 'affected' }));
    bare.push(await perSecond(plain, '/status', SECONDS));
    status.push(await perSecond(await service(store, scope), `/status?code=${serial}`, SECONDS));
  }
  return { bare: Math.max(...bare), status: Math.max(...status), shares: status.map((it, at) => it / bare[at]) };
}

async function main() {
  mkdirSync(given.home, { recursive: true });
  rmSync(store, { recursive: true, force: true });
  const index = await Index.create(store);
  say('loading');
  const load = await waits(async () => (await index.loadUnits(files('units-'))).loaded);
  await index.loadRegistrations(files('registrations-'));

  const { q2 } = JSON.parse(readFileSync(join(given.data, 'params.json'), 'utf8'));
  const at = (seconds) => new Date(1000 * seconds).toISOString();
  const scope = `facility = '${q2.facility}' AND model = '${q2.model}' AND made_at >= '${at(q2.t0)}' AND made_at < '${at(q2.t1)}'`;
  const held = "facility IN ('Austin', 'Brno')";
  const list = join(given.home, 'serials.txt');
  writeFileSync(list, `${(await sampled(index)).join('\n')}\n`);
  // Both languages have them from there.
  const serials = readFileSync(list, 'utf8').trimEnd().split('\n');
  const owners = await (await index.select(held)).affected.ownership(AS_OF);

  const rust = ['ask', '--store', store, '--scope', scope, '--owners', held, '--serials', list, '--as-of', AS_OF];
  const [ours, theirs] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    say('asking');
    theirs.push(JSON.parse(execFileSync(given.rust, rust, { encoding: 'utf8' })));
    ours.push(await crossing(index, scope, owners, serials));
  }
  say('waiting');
  const selects = await waits(async () => {
    const asked = Array.from({ length: 100 }, (_, it) => index.select(`torque >= ${4 + it / 1_000}`));
    return (await Promise.all(asked)).reduce((all, it) => all + it.affected.size, 0);
  });
  const stream = await waits(async () => {
    let rows = 0;
    for await (const it of owners.contacts()) rows += it.serials.length > 0 ? 1 : 0;
    return rows;
  });
  const lines = await waits(async () => {
    let bytes = 0;
    for await (const chunk of owners.contactsNdjson()) bytes += chunk.length;
    return bytes;
  });
  const told = { ours, theirs, load, selects, stream, lines, units: index.units, serials: serials.length };
  say('beside long calls');
  told.beside = await besideCalls(index);
  index.close();
  told.exit = await exit();
  say('memory');
  told.drop = await part('drop', scope);
  told.workers = await part('workers', scope);
  told.one = await shared(scope, 1);
  told.four = await shared(scope, 4);
  say('requests');
  told.requests = await requests(scope, serials[1]);
  writeFileSync(given.page, page(given.date, told));
  say(given.page);
}

await main();
