"""Tables of other libraries, in and out."""

from __future__ import annotations

import datetime as dt
import sys
import time

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import seriatim as st
from seriatim import By, col, serial

MADE = dt.datetime(2025, 3, 1, 12, tzinfo=dt.timezone.utc)
ROWS = {
    "serial": ["00042500", "00042501", "00042502", "00042503"],
    "facility": ["Leipzig", "Brno", None, "Leipzig"],
    "made_at": [MADE, MADE, MADE + dt.timedelta(days=40), None],
    "line": [4, 5, 4, None],
    "torque": [4.5, None, 4.7, 4.9],
}


def frames():
    table = pa.table(ROWS)
    yield "polars", pl.DataFrame(ROWS)
    yield "pandas", table.to_pandas(types_mapper=pd.ArrowDtype)
    yield "pyarrow", table
    yield "batches", iter(table.to_batches(max_chunksize=2))
    yield "frames", (pl.DataFrame(ROWS)[at : at + 1] for at in range(4))
    rows = [dict(zip(ROWS, values)) for values in zip(*ROWS.values())]
    yield "dicts", rows


@pytest.mark.parametrize("frame", [it for _, it in frames()], ids=[it for it, _ in frames()])
def test_every_table_loads_the_same(tmp_path, frame):
    index = st.build(tmp_path / "index", frame)
    found = index.select((col("facility") == "Leipzig") & (col("line") == 4))
    assert [it.serial for it in found.affected] == ["00042500"]
    assert [it.serial for it in found.undetermined] == ["00042502", "00042503"]
    back = index.all().table("facility", "line", "torque", "made_at").to_dicts()
    assert [it["line"] for it in back] == ROWS["line"]
    assert [it["torque"] for it in back] == ROWS["torque"]
    assert [it["facility"] for it in back] == ROWS["facility"]
    assert [it["made_at"] for it in back] == ROWS["made_at"]


@pytest.fixture
def index(tmp_path):
    return st.build(tmp_path / "index", pl.DataFrame(ROWS))


def test_files_load_too(tmp_path):
    pl.DataFrame(ROWS).write_parquet(tmp_path / "units.parquet")
    pl.DataFrame(ROWS).write_csv(tmp_path / "units.csv")
    for name in ("units.parquet", "units.csv"):
        index = st.build(tmp_path / name.replace(".", "-"), tmp_path / name)
        assert index.units == 4
    several = st.create(tmp_path / "several")
    told = several.load_units([tmp_path / "units.parquet"])
    assert (told.read, told.loaded, told.families) == (4, 4, [("D8", 4)])


def test_tables_come_out_through_arrow(index):
    table = index.all().table()
    assert pa.table(table).num_rows == 4
    assert pl.DataFrame(table).height == 4
    assert table.to_pandas().shape == (4, 5)
    assert table.columns == list(ROWS)
    assert (table.rows, len(table.to_dicts())) == (4, 4)
    # It is read anew each time.
    assert pl.DataFrame(table).equals(table.to_polars())


@pytest.mark.parametrize(("name", "missing"), [("polars", "polars"), ("arrow", "pyarrow"), ("pandas", "pyarrow"), ("pandas", "pandas")])
def test_a_library_that_is_missing_is_named(index, monkeypatch, name, missing):
    verdicts = index.select("facility = 'Brno'").status_many(pl.Series(["1"]))
    monkeypatch.setitem(sys.modules, missing, None)
    for table in (index.all().table(), verdicts):
        with pytest.raises(ImportError, match=rf"this needs {missing}: pip install seriatim\[{name}\]"):
            getattr(table, f"to_{name}")()


def test_groups_are_a_small_table(index):
    groups = index.all().by("facility", By.month("made_at"))
    assert groups.to_dicts() == [
        {"facility": "Brno", "made_at_month": dt.date(2025, 3, 1), "units": 1},
        {"facility": "Leipzig", "made_at_month": dt.date(2025, 3, 1), "units": 1},
        {"facility": "Leipzig", "made_at_month": None, "units": 1},
        {"facility": None, "made_at_month": dt.date(2025, 4, 1), "units": 1},
    ]


def test_registrations_and_contacts(index):
    valid_from = dt.datetime(2025, 4, 1, tzinfo=dt.timezone.utc)
    owners = pl.DataFrame(
        {
            "key": ["k1", "k2"],
            "serial": ["00042500", "00042501"],
            "owner": ["o1", "o1"],
            "valid_from": [valid_from, valid_from],
            "has_email": [True, True],
            "email": ["ann@example.org", "ann@example.org"],
        }
    )
    assert index.load_registrations(owners).loaded == 2
    own = index.all().ownership(dt.datetime(2025, 6, 1, tzinfo=dt.timezone.utc))
    assert (own.affected, len(own.registered), len(own.gap)) == (4, 2, 2)
    assert own.by("facility").to_dicts() == [
        {"facility": "Brno", "affected": 1, "registered": 1, "gap": 0},
        {"facility": "Leipzig", "affected": 2, "registered": 1, "gap": 1},
        {"facility": None, "affected": 1, "registered": 0, "gap": 1},
    ]
    assert (own.reach().reachable, own.reach("marketing").reachable) == (2, 0)
    (contact,) = own.contacts().to_dicts()
    assert contact["owner"] == "o1"
    assert contact["serials"] == ["00042500", "00042501"]
    assert own.registrations("serial", "owner").to_polars().rows() == [
        ("00042500", "o1"),
        ("00042501", "o1"),
    ]
    assert "example.org" not in repr(own) + repr(own.contacts()) + repr(own.registrations())


