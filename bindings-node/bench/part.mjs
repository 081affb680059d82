// A part of the benchmark that needs a process of its own: part.mjs PART FOLDER SCOPE
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Index } from 'seriatim';
import { memory } from './measure.mjs';

const [part, folder, scope] = isMainThread ? process.argv.slice(2) : workerData;
const told = (it) => process.stdout.write(`${JSON.stringify(it)}\n`);

/** Leaves in the middle of eight long calls. */
async function exit() {
  const index = await Index.open(folder);
  for (let call = 0; call < 8; call += 1) index.verify();
  await sleep(50);
  const asked = Date.now();
  told({ asked });
  process.exit();
}

/** What so many cycles of selecting and dropping leave behind. */
async function drop() {
  const index = await Index.open(folder);
  const cycles = async (count) => {
    for (let at = 0; at < count; at += 1) {
      const found = await index.select(scope);
      if (at % 2 === 0) found.close();
      if (at % 500 === 0) globalThis.gc();
    }
    globalThis.gc();
    await sleep(10);
    globalThis.gc();
    return memory().rss;
  };
  const before = await cycles(1_000);
  told({ before, after: await cycles(10_000) });
}

/** Workers that end while they work: each second one by itself, the others are ended. */
async function workers() {
  let ended = 0;
  for (let round = 0; round < 20; round += 1) {
    const made = Array.from({ length: 4 }, (_, at) => {
      const way = at % 2 === 0 ? 'leave' : 'stay';
      return new Worker(fileURLToPath(import.meta.url), { workerData: [way, folder, scope] });
    });
    await Promise.all(made.map((it) => new Promise((resolve, reject) => it.once('message', resolve).once('error', reject))));
    await Promise.all(made.map((it) => it.terminate()));
    ended += made.length;
  }
  const found = await (await Index.open(folder)).select(scope);
  told({ ended, affected: found.affected.size });
}

/** A worker with calls in flight. */
async function inFlight(leaves) {
  const index = await Index.open(folder);
  const calls = Array.from({ length: 8 }, () => index.select(scope));
  index.verify();
  await calls[0];
  parentPort.postMessage('at work');
  if (leaves) process.exit();
  for (;;) await Promise.all(Array.from({ length: 8 }, () => index.select(scope)));
}

/** One of some processes that have one index open, and have read all of it. */
async function share() {
  const index = await Index.open(folder);
  await index.verify();
  const found = await index.select(scope);
  process.send(found.affected.size);
  process.on('message', () => process.send(memory(), () => process.exit()));
}

await { exit, drop, workers, share, leave: () => inFlight(true), stay: () => inFlight(false) }[part]();
