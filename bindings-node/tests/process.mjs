// Another process that has the index open.
import { Index } from 'seriatim';

const index = await Index.open(process.argv[2]);
process.send(index.units);
process.on('message', async () => {
  await index.refresh();
  process.send(index.units);
  process.disconnect();
});
