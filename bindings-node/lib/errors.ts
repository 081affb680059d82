/** What a {@link SeriatimError} can be; the same text in Rust, Python and Node. */
export type ErrorCode =
  | 'invalid_argument'
  | 'scope_syntax'
  | 'scope_field'
  | 'not_found'
  | 'conflict'
  | 'corrupt'
  | 'unsupported'
  | 'cancelled'
  | 'io';

/** Where in its input an error arose. @internal */
interface Told {
  code: ErrorCode;
  message: string;
  text: string;
  line?: number;
  column?: number | string;
  caret?: string;
  path?: string;
  input?: string;
  row?: number;
}

/**
 * Why an operation could not be done. Its `code` and place are part of the interface; the message
 * is for people. No message holds an owner's name, address or contact.
 *
 * @example
 * ```ts
 * try {
 *   Scope.sql('facilty = ');
 * } catch (error) {
 *   if (error instanceof ScopeSyntaxError) console.error(error.caret);
 * }
 * ```
 */
export class SeriatimError extends Error {
  /** The kind of the error. */
  readonly code: ErrorCode;
  /** What was found and what to do, without the place. */
  readonly reason: string;
  /** The line in the SQL of a scope, from 1. */
  declare readonly line?: number;
  /** The column in the SQL of a scope, from 1; or the name of the column of a row of input. */
  declare readonly column?: number | string;
  /** The line of SQL and, under it, a caret below the place. */
  declare readonly caret?: string;
  /** The place in the JSON of a scope, such as `$.and[1].between[2]`. */
  declare readonly path?: string;
  /** The file, or what kind of input it was, of a bad row. */
  declare readonly input?: string;
  /** The row of input, from 1; a header line is not counted. */
  declare readonly row?: number;

  /** @internal */
  constructor(told: Told, options?: ErrorOptions) {
    super(told.text, options);
    this.name = new.target.name;
    this.code = told.code;
    this.reason = told.message;
    for (const key of ['line', 'column', 'caret', 'path', 'input', 'row'] as const) {
      if (told[key] !== undefined) Object.assign(this, { [key]: told[key] });
    }
  }
}

/** An argument, an option or a row of input is not acceptable: correct it. */
export class InvalidArgumentError extends SeriatimError {}
/** A scope cannot be read, or does not fit the index. */
export class ScopeError extends SeriatimError {}
/** The text or JSON of a scope is not a scope. */
export class ScopeSyntaxError extends ScopeError {}
/** The scope does not fit the schema: a column, a type, a date or a serial in it is wrong. */
export class ScopeFieldError extends ScopeError {}
/** What was asked for does not exist. */
export class NotFoundError extends SeriatimError {}
/** The call contradicts what is there, such as a second unit of one serial. */
export class ConflictError extends SeriatimError {}
/** A file is damaged or is not ours: restore it from a copy. */
export class CorruptError extends SeriatimError {}
/** A newer release wrote the file, or this build lacks the feature. */
export class UnsupportedError extends SeriatimError {}
/** The caller asked to stop; `cause` is the reason of the signal. */
export class CancelledError extends SeriatimError {}
/** The operating system refused. */
export class IoError extends SeriatimError {}

const CLASSES = {
  invalid_argument: InvalidArgumentError,
  scope_syntax: ScopeSyntaxError,
  scope_field: ScopeFieldError,
  not_found: NotFoundError,
  conflict: ConflictError,
  corrupt: CorruptError,
  unsupported: UnsupportedError,
  cancelled: CancelledError,
  io: IoError,
} as const;

/** What the message of an error of the native part begins with. */
const MARK = 'seriatim:';

/** An error of the native part as one of ours; any other as it is. @internal */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith(MARK)) return error;
  const told = JSON.parse(error.message.slice(MARK.length)) as Told;
  const made = new CLASSES[told.code](told);
  // Where the caller called, and not where the native part was left.
  if (error.stack) made.stack = `${made.name}: ${made.message}${frames(error.stack)}`;
  return made;
}

function frames(stack: string): string {
  const at = stack.indexOf('\n    at ');
  return at < 0 ? '' : stack.slice(at);
}

/** Calls the native part. @internal */
export function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

/** Calls the native part and waits for it. @internal */
export async function attemptAsync<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const made = translated(error);
    if (made instanceof SeriatimError && made !== error) Error.captureStackTrace(made, attemptAsync);
    throw made;
  }
}

/** An argument that is not acceptable. @internal */
export function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError({ code: 'invalid_argument', message, text: message });
}

/** @internal */
export function unsupported(message: string, cause?: unknown): UnsupportedError {
  return new UnsupportedError({ code: 'unsupported', message, text: message }, { cause });
}

/** @internal */
export function cancelled(cause: unknown): CancelledError {
  const message = 'the caller asked to stop';
  return new CancelledError({ code: 'cancelled', message, text: message }, { cause });
}
