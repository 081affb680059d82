// Ways to measure: runs of a call, how long the event loop waits, and what a process holds.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** Of so many runs after one to warm up: the least time in milliseconds, and the least work of this thread. */
export async function timed(runs, run) {
  const answer = await run();
  let [least, work] = [Infinity, Infinity];
  for (let at = 0; at < runs; at += 1) {
    const [begun, before] = [performance.now(), worked()];
    const again = await run();
    least = Math.min(least, performance.now() - begun);
    work = Math.min(work, worked() - before);
    if (again !== answer) throw new Error(`two runs of one question answer ${answer} and ${again}`);
  }
  return { answer, least, work };
}

/** What a piece of work comes to, and how long the event loop waited meanwhile, in milliseconds. */
export async function waits(work) {
  globalThis.gc();
  await turn();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begun = performance.now();
  delay.enable();
  const answer = await work();
  delay.disable();
  return { answer, p99: delay.percentile(99) / 1e6, most: delay.max / 1e6, took: performance.now() - begun };
}

/** Nanoseconds that the thread of JavaScript has worked. */
export function worked() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
}

/** The memory of a process in MiB: all of it, and its share of what it has in common with others. */
export function memory(pid = 'self') {
  const told = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(told)[1]) / 1024;
  return { rss: of('Rss'), pss: of('Pss') };
}

/** Texts in an order that has nothing to do with theirs, the same each time. */
export function shuffled(texts) {
  let state = 1;
  const below = (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  for (let at = texts.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [texts[at], texts[other]] = [texts[other], texts[at]];
  }
  return texts;
}
