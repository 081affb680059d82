"""The notebooks run from their first cell to their last, and say what their text says."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

#: What must hold after the last cell.
HOLDS = {
    "a_recall_in_ten_minutes": """
assert (lot.first, lot.last) == ("AX2500080000", "AX2500082499")
assert len(found.affected) > 1_600 and 0 < len(found.undetermined) < 20
assert own.affected == len(affected) == len(own.registered) + len(own.gap)
assert 0 < own.reach().reachable < len(own.registered)
assert found.status(lot.first) == "affected"
""",
    "how_good_is_our_scope": """
assert [it.column for it in draft.by_reason()] == ["torque", "cable_lot", None]
assert {str(it) for it in near} == {"AX2500081OOO", "AX2500O81001"} == {str(it) for it in outside}
assert not diff.removed and len(diff.added) > len(settled) > 0
assert [it.outcome for it in table.rows] == ["accepted", "flagged", "refused"]
assert len(wider.affected - printed.affected) == 0
""",
}


def test_every_notebook_is_checked():
    assert {it.stem for it in EXAMPLES.glob("*.ipynb")} == set(HOLDS)


@pytest.mark.parametrize("name", HOLDS)
def test_notebook(name, tmp_path):
    notebook = nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)
    code = [it for it in notebook.cells if it.cell_type == "code"]
    assert all(not it.outputs and it.execution_count is None for it in code), "strip the outputs"
    notebook.cells.append(nbformat.v4.new_code_cell(HOLDS[name]))
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    shown = [output for it in code for output in it.outputs if "data" in output]
    assert sum("text/html" in it["data"] for it in shown) >= 5
