import { inspect } from 'node:util';
import type { Readable } from 'node:stream';
import * as check from './check.js';
import { attempt, attemptAsync } from './errors.js';
import { type Frame, frameOf, type ReadOptions } from './frame.js';
import type { NativeColumns, NativeOwnership } from './native.js';
import { type Cell, cellsOf, rowsOf } from './rows.js';
import type { Columns } from './schema.js';
import { type By, termsOf, type UnitSet, unitsOf } from './unit_set.js';

/** What a message is for; it decides which consent is needed. */
export type Purpose = 'safety' | 'service' | 'marketing';

/** A way to reach an owner. */
export type Channel = 'email' | 'sms' | 'phone' | 'post' | 'push';

/** Why a registered unit cannot be reached. */
export type UnreachableReason = 'no_contact' | 'consent_refused' | 'consent_unknown';

/** An owner who can be reached, with all their units. Its properties are the columns of the table. */
export interface Contact {
  /** The token of the owner. */
  owner: string;
  /** How many of the eight fields of name, contact, language and country are filled. */
  completeness: number;
  /** The channels that are permitted. */
  channels: Channel[];
  name: string | null;
  email: string | null;
  phone: string | null;
  street: string | null;
  postal_code: string | null;
  city: string | null;
  language: string | null;
  country: string | null;
  /** The namespace of each unit. */
  namespaces: string[];
  /** The serial of each unit, in serial order. */
  serials: string[];
}

/** How many units can be reached for a purpose. */
export interface Reach {
  readonly purpose: Purpose;
  /** How many units were asked about. */
  readonly affected: number;
  /** Units with an owner who can be reached. */
  readonly reachable: number;
  /** Of these, those reachable only because consent is not known and the purpose is safety. */
  readonly byUnknownConsent: number;
  /** Units that can be reached, by channel; channels overlap. */
  readonly byChannel: Readonly<Record<Channel, number>>;
  /** Registered units that cannot be reached, by reason. */
  readonly unreachable: Readonly<Record<UnreachableReason, number>>;
  /** Units without a registration. */
  readonly unregistered: number;
}

/** What contacts are asked with. */
export interface ContactOptions extends ReadOptions {
  /** What the message is for; `safety` unless said otherwise. */
  purpose?: Purpose | undefined;
}

/** A group of units: how many there are, how many are registered, and how many are not. */
export type OwnedGroup = {
  readonly affected: number;
  readonly registered: number;
  readonly gap: number;
} & { readonly [term: string]: Cell };

/** A registration with the fields that were asked for. */
export type Registration = { [field: string]: Cell };

/** The fields of a registration where none is named. */
const FIELDS = ['serial', 'namespace', 'owner', 'role', 'valid_from', 'valid_to'];

/** @internal */
export let ownershipOf: <C extends Columns>(inner: NativeOwnership) => Ownership<C>;

/**
 * Who holds the units of a set at a point in time.
 *
 * @example
 * ```ts
 * const ownership = await found.affected.ownership(new Date());
 * ownership.gap.size;                    // units that nobody has registered
 * (await ownership.reach('safety')).reachable;
 * for await (const owner of ownership.contacts()) send(owner);
 * ```
 */
export class Ownership<C extends Columns = Columns> {
  readonly #inner: NativeOwnership;

  static {
    ownershipOf = <D extends Columns>(inner: NativeOwnership) => new Ownership<D>(inner);
  }

  private constructor(inner: NativeOwnership) {
    this.#inner = inner;
  }

