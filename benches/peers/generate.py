#!/usr/bin/env python3
"""Deterministic synthetic production + registration data, as Parquet. See README.md for the shape.

    generate.py --units 10m|100m|1b [--seed N] [--reg-rate 0.4] [--slim] [--jobs 2] [--missing 0.01]

Writes data/<units>/units-<plant>.parquet (8 files, each in serial order, so the file list in name order is the global serial order),
registrations-<plant>.parquet (arrival order: shuffled inside each ~1 M-unit chunk) and params.json (every query parameter).
With --missing that fraction of every unit column but the serial is NULL, column by column, and the folder is data/<units>-missing; the draws come
from a stream of their own, so that all values that are left, the registrations and params.json are those of the data without it.
"""
import argparse, json, os, shutil, sys, time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
import numpy as np, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
from common import HERE, SEED, parse_units

PLANTS = ["AX", "BK", "CM", "DL", "EP", "FR", "GT", "HV"]
FACILITY = ["Austin", "Brno", "Cheongju", "Debrecen", "Enschede", "Fremont", "Gdansk", "Hanoi"]
YEARS = [2021, 2022, 2023, 2024, 2025]
EPOCH = [int(datetime(y, 1, 1, tzinfo=timezone.utc).timestamp()) for y in YEARS + [2026]]
T0, T1 = EPOCH[0], EPOCH[-1]
NMODEL, NMARKET, NRETAIL, NFW, NLINE = 40, 30, 200, 200, 64
BATCH_S = (T1 - T0) / 312.0           # a new cell batch per line every ~5.85 days ...
BATCH_LIVE = 4                        # ... and 4 of them being drawn from at any moment (so each lasts ~23 days)
MODELS = [f"M{i:02d}-{'PTX'[i % 3]}" for i in range(NMODEL)]
MARKETS = ["US", "DE", "JP", "GB", "FR", "CA", "KR", "IT", "ES", "AU", "NL", "PL", "BR", "MX", "IN", "SE", "CH", "BE", "AT", "NO", "DK", "FI", "CZ",
           "PT", "IE", "HU", "RO", "GR", "NZ", "SG"]
RETAIL = [f"R{i:03d}" for i in range(NRETAIL)]
FW = [f"{1 + i // 40}.{i // 10 % 4}.{i % 10}" + ("" if i % 3 else "-hf") for i in range(NFW)]
NBATCH = (312 + BATCH_LIVE + 1) * NLINE
BATCHES = [f"CB{i:05d}" for i in range(NBATCH)]
LANGS = ["en", "de", "ja", "fr", "ko", "it", "es", "nl", "pl", "pt", "sv", "cs"]
TORQUE_MU, TORQUE_SD, TORQUE_CUT = 4.2, 0.15, 4.6505   # recorded to 0.001 Nm, as a torque driver does; cut sits between two steps
FIRST = [a + b for a in ["An", "Be", "Ca", "Da", "El", "Fi", "Ga", "He", "Iv", "Jo", "Ka", "Li", "Ma", "No", "Ol", "Pe"]
         for b in ["na", "ra", "lin", "mo", "vid", "ta", "rik", "sa", "dia", "nes", "go", "ria"]]
LAST = [a + b + c for a in ["Ar", "Ber", "Cas", "Dor", "Fer", "Gar", "Hol", "Jan", "Kow", "Lin"] for b in ["a", "e", "i", "o", "u"]
        for c in ["ski", "sen", "mann", "tti", "dez", "ton", "berg", "nov", "kis", "ley"]]
