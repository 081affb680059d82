"""Inputs that are wrong, or look so."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import seriatim as st
from seriatim import col

UNITS = {"serial": ["A001", "A002", "A003"], "lot": ["a", None, "b"], "count": [1, 2, 3]}


@pytest.fixture
def index(tmp_path):
    return st.build(tmp_path / "index", pl.DataFrame(UNITS))


@pytest.mark.parametrize(
    ("units", "told"),
    [
        (pl.DataFrame({"serial": ["A"], "lot": [None]}), "`lot` has no type, as all of it is null"),
        ([pl.DataFrame({"serial": ["A"], "lot": [None]})], "`lot` has no type, as all of it is null"),
        (pa.table([pa.array(["A"]), pa.array(["B"])], names=["serial", "serial"]), "two columns `serial`"),
        (pl.DataFrame({"serial": ["A", "A"]}), "the latest wins"),
        ({"serial": ["A"]}, "a list of dicts"),
        ([{"serial": 5}], "a serial is a str, with the zeros that it has in front, not int"),
        ([{"serial": "A", "count": 10**30}], "does not fit into 64 bits"),
        ([{"serial": "A", "lot": b"x"}], "`lot`: a value of a unit is"),
    ],
)
def test_what_cannot_be_loaded_says_why(tmp_path, units, told):
    with pytest.raises((st.Error, TypeError), match=told):
        st.build(tmp_path / "index", units)


def test_described_units_have_scalars_of_numpy_and_what_pandas_misses(tmp_path):
    units = [
        {"serial": "A001", "count": np.int64(5), "torque": np.float32(2), "at": pd.Timestamp("2025-01-01", tz="UTC")},
        {"serial": "A002", "count": pd.NA, "torque": None, "at": pd.NaT},
    ]
    index = st.build(tmp_path / "index", units)
    for scope in ("count = 5", "torque = 2", "at = '2025-01-01T00:00:00Z'"):
        found = index.select(scope)
        assert (len(found.affected), len(found.undetermined)) == (1, 1), scope


@pytest.mark.parametrize("missing", [None, pd.NA, pd.NaT])
def test_nothing_compares_with_what_is_missing(missing):
    with pytest.raises(TypeError, match="is_null"):
        col("lot") == missing
    with pytest.raises(TypeError, match="is_null"):
        col("lot").is_in(["a", missing])


def test_a_serial_is_a_text(index):
    found = index.select("count > 0")
    for wrong in (1, None, 1.0, b"A001", ["A001"], dt.date(2025, 1, 1)):
        with pytest.raises(TypeError, match="a serial is a str"):
            found.status(wrong)
        with pytest.raises(TypeError, match="a serial is a str"):
            wrong in found.affected
    assert found.status(next(iter(found.affected))) == "affected"
    with pytest.raises(TypeError, match="a serial is a str, .* not int"):
        found.status_many([1, 2])
    expected = ["affected", "invalid_serial"]
    assert found.status_many(["A001", None]) == expected
    assert found.status_many(np.array(["A001", None], dtype=object)) == expected
    assert found.status_many(pd.Series(["A001", None])).to_list() == expected


@pytest.mark.parametrize("options", [{"threads": -1}, {"memory_bytes_max": float("nan")}, {"namespace": 5}])
def test_a_wrong_option_is_named(index, options):
    (name,) = options
    with pytest.raises((TypeError, OverflowError), match=f"option {name}: "):
        index.load_units(pl.DataFrame({"serial": ["A004"], "lot": ["a"], "count": [4]}), **options)


def test_the_threads_that_calls_share_are_counted(index):
    before = st.threads()
    assert before >= 1
    try:
        st.set_threads(before + 1)
        assert st.threads() == before + 1
        assert len(index.select("lot = 'a' OR count >= 3").affected) == 2
    finally:
        st.set_threads(before)
    with pytest.raises(st.InvalidArgumentError, match="0 threads; calls share at least one"):
        st.set_threads(0)


def test_an_input_that_raises_leaves_the_index_as_it_was(index):
    def tables():
        yield pl.DataFrame({"serial": ["A004"], "lot": ["a"], "count": [4]})
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        index.load_units(tables())
    assert index.units == 3 and index.verify().damage == []