def test_what_is_no_table_is_told(tmp_path):
    with pytest.raises(TypeError, match=r"call \.collect\(\) first"):
        st.build(tmp_path / "lazy", pl.LazyFrame(ROWS))
    with pytest.raises(TypeError, match="expected a table"):
        st.build(tmp_path / "number", 42)
    with pytest.raises(ValueError, match="end in .parquet"):
        st.build(tmp_path / "text", tmp_path / "units.txt")


def test_an_exception_in_an_input_comes_through(tmp_path):
    def broken():
        yield pl.DataFrame(ROWS)
        raise KeyError("the third file")

    index = st.create(tmp_path / "index")
    with pytest.raises(KeyError, match="the third file"):
        index.load_units(broken())
    assert (index.version, index.units) == (1, 0)


def test_progress_is_told_and_may_stop_a_load(tmp_path):
    bar = st.build(tmp_path / "bar", pl.DataFrame(ROWS), progress=True)
    assert bar.units == 4
    told = []
    st.build(tmp_path / "told", pl.DataFrame(ROWS), progress=lambda rows, _: told.append(rows))
    assert told[-1:] in ([4], [])

    def stop(rows, total):
        raise RuntimeError("enough")

    many = pl.DataFrame({"serial": [f"{it:08}" for it in range(300_000)]})
    batches = (many[at : at + 1_000] for at in range(0, 300_000, 1_000))
    index = st.create(tmp_path / "stopped")

    class Slow:
        def __iter__(self):
            for batch in batches:
                time.sleep(0.002)
                yield batch

    with pytest.raises(RuntimeError, match="enough"):
        index.load_units(Slow(), progress=stop)
    assert index.units == 0


def test_described_rows_may_have_names_of_their_own(tmp_path):
    index = st.create(tmp_path / "index")
    rows = [{"no": "A1", "batch": "L1", "gtin": "x"}, {"no": "A2", "batch": "L2"}]
    names = {"serial": "no", "namespace_column": "gtin", "rename": {"batch": "lot"}}
    assert index.load_units(rows, **names, namespace="y").loaded == 2
    assert [(it.namespace, it.serial) for it in index.all()] == [("x", "A1"), ("y", "A2")]
    assert [it.name for it in index.columns] == ["lot"]
    registered = [{"no": "A1", "who": "o1"}]
    index.load_registrations(registered, map={"no": "serial", "who": "owner"}, namespace="x")
    assert len(index.all().ownership("2026-01-01T00:00:00Z").registered) == 1


def test_progress_of_a_selection_is_told_and_may_stop_it(tmp_path):
    rows = 400_000
    frame = pl.DataFrame({"serial": [f"{it:08}" for it in range(rows)]})
    frame = frame.with_columns(n=pl.int_range(rows) * 7 % 97)
    index = st.build(tmp_path / "index", frame)
    told = []
    found = index.select("n = 5", progress=lambda *at: told.append(at))
    assert len(found.affected) == frame.filter(pl.col("n") == 5).height
    assert told[-1] == (rows, rows)

    def stop(rows, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        index.select("n = 5", progress=stop)
    with pytest.raises(TypeError, match="progress is a bool"):
        index.select("n = :n", progress=5, n=5)
    assert len(index.select("n = :n", progress=True, n=5).affected) == len(found.affected)


def test_a_load_may_be_stopped_until_it_is_published(tmp_path):
    index = st.create(tmp_path / "index")
    calls = []

    def stop(rows, total):
        calls.append((rows, total))
        if len(calls) == 2:
            raise RuntimeError("after all was written")

    frame = pl.DataFrame({"serial": [f"{it:08}" for it in range(1_000)]})
    frame.write_parquet(tmp_path / "units.parquet")
    with pytest.raises(RuntimeError, match="after all was written"):
        index.load_units(tmp_path / "units.parquet", progress=stop)
    assert calls == [(1_000, 1_000)] * 2
    assert index.units == 0 and st.open(index.path).verify().is_whole
    assert index.load_units(frame).loaded == 1_000


def test_unknown_options_are_refused(tmp_path):
    with pytest.raises(TypeError, match="there is no option \"seriel\""):
        st.build(tmp_path / "index", pl.DataFrame(ROWS), seriel="serial")


def test_a_serial_in_a_set(index):
    late = index.select(serial >= "00042502").affected
    assert "00042502" in late and "00042500" not in late
    assert ("", "00042503") in late
    assert [str(it) for it in late] == ["00042502", "00042503"]


def test_columns_are_shared_and_not_copied(index):
    def addresses(column):
        return [it.address for it in column.buffers() if it is not None]

    groups = index.all().by("facility")
    verdicts = index.select("facility = 'Brno'").status_many(pl.Series(["1", "2"]))
    first, second = pa.table(groups), pa.table(groups)
    for one, other in zip(first.columns, second.columns, strict=True):
        assert addresses(one.chunk(0)) == addresses(other.chunk(0)) != []
    kept, again = pa.array(verdicts), pa.array(verdicts)
    assert addresses(kept) == addresses(again) != []