  /** How many units were asked about. */
  get affected(): number {
    return attempt(() => this.#inner.affected);
  }

  /** Of these, those with a registration in an owning role. */
  get registered(): UnitSet<C> {
    return attempt(() => unitsOf<C>(this.#inner.registered));
  }

  /** Of these, those that have none. */
  get gap(): UnitSet<C> {
    return attempt(() => unitsOf<C>(this.#inner.gap));
  }

  /** The point in time, as ISO text. */
  get asOf(): string {
    return attempt(() => this.#inner.asOf);
  }

  /** Whether the index is open with names and contacts. */
  get hasContactText(): boolean {
    return attempt(() => this.#inner.hasContactText);
  }

  /** Counts the units by columns and by terms such as `By.month('made_at')`. */
  async by(...terms: readonly (By | (keyof C & string))[]): Promise<OwnedGroup[]> {
    const asked = termsOf(terms);
    return rowsOf(await attemptAsync(() => this.#inner.by(asked))) as OwnedGroup[];
  }

  /** How many units can be reached for a purpose, and why the others cannot. */
  async reach(purpose: Purpose = 'safety'): Promise<Reach> {
    const asked = check.text(purpose, 'purpose');
    return JSON.parse(await attemptAsync(async () => this.#inner.reach(asked))) as Reach;
  }

  /** The units with an owner who can be reached. */
  async reachable(purpose: Purpose = 'safety'): Promise<UnitSet<C>> {
    const asked = check.text(purpose, 'purpose');
    return unitsOf<C>(await attemptAsync(async () => this.#inner.reachable(asked)));
  }

  /** The registered units that cannot be reached for a reason, such as `'no_contact'`. */
  async unreachable(reason: UnreachableReason, purpose: Purpose = 'safety'): Promise<UnitSet<C>> {
    const asked = [check.text(reason, 'reason'), check.text(purpose, 'purpose')] as const;
    return unitsOf<C>(await attemptAsync(async () => this.#inner.unreachable(...asked)));
  }

  /** The owners who can be reached, each once with all their units, in order of priority. */
  contacts(purpose: Purpose = 'safety'): Frame<Contact> {
    check.text(purpose, 'purpose');
    return frameOf(async () => this.#inner.contacts(purpose), contactsOf);
  }

  /** The contacts, many at a time. */
  contactBatches(options: ContactOptions = {}): AsyncIterableIterator<Contact[]> {
    const { purpose, ...read } = options;
    return this.contacts(purpose).batches(read);
  }

  /** The contacts as lines of JSON, for a response or a file; read no faster than they are taken. */
  contactsNdjson(options: ContactOptions = {}): Readable {
    const { purpose, ...read } = options;
    return this.contacts(purpose).ndjson(read);
  }

  /** Every registration of the units that holds at the point in time, in serial order, with these fields. */
  registrations(...fields: readonly string[]): Frame<Registration> {
    const names = fields.length === 0 ? FIELDS : check.texts(fields, 'fields');
    return frameOf<Registration>(async () => this.#inner.registrations(names));
  }

  /** Lets go of the registrations before the garbage collector does. */
  close(): void {
    this.#inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `Ownership(${this.affected} affected, ${this.registered.size} registered, as of ${this.asOf})`;
  }
}

/** As `rowsOf` makes them, but quicker: the properties are known. */
function contactsOf(batch: NativeColumns): Contact[] {
  const cells = batch.columns.map((it) => cellsOf(it, batch.rows)) as [
    string[],
    number[],
    Channel[][],
    ...(string | null)[][],
  ];
  const [owners, completeness, channels, names, emails, phones, streets, codes, cities, languages, countries] = cells;
  const [namespaces, serials] = cells.slice(11) as unknown as [string[][], string[][]];
  const contacts = new Array<Contact>(batch.rows);
  for (let row = 0; row < batch.rows; row += 1) {
    contacts[row] = {
      owner: owners[row]!,
      completeness: completeness[row]!,
      channels: channels[row]!,
      name: names![row]!,
      email: emails![row]!,
      phone: phones![row]!,
      street: streets![row]!,
      postal_code: codes![row]!,
      city: cities![row]!,
      language: languages![row]!,
      country: countries![row]!,
      namespaces: namespaces[row]!,
      serials: serials[row]!,
    };
  }
  return contacts;
}
