"""The package and its examples, as type checkers read them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """The code of the notebooks and of the README, a file each."""
    folder = tmp_path_factory.mktemp("examples")
    for path in (ROOT / "bindings-python" / "examples").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n\n".join(it.source for it in cells if it.cell_type == "code")
        (folder / f"{path.stem}.py").write_text(code + "\n", encoding="utf-8")
    for name in ("README.md", "bindings-python/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        (folder / f"{Path(name).parent.name or 'root'}_readme.py".replace("-", "_")).write_text(
            code, encoding="utf-8"
        )
    assert len(list(folder.iterdir())) >= 4
    return folder


def check(*command, cwd):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_strictly_typed(examples):
    # In the same folder, so that the two share what mypy keeps.
    check("mypy", "--strict", "-p", "seriatim", cwd=examples)


def test_mypy_takes_the_examples(examples):
    check("mypy", "--strict", ".", cwd=examples)


def test_pyright_takes_the_examples(examples):
    """Pyright runs on Node, which it fetches where there is none."""
    check("pyright", "--pythonpath", sys.executable, ".", cwd=examples)
