"""Serials: families, what a scanner reads, tables of ranges, changes of families."""

from __future__ import annotations

import datetime as dt
import pickle

import polars as pl
import pytest
import seriatim as st
from seriatim import By, serial_field


@pytest.fixture
def index(tmp_path):
    family = st.SerialFamily("bike", "{plant:A2}{yy:D2}{n:D4}")
    units = [
        {"serial": "AX240001", "lot": "L1"},
        {"serial": "AX250001", "lot": "L1"},
        {"serial": "BK250001"},
        {"serial": "A 25002", "lot": "L1"},
    ]
    index = st.create(tmp_path / "index", [st.Column("lot", "text")], [family])
    index.load_units(units, infer_families=False)
    return index


def test_units_are_counted_by_a_field_of_their_serials(index):
    assert index.all().by(By.serial_field("plant")).to_dicts() == [
        {"serial.plant": "AX", "units": 2},
        {"serial.plant": "BK", "units": 1},
        {"serial.plant": None, "units": 1},
    ]
    assert len(index.select(serial_field("yy") == 25).affected) == 2


def test_the_clauses_that_decide_about_a_unit(index):
    found = index.select("lot = 'L1' AND serial.yy = 25")
    decision = found.explain_unit("BK250001")
    assert (decision.verdict, [it.text for it in decision.clauses]) == (
        "undetermined",
        ["lot = 'L1'"],
    )
    with pytest.raises(st.NotFoundError):
        found.explain_unit("BK250002")


def test_what_invalid_serials_may_be(index):
    found = index.lookup(["ax 25 0001", "AX2500x1", "something else"])
    assert found.invalid == [0, 1, 2]
    (there, like) = found.near_misses
    assert there == st.NearMiss(0, "bike", st.Unit("AX250001"))
    assert like == st.NearMiss(1, "bike", None)


def test_where_units_moved(index):
    before = index.select("lot = 'L1'")
    diff = before.diff(index.select("serial = 'BK250001'"))
    assert list(diff.moved("undetermined", "affected")) == [st.Unit("BK250001")]
    assert ("undetermined", "affected", 1) in diff.moves()
    assert sum(units for _, _, units in diff.moves()) == 4
    with pytest.raises(ValueError, match="there is no verdict"):
        diff.moved("maybe", "affected")


def test_other_families_are_put_in_force(index):
    family = st.SerialFamily("bike", "{plant:A2}{yy:D2}{n:D4}", normaliser=["without_spaces"])
    wide = st.SerialFamily("wide", "{plant:A1}{yy:D2}{n:D3}", normaliser=["without_spaces"])
    told = index.change_families([family, wide], progress=lambda rows, total: None)
    assert (told.now_coded, told.opaque, told.families) == (1, 0, [("bike", 3), ("wide", 1)])
    assert index.families == [family, wide] and index.families_version == told.families_version
    (unit,) = index.select("serial = 'A25002'").affected
    assert unit.serial == "A25002"
    with pytest.raises(TypeError, match="there is no option \"rename\""):
        index.change_families([], rename={})


def test_columns_are_renamed_on_the_way_in(tmp_path):
    index = st.create(tmp_path / "index", [st.Column("lot", "text")])
    told = index.load_units(
        pl.DataFrame({"no": ["A1"], "batch": ["L1"], "note": ["x"]}),
        serial="no",
        rename={"batch": "lot"},
        ignore=["note"],
    )
    assert told.loaded == 1 and len(index.select("lot = 'L1'").affected) == 1
    valid_from = dt.datetime(2025, 4, 1, tzinfo=dt.timezone.utc)
    owners = pl.DataFrame(
        {"id": ["k1"], "unit": ["A1"], "owner": ["o1"], "valid_from": [valid_from]}
    )
    assert index.load_registrations(owners, map={"id": "key", "unit": "serial"}).loaded == 1
    with pytest.raises(st.InvalidArgumentError, match="there is no field"):
        index.load_registrations(owners, map={"id": "no"})


