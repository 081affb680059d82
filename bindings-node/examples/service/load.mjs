// How many requests a second the service answers, beside a bare Fastify on the same machine:
// node load.mjs [units] [seconds]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import { Index } from 'seriatim';
import { service } from './service.mjs';

const serialOf = (n) => `AX25${String(n).padStart(8, '0')}`;

function* units(count) {
  for (let n = 0; n < count; n += 1) yield { serial: serialOf(n), line: n % 7 };
}

/** How many requests a second an application answers. */
export async function perSecond(app, path, seconds) {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const { requests, non2xx, errors } = await autocannon({ url: `${url}${path}`, connections: 32, duration: seconds });
  await app.close();
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests.average;
}

export async function load(count, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'seriatim-'));
  try {
    (await Index.build(folder, units(count))).close();
    const bare = Fastify();
    bare.get('/status', async () => ({ verdict: 'affected' }));
    return {
      bare: await perSecond(bare, '/status', seconds),
      status: await perSecond(await service(folder, 'line >= 3'), `/status?code=${serialOf(count >> 1)}`, seconds),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bare, status } = await load(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 10));
  console.log(`bare Fastify: ${bare} requests/s; status: ${status} requests/s, ${Math.round((100 * status) / bare)} %`);
}
