// A service over an index that other processes load: status of a scanned code on the request path,
// a preview of a scope, contacts as lines of JSON, and health. Where it is the one that writes, it
// takes registrations too.
import Fastify from 'fastify';
import { Index, SeriatimError } from 'seriatim';

/** A service over the index in a folder, for one recall; `registers` makes it the one that writes. */
export async function service(path, recall, { registers = false } = {}) {
  const index = await Index.open(path);
  const registrar = registers ? await index.registrar() : undefined;
  let found = await index.select(recall);
  const app = Fastify();

  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof SeriatimError)) return reply.send(error);
    const { code, reason, line, column, caret } = error;
    const status = { not_found: 404, conflict: 409 }[code] ?? (code.startsWith('scope') || code === 'invalid_argument' ? 400 : 500);
    return reply.code(status).send({ code, reason, line, column, caret });
  });

  app.get('/health', async () => ({ version: index.version, units: index.units, scope: found.digest }));
  app.get('/status', async (request) => ({ verdict: found.status(request.query.code ?? '') }));
  app.post('/status', async (request) => found.statusMany(request.body.codes));
  app.post('/preview', async (request, reply) => {
    // Who hangs up wants no answer.
    const hangUp = new AbortController();
    reply.raw.once('close', () => hangUp.abort());
    const preview = await index.select(request.body.scope, { signal: hangUp.signal });
    return { affected: preview.affected.size, undetermined: preview.undetermined.size, digest: preview.digest };
  });
  app.get('/contacts', async (request, reply) => {
    const ownership = await found.affected.ownership(new Date());
    return reply.type('application/x-ndjson').send(ownership.contactsNdjson({ purpose: request.query.purpose ?? 'safety' }));
  });
  app.post('/refresh', async () => {
    if (await index.refresh()) found = await index.select(recall);
    return { version: index.version };
  });
  if (registrar !== undefined) {
    // Answered once it is lasting; who sends it again under the same name is answered the same.
    app.post('/registrations', async (request, reply) => {
      const receipt = await registrar.register(request.body, { request: request.headers['idempotency-key'] });
      return reply.code(receipt.repeated ? 200 : 201).send(receipt);
    });
  }
  app.addHook('onClose', async () => {
    await registrar?.close();
    index.close();
  });
  return app;
}
