import * as check from './check.js';
import { SeriatimError, cancelled, translated } from './errors.js';
import { native, type NativeTask } from './native.js';

/** How far a call has come. */
export interface Progress {
  /** Rows read so far. */
  readonly rows: number;
  /** Rows there are to read, where that is known. */
  readonly rowsTotal: number | undefined;
}

/** What a call that takes a while can be told. */
export interface CallOptions {
  /** Stops the call: it rejects with a {@link CancelledError} whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called about ten times a second, and at the end. What it throws stops the call and is thrown. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** How often progress is told. */
const TICK_MS = 100;

/** @internal */
export const CALL = { signal: check.signal, onProgress: check.callback } as const;

/** Runs a call of the native part that can be watched and stopped. @internal */
export async function run<T>(
  { signal, onProgress }: CallOptions,
  start: (task: NativeTask) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw cancelled(signal.reason);
  const task = new native.Task();
  let fault: { error: unknown } | undefined;
  const tell = () => {
    if (fault !== undefined) return;
    try {
      onProgress?.({ rows: task.rows, rowsTotal: task.rowsTotal ?? undefined });
    } catch (error) {
      fault = { error };
      task.stop();
    }
  };
  const timer = onProgress && setInterval(tell, TICK_MS);
  const stop = () => task.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const result = await start(task);
    tell();
    if (fault !== undefined) throw fault.error;
    return result;
  } catch (error) {
    if (fault !== undefined) throw fault.error;
    const made = translated(error);
    if (made instanceof SeriatimError && made.code === 'cancelled' && signal?.aborted) {
      throw cancelled(signal.reason);
    }
    if (made instanceof Error) Error.captureStackTrace(made, run);
    throw made;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}
