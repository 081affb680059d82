"""The examples of the package, run as they are printed."""

import doctest
import re
from pathlib import Path

import polars as pl
import pytest
import seriatim


def test_examples(tmp_path):
    """Those of the native classes too; each finds an index of three units."""
    facilities = ["Leipzig", "Brno", None]
    serials = ["00042500", "00042501", "00042502"]
    units = pl.DataFrame({"serial": serials, "facility": facilities})
    more = pl.DataFrame({"no": ["A3"], "batch": ["L2"]})
    index = seriatim.build(tmp_path / "index", units)
    names = {"folder": tmp_path, "units": units, "more": more, "index": index, "st": seriatim}
    failed, tried = doctest.testmod(seriatim, extraglobs=names)
    assert tried > 60 and failed == 0


@pytest.mark.parametrize("name", ["README.md", "bindings-python/README.md"])
def test_a_readme(name, tmp_path, monkeypatch, capsys):
    """The examples run as they are printed, and print what stands behind each `print`."""
    readme = Path(__file__).resolve().parents[2] / name
    code = "\n".join(re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, name, "exec"), {})
    printed = iter(capsys.readouterr().out.splitlines())
    expected = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert expected and all(it in printed for it in expected)
