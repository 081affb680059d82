"""Shared pieces of the peer benchmark: sizes, paths, timing, result files.

Every runner has two phases, each run in its own process by run_all.py so that peak memory is honest:
  load   build the engine's store from the Parquet feed, time it, weigh it on disk
  query  open the store (page cache of its files evicted first), then Q1..Q13: 2 warm-ups, median of 7
A runner answers each query with a canonical value (tuple / list of tuples) so answers can be compared across engines.
"""
import argparse, gc, json, os, resource, statistics, sys, time
from pathlib import Path

CODE = Path(__file__).resolve().parent
HERE = Path(os.environ.get("PEERS_HOME", CODE.parents[1] / "target" / "peers")).resolve()   # data/, stores/ and results/ go here
SEED = 20261122


def parse_units(s):
    """10m and 10m-missing, the name of a data folder, are ten million"""
    s = str(s).lower().partition("-")[0]
    mult = {"k": 10**3, "m": 10**6, "b": 10**9}.get(s[-1])
    return int(float(s[:-1]) * mult) if mult else int(s)


def args(engine, variants=None):
    ap = argparse.ArgumentParser(description=f"peer benchmark: {engine}")
    ap.add_argument("--units", default="10m")
    ap.add_argument("--phase", choices=["load", "query", "all"], default="all")
    ap.add_argument("--data", default=None, help="folder written by generate.py")
    ap.add_argument("--store", default=None, help="folder for this engine's store")
    ap.add_argument("--results", default=str(HERE / "results"))
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--mem", default="10GB", help="engine memory cap, where it has one")
    ap.add_argument("--only", default="", help="comma list of query names")
    ap.add_argument("--reps", type=int, default=7)
    if variants:
        ap.add_argument("--variant", choices=variants, default=variants[0])
    a = ap.parse_args()
    a.n = parse_units(a.units)
    name = engine + (("-" + a.variant) if variants and a.variant != variants[0] else "")
    a.engine = name
    a.data = Path(a.data or HERE / "data" / a.units)
    a.store = Path(a.store or HERE / "stores" / a.units / name)
    a.store.parent.mkdir(parents=True, exist_ok=True)
    a.out = Path(a.results) / a.units / f"{name}.json"
    a.out.parent.mkdir(parents=True, exist_ok=True)
    a.params = json.loads((a.data / "params.json").read_text())
    a.params["q6"]["keys"] = list(dict.fromkeys(a.params["q6"]["keys"]))   # distinct keys: semi and inner joins then agree
    a.only = [x for x in a.only.split(",") if x]
    return a


def save(a, **kv):
    cur = json.loads(a.out.read_text()) if a.out.exists() else {"engine": a.engine, "units": a.n}
    for k, v in kv.items():
        if isinstance(v, dict) and isinstance(cur.get(k), dict):
            cur[k].update(v)
        else:
            cur[k] = v
    a.out.write_text(json.dumps(cur, indent=1, default=str))


def du(path):
    path = Path(path)
    if path.is_file():
        return path.stat().st_size
    seen, tot = set(), 0
    for r, _, fs in os.walk(path):
        for f in fs:
            try:
                st = os.stat(os.path.join(r, f))
            except FileNotFoundError:
                continue
            if st.st_ino not in seen:
                seen.add(st.st_ino)
                tot += st.st_blocks * 512
    return tot


def evict(path):
    """Drop the page cache of every file under path (no root needed, touches nobody else's cache)."""
    path = Path(path)
    files = [path] if path.is_file() else [Path(r) / f for r, _, fs in os.walk(path) for f in fs]
    os.sync()
    for f in files:
        try:
            fd = os.open(f, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)
        except OSError:
            pass


def peak_rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def rss_now():
    out = {}
    for line in open("/proc/self/status"):
        if line.startswith(("VmHWM", "VmRSS", "RssAnon", "RssFile")):
            k, v = line.split(":")
            out[k] = int(v.split()[0]) * 1024
    return out


