#!/usr/bin/env python3
"""docs/benchmarks.md out of what a run left in results/: seriatim beside DuckDB, bitmaps made by hand, and whatever else was run.

    page.py --date 2026-01-31 10m 10m-missing > docs/benchmarks.md     the folders of data, in the order of the page
"""
import argparse, json, os, platform
from importlib import metadata
from pathlib import Path
from common import HERE
from run_all import ENGINES, SAME

QUESTIONS = {"Q1": "5,300 serials in a row", "Q2": "six weeks, one facility, one model", "Q3": "three batches, by market", "Q4": "a measurement above a limit, one facility",
             "Q5": "the owners of Q2, as Arrow", "Q6": "100,000 serials: known? in Q2?", "Q6s": "one of them", "Q7": "one model, two years, by month and market",
             "Q8": "(Q2 or Q3) and not in 200 ranges", "Q9": "5 of 30 markets and 20 of 200 retailers", "Q10": "two characters of the serial",
             "Q11": "a range of serials with masked places", "Q12": "a table of 5,000 models and ranges", "Q13": "one hour of every day"}
NAMES = {"pyroaring": "bitmaps by hand", "duckdb": "DuckDB", "duckdb:art": "DuckDB, ART", "chdb": "ClickHouse", "polars": "Polars", "polars:memory": "Polars, in memory",
         "datafusion": "DataFusion", "sqlite": "SQLite", "postgres": "PostgreSQL"}
KEPT = {q for q in SAME if q.endswith("f")}          # plans that read a count of registrations kept beside every unit


def fmt(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}" if x >= 0.001 else f"{x:.5f}"


def best(result, question, kept, key="ms"):
    """The fastest plan of a question, in ms: of those that join when asked, or of those that read a count kept up to date."""
    plans = [p for p in [question, *SAME] if SAME.get(p, p) == question and (p in KEPT) == kept]
    found = [x[key] for x in (result.get("queries", {}).get(p) for p in plans) if x and key in x]
    return min(found, default=None)


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    return "\n".join([row(head), row(["---"] + ["---:"] * (len(head) - 1)), *map(row, rows)])


def against(ours, theirs):
    """Their time and how many times ours it is; bold where ours is longer."""
    if theirs is None or ours is None:
        return ["", ""]
    times = f"{fmt(theirs / ours)} x"
    return [fmt(theirs), times if theirs >= ours else f"**{times}**"]


def questions(results, key):
    ours = results["seriatim"]
    peers = [e for e in sorted(results, key=lambda e: (e not in ("pyroaring", "duckdb"), e != "pyroaring", ENGINES.index(e))) if e != "seriatim"]
    columns = []                                      # title, engine, plan with a count kept?
    for e in peers:
        if any(best(results[e], q, True) is not None for q in QUESTIONS):
            columns.append((NAMES[e] + ", count kept", e, True))
        columns.append((NAMES[e] + ("" if e == "pyroaring" else ", join"), e, False))
    rows = []
    for q, what in QUESTIONS.items():
        us = best(ours, q, False, key)
        cells = [f"{q}: {what}", "" if us is None else fmt(us)]
        for _, e, kept in columns:
            cells += against(us, best(results[e], q, kept, key))
        rows.append(cells)
    return table([{"ms": "ms, median", "min_ms": "ms, least"}[key], "seriatim"] + [x for title, *_ in columns for x in (title, "")], rows)


def folders(results):
    """How fast in, how large, how fast open."""
    def rate(r, part):
        p = r.get("load", {}).get("parts", {}).get(part)
        return fmt(p["rows_per_s"] / 1e6) if p else ""

    def each(r):
        load = r.get("load", {})
        return fmt((load["bytes"] - load["registrations_bytes"]) / r["units"]) if load.get("registrations_bytes") else ""

    def of(part, key, divisor=1):
        return lambda r: fmt(r[part][key] / divisor) if r.get(part, {}).get(key) is not None else ""
    rows = [("load, s, units and registrations", of("load", "seconds")), ("processor seconds of it", of("load", "cpu_seconds")),
            ("million units a second, units alone", lambda r: rate(r, "units")), ("million registrations a second", lambda r: rate(r, "registrations")),
            ("bytes a unit without registrations", each), ("bytes a unit with them", of("load", "bytes_per_unit")),
            ("peak memory of the load, GiB", of("load", "peak_rss", 2**30)), ("of it anonymous", of("load", "peak_anonymous", 2**30)),
            ("peak memory of the questions, GiB", of("query_rss", "VmHWM", 2**30)), ("open, cold page cache, ms", of("open", "open_ms")),
            ("open and first Q1, cold, ms", of("open", "open_plus_first_q1_ms")), ("open, warm, ms", of("open", "warm_ms"))]
    names = [e for e in ENGINES if e in results]
    cells = [[title] + [cell(results[e]) for e in names] for title, cell in rows]
    return table(["load, size, open"] + [NAMES.get(e, e) for e in names], [c for c in cells if any(c[1:])])