def test_a_scan_names_a_unit(tmp_path):
    read = st.Scanned.read("https://example.org/01/9506000134352/21/A1?17=271231")
    assert (read.namespace, read.serial) == ("09506000134352", "A1")
    assert str(read.elements) == "(01)09506000134352(21)A1(17)271231"
    index = st.create(tmp_path / "index")
    index.load_units(pl.DataFrame({"serial": ["A1"]}), namespace=read.namespace)
    assert index.select("serial = 'A1'").status("(01)09506000134352(21)A1") == "affected"
    assert st.Scanned.read("A1").elements is None
    unit = st.ElementString.of_unit("9506000134352", "A1")
    assert unit.to_digital_link("https://id.gs1.org") == "https://id.gs1.org/01/09506000134352/21/A1"
    assert unit.value("17") is None and unit.elements[1] == ("21", "A1")
    assert pickle.loads(pickle.dumps(unit)) == unit


def test_ready_made_families():
    imei = st.SerialFamily.imei("imei")
    assert imei.check_policy == "report" and imei.check("490154203237517") is False
    strict = imei.with_check_policy("require")
    assert strict.encode("490154203237517") is None
    assert pickle.loads(pickle.dumps(strict)) == strict
    with pytest.raises(st.InvalidArgumentError, match="first model year"):
        st.SerialFamily.vin("vin", 1900)
    with pytest.raises(st.InvalidArgumentError):
        st.SerialFamily("bad", "{n:")
    code = st.SerialFamily.gs1("label").encode("z" * 20)
    assert code > 2**64  # codes have up to 128 bits


def test_a_published_table_becomes_a_scope(tmp_path):
    schema = st.Schema(
        [st.Column("model", "text")], [st.SerialFamily("panel", "A{n:D4}")]
    )
    text = "Model,Serial from,Serial to\nM1,A2001,A2308\nM2,a2001,A2310\nM3,see note,\n"
    (tmp_path / "recall.csv").write_text(text, encoding="utf-8")
    rows = [("M1", "A2001", "A2308"), ("M2", "a2001", "A2310"), ("M3", "see note", "")]
    tables = [
        st.RangeTable.open_csv(tmp_path / "recall.csv", schema),
        st.RangeTable.from_csv(text.encode(), schema),
        st.RangeTable.from_rows(rows, schema),
    ]
    for table in tables:
        assert [it.outcome for it in table.rows] == ["accepted", "flagged", "refused"]
        with pytest.raises(st.InvalidArgumentError, match="are refused"):
            table.scope()
        assert "'A2001' AND 'A2310'" in str(table.scope_without_refused(1))
        assert "refused" in table._repr_html_() and "respelled" in str(table)
    assert tables[0].rows[0].line == 2
    with pytest.raises(st.InvalidArgumentError, match="unknown variant"):
        st.RangeTable.from_rows(rows, schema, assume=["everything"])
    with pytest.raises(st.IoError):
        st.RangeTable.open_csv(tmp_path / "none.csv", schema)


def test_a_second_serial_finds_units(tmp_path):
    imei = st.SerialFamily.imei("imei")
    columns = [st.Column("imei", "text", identifier=[imei]), st.Column("lot", "text")]
    index = st.create(tmp_path / "index", columns)
    told = index.load_units(
        [
            {"serial": "A1", "imei": "49-015420-323751-8", "lot": "L1"},
            {"serial": "A2", "imei": "not read"},
            {"serial": "A3", "lot": "L1"},
        ]
    )
    assert told.identifiers == [st.IdentifierReport("imei", [("imei", 1)], 1)]
    assert told.inference["families"][0]["family"]["layout"] == "A{n:D1}"
    assert index.columns[0].identifier == [imei] and index.columns[1].identifier is None
    asked = index.lookup_by("imei", pl.Series(["490154203237518", "490154203237526"]))
    assert list(asked.found) == [st.Unit("A1")] and asked.unknown == [1]
    found = index.select("lot = 'L1'")
    assert found.status_by("imei", "490154203237518") == "affected"
    with pytest.raises(st.InvalidArgumentError, match="no identifier column"):
        index.lookup_by("nothing", ["490154203237518"])
