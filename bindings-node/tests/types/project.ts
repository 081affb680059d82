// Compiled in a project that has installed the package, against its types.
import { By, col, type Contact, Index, Schema, type Scope, SeriatimError, serial, type Verdict } from 'seriatim';

const schema = new Schema({ facility: 'text', line: 'integer', made_at: { type: 'timestamp', zone: 'Europe/Berlin' }, batches: 'text_list' });

export async function typed(path: string): Promise<void> {
  const index = await Index.build(path, [{ serial: 'A1', facility: 'Leipzig', line: 4n, made_at: new Date() }], { schema });
  const scope: Scope = serial.between('A1', 'A9').and(col('facility').eq('Leipzig'));
  using found = await index.select(scope, { signal: AbortSignal.timeout(1_000) });
  const verdict: Verdict = found.status('A1');
  for await (const row of found.affected.table('facility', 'batches')) {
    const facility: string | null = row.facility;
    const batches: string[] | null = row.batches;
    // @ts-expect-error: the column was not asked for
    console.log(row.line, facility, batches, verdict);
  }
  // @ts-expect-error: there is no such column
  found.affected.table('plant');
  // @ts-expect-error: there is no such column
  await found.affected.by('plant');
  await found.affected.by('facility', By.month('made_at'));
  // @ts-expect-error: a line is a number
  await index.loadUnits([{ serial: 'A2', line: 'four' }]);
  // @ts-expect-error: there is no such option
  await index.loadUnits([], { thread: 4 });
  // @ts-expect-error: a selection is made by an index
  new (Object.getPrototypeOf(found).constructor as typeof import('seriatim').Selection)();
  const ownership = await found.affected.ownership('2026-01-01T00:00:00Z');
  for await (const contact of ownership.contacts('safety')) {
    const owner: Contact['owner'] = contact.owner;
    console.log(owner);
  }
  // @ts-expect-error: there is no such purpose
  ownership.contacts('fun');
  const plain = await Index.open(path);
  const [row] = await plain.all().table().toArray();
  console.log(row?.['facility']);
  try {
    await plain.select('?');
  } catch (error) {
    if (error instanceof SeriatimError && error.code === 'scope_syntax') console.log(error.caret);
  }
}