DOMAIN = ["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "web.de", "example.org", "proton.me", "mail.co.uk"]


def zipf(n, s):
    w = 1.0 / np.arange(1, n + 1) ** s
    return w / w.sum()


W_MODEL, W_MARKET, W_RETAIL = zipf(NMODEL, 0.8), zipf(NMARKET, 1.0), zipf(NRETAIL, 0.9)


def reg_rates(mean):
    r = 0.4 + 0.18 * np.cos(np.arange(NMARKET) * 1.7)
    return np.clip(r * mean / (r * W_MARKET).sum(), 0, 1)


def pick(rng, w, n):
    """n draws from weights w, via a 65,536-slot table (fast, and exact to 1/65,536)."""
    edges = np.round(np.cumsum(w) * 65536).astype(np.int64)
    tab = np.searchsorted(edges, np.arange(65536), side="right").clip(max=len(w) - 1).astype(np.uint8)
    return tab[rng.integers(0, 65536, n, dtype=np.uint16)]


def serial_array(prefix, seq):
    """'AX25' + 9 zero-padded digits as a pyarrow StringArray, without a Python loop."""
    n = len(seq)
    buf = np.empty((n, 13), np.uint8)
    buf[:, :4] = np.frombuffer(prefix.encode(), np.uint8)
    x = seq.astype(np.uint32)
    for k in range(12, 3, -1):
        q = x // 10
        buf[:, k] = (x - q * 10).astype(np.uint8) + 48
        x = q
    off = np.arange(0, 13 * (n + 1), 13, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(off), pa.py_buffer(buf))


def dict_arr(codes, values, t=pa.int16()):
    return pa.DictionaryArray.from_arrays(pa.array(codes, type=t), pa.array(values))


def without(t, fraction, seed):
    """The table with that fraction of every column but the serial missing, each column by a stream of its own."""
    for i, f in enumerate(t.schema):
        if f.name != "serial":
            gone = np.random.default_rng([*seed, i]).random(t.num_rows, dtype=np.float32) < fraction
            t = t.set_column(i, f, pc.if_else(pa.array(gone), pa.scalar(None, f.type), t.column(i)))
    return t


def gen_plant(job):
    p, N, seed, outdir, reg_mean, slim, chunk, missing = job
    pa.set_cpu_count(1)
    plant = PLANTS[p]
    rates = reg_rates(reg_mean)
    models_here = np.array([i for i in range(NMODEL) if i == 0 or i % 4 != p % 4])
    wm = W_MODEL[models_here] / W_MODEL[models_here].sum()
    run_rng = np.random.default_rng([seed, 1, p])
    run_left, run_model = 0, 0
    lot_ctr = np.zeros(8, np.int64)
    n_year = [N // 40 + (1 if p * 5 + y < N % 40 else 0) for y in range(5)]
    uw = rw = None
    owner = p * 10**10
    upath, rpath = outdir / f"units-{plant}.parquet", outdir / f"registrations-{plant}.parquet"
    stat = {"plant": plant, "units": 0, "regs": 0, "family": {}, "model_hist": {}}
    ci = 0
    for y, ny in enumerate(n_year):
        seq_next, done = 1, 0
        pref = plant + str(YEARS[y])[2:]
        while done < ny:
            n = min(chunk, ny - done)
            rng = np.random.default_rng([seed, 2, p, ci]); ci += 1
            step = np.ones(n, np.int64)
            step[rng.random(n, dtype=np.float32) < 0.002] = 2             # scrapped units: numbers that never shipped
            seq = seq_next + np.cumsum(step) - 1
            seq_next = int(seq[-1]) + 1
            ta = EPOCH[y] + (EPOCH[y + 1] - EPOCH[y]) * done / ny
            tb = EPOCH[y] + (EPOCH[y + 1] - EPOCH[y]) * (done + n) / ny
            made = np.sort(rng.random(n)) * (tb - ta) + ta
            made = made.astype(np.int64)
            model = np.empty(n, np.uint8)
            i = 0
            while i < n:                                                   # model runs of 2,000..8,000
                if run_left == 0:
                    run_left = int(run_rng.integers(2000, 8001))
                    run_model = int(models_here[np.searchsorted(np.cumsum(wm), run_rng.random(), side="right").clip(max=len(wm) - 1)])
                k = min(run_left, n - i)
                model[i:i + k] = run_model
                i += k
                run_left -= k
            ln = rng.integers(0, 8, n, dtype=np.uint8)                      # 8 lines per plant feed one serial counter
            line = (p * 8 + ln).astype(np.int32)
            lot_idx = np.empty(n, np.int64)
            for l in range(8):
                m = ln == l
                c = int(m.sum())
                lot_idx[m] = (lot_ctr[l] + np.arange(c)) // 5000
                lot_ctr[l] += c
            lo, hi = int(lot_idx.min()), int(lot_idx.max())
            lots = [f"L{p * 8 + l:02d}-{k:06d}" for k in range(lo, hi + 1) for l in range(8)]
            lot_code = ((lot_idx - lo) * 8 + ln).astype(np.int32)
            phase = (line * 7919 % 1000) / 1000.0
            b = np.floor((made - T0) / BATCH_S + phase).astype(np.int64) + (BATCH_LIVE - 1) - rng.integers(0, BATCH_LIVE, n)
            batch = (b * NLINE + line).astype(np.int32)
            fw = np.floor((made - T0 - p * 86400) / ((T1 - T0) / NFW)).astype(np.int64) - (rng.random(n, dtype=np.float32) < 0.05)
            fw = fw.clip(0, NFW - 1).astype(np.int16)
            torque = (np.round(rng.normal(TORQUE_MU, TORQUE_SD, n) * 1000) / 1000).astype(np.float32)
            market = pick(rng, W_MARKET, n)
            retail = pick(rng, W_RETAIL, n)
            ser = serial_array(pref, seq)
            t = pa.table({
                "serial": ser,
                "model": dict_arr(model, MODELS),
                "facility": pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int16)), pa.array([FACILITY[p]])),
                "line": pa.array(line),
                "made_at": pa.array(made, type=pa.timestamp("s")).cast(pa.timestamp("ms")),
                "lot": dict_arr(lot_code, lots, pa.int32()),
                "cell_batch": dict_arr(batch, BATCHES, pa.int32()),
                "firmware": dict_arr(fw, FW),
                "torque": pa.array(torque),
                "market": dict_arr(market, MARKETS),
                "retailer": dict_arr(retail, RETAIL),
            })
            # plain strings in the file (dictionary pages inside): readers need no special support
            t = t.cast(pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in t.schema]))
            if missing:
                t = without(t, missing, [seed, 3, p, ci])
            if uw is None:
                uw = pq.ParquetWriter(upath, t.schema, compression="zstd", compression_level=1, write_page_index=True, use_dictionary=
                                      ["model", "facility", "line", "lot", "cell_batch", "firmware", "torque", "market", "retailer"],
                                      column_encoding={"serial": "DELTA_BYTE_ARRAY", "made_at": "DELTA_BINARY_PACKED"},
                                      sorting_columns=[pq.SortingColumn(0)], data_page_size=64 * 1024)
            uw.write_table(t, row_group_size=131072)
            # --- registrations -------------------------------------------------------------------------------------
            ridx = np.flatnonzero(rng.random(n, dtype=np.float32) < rates[market])
            dup = ridx[rng.random(len(ridx), dtype=np.float32) < 0.005]     # second owner of the same unit
            idx = np.concatenate([ridx, dup])
            unk = int(round(len(idx) * 0.001))                              # serials we never made (typos, fakes)
            order = rng.permutation(len(idx) + unk)
            nr = len(order)
            rs = pa.concat_arrays([ser.take(pa.array(idx)), serial_array(pref, rng.integers(600_000_000, 999_999_999, unk))]).take(pa.array(order))
            mk = np.concatenate([market[idx], pick(rng, W_MARKET, unk)])[order]
            fi, la = rng.integers(0, len(FIRST), nr), rng.integers(0, len(LAST), nr)
            num = pa.array(rng.integers(1, 9999, nr)).cast(pa.string())
            fa, lna = pa.array(FIRST).take(pa.array(fi)), pa.array(LAST).take(pa.array(la))
            email = pc.binary_join_element_wise(pc.utf8_lower(fa), ".", pc.utf8_lower(lna), num, "@",
                                                pa.array(DOMAIN).take(pa.array(rng.integers(0, len(DOMAIN), nr))), "")
            cols = {"serial": rs, "owner_id": pa.array(owner + np.arange(nr, dtype=np.int64))}
            owner += nr
            if not slim:
                reg_at = np.concatenate([made[idx], made[rng.integers(0, n, unk)]])[order] + 10 * 86400 + rng.exponential(60 * 86400, nr).astype(np.int64)
                cols["name"] = pc.binary_join_element_wise(fa, lna, " ")
                cols["email"] = email
                cols["phone"] = pc.binary_join_element_wise(pa.array([f"+{10 + i}" for i in range(NMARKET)]).take(pa.array(mk)),
                                                            pa.array(rng.integers(100_000_000, 999_999_999, nr)).cast(pa.string()), "")
                cols["email_consent"] = pa.array(rng.random(nr) < 0.80)
                cols["sms_consent"] = pa.array(rng.random(nr) < 0.55)
                cols["language"] = pa.array(LANGS).take(pa.array(np.where(rng.random(nr) < .7, mk % 12, rng.integers(0, 12, nr))))
                cols["country"] = pa.array(MARKETS).take(pa.array(mk))
                cols["registered_at"] = pa.array(reg_at, type=pa.timestamp("s")).cast(pa.timestamp("ms"))
            else:
                cols["email"] = email
                cols["email_consent"] = pa.array(rng.random(nr) < 0.80)
            rt = pa.table(cols)
            if rw is None:
                rw = pq.ParquetWriter(rpath, rt.schema, compression="zstd", compression_level=1,
                                      use_dictionary=[c for c in ("language", "country") if c in rt.column_names])
            rw.write_table(rt, row_group_size=131072)
            stat["units"] += n
            stat["regs"] += nr
            # what the query parameters need: which model dominates each 6-week window of 2024, which serials exist
            h = stat["model_hist"].setdefault(str(YEARS[y]), {})
            if y == 3:
                wlo = int(datetime(2024, 3, 4, tzinfo=timezone.utc).timestamp())
                inw = (made >= wlo) & (made < wlo + 42 * 86400)
                if inw.any():
                    h["lo_seq"] = min(h.get("lo_seq", 10**12), int(seq[inw][0]))
                    h["hi_seq"] = max(h.get("hi_seq", 0), int(seq[inw][-1]))
                    c = np.bincount(model[inw], minlength=NMODEL)
                    h["models"] = (np.array(h.get("models", [0] * NMODEL)) + c).tolist()
            done += n
        stat["family"][pref] = seq_next - 1
    uw.close()
    rw.close()
    return stat


