"""Indexes: sets, pickling, threads, damage."""

from __future__ import annotations

import pickle

import polars as pl
import pyroaring
import pytest
import seriatim as st
from seriatim import col, serial

MANY = 20_000


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    units = pl.DataFrame(
        {
            "serial": [f"AX{it:08}" for it in range(MANY)],
            "lot": [f"L{it // 500}" for it in range(MANY)],
        }
    )
    return st.build(tmp_path_factory.mktemp("plant") / "index", units)


def test_sets_combine(index):
    low = index.select(serial <= "AX00000999").affected
    lot = index.select(col("lot") == "L1").affected
    assert (len(low), len(lot)) == (1000, 500)
    assert len(low & lot) == 500
    assert len(low | lot) == 1000
    assert len(low - lot) == 500
    assert len(low ^ lot) == 500
    assert len(index.all() - low) == MANY - 1000
    assert bool(low) and not (low - low)


def test_a_set_is_roaring_bytes(index):
    low = index.select(serial <= "AX00000999").affected
    parts = low.to_roaring()
    rows = [row for _, it in parts for row in pyroaring.BitMap.deserialize(it)]
    assert rows == list(range(1000))
    assert len(index.set_from_roaring(parts)) == 1000
    with pytest.raises(st.ConflictError):
        index.set_from_roaring([("0" * 32, parts[0][1])])


def test_a_description_reads_as_the_set(index):
    lot = index.select(col("lot").is_in(["L1", "L7"])).affected
    described = lot.describe()
    assert len(described.ranges) == 2 and described.units_added == 0
    again = index.select(described.to_scope()).affected
    assert not (again ^ lot)
    assert lot.describe(1).units_added == 5 * 500


def test_an_index_is_pickled_by_its_path(index):
    again = pickle.loads(pickle.dumps(index))
    assert (again.path, again.units) == (index.path, index.units)


def test_another_handle_is_followed(tmp_path):
    first = st.build(tmp_path / "index", [{"serial": "AX001"}])
    second = st.open(tmp_path / "index")
    first.load_units([{"serial": "AX002"}])
    assert second.units == 1
    assert second.refresh() and second.units == 2
    assert not second.refresh()


def test_verdicts(index):
    found = index.select(col("lot") == "L1")
    assert found.status("AX00000500") == "affected"
    assert found.status("AX00000000") == "not_affected"
    assert found.status("AX99999999") == "unknown_serial"
    assert found.status("no serial") == "invalid_serial"
    many = found.status_many(["AX00000500", "AX00000000"])
    assert many == ["affected", "not_affected"]


def test_lookup(index):
    found = index.lookup(["AX00000500", "AX99999999", "no serial", "AX00000500"])
    assert len(found.found) == 1
    assert (found.unknown, found.invalid, found.duplicate) == ([1], [2], [3])


def test_explain(index):
    told = index.explain("serial <= 'AX00000999' AND lot = 'L1'")
    assert (told.affected, told.undetermined) == (500, 0)
    assert "lot = 'L1'" in [it.text for it in told.clauses]
    asked = index.explain("lot IN :lots", lots=["L1", "L2"])
    assert (asked.affected, asked.clauses[0].text) == (1_000, "lot IN :lots")
    with pytest.raises(st.ScopeFieldError):
        index.explain("lot IN :lots")


def test_sets_are_counted_side_by_side(index):
    late = index.select(serial >= "AX00019600").affected
    groups = st.beside({"all": index.all(), "late": late}, "lot")
    assert groups.columns == ["lot", "all", "late"] and groups.rows == 40
    assert groups.to_dicts()[-1] == {"lot": "L9", "all": 500, "late": 0}
    assert sum(it["late"] for it in groups.to_dicts()) == 400
    with pytest.raises(st.InvalidArgumentError, match="no counts"):
        st.beside({}, "lot")
    with pytest.raises(TypeError):
        st.beside({"all": 5}, "lot")


def test_a_bound_scope_decides_a_described_unit(index):
    bound = index.schema.bind(col("lot") == "L1")
    assert bound.decide({"serial": "AX00000001", "lot": "L1"}) == "affected"
    assert bound.decide({"serial": "AX00000001"}) == "undetermined"
    assert bound.truth({"serial": "AX00000001", "lot": None}) is None
    with pytest.raises(st.InvalidArgumentError, match="no column `lott`"):
        bound.decide({"lott": "L1"})


