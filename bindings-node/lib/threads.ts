import * as check from './check.js';
import { attempt } from './errors.js';
import { native } from './native.js';

const COUNT_MAX = 0xffff_ffff;

/** How many threads all calls of this process share: a thread a core, unless {@link setThreads} said otherwise. */
export function threads(): number {
  return attempt(() => native.Threads.count());
}

/**
 * Says how many threads all calls of this process share from now on, 1 to 1,024: selections, counts, contacts, and
 * loads whose options do not say. What is under way ends with the threads it began with.
 */
export function setThreads(count: number): void {
  const whole = check.whole(count, 'count', 0, COUNT_MAX);
  attempt(() => native.Threads.set(whole));
}
