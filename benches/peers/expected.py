#!/usr/bin/env python3
"""The answers to Q1..Q13 by DuckDB straight from the Parquet files: what a program of ours is compared with.

    expected.py --data 10m             writes data/10m/expected.json
    expected.py --data 10m-missing     the same for data with missing values

Every question carries its scope as SQL text that DuckDB and seriatim both read, and three-valued counts: `affected` (the scope is TRUE) and
`undetermined` (the scope is UNKNOWN); all else is counted over the affected units. The repaired ranges of Q8 are merged, as for every engine.
"""
import argparse, json
from datetime import datetime, timezone
import duckdb, pyarrow as pa
from common import HERE, rows_digest
from queries import CONTACT, HOUR, MASKED, MASKED_SQL, SLICE, contact_digest, lits, merged, notice


def day(t):
    s = datetime.fromtimestamp(t, timezone.utc)
    assert (s.hour, s.minute, s.second) == (0, 0, 0), "windows begin and end at midnight"
    return f"'{s:%Y-%m-%d}'"


def between(ranges):
    return " OR ".join(f"serial BETWEEN '{lo}' AND '{hi}'" for lo, hi in ranges)


def scopes(p):
    window = lambda q: f"made_at >= {day(q['t0'])} AND made_at < {day(q['t1'])}"
    q2, q3, q4, q7, q9 = (p[q] for q in ("q2", "q3", "q4", "q7", "q9"))
    s = {"Q1": between([(p["q1"]["lo"], p["q1"]["hi"])]),
         "Q2": f"facility = '{q2['facility']}' AND model = '{q2['model']}' AND {window(q2)}",
         "Q3": f"cell_batch IN {lits(q3['batches'])} AND {window(q3)}",
         "Q4": f"facility = '{q4['facility']}' AND torque > {q4['cut']}",
         "Q7": f"model = '{q7['model']}' AND {window(q7)}",
         "Q9": f"market IN {lits(q9['markets'])} AND retailer IN {lits(q9['retailers'])}"}
    s |= {"Q10": SLICE, "Q11": MASKED, "Q12": " OR ".join(f"(model = '{m}' AND serial BETWEEN '{lo}' AND '{hi}')" for m, lo, hi in notice(p)), "Q13": HOUR}
    s["Q8"] = f"(({s['Q2']}) OR ({s['Q3']})) AND NOT ({between(merged(p['q8']['ranges']))})"
    return dict(sorted(s.items()))