def test_damage_is_found(tmp_path):
    serials = [f"AX{it * it}" for it in range(MANY)]
    index = st.build(tmp_path / "index", pl.DataFrame({"serial": serials}))
    assert index.verify().is_whole
    (segment,) = (tmp_path / "index" / "units").glob("*.seg")
    bytes_ = bytearray(segment.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    segment.unlink()
    segment.write_bytes(bytes_)
    told = index.verify()
    assert not told.is_whole and len(told.damage) == 1


def test_errors_have_classes(tmp_path):
    with pytest.raises(st.NotFoundError):
        st.open(tmp_path)
    st.create(tmp_path / "index")
    with pytest.raises(st.ConflictError):
        st.create(tmp_path / "index")
    with pytest.raises(st.ConflictError) as raised:
        st.open(tmp_path / "index").load_units([{"serial": "A1"}, {"serial": "A1"}])
    assert raised.value.code == "conflict"


def test_things_show_themselves_in_a_notebook(index):
    found = index.select("lot = '<b>' OR serial <= 'AX00000999'")
    shown = found._repr_html_()
    assert "1,000" in shown and "&lt;b&gt;" in shown and "<b>'" not in shown
    assert f"{MANY:,} units" in index._repr_html_() and "AX{n:D8}" in index._repr_html_()
    own = found.affected.ownership("2025-06-01T00:00:00Z")
    assert "gap" in own._repr_html_() and "100.0 %" in own._repr_html_()
    assert "scanned" in index.explain("lot = 'L1'")._repr_html_()
    assert "the first 10 of them" in index.all().table()._repr_html_()
    assert repr(found) == "Selection(1000 affected, 0 undetermined)" and not found.notices()
    cut = index.select("serial < 'AX25'")
    told = "serial < 'AX25': `AX25` fits no family of `serial`; for what serials begin with, compare LEFT(serial, 4)"
    assert [notice.code for notice in cut.notices()] == ["no_family"]
    assert repr(cut) == f"Selection(0 affected, {MANY} undetermined; {told})"
    assert "`AX25` fits no family" in cut._repr_html_()


def test_parameters(index):
    uploaded = st.SerialSet(f"AX{it:08}" for it in range(0, 2 * MANY, 2))
    assert len(index.select("serial IN :uploaded", uploaded=uploaded).affected) == MANY // 2
    found = index.select("lot IN :lots AND serial <> :one", lots=["L1", "L2"], one="AX00000500")
    assert len(found.affected) == 999
    with pytest.raises(st.ScopeFieldError, match=":lots"):
        index.select("lot IN :lots")
    with pytest.raises(st.InvalidArgumentError):
        index.select("lot = 'L1'", lots=["L1"])


def test_a_scope_that_grows(index):
    before = index.select(col("lot") == "L1")
    diff = before.diff(index.select(col("lot").is_in(["L1", "L2"])))
    assert (len(diff.added), len(diff.removed), len(diff.kept)) == (500, 0, 500)


def test_fields_of_a_serial():
    family = st.SerialFamily("vin-like", "{wmi:A2}{yy:year2@1990}{n:D3}{c:luhn(yy,n)}")
    assert family.fields("AX250019") == {"wmi": "AX", "yy": 2025, "n": 1, "c": "9"}
    assert family.fields("AX25001") is None
    assert family.check("AX250019") and family.check("AX250018") is False
    checks = {digit: family.check(f"AX25001{digit}") for digit in range(10)}
    assert list(checks.values()).count(True) == 1
    strict = st.SerialFamily("strict", "{n:D3}{c:luhn}", check_policy="require")
    assert sum(strict.encode(f"001{digit}") is not None for digit in range(10)) == 1
    assert pickle.loads(pickle.dumps(strict)) == strict


def test_the_clauses_that_decide(index):
    bound = index.schema.bind("lot = 'L1' AND serial <= 'AX00000999'")
    decision = bound.explain({"serial": "AX00005000", "lot": "L1"})
    assert (decision.verdict, decision.truth) == ("not_affected", False)
    (clause,) = decision.clauses
    assert (clause.text, clause.truth, clause.column) == ("serial <= 'AX00000999'", False, 16)
    assert bound.digest == bound.scope.digest and len(bound.digest) == 64


def test_files_that_are_copied_give_the_same_answers(index):
    copied = pickle.loads(pickle.dumps(st.open(index.path, copying=True)))
    for scope in ("lot = 'L7'", "serial < 'AX00000123'", "lot IS NULL"):
        assert copied.select(scope).affected.to_roaring() == index.select(scope).affected.to_roaring()
    assert copied.verify().damage == []


def test_a_copied_file_that_is_cut_is_an_error(tmp_path):
    made = st.build(tmp_path / "index", [{"serial": f"A{it:05}", "lot": "L"} for it in range(1_000)])
    del made
    index = st.open(tmp_path / "index", copying=True)
    for path in (tmp_path / "index" / "units").iterdir():
        with path.open("r+b") as file:
            file.truncate(100)
    with pytest.raises(st.CorruptError):
        len(index.select("lot = 'L'").affected)
