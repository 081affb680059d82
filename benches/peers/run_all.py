#!/usr/bin/env python3
"""Run the peers one after another (each phase in its own process) and print one table.

    run_all.py --units 10m                      generate if needed, load and query every engine
    run_all.py --units 10m --phase query        query only (stores exist)
    run_all.py --units 10m --engines duckdb,chdb,pyroaring
    run_all.py --units 10m --table              only print what results/ holds, and check that all answered alike
"""
import argparse, json, os, subprocess, sys, time
from pathlib import Path
from common import CODE, HERE

ENGINES = ["seriatim", "duckdb", "duckdb:art", "chdb", "polars", "polars:memory", "datafusion", "sqlite", "postgres", "pyroaring"]
QUERIES = ["Q1", "Q1f", "Q1ss", "Q2", "Q2f", "Q2s", "Q2fc", "Q3", "Q3f", "Q4", "Q4f", "Q4s", "Q5", "Q5s", "Q6i", "Q6", "Q6ss", "Q6s", "Q7", "Q7f", "Q8", "Q8u", "Q9", "Q10", "Q11", "Q12", "Q12j", "Q13"]
# different physical plans of the same question answer alike
SAME = {"Q1f": "Q1", "Q1ss": "Q1", "Q2f": "Q2", "Q2s": "Q2", "Q4s": "Q4", "Q5s": "Q5", "Q2fc": "Q2", "Q3f": "Q3", "Q4f": "Q4", "Q7f": "Q7", "Q6ss": "Q6", "Q8u": "Q8", "Q12j": "Q12"}


def fmt(x):
    return "-" if x is None else f"{x:.0f}" if x >= 1000 else f"{x:.1f}" if x >= 10 else f"{x:.2f}" if x >= .1 else f"{x:.3f}"


def table(units, results, key, md=True):
    d = Path(results) / units
    res = {}
    for e in ENGINES:
        f = d / (e.replace(":", "-") + ".json")
        if f.exists():
            res[e] = json.loads(f.read_text())
    if not res:
        return ""
    names = [q for q in QUERIES if any(q in r.get("queries", {}) for r in res.values())]
    out = [f"| {units}: {key} | " + " | ".join(res) + " |", "|---|" + "---:|" * len(res)]
    for q in names:
        cells = []
        for r in res.values():
            x = r.get("queries", {}).get(q)
            cells.append("" if not x else "FAIL" if "error" in x else fmt(x.get(key)))
        out.append(f"| {q} | " + " | ".join(cells) + " |")
    if key == "min_ms":
        L = lambda r, k, s=1: (lambda v: "" if v is None else fmt(v / s))(r.get("load", {}).get(k))
        out.append("| load s | " + " | ".join(L(r, "seconds") for r in res.values()) + " |")
        out.append("| load cpu s | " + " | ".join(L(r, "cpu_seconds") for r in res.values()) + " |")
        out.append("| load k units/s (wall) | " + " | ".join(L(r, "rows_per_s", 1e3) for r in res.values()) + " |")
        out.append("| B/unit total | " + " | ".join(L(r, "bytes_per_unit") for r in res.values()) + " |")
        def upu(r):
            l = r.get("load", {})
            return fmt((l["bytes"] - l["registrations_bytes"]) / r["units"]) if l.get("registrations_bytes") else ""
        out.append("| B/unit without registrations | " + " | ".join(upu(r) for r in res.values()) + " |")
        out.append("| load peak RSS GiB | " + " | ".join(L(r, "peak_rss", 2**30) for r in res.values()) + " |")
        out.append("| query peak RSS GiB | " + " | ".join(fmt(r["query_rss"]["VmHWM"] / 2**30) if "query_rss" in r else "" for r in res.values()) + " |")
        out.append("| cold open ms | " + " | ".join(fmt(r["open"]["open_ms"]) if "open" in r else "" for r in res.values()) + " |")
        out.append("| cold open + first Q1 ms | " + " | ".join(fmt(r["open"]["open_plus_first_q1_ms"]) if "open" in r else "" for r in res.values()) + " |")
    return "\n".join(out)


def check(units, results):
    """every engine must give the same answer, and the one expected.py wrote, if it has"""
    ans, bad = {}, []
    f = HERE / "data" / units / "expected.json"
    if f.exists():
        ans = {q: ("expected.json", x["answer"]) for q, x in json.loads(f.read_text())["queries"].items()}
    for e in ENGINES:
        f = Path(results) / units / (e.replace(":", "-") + ".json")
        if not f.exists():
            continue
        for q, x in json.loads(f.read_text()).get("queries", {}).items():
            if x.get("answer") is None or "error" in x:
                continue
            k, v = SAME.get(q, q), x["answer"]
            if k not in ans:
                ans[k] = (e, v)
            elif ans[k][1] != v:
                bad.append(f"{q}: {e} says {v}, {ans[k][0]} says {ans[k][1]}")
    return ans, bad


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--units", default="10m")
    ap.add_argument("--engines", default=",".join(ENGINES))
    ap.add_argument("--phase", choices=["load", "query", "all"], default="all")
    ap.add_argument("--results", default=str(HERE / "results"))
    ap.add_argument("--table", action="store_true")
    ap.add_argument("--timeout", type=int, default=3600)
    a = ap.parse_args()
    failed = []
    if not a.table:
        if not (HERE / "data" / a.units / "params.json").exists():
            subprocess.run([sys.executable, CODE / "generate.py", "--units", a.units], check=True)
        for e in a.engines.split(","):
            name, _, var = e.partition(":")
            for ph in (["load", "query"] if a.phase == "all" else [a.phase]):
                if (name, ph) == ("datafusion", "load") or (e, ph) == ("polars:memory", "load"):
                    continue                                          # they read the Parquet that polars writes
                cmd = [sys.executable, "-W", "ignore", str(CODE / f"peer_{name}.py"), "--units", a.units, "--phase", ph, "--results", a.results]
                if var:
                    cmd += ["--variant", var]
                t = time.time()
                try:
                    rc = subprocess.run(cmd, timeout=a.timeout).returncode
                except subprocess.TimeoutExpired:
                    rc = "timeout"
                print(f"== {e} {ph}: rc {rc}, {time.time() - t:.0f} s", flush=True)
                if rc:
                    failed.append(f"{e} {ph}")
    for key in ("ms", "min_ms", "cpu_ms"):
        print("\n" + table(a.units, a.results, key))
    ans, bad = check(a.units, a.results)
    print("\nanswers:", {k: v[1] for k, v in sorted(ans.items())})
    print("ALL ENGINES AGREE" if not bad else "DISAGREEMENT:\n  " + "\n  ".join(bad))
    if bad or failed:
        sys.exit("; ".join(["answers differ"] * bool(bad) + [f"{x} failed" for x in failed]))


if __name__ == "__main__":
    main()
