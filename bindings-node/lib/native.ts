import { join } from 'node:path';
import { unsupported } from './errors.js';

/* The native part, which nobody else sees. Its methods take and give what is quick to carry over:
   texts of JSON, typed arrays, long texts with the places where they end. */

/** @internal */
export interface NativeTask {
  stop(): void;
  readonly rows: number;
  readonly rowsTotal: number | null;
}

/** @internal */
export interface NativeScope {
  toJson(): string;
  toSql(): string;
  readonly digest: string;
  and(other: NativeScope): NativeScope;
  or(other: NativeScope): NativeScope;
  not(): NativeScope;
  equals(other: NativeScope): boolean;
}

/** @internal */
export interface NativeTerm {
  compare(operator: string, value: string): NativeScope;
  between(first: string, last: string): NativeScope;
  isIn(values: string): NativeScope;
  isInParameter(name: string): NativeScope;
  like(pattern: string): NativeScope;
  isNull(): NativeScope;
  substring(start: number, length?: number): NativeTerm;
  left(count: number): NativeTerm;
  right(count: number): NativeTerm;
  splitPart(separator: string, part: number): NativeTerm;
  call(name: string): NativeTerm;
  extract(part: string): NativeTerm;
}

/** @internal */
export interface NativeSerialSet {
  readonly size: number;
}

/** Texts as one, with a line feed between two. @internal */
export interface NativeTexts {
  text: string;
  /** How long each is. */
  lengths: Uint32Array;
}

/** @internal */
export interface NativeSerialSetDraft {
  push(joined: NativeTexts): void;
  finish(): Promise<NativeSerialSet>;
}

/** @internal */
export interface NativeParameters {
  value(name: string, value: string): void;
  list(name: string, values: string): void;
  serials(name: string, serials: NativeSerialSet): void;
}

/** @internal */
export interface NativeFamily {
  toJson(): string;
  readonly name: string;
  readonly layout: string;
  readonly order: string[];
  fields(serial: string): string | null;
  check(serial: string): boolean | null;
  encode(serial: string): string | null;
  decode(code: string): string;
}

/** @internal */
export interface NativeSchema {
  toJson(): string;
  bind(scope: NativeScope, parameters: NativeParameters): NativeBoundScope;
  infer(joined: NativeTexts): string;
}

/** @internal */
export interface NativeBoundScope {
  decide(unit: string): string;
  truth(unit: string): boolean | null;
  explain(unit: string): string;
  notices(): string;
  readonly digest: string;
}

/** Values of a column; what is there tells how to read them. @internal */
export interface NativeValues {
  name: string;
  numbers?: Float64Array;
  truths?: Uint8Array;
  text?: string;
  ends?: Uint32Array;
  keys?: Int32Array;
  listEnds?: Uint32Array;
  valid?: Uint8Array;
}

/** @internal */
export interface NativeColumns {
  rows: number;
  columns: NativeValues[];
}

/** @internal */
export interface NativeCursor {
  nextColumns(): Promise<NativeColumns | null>;
  nextLines(): Promise<Uint8Array | null>;
}

/** @internal */
export interface NativeFrame {
  readonly columns: string[];
  readonly rows: number | null;
  cursor(batchRows: number): NativeCursor;
  toArrowIpc(batchRows: number): Promise<Uint8Array>;
}

/** @internal */
export interface NativeSegmentRows {
  segment: string;
  rows: Uint8Array;
}

/** @internal */
export interface NativeUnitSet {
  close(): void;
  readonly size: number;
  has(serial: string, namespace: string): boolean;
  join(operator: string, other: NativeUnitSet): Promise<NativeUnitSet>;
  units(): { nextUnits(count: number): string[] };
  by(terms: string): Promise<NativeColumns>;
  table(columns?: string[]): NativeFrame;
  describe(rangesMax: number): Promise<NativeDescription>;
  ownership(asOf: string): Promise<NativeOwnership>;
  toRoaring(): Promise<NativeSegmentRows[]>;
}

/** @internal */
export interface NativeDescription {
  report(): string;
  toScope(): NativeScope;
}

/** @internal */
export interface NativeOwnership {
  close(): void;
  readonly affected: number;
  readonly registered: NativeUnitSet;
  readonly gap: NativeUnitSet;
  readonly asOf: string;
  readonly hasContactText: boolean;
  by(terms: string): Promise<NativeColumns>;
  reach(purpose: string): Promise<string>;
  reachable(purpose: string): Promise<NativeUnitSet>;
  unreachable(reason: string, purpose: string): Promise<NativeUnitSet>;
  contacts(purpose: string): Promise<NativeFrame>;
  registrations(fields: string[]): NativeFrame;
}

/** @internal */
export interface NativeSelection {
  close(): void;
  readonly affected: NativeUnitSet;
  readonly undetermined: NativeUnitSet;
  readonly scope: NativeScope;
  readonly digest: string;
  readonly version: number;
  readonly recorded: number;
  notices(): string;
  status(serial: string, namespace?: string): number;
  statusBy(column: string, identifier: string): number;
  statusMany(joined: NativeTexts, namespace?: string): Uint8Array;
  explainUnit(serial: string, namespace: string): string;
  byReason(): Promise<string>;
  diff(newer: NativeSelection): Promise<NativeScopeDiff>;
  nearMisses(): Promise<NativeUnitSet>;
}

/** @internal */
export interface NativeScopeDiff {
  readonly added: NativeUnitSet;
  readonly removed: NativeUnitSet;
  readonly kept: NativeUnitSet;
  moved(from: string, to: string): Promise<NativeUnitSet>;
  moves(): string;
}