class Answers:
    def __init__(self, db, params):
        self.db, self.p, self.scopes = db, params, scopes(params)

    def row(self, sql):
        return [int(x or 0) for x in self.db.execute(sql).fetchall()[0]]

    def select(self, q):
        """tables affected(serial, made_at, market) and undetermined(serial) of a question"""
        scope, fixed = self.scopes[q], ""
        if q == "Q11":                    # DuckDB has no masks
            scope = MASKED_SQL
        if q == "Q8":                     # 200 literal ranges take DuckDB a quarter of a minute; a serial is never missing, so an anti-join says the same
            scope = f"({self.scopes['Q2']}) OR ({self.scopes['Q3']})"
            fixed = "AND NOT EXISTS (SELECT 1 FROM fixed f WHERE serial >= f.lo AND serial <= f.hi)"
        affected, undetermined = f"FROM units u WHERE ({scope}) {fixed}", f"FROM units u WHERE (({scope}) IS NULL) {fixed}"
        if q == "Q12":                    # a unit of unknown model is undetermined where its serial is in a range of any model
            affected = "FROM units u ASOF JOIN notice t ON u.model = t.model AND u.serial >= t.lo WHERE u.serial <= t.hi"
            undetermined = "FROM units u ASOF JOIN anyone t ON u.serial >= t.lo WHERE u.serial <= t.hi AND u.model IS NULL"
        self.db.execute(f"CREATE OR REPLACE TABLE affected AS SELECT u.serial, u.made_at, u.market {affected}")
        self.db.execute(f"CREATE OR REPLACE TABLE undetermined AS SELECT u.serial {undetermined}")
        n, = self.row("SELECT count(*) FROM affected")
        u, = self.row("SELECT count(*) FROM undetermined")
        g, o = self.row("SELECT count(DISTINCT serial), count(*) FROM registrations SEMI JOIN affected USING (serial)")
        return {"scope": self.scopes[q], "affected": n, "undetermined": u, "registered": g, "owners": o, "gap": n - g}

    def groups(self, keys):
        """[[key.., affected, registered, gap]..] in order of the keys, a missing key first"""
        by = ", ".join(str(i + 1) for i in range(len(keys)))
        return [list(r) for r in self.db.execute(
            f"WITH r AS (SELECT DISTINCT serial FROM registrations SEMI JOIN affected USING (serial)) "
            f"SELECT {', '.join(keys)}, count(*), count(r.serial), count(*) - count(r.serial) FROM affected a LEFT JOIN r ON r.serial = a.serial "
            f"GROUP BY {by} ORDER BY {', '.join(k + ' NULLS FIRST' for k in by.split(', '))}").fetchall()]

    def question(self, q):
        x = self.select(q)
        if q in ("Q3", "Q7"):
            month = "CAST(year(made_at) * 100 + month(made_at) AS INTEGER)"
            x["groups"] = self.groups(["market"] if q == "Q3" else [month, "market"])
            x["answer"] = rows_digest([["" if k is None else k for k in r] for r in x["groups"]])
        else:
            x["answer"] = [x[k] for k in {"Q1": ["affected", "registered"], "Q2": ["affected", "registered", "owners", "gap"], "Q4": ["affected", "registered"],
                                          "Q8": ["affected"], "Q9": ["affected"],
                                          "Q10": ["affected"], "Q11": ["affected"], "Q12": ["affected"], "Q13": ["affected"]}[q]]
        return x

    def contacts(self):
        """of Q2, whose units are in `affected`"""
        cols = CONTACT(self.p["slim"])
        t = self.db.sql(f"SELECT {', '.join(cols)} FROM registrations SEMI JOIN affected USING (serial) ORDER BY serial").to_arrow_table()
        return {"columns": cols, "answer": contact_digest(t)}

    def keys(self):
        s2, ks = self.scopes["Q2"], list(dict.fromkeys(self.p["q6"]["keys"]))
        self.db.register("keys", pa.table({"serial": ks, "place": range(len(ks))}))
        n, t, u, one = self.row(f"SELECT count(*), count(*) FILTER (WHERE {s2}), count(*) FILTER (WHERE ({s2}) IS NULL), count(*) FILTER (WHERE place < 1000) "
                                f"FROM units JOIN keys USING (serial)")
        return {"Q6": {"keys": len(ks), "undetermined": u, "answer": [n, t]}, "Q6i": {"answer": [t]}, "Q6s": {"keys": 1000, "answer": one}}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", default="10m", help="folder under data/")
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    folder = HERE / "data" / a.data
    p = json.loads((folder / "params.json").read_text())
    db = duckdb.connect()
    db.execute(f"SET threads={a.threads}; SET enable_progress_bar=false")
    db.execute(f"CREATE VIEW units AS SELECT * FROM '{folder}/units-*.parquet'")
    db.execute(f"CREATE VIEW registrations AS SELECT * FROM '{folder}/registrations-*.parquet'")
    db.execute("CREATE TABLE fixed (lo VARCHAR, hi VARCHAR)")
    db.executemany("INSERT INTO fixed VALUES (?, ?)", merged(p["q8"]["ranges"]))
    rows = notice(p)
    for table, columns, values in (("notice", "model VARCHAR, ", rows), ("anyone", "", merged([it[1:] for it in rows]))):
        db.execute(f"CREATE TABLE {table} ({columns}lo VARCHAR, hi VARCHAR)")
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", [list(it) for it in values])
    answers = Answers(db, p)
    names = [r[0] for r in db.execute("DESCRIBE units").fetchall()]
    n, *present = answers.row(f"SELECT count(*), {', '.join(f'count({c})' for c in names)} FROM units")
    regs, orphans = answers.row("SELECT (SELECT count(*) FROM registrations), (SELECT count(*) FROM registrations ANTI JOIN units USING (serial))")
    out = {"data": a.data, "units": n, "missing": {c: n - k for c, k in zip(names, present)}, "registrations": regs, "registrations_of_unknown_serials": orphans,
           "queries": {}}
    for q in answers.scopes:
        out["queries"][q] = answers.question(q)
        if q == "Q2":
            out["queries"]["Q5"] = answers.contacts()
        print(f"{q}: " + json.dumps({k: v for k, v in out["queries"][q].items() if k not in ("scope", "groups")}), flush=True)
    out["queries"] = dict(sorted((out["queries"] | answers.keys()).items()))
    for q in ("Q5", "Q6", "Q6i", "Q6s"):
        print(f"{q}: " + json.dumps(out["queries"][q]))
    (folder / "expected.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
