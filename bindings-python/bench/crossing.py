"""What it costs to ask from Python: the same calls from here and from Rust, turn by turn, on the same index.

    crossing.py --rust target/release/crossing --data target/peers/data/10m --home target/bench-python --page PAGE

The data are those of `benches/peers/generate.py`. Writes the page with the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

import seriatim as st

AS_OF = "2026-11-22T00:00:00Z"
SERIALS = 1_000_000
TURNS = 3
THREADS = 16
Runs = dict[str, list[float]]


def rust(program: Path, *arguments: object) -> dict[str, Any]:
    command = [str(program), *map(str, arguments)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def timed(runs: int, run: Callable[[], int]) -> list[float]:
    """What each of so many runs took, after one to warm up."""
    answer, seconds = run(), []
    for _ in range(runs):
        begun = time.perf_counter()
        again = run()
        seconds.append(time.perf_counter() - begun)
        assert again == answer, "two runs of one question answer differently"
    return seconds


def load(frame: pl.DataFrame, store: Path) -> list[float]:
    shutil.rmtree(store, ignore_errors=True)
    index = st.create(store)
    begun = time.perf_counter()
    told = index.load_units(frame)
    seconds = time.perf_counter() - begun
    assert told.loaded == frame.height
    return [seconds]


INTERRUPTED = """
import os, signal, sys, threading, time
import polars as pl
import seriatim as st
frame = pl.read_parquet(sys.argv[2:])
index = st.create(sys.argv[1])
for at in (0.02, 0.2, 0.5, 0.8, 1.1, 1.4, 1.7, 2.0, 2.4, 2.8):
    sent = []
    def interrupt():
        time.sleep(at)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    waker = threading.Thread(target=interrupt)
    waker.start()
    try:
        index.load_units(frame)
        break
    except KeyboardInterrupt:
        print(time.monotonic() - sent[0])
    waker.join()
    # polars, which makes one piece of a frame's many at first, goes on with that, and tells of the
    # interrupt whoever asks it for the frame meanwhile.
    time.sleep(3)
