import * as check from './check.js';
import { attempt } from './errors.js';
import { native, type NativeElementString, type NativeScanned } from './native.js';
import { nativeSchema, Schema, type SerialFamily } from './schema.js';

/** @internal */
let elementsOf: (inner: NativeElementString) => ElementString;

/** Data of GS1: application identifiers (AI) with their values. */
export class ElementString {
  readonly #inner: NativeElementString;

  static {
    elementsOf = (inner) => new ElementString(inner);
  }

  private constructor(inner: NativeElementString) {
    this.#inner = inner;
  }

  /** Reads a Digital Link, an element string in brackets or with FNC1, or an SGTIN. */
  static parse(text: string): ElementString {
    return attempt(() => new ElementString(native.ElementString.ofText(check.text(text, 'data of GS1'))));
  }

  /** The data of one unit. */
  static ofUnit(gtin: string, serial: string): ElementString {
    return attempt(
      () => new ElementString(native.ElementString.ofUnit(check.text(gtin, 'gtin'), check.text(serial, 'serial'))),
    );
  }

  /** The identifiers and their values, in their order. */
  get elements(): [ai: string, value: string][] {
    return JSON.parse(this.#inner.elements()) as [string, string][];
  }

  /** The value of an identifier. */
  value(ai: string): string | undefined {
    return this.elements.find(([it]) => it === ai)?.[1];
  }

  /** The GTIN, 14 digits. */
  get gtin(): string | undefined {
    return this.#inner.gtin ?? undefined;
  }

  /** The serial. */
  get serial(): string | undefined {
    return this.#inner.serial ?? undefined;
  }

  /** The data as a scanner transmits them. */
  toFnc1(): string {
    return this.#inner.toFnc1();
  }

  /** The data as a Digital Link below a stem such as `https://example.org`. */
  toDigitalLink(stem: string): string {
    return attempt(() => this.#inner.toDigitalLink(check.text(stem, 'stem')));
  }

  /** The unit as an SGTIN URI. */
  toSgtin(companyPrefixDigits: number): string {
    const digits = check.whole(companyPrefixDigits, 'companyPrefixDigits', 0, 100);
    return attempt(() => this.#inner.toSgtin(digits));
  }

  /** The data with their identifiers in brackets. */
  toString(): string {
    return this.#inner.toText();
  }
}

/** One unit as a scanner names it: a serial, and its namespace where the label tells it. */
export class Scanned {
  readonly #inner: NativeScanned;

  private constructor(inner: NativeScanned) {
    this.#inner = inner;
  }

  /** Reads what a scanner gives; what one of the families takes is a serial by itself. */
  static read(text: string, families: readonly SerialFamily[] = []): Scanned {
    const schema = nativeSchema(new Schema({}, families));
    return attempt(() => new Scanned(native.Scanned.read(check.text(text, 'what a scanner gives'), schema)));
  }

  /** The GTIN, 14 digits, where the label tells it. */
  get namespace(): string | undefined {
    return this.#inner.namespace ?? undefined;
  }

  /** The serial. */
  get serial(): string {
    return this.#inner.serial;
  }

  /** The data of GS1 that the serial comes from, if it does. */
  get elements(): ElementString | undefined {
    const inner = this.#inner.elements;
    return inner === null ? undefined : elementsOf(inner);
  }
}