def ts(y, m, d):
    return int(datetime(y, m, d, tzinfo=timezone.utc).timestamp())


def make_params(N, seed, stats, slim, reg_mean):
    rng = np.random.default_rng([seed, 9])
    fam = {k: v for s in stats for k, v in s["family"].items()}
    w = stats[2]["model_hist"]["2024"]                    # plant CM
    model = MODELS[int(np.argmax(w["models"]))]
    start = int(fam["EP23"] * 0.4)
    q1 = [f"EP23{start:09d}", f"EP23{start + 5299:09d}"]
    # Q3: batches of three lines, in use around 2023-09-10
    b = int((ts(2023, 9, 10) - T0) / BATCH_S) + 2
    q3 = [BATCHES[b * NLINE + l] for l in (9, 34, 58)]
    # Q8: 200 ranges already repaired: 140 inside Q2's window of CM24, 40 in plants of Q3, 20 anywhere
    scale = max(1, N // 10_000_000)
    rngs = []
    for i in range(200):
        if i < 140:
            f, lo, hi = "CM24", w["lo_seq"], w["hi_seq"]
        else:
            f = (["BK23", "EP23", "HV23"] if i < 180 else sorted(fam))[int(rng.integers(0, 3 if i < 180 else len(fam)))]
            lo, hi = 1, fam[f]
            if i < 180:
                lo, hi = int(fam[f] * 0.66), int(fam[f] * 0.73)
        ln = int(rng.integers(20, 120)) * scale
        s = int(rng.integers(lo, max(lo + 1, hi - ln)))
        rngs.append([f"{f}{s:09d}", f"{f}{s + ln:09d}"])
    # Q6: 100,000 serials, half drawn from number space that exists (0.2 % of those were scrapped), half beyond it
    fams = sorted(fam)
    fi = rng.integers(0, len(fams), 100_000)
    ex = rng.random(100_000) < 0.5
    u = rng.random(100_000)
    keys = [f"{fams[f]}{int(1 + x * (fam[fams[f]] - 1)) + (0 if e else fam[fams[f]] + 1):09d}" for f, x, e in zip(fi, u, ex)]
    return {
        "units": sum(s["units"] for s in stats), "registrations": sum(s["regs"] for s in stats), "seed": seed, "slim": slim, "reg_mean": reg_mean,
        "families": fam, "facilities": dict(zip(PLANTS, FACILITY)), "models": MODELS, "markets": MARKETS, "retailers": RETAIL, "firmware": FW,
        "q1": {"lo": q1[0], "hi": q1[1]},
        "q2": {"t0": ts(2024, 3, 4), "t1": ts(2024, 3, 4) + 42 * 86400, "facility": FACILITY[2], "model": model},
        "q3": {"batches": q3, "t0": ts(2023, 9, 4), "t1": ts(2023, 9, 18)},
        "q4": {"cut": TORQUE_CUT, "facility": FACILITY[6]},
        "q7": {"model": MODELS[0], "t0": ts(2023, 1, 1), "t1": ts(2025, 1, 1)},
        "q8": {"ranges": sorted(rngs)},
        "q9": {"markets": [MARKETS[i] for i in (2, 5, 8, 11, 14)], "retailers": [RETAIL[i] for i in range(4, 200, 10)]},
        "q6": {"keys": keys},
    }


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--units", default="10m")
    ap.add_argument("--seed", type=int, default=SEED)
    ap.add_argument("--reg-rate", type=float, default=None, help="default 0.4; 0.1 from 1b up")
    ap.add_argument("--slim", action="store_true", help="registrations: serial, owner_id, email, email_consent only (default from 1b up)")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--missing", type=float, default=0.0, metavar="FRACTION", help="NULLs in every unit column but the serial")
    ap.add_argument("--out", default=None)
    a = ap.parse_args()
    N = parse_units(a.units)
    slim = a.slim or N >= 10**9
    rate = a.reg_rate if a.reg_rate is not None else (0.1 if N >= 10**9 else 0.4)
    out = Path(a.out or HERE / "data" / (a.units + ("-missing" if a.missing else "")))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    t = time.time()
    chunk = min(1_048_576, max(131_072, N // 320))
    with ProcessPoolExecutor(a.jobs) as ex:
        stats = list(ex.map(gen_plant, [(p, N, a.seed, out, rate, slim, chunk, a.missing) for p in range(8)]))
    prm = make_params(N, a.seed, stats, slim, rate)
    (out / "params.json").write_text(json.dumps(prm))
    dt = time.time() - t
    sz = {k: sum(f.stat().st_size for f in out.glob(k + "-*.parquet")) for k in ("units", "registrations")}
    print(f"{prm['units']:,} units, {prm['registrations']:,} registrations in {dt:.1f} s ({N / dt / 1e6:.2f} M/s); "
          f"units {sz['units'] / N:.2f} B/unit, registrations {sz['registrations'] / max(1, prm['registrations']):.1f} B/row")


if __name__ == "__main__":
    main()
