// What a server needs: calls that can be stopped and watched, and that get in nobody's way.
import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { CancelledError, Index, InvalidArgumentError, setThreads, threads } from 'seriatim';
import { folder, units } from './folder.mjs';

const WIDE = 'line >= 2 OR facility IS NULL';

test('a call that is stopped already does not begin', async (t) => {
  const index = await Index.build(folder(t), units(100));
  const signal = AbortSignal.abort('not now');
  for (const call of [() => index.select(WIDE, { signal }), () => index.loadUnits(units(100, 100), { signal })]) {
    await assert.rejects(call, (error) => error instanceof CancelledError && error.cause === 'not now');
  }
  assert.equal(index.units, 100);
});

test('the threads that calls share are counted', async (t) => {
  const before = threads();
  t.after(() => setThreads(before));
  setThreads(before + 1);
  assert.equal(threads(), before + 1);
  const index = await Index.build(folder(t), units(100));
  assert.equal((await index.select(WIDE)).affected.size > 0, true);
  for (const wrong of [0, 1_025, -1, 1.5, NaN, '2']) {
    assert.throws(() => setThreads(wrong), InvalidArgumentError);
  }
  assert.equal(threads(), before + 1);
});

test('a load that is stopped leaves the index as it was', async (t) => {
  const index = await Index.build(folder(t), units(100));
  const controller = new AbortController();
  let given = 0;
  async function* endless() {
    for (let n = 100; ; n += 1) {
      given += 1;
      if (given === 20_000) controller.abort();
      yield* units(1, n);
    }
  }
  await assert.rejects(index.loadUnits(endless(), { signal: controller.signal }), (error) => {
    assert.equal(error.code, 'cancelled');
    assert.equal(error.cause.name, 'AbortError');
    return true;
  });
  assert.deepEqual([index.units, index.version], [100, 2]);
});

test('progress is told, and what its callback throws stops the call', async (t) => {
  const index = await Index.create(folder(t));
  const told = [];
  await index.loadUnits(units(50_000), { onProgress: (it) => told.push(it) });
  assert.deepEqual(told.at(-1), { rows: 50_000, rowsTotal: undefined });
  assert(told.every((it, at) => at === 0 || told[at - 1].rows <= it.rows));
  const fault = new Error('the bar broke');
  const broken = { onProgress: () => { throw fault; } };
  async function* slow() {
    for (let n = 50_000; n < 80_000; n += 1) {
      if (n % 5_000 === 0) await sleep(60);
      yield* units(1, n);
    }
  }
  await assert.rejects(index.loadUnits(slow(), broken), (error) => error === fault);
  assert.equal(index.units, 50_000);
});

test('nothing waits for long calls: not the event loop, not files', async (t) => {
  const index = await Index.build(folder(t), units(60_000));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const calls = Array.from({ length: 64 }, () => index.select(WIDE));
  const started = performance.now();
  await readFile(new URL(import.meta.url));
  const waited = performance.now() - started;
  for (const found of await Promise.all(calls)) assert(found.affected.size > 40_000);
  delay.disable();
  assert(waited < 500, `a file was read in ${waited} ms`);
  assert(delay.percentile(99) < 100e6, `the event loop waited ${delay.percentile(99) / 1e6} ms`);
});

test('memory stays flat', async (t) => {
  const index = await Index.build(folder(t), units(5_000));
  const cycle = async (count) => {
    for (let n = 0; n < count; n += 1) {
      const found = await index.select(WIDE);
      if (n % 2 === 0) found.close();
      else assert(found.affected.size > 0);
      if (n % 100 === 0) globalThis.gc();
    }
    globalThis.gc();
    await turn();
    globalThis.gc();
    return process.memoryUsage().rss;
  };
  await cycle(200);
  const before = await cycle(200);
  const after = await cycle(800);
  assert(after - before < 16 << 20, `${(after - before) >> 20} MiB more`);
});

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Index } = require('seriatim');
  (async () => {
    const index = await Index.open(workerData.path);
    const found = await index.select(workerData.scope);
    parentPort.postMessage([index.units, found.affected.size]);
    if (workerData.busy) for (;;) await Promise.all(Array.from({ length: 8 }, () => index.select(workerData.scope)));
    if (workerData.feeding) {
      async function* endless() { for (let n = 0; ; n += 1) { yield { serial: 'B' + n }; if (n % 1000 === 0) await new Promise((go) => setTimeout(go, 5)); } }
      await index.loadUnits(endless());
    }
    if (workerData.leave) { index.select(workerData.scope); process.exit(); }
  })();
`;

async function worker(data) {
  const made = new Worker(WORKER, { eval: true, workerData: data });
  const told = await new Promise((resolve, reject) => made.once('message', resolve).once('error', reject));
  return [made, told];
}

test('workers share the index, and end with work in flight', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, units(20_000));
  const size = (await index.select(WIDE)).affected.size;
  const modes = [{}, { busy: true }, { leave: true }, { busy: true }, { feeding: true }];
  for (let round = 0; round < 3; round += 1) {
    const made = await Promise.all(modes.map((mode) => worker({ path, scope: WIDE, ...mode })));
    for (const [, told] of made) assert.deepEqual(told, [20_000, size]);
    await sleep(20);
    await Promise.all(made.map(([it]) => it.terminate()));
  }
  // A worker that ended in the middle of a load lets go of the index.
  for (let tries = 0; ; tries += 1) {
    try {
      await index.loadUnits([{ serial: 'C1' }]);
      break;
    } catch (error) {
      if (error.code !== 'conflict' || tries === 50) throw error;
      await sleep(20);
    }
  }
  assert.equal(index.units, 20_001);
});

test('a process leaves in the middle of a call', async (t) => {
  const path = folder(t);
  await Index.build(path, units(60_000));
  const program = `
    const { Index } = require('seriatim');
    Index.open(process.argv[1]).then((index) => {
      for (let n = 0; n < 32; n += 1) index.select(${JSON.stringify(WIDE)});
      const left = Date.now();
      process.on('exit', () => console.log(Date.now() - left));
      setTimeout(() => process.exit(7), 5);
    });
  `;
  const started = performance.now();
  await assert.rejects(
    promisify(execFile)(process.execPath, ['-e', program, path], { cwd: new URL('..', import.meta.url) }),
    (error) => error.code === 7 && error.stderr === '',
  );
  assert(performance.now() - started < 5_000);
});

test('processes have one index open', async (t) => {
  const path = folder(t);
  const index = await Index.build(path, units(1_000));
  const child = new URL('process.mjs', import.meta.url);
  const children = Array.from({ length: 3 }, () => fork(child, [path]));
  t.after(() => children.forEach((it) => it.kill()));
  const heard = (it) => new Promise((resolve) => it.once('message', resolve));
  assert.deepEqual(await Promise.all(children.map(heard)), [1_000, 1_000, 1_000]);
  await index.loadUnits(units(10, 1_000));
  const answers = children.map(heard);
  for (const it of children) it.send('refresh');
  assert.deepEqual(await Promise.all(answers), [1_010, 1_010, 1_010]);
});
