// The page with the figures.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg, release } from 'node:os';

const least = (runs, key) => Math.min(...runs.map((it) => it[key]).flat());
const shown = (number) => number.toLocaleString('en', { maximumSignificantDigits: 3 });
const whole = (number) => Math.round(number).toLocaleString('en');
const version = (name) => {
  // Not every package gives its manifest out, so it is read beside what the package gives.
  const [folder] = createRequire(import.meta.url).resolve(name).split(`node_modules/${name}/`);
  return JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')).version;
};

/** The page as Markdown. */
export function page(date, told) {
  const { ours, theirs, load, selects, stream, lines, beside, drop, workers, one, four, requests } = told;
  const rows = theirs[0].rows;
  const perRow = (milliseconds) => (1e6 * milliseconds) / rows;
  const rust = {
    status: (1e9 * least(theirs, 'status')) / told.serials,
    many: (1e9 * least(theirs, 'status_many')) / told.serials,
    select: 1e6 * least(theirs, 'select'),
    contacts: perRow(1e3 * least(theirs, 'contacts')),
  };
  const delivered = (name, key, most) => {
    const total = perRow(least(ours, key));
    const [times, more] = [total / rust.contacts, Math.max(0, total - rust.contacts)];
    return `| ${name} | ${shown(total)} ns | ${shown(rust.contacts)} ns | ${times.toFixed(2)} x | ${whole(more)} ns | ${most} ns |`;
  };
  const waited = (name, { p99, most, took }) => `| ${name} | ${shown(took / 1e3)} s | ${shown(p99)} ms | ${shown(most)} ms |`;
  const [status, many] = [least(ours, 'status'), least(ours, 'statusMany')];
  const pss = four.reduce((all, it) => all + it.pss, 0);
  const share = requests.status / requests.bare;
  return `# Benchmarks of the Node package

Written by \`make bench-node\`: the same calls from Node and from Rust, turn by turn in one run, on one index of the data of
[benches/peers](../benches/peers/README.md). [Benchmarks](benchmarks.md) has what the answers themselves cost. Measure anew on a machine of your own.

- **Date**: ${date}. **Machine**: ${availableParallelism()} cores, Linux ${release()}; load average ${loadavg()[0].toFixed(1)} at the end. Node ${process.versions.node}, Fastify ${version('fastify')}, autocannon ${version('autocannon')}.
- Figures are the least of all runs of ${ours.length} turns, which a busy machine disturbs less.

## Against Rust

Of ${whole(rows)} contacts each row has an owner's name, address and serials. A row of Rust is read in a batch and dropped.

| a row | Node | Rust | | more than Rust | at most |
| --- | ---: | ---: | ---: | ---: | ---: |
${delivered('contacts by `for await`', 'rows', 400)}
${delivered('contacts as lines of JSON', 'ndjson', 250)}
${delivered('contacts as Arrow IPC', 'arrow', 250)}

| a serial, of ${whole(told.units)} units | Node | Rust | | at most |
| --- | ---: | ---: | ---: | ---: |
| \`status\` | ${shown(status)} ns | ${shown(rust.status)} ns | ${(status / rust.status).toFixed(2)} x | 1,000 ns |
| \`statusMany\` of ${whole(told.serials)} | ${shown(many)} ns | ${shown(rust.many)} ns | ${(many / rust.many).toFixed(2)} x | 150 ns |

- A selection of ${whole(theirs[0].affected)} units takes ${shown(least(ours, 'select'))} µs from Node, as a promise, and ${shown(rust.select)} µs from Rust.
- The thread of JavaScript is at work for ${whole(least(ours, 'mainRows'))} ns of a row by \`for await\`, and for ${whole(least(ours, 'mainLines'))} ns of a row as lines of JSON.

## Beside other work

How long the event loop waited, 99 times of 100 and at most; held to 20 ms, 99 times of 100.

| | takes | 99 of 100 | at most |
| --- | ---: | ---: | ---: |
${waited(`load ${whole(load.answer)} units from Parquet`, load)}
${waited('100 selections at once, of half the units each', selects)}
${waited(`read ${whole(stream.answer)} contacts by \`for await\``, stream)}
${waited('the same as lines of JSON', lines)}

- Beside eight calls of ${shown(beside.took / 1e3)} s, a file is read in ${shown(beside.most)} ms at most, of ${whole(beside.reads)} times; held to 100 ms.
- \`process.exit\` in the middle of eight calls: gone after ${whole(told.exit)} ms; held to 1,000 ms.
- ${whole(10_000)} selections that are dropped: ${shown(drop.before)} MiB before, ${shown(drop.after)} MiB after.
- ${workers.ended} workers ended with calls in flight, half of them by themselves, and the process goes on.
- Four processes of a cluster that have read all of one index hold ${shown(pss)} MiB in all (PSS), one alone ${shown(one[0].pss)} MiB; each shows ${shown(Math.max(...four.map((it) => it.rss)))} MiB (RSS).
- The service of [examples/service](../bindings-node/examples/service) answers ${whole(requests.status)} requests for a status a second, bare Fastify ${whole(requests.bare)}: ${whole(100 * share)} % (the most of ${requests.shares.length} turns each, one after the other); held to 60 %.
`;
}