def bench(a, name, fn, canon=lambda x: x, reps=None, warm=2, budget_s=90.0):
    """2 warm-ups, then the median (and min) of 7. Slow queries get fewer repetitions, and that is recorded."""
    if a.only and name not in a.only:
        return None
    reps = reps or a.reps
    gc.collect()
    ts, cpu, res = [], [], None
    t_all = time.perf_counter()
    try:
        first, i = None, 0
        while i < warm + reps:
            c, t = time.process_time(), time.perf_counter()
            res = fn()
            dt = time.perf_counter() - t
            dc = time.process_time() - c
            if first is None:
                first = dt
            if i >= warm or dt > 15:
                ts.append(dt)
                cpu.append(dc)
            if i == warm and dt < 0.02 and reps == a.reps:
                reps = 3 * a.reps                      # cheap: more samples, the machine is shared
            i += 1
            if time.perf_counter() - t_all > budget_s and len(ts) >= 1:
                break
        ans = canon(res)
        rec = {"ms": statistics.median(ts) * 1e3, "min_ms": min(ts) * 1e3, "cpu_ms": statistics.median(cpu) * 1e3, "first_ms": first * 1e3,
               "reps": len(ts), "answer": ans, "load1": os.getloadavg()[0]}
        print(f"  {a.engine:18s} {name:6s} {rec['ms']:10.3f} ms  (min {rec['min_ms']:.3f}, cpu {rec['cpu_ms']:.2f}, n={len(ts)})  {str(ans)[:80]}", flush=True)
    except Exception as e:  # a failed query is a result too
        rec = {"error": f"{type(e).__name__}: {e}"[:400]}
        print(f"  {a.engine:18s} {name:6s} FAILED {rec['error']}", flush=True)
    save(a, queries={name: rec})
    return rec


def bench_single(a, name, fn, keys, warm=50):
    """Latency of one lookup: median / p99 over many different keys."""
    if a.only and name not in a.only:
        return
    try:
        for k in keys[:warm]:
            fn(k)
        ts, hit = [], 0
        t0 = time.perf_counter()
        for k in keys:
            t = time.perf_counter()
            r = fn(k)
            ts.append(time.perf_counter() - t)
            hit += r != 0
            if time.perf_counter() - t0 > 20:
                break
        ts.sort()
        rec = {"ms": ts[len(ts) // 2] * 1e3, "p99_ms": ts[int(len(ts) * .99)] * 1e3, "min_ms": ts[0] * 1e3, "reps": len(ts),
               "answer": hit if len(ts) == len(keys) else None}
        print(f"  {a.engine:18s} {name:6s} {rec['ms']:10.4f} ms  p99 {rec['p99_ms']:.4f}  hits {hit}/{len(ts)}", flush=True)
    except Exception as e:
        rec = {"error": f"{type(e).__name__}: {e}"[:400]}
        print(f"  {a.engine:18s} {name:6s} FAILED {rec['error']}", flush=True)
    save(a, queries={name: rec})


class Load:
    """with Load(a) as l: ... l.step('units'): times steps of the build."""

    def __init__(self, a):
        self.a, self.steps = a, {}

    def __enter__(self):
        self.t0 = self.t = time.perf_counter()
        self.c0 = time.process_time()
        return self

    def step(self, name):
        now = time.perf_counter()
        self.steps[name] = round(now - self.t, 3)
        print(f"  {self.a.engine:18s} load {name}: {now - self.t:.1f} s", flush=True)
        self.t = now

    def __exit__(self, et, ev, tb):
        tot = time.perf_counter() - self.t0
        if et:
            save(self.a, load={"error": f"{et.__name__}: {ev}"[:400], "steps": self.steps, "peak_rss": peak_rss()})
            return False
        b = du(self.a.store)
        save(self.a, load={"seconds": tot, "cpu_seconds": time.process_time() - self.c0, **getattr(self, "extra", {}), "steps": self.steps, "rows_per_s": self.a.n / tot, "bytes": b, "bytes_per_unit": b / self.a.n,
                           "peak_rss": peak_rss()})
        print(f"  {self.a.engine:18s} loaded {tot:.1f} s, {self.a.n / tot / 1e6:.2f} M units/s, {b / self.a.n:.1f} B/unit, "
              f"peak {peak_rss() / 2**30:.2f} GiB", flush=True)


def finish_queries(a):
    save(a, query_rss=rss_now())


# --- answers in one canonical shape -------------------------------------------------------------------------------
def row(x):
    return [int(v or 0) for v in x]


def rows_digest(rs):
    """Grouped answers: number of groups and the sums of the numeric columns plus an order-free checksum."""
    import zlib
    rs = sorted(tuple(int(v) if not isinstance(v, str) else v for v in r) for r in rs)
    return [len(rs), zlib.crc32(repr(rs).encode())] + [sum(r[i] for r in rs) for i in range(len(rs[0])) if not isinstance(rs[0][i], str)] if rs else [0]


def arrow_digest(t):
    """Contact lists: rows, ordered?, and a cheap content checksum."""
    import pyarrow as pa, pyarrow.compute as pc
    if t.num_rows == 0:
        return [0]
    s = t.column(0)
    if pa.types.is_dictionary(s.type):
        s = s.cast(pa.string())
    return [t.num_rows, str(s[0].as_py()), str(s[-1].as_py()), int(pc.sum(pc.cast(t.column(4), pa.int64())).as_py() or 0),
            int(pc.sum(pc.binary_length(t.column(2))).as_py() or 0)]
