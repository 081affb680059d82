"""The examples of the package, run as they are printed."""

import doctest
import re
from pathlib import Path

import polars as pl
import seriatim


def test_examples(tmp_path):
    facilities = ["Leipzig", "Brno", None]
    serials = ["00042500", "00042501", "00042502"]
    units = pl.DataFrame({"serial": serials, "facility": facilities})
    names = {"folder": tmp_path, "units": units}
    failed, tried = doctest.testmod(seriatim, extraglobs=names)
    assert tried > 5 and failed == 0


def test_the_readme(tmp_path, monkeypatch, capsys):
    """The tab of the README runs as it is printed, and prints what it says."""
    readme = Path(__file__).resolve().parents[2] / "README.md"
    (code,) = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("2 1\n")