"""


def interrupted(data: Path, store: Path) -> list[float]:
    """How long after Ctrl-C a load has ended, at some places of it."""
    shutil.rmtree(store, ignore_errors=True)
    files = sorted(map(str, data.glob("units-*.parquet")))
    command = [sys.executable, "-c", INTERRUPTED, str(store), *files]
    # A load may be done before the last of them, which then ends the process.
    told = subprocess.run(command, check=False, capture_output=True, text=True).stdout.split()
    shutil.rmtree(store, ignore_errors=True)
    return [float(it) for it in told]


def ask(index: st.Index, scope: st.Scope, serials: pl.Series, owners: st.Ownership) -> Runs:
    found = index.select(scope)
    return {
        "select": timed(300, lambda: len(index.select(scope).affected)),
        "status_many": timed(3, lambda: len(found.status_many(serials))),
        "contacts": timed(3, lambda: pl.DataFrame(owners.contacts("safety")).height),
    }


def selects_a_second(index: st.Index, scope: st.Scope, threads: int) -> float:
    """How many selections so many threads make on one handle in two seconds."""
    counts, until = [0] * threads, time.perf_counter() + 2.0

    def work(at: int) -> None:
        while time.perf_counter() < until:
            index.select(scope)
            counts[at] += 1

    workers = [threading.Thread(target=work, args=(it,)) for it in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / 2.0


def add(runs: Runs, more: dict[str, Any]) -> None:
    for name, seconds in more.items():
        if isinstance(seconds, list):
            runs.setdefault(name, []).extend(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("rust", "data", "home", "page"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--date", required=True)
    given = parser.parse_args()
    given.home.mkdir(parents=True, exist_ok=True)
    store = given.home / "store"

    print("reading the units", flush=True)
    frame = pl.read_parquet(sorted(given.data.glob("units-*.parquet")))
    ours: Runs = {}
    theirs: Runs = {}
    for _ in range(TURNS):
        add(ours, {"load": load(frame, given.home / "frame")})
        add(theirs, rust(given.rust, "load", "--data", given.data, "--store", store))
        print("load, s:", ours["load"][-1], "from Python,", theirs["load"][-1], "from Rust", flush=True)
    serials = frame["serial"].sample(min(SERIALS, frame.height), seed=1, shuffle=True)
    odd = serials.len() // 100
    # As a column that was read: its texts lie one behind the other, and not where the sample found them.
    serials = pl.Series([*serials[:-odd], *("?" + serials[-odd:])])
    units = frame.height
    del frame
    shutil.rmtree(given.home / "frame")
    (given.home / "serials.txt").write_text("\n".join(serials) + "\n", encoding="utf-8")

    index = st.open(store)
    index.load_registrations(sorted(given.data.glob("registrations-*.parquet")))
    window = json.loads((given.data / "params.json").read_text())["q2"]
    days = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(window[it])) for it in ("t0", "t1")]
    scope = (
        (st.col("facility") == window["facility"])
        & (st.col("model") == window["model"])
        & (st.col("made_at") >= days[0])
        & (st.col("made_at") < days[1])
    )
    owners = index.all().ownership(AS_OF)
    told: dict[str, Any] = {}
    for _ in range(TURNS):
        asked = ("--scope", scope, "--serials", given.home / "serials.txt", "--as-of", AS_OF)
        told = rust(given.rust, "ask", "--store", store, *asked)
        add(theirs, told)
        add(ours, ask(index, scope, serials, owners))
        print("asked", flush=True)
    assert told["affected"] == len(index.select(scope).affected)
    rates = [selects_a_second(index, scope, it) for it in (1, THREADS)]
    late = interrupted(given.data, given.home / "stopped")
    told.update(units=units, serials=serials.len(), late=max(late), interrupts=len(late))
    given.page.write_text(page(given.date, told, ours, theirs, rates), encoding="utf-8")
    print(given.page)


def page(
    date: str, told: dict[str, Any], ours: Runs, theirs: Runs, rates: list[float]
) -> str:
    def row(name: str, key: str, scale: float, unit: str, bound: float) -> str:
        least, other = min(ours[key]) * scale, min(theirs[key]) * scale
        middle = statistics.median(ours[key]) / statistics.median(theirs[key])
        cells = (f"{least:,.3g} {unit}", f"{other:,.3g} {unit}", f"{least / other:.2f} x", f"{middle:.2f} x", f"{bound} x")
        return f"| {name} | " + " | ".join(cells) + " |"

    crossing = [1e6 * (of(ours["select"]) - of(theirs["select"])) for of in (min, statistics.median)]
    rows = (
        row(f"load a frame of {told['units']:,} units; Rust, from Parquet", "load", 1, "s", 1.2),
        row(f"{told['rows']:,} contacts to a polars frame; Rust, batches read and dropped", "contacts", 1, "s", 1.3),
        row(f"verdicts of a column of {told['serials']:,} serials", "status_many", 1e3, "ms", 1.2),
    )
    return HEAD.format(
        date=date,
        cores=os.cpu_count(),
        machine=platform.platform(terse=True),
        load=os.getloadavg()[0],
        polars=pl.__version__,
        python=platform.python_version(),
        turns=TURNS,
        rows="\n".join(rows),
        select=min(ours["select"]) * 1e6,
        rust_select=min(theirs["select"]) * 1e6,
        least=crossing[0],
        median=crossing[1],
        affected=told["affected"],
        threads=THREADS,
        one=rates[0],
        many=rates[1],
        times=rates[1] / rates[0],
        late=1e3 * told["late"],
        interrupts=told["interrupts"],
    )


HEAD = """# Benchmarks of the Python package

Written by `make bench-python`: the same calls from Python and from Rust, turn by turn in one run, on one index of the data of
[benches/peers](../benches/peers/README.md). [Benchmarks](benchmarks.md) has what the answers themselves cost. Measure anew on a machine of your own.

- **Date**: {date}. **Machine**: {cores} cores, {machine}; load average {load:.1f} at the end. Python {python}, polars {polars}.
- The least of all runs of {turns} turns, which a busy machine disturbs less; beside it how many times Rust's it is, the same of the medians, and what it is held to.

| | Python | Rust | | of medians | at most |
| --- | ---: | ---: | ---: | ---: | ---: |
{rows}

- A selection of {affected:,} units takes {select:,.0f} µs from Python and {rust_select:,.0f} µs from Rust: {least:.1f} µs to cross, {median:.1f} µs of the medians; at most 50.
- {threads} threads on one handle make {many:,.0f} selections a second, one thread {one:,.0f}: {times:.2f} times as many.
- Ctrl-C at {interrupts} places of the load ends it after {late:.0f} ms at most; held to 200.
"""


if __name__ == "__main__":
    main()
