// A folder that lasts as long as a test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function folder(t) {
  const made = mkdtempSync(join(tmpdir(), 'seriatim-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Units that only a test could love: every tenth has no facility. */
export function* units(count, first = 0) {
  for (let n = first; n < first + count; n += 1) {
    const unit = { serial: `AX25${String(n).padStart(8, '0')}`, line: n % 7, made_at: new Date(Date.UTC(2025, n % 12, 1)) };
    if (n % 10 !== 3) unit.facility = n % 2 === 0 ? 'Leipzig' : 'Brno';
    yield unit;
  }
}

export function* registrations(count, every = 1) {
  for (let n = 0; n < count; n += every) {
    yield { serial: `AX25${String(n).padStart(8, '0')}`, owner: `o-${n}`, email: `o${n}@mail.example`, name: `Ann ${n}` };
  }
}
