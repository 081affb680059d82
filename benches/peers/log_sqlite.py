"""Durable appends of one caller to SQLite, beside `cargo bench --bench log` in the same folder."""

import os
import sqlite3
import sys
import tempfile
import time

SECONDS = 5

folder = sys.argv[1] if len(sys.argv) > 1 else "target/tmp"
with tempfile.TemporaryDirectory(dir=folder) as place:
    for bulk in (1, 256):
        base = sqlite3.connect(os.path.join(place, f"{bulk}.sqlite"), isolation_level=None)
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, bytes BLOB)")
        rows = [(b"\xa5" * 100,)] * bulk
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS:
            base.execute("BEGIN")
            base.executemany("INSERT INTO records (bytes) VALUES (?)", rows)
            base.execute("COMMIT")
            done += bulk
        print(f"SQLite WAL/FULL, {bulk} a commit: {done / (time.perf_counter() - start):,.0f} a second")