/** @internal */
export interface NativeLookup {
  readonly found: NativeUnitSet;
  report(): string;
}

/** @internal */
export interface NativeFeed {
  rows(rows: string): Promise<void>;
  arrow(bytes: Uint8Array): Promise<void>;
  end(): void;
  fail(): void;
  readonly closed: boolean;
}

/** @internal */
export interface NativeRegistrar {
  register(rows: string, request?: string): Promise<string>;
  change(named: string[], fields: string): Promise<string>;
  end(named: string[], at: string): Promise<string>;
  transfer(named: string[], at: string, next: string): Promise<string>;
  close(): Promise<string>;
}

/** @internal */
export interface NativeIndex {
  close(): void;
  readonly version: number;
  readonly familiesVersion: number;
  readonly units: number;
  readonly registrations: number;
  readonly schema: NativeSchema;
  readonly recorded: number;
  refresh(): Promise<boolean>;
  registrar(entropy: Uint8Array, contactText: boolean): Promise<NativeRegistrar>;
  fold(): Promise<string>;
  compact(options: string, task: NativeTask): Promise<string>;
  versions(): Promise<number[]>;
  snapshotAt(version: number, recorded?: number): Promise<NativeIndex>;
  prune(versions: number): Promise<string>;
  loadUnits(source: string, feed: NativeFeed, options: string, task: NativeTask): Promise<string>;
  retireUnits(source: string, feed: NativeFeed, options: string, task: NativeTask): Promise<string>;
  loadRegistrations(source: string, feed: NativeFeed, options: string, task: NativeTask): Promise<string>;
  changeFamilies(families: NativeSchema, options: string, task: NativeTask): Promise<string>;
  select(scope: NativeScope, parameters: NativeParameters, task: NativeTask): Promise<NativeSelection>;
  explain(scope: NativeScope, parameters: NativeParameters): Promise<string>;
  all(): NativeUnitSet;
  lookup(joined: NativeTexts, namespace?: string): Promise<NativeLookup>;
  lookupBy(column: string, joined: NativeTexts): Promise<NativeLookup>;
  setFromRoaring(parts: NativeSegmentRows[]): Promise<NativeUnitSet>;
  verify(): Promise<string>;
}

/** @internal */
export interface NativeElementString {
  elements(): string;
  readonly gtin: string | null;
  readonly serial: string | null;
  toText(): string;
  toFnc1(): string;
  toDigitalLink(stem: string): string;
  toSgtin(companyPrefixDigits: number): string;
}

/** @internal */
export interface NativeScanned {
  readonly namespace: string | null;
  readonly serial: string;
  readonly elements: NativeElementString | null;
}

/** @internal */
export interface NativeRangeTable {
  told(): string;
  scope(): NativeScope;
  scopeWithoutRefused(refused: number): NativeScope;
}

/** @internal */
export interface Native {
  Threads: { count(): number; set(count: number): void };
  Task: new () => NativeTask;
  Feed: new () => NativeFeed;
  Term: new (name: string) => NativeTerm;
  Scope: { ofSql(text: string): NativeScope; ofJson(text: string): NativeScope };
  SerialSetDraft: new () => NativeSerialSetDraft;
  Parameters: new () => NativeParameters;
  SerialFamily: {
    ofJson(text: string): NativeFamily;
    known(kind: string, name: string, number?: number, prefix?: string): NativeFamily;
  };
  Schema: { ofJson(text: string): NativeSchema };
  Index: {
    open(path: string, copying: boolean): Promise<NativeIndex>;
    create(path: string, schema: NativeSchema): Promise<NativeIndex>;
  };
  UnitSet: {
    beside(names: string[], sets: NativeUnitSet[], terms: string): Promise<NativeColumns>;
  };
  ElementString: {
    ofText(text: string): NativeElementString;
    ofUnit(gtin: string, serial: string): NativeElementString;
  };
  Scanned: { read(text: string, families: NativeSchema): NativeScanned };
  RangeTable: {
    read(source: string, schema: NativeSchema, options: string): Promise<NativeRangeTable>;
  };
}

/** The name of the package that holds the binary of this machine: `linux-x64-gnu` and the like. */
function platform(): string {
  const base = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') return `${base}-msvc`;
  return process.platform === 'linux' ? `${base}-${isMusl() ? 'musl' : 'gnu'}` : base;
}

function isMusl(): boolean {
  // Types of Node 20 do not know it yet: without it, the report looks up names of the network.
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  report.excludeNetwork = true;
  const { header } = report.getReport() as unknown as { header: Record<string, unknown> };
  return header['glibcVersionRuntime'] === undefined;
}

function isAbsent(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'MODULE_NOT_FOUND';
}

function load(): Native {
  const name = platform();
  const built = join(__dirname, `seriatim.${name}.node`);
  const published = `@seriatim/${name}`;
  for (const place of [built, published]) {
    try {
      return require(place) as Native;
    } catch (error) {
      if (isAbsent(error)) continue;
      throw unsupported(
        `the binary of seriatim for ${name} is there, but does not load: ${(error as Error).message}. ` +
          'It needs Node 20.19 or later, and on Linux the C library that its name says',
        error,
      );
    }
  }
  throw unsupported(
    `seriatim has no binary for ${name} here: the package ${published} is not installed. Package ` +
      'managers leave it out with --omit=optional or --no-optional, or when the lock file was made on ' +
      'another kind of machine: install again without them. There are binaries for Linux (x64 and ' +
      'arm64, glibc and musl), macOS (x64 and arm64) and Windows (x64). A bundler must leave ' +
      '"seriatim" and "@seriatim/*" outside the bundle',
  );
}

/** @internal */
export const native: Native = load();