def missing(results, whole, expected):
    rows = []
    for q in QUESTIONS:
        us, before, x = best(results["seriatim"], q, False), best(whole["seriatim"], q, False), expected["queries"][q]
        if us is not None:
            rows.append([q, fmt(us), fmt(before) if before else "", f"{fmt(us / before)} x" if before else "",
                         *(f"{x[k]:,}" if k in x else "" for k in ("affected", "undetermined"))])
    return table(["ms, median", "1 % missing", "nothing missing", "", "affected", "undetermined"], rows)


def machine():
    info = Path("/proc/cpuinfo").read_text()
    model = next((x.split(":")[1].strip() for x in info.splitlines() if x.startswith("model name")), platform.processor())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return f"{os.cpu_count()} cores of {model}{', AVX-512' if 'avx512bw' in info else ''}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions(results):
    found = [f"seriatim {next(iter(results.values()))['seriatim'].get('version', '')}"]
    run = {e.partition(":")[0] for r in results.values() for e in r} | {"pyarrow", "numpy"}
    for p in sorted(run - {"seriatim", "sqlite", "postgres"}):
        found.append(f"{p} {metadata.version(p)}")
    return ", ".join(found + [f"Python {platform.python_version()}"])


def load_average(results):
    seen = [x["load1"] for r in results.values() for e in r.values() for x in e.get("queries", {}).values() if "load1" in x]
    return f"{min(seen):.1f} to {max(seen):.1f}" if seen else "not recorded"


HEAD = """# Benchmarks

Written by `make bench-peers`: the same files, the same questions, two threads, one run on one machine; every answer is checked against
[the same reference](../benches/peers/README.md), in affected and undetermined units, registrations, gap and groups. Measure anew on a machine of your own.

- **Date**: {date}. **Machine**: {machine}; load average while asking {load}.
- **Versions**: {versions}.
- Medians of 7 runs, 21 when below 20 ms, after two warm-ups, warm page cache. The number beside a peer's time is how many times ours it is; **bold** is a row that seriatim loses.
- *Bitmaps by hand* is what a clever engineer writes on CRoaring in an afternoon: resident, no missing values. *Count kept* reads a number of registrations that is kept up to date beside
  every unit, *join* joins when asked; of several plans of one engine the fastest is shown.
- seriatim is timed from a scope that has been read, and binds and plans it every time; the databases read their SQL every time, bitmaps by hand have nothing to read. Reading a scope's
  text takes {parse}.
"""


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--date", required=True)
    ap.add_argument("--loaded", help="when loads and sizes were measured, where that is another day")
    ap.add_argument("data", nargs="+")
    a = ap.parse_args()
    results = {}
    for d in a.data:
        files = {e: HERE / "results" / d / (e.replace(":", "-") + ".json") for e in ENGINES}
        results[d] = {e: json.loads(f.read_text()) for e, f in files.items() if f.exists()}
        assert "seriatim" in results[d], f"seriatim was not run on {d}"
    reads = {q: x["read_ms"] for q, x in results[a.data[0]]["seriatim"].get("queries", {}).items() if "read_ms" in x}
    parse = ", ".join(f"{fmt(v * 1e3)} µs for {q}" for q, v in reads.items() if v in (min(reads.values()), max(reads.values())))
    print(HEAD.format(date=a.date, machine=machine(), load=load_average(results), versions=versions(results), parse=parse or "some microseconds"))
    if a.loaded:
        print(f"- Loads and sizes are of {a.loaded}; questions were asked anew.\n")
    for d in a.data:
        plain = d.removesuffix("-missing")
        if plain != d:
            expected = json.loads((HERE / "data" / d / "expected.json").read_text())
            print(f"## {plain}, 1 % of every column missing\n\n{missing(results[d], results.get(plain, {'seriatim': {}}), expected)}\n")
        else:
            print(f"## {d}: {results[d]['seriatim']['units']:,} units\n\n{questions(results[d], 'ms')}\n\nThe least of the same runs, which a busy machine disturbs less:\n\n"
                  f"{questions(results[d], 'min_ms')}\n\n{folders(results[d])}\n")


if __name__ == "__main__":
    main()
