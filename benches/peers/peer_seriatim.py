#!/usr/bin/env python3
"""seriatim itself: its side is a program of Rust, benches/src/bin/compare, which writes the result file and checks every answer with expected.json."""
import subprocess, sys
from common import CODE, args

a = args("seriatim")
root = CODE.parents[1]
for phase in ["load", "query"] if a.phase == "all" else [a.phase]:
    rc = subprocess.run(
        ["cargo", "run", "--release", "--quiet", "--manifest-path", str(root / "Cargo.toml"), "--package", "seriatim-benches", "--bin", "compare", "--",
         phase, "--data", str(a.data), "--store", str(a.store / "seriatim.seriatim"), "--result", str(a.out), "--threads", str(a.threads),
         *(["--only", ",".join(a.only)] if a.only else [])]).returncode
    if rc:
        sys.exit(rc)
