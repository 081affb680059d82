import { inspect } from 'node:util';
import * as check from './check.js';
import { attemptAsync, invalid } from './errors.js';
import type { NativeRegistrar } from './native.js';
import { instantOf, rowJson, type UnitValue } from './values.js';

/** A registration as it is described: a serial, an owner, and the other fields by name. */
export type RegistrationInput = { readonly [field: string]: UnitValue };

/** What a registrar can be told. */
export interface RegistrarOptions {
  /** Whether names, addresses and numbers are kept; they are unless said otherwise. */
  contactText?: boolean | undefined;
}

/** What registering can be told. */
export interface RegisterOptions {
  /** What the caller calls the request: when it comes again, nothing is recorded. */
  request?: string | undefined;
}

/** What one registration is called: its key, or its unit and owner, with the namespace that it was made with. */
export type RegistrationName =
  | { readonly key: string }
  | { readonly serial: string; readonly owner: string; readonly namespace?: string | undefined };

/** What a registrar acknowledges. */
export interface Receipt {
  /** The number of the first of what was recorded. */
  readonly start: number;
  /** The number after the last: an index shows it once its `recorded` is not below. */
  readonly end: number;
  /** Whether the request had been served before, so that nothing was recorded now. */
  readonly repeated: boolean;
}

/** What a fold did. */
export interface FoldReport {
  /** The version of the index that holds the registrations in segments. */
  readonly version: number;
  /** Records of the log that were folded: registrations and changes. */
  readonly records: number;
  /** Registrations that they come to. */
  readonly registrations: number;
}

const REGISTER: check.Known<RegisterOptions> = { request: check.text };
const NAMED = ['key', 'serial', 'owner', 'namespace'];

let registrarOf: (inner: NativeRegistrar) => Registrar;

/**
 * Takes registrations one by one. A promise resolves when what it is for survives a crash; many may
 * be under way at once. No other process can write while it is open. Made by `Index.registrar`.
 *
 * A registration replaces an earlier one that has the same key, or, without a key, the same serial
 * and owner.
 *
 * @example
 * ```ts
 * const registrar = await index.registrar();
 * await registrar.register({ serial: 'AX250000042500', owner: 'o-1', email: 'o1@example.org' }, { request: id });
 * await index.refresh(); // and the next ownership knows it
 * ```
 */
export class Registrar {
  readonly #inner: NativeRegistrar;

  static {
    registrarOf = (inner) => new Registrar(inner);
  }

  private constructor(inner: NativeRegistrar) {
    this.#inner = inner;
  }

  /** Registers an owner of a unit. */
  async register(registration: RegistrationInput, options?: RegisterOptions): Promise<Receipt> {
    const { request } = check.options<RegisterOptions>(options, REGISTER);
    const row = rowJson(registration, 1);
    return receipt(() => this.#inner.register(`[${row}]`, request));
  }

  /** Registers several owners: all of them, or none. */
  async registerMany(registrations: readonly RegistrationInput[]): Promise<Receipt> {
    if (!Array.isArray(registrations)) throw invalid(`registrations are a list, not ${check.kind(registrations)}`);
    const rows = registrations.map((it, place) => rowJson(it, place + 1)).join();
    return receipt(() => this.#inner.register(`[${rows}]`));
  }

  /** Changes fields of a registration; an empty text takes a field away. */
  async change(name: RegistrationName, fields: RegistrationInput): Promise<Receipt> {
    const [named, row] = [partsOf(name), rowJson(fields, 1)];
    return receipt(() => this.#inner.change(named, row));
  }

  /** Ends a registration: from `at` on it holds no more. */
  async end(name: RegistrationName, at: string | Date): Promise<Receipt> {
    const [named, instant] = [partsOf(name), instantOf(at, 'at')];
    return receipt(() => this.#inner.end(named, instant));
  }

  /** Ends a registration and registers the next owner of its unit from then on, both or none. */
  async transfer(name: RegistrationName, at: string | Date, next: RegistrationInput): Promise<Receipt> {
    const [named, instant, row] = [partsOf(name), instantOf(at, 'at'), rowJson(next, 1)];
    return receipt(() => this.#inner.transfer(named, instant, row));
  }

  /** Waits for what is under way and closes, so that others can write. */
  async close(): Promise<void> {
    await attemptAsync(async () => this.#inner.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  [inspect.custom](): string {
    return 'Registrar';
  }
}

async function receipt(call: () => Promise<string>): Promise<Receipt> {
  return JSON.parse(await attemptAsync(async () => call())) as Receipt;
}

function partsOf(name: RegistrationName): string[] {
  if (name === null || typeof name !== 'object') {
    throw invalid(`a registration is named by { key } or by { serial, owner }, not by ${check.kind(name)}`);
  }
  const { key, serial, owner, namespace } = name as Record<string, string | undefined>;
  const other = Object.keys(name).find((it) => !NAMED.includes(it));
  if (other !== undefined) throw invalid(`a registration is not named by "${other}"`);
  if (key !== undefined && serial === undefined && owner === undefined && namespace === undefined) {
    return [check.text(key, 'key')];
  }
  if (key !== undefined || serial === undefined || owner === undefined) {
    throw invalid('a registration is named by { key } alone, or by { serial, owner }');
  }
  const parts = [check.text(serial, 'serial'), check.text(owner, 'owner')];
  return namespace === undefined ? parts : [...parts, check.text(namespace, 'namespace')];
}

/** @internal */
export function registrarFrom(inner: NativeRegistrar): Registrar {
  return registrarOf(inner);
}
