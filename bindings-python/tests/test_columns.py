"""Columns of serials from other libraries, in and out, without an object a row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import seriatim as st

SERIALS = ["A001", "A002", "A999", "?", "A001", ""]
VERDICTS = [
    "affected", "not_affected", "unknown_serial", "invalid_serial", "affected", "invalid_serial",
]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    index = st.create(tmp_path_factory.mktemp("plant") / "index", families=[st.SerialFamily("a", "A{n:D3}")])
    index.load_units([{"serial": "A001"}, {"serial": "A002"}])
    return index, index.select("serial = 'A001'")


def columns():
    yield "polars", pl.Series(SERIALS)
    yield "polars with nulls", pl.Series([*SERIALS[:-1], None])
    yield "polars categories", pl.Series(SERIALS, dtype=pl.Categorical)
    yield "polars chunks", pl.concat([pl.Series(SERIALS[:2]), pl.Series(SERIALS[2:])], rechunk=False)
    yield "pyarrow", pa.array(SERIALS)
    yield "pyarrow large", pa.array(SERIALS, pa.large_string())
    yield "pyarrow view", pa.array(SERIALS, pa.string_view())
    yield "pyarrow slice", pa.array(["x", *SERIALS, "x"])[1:-1]
    yield "pyarrow dictionary", pa.array([*SERIALS[:-1], None]).dictionary_encode()
    yield "pyarrow chunks", pa.chunked_array([SERIALS[:2], SERIALS[2:]])
    yield "numpy", np.array(SERIALS)
    yield "numpy backwards", np.array(SERIALS[::-1])[::-1]
    yield "numpy big endian", np.array(SERIALS).astype(">U7")
    yield "pandas of arrow", pd.Series(SERIALS, dtype=pd.ArrowDtype(pa.string()))
    yield "pandas", pd.Series(SERIALS)


@pytest.mark.parametrize("column", [it for _, it in columns()], ids=[it for it, _ in columns()])
def test_verdicts_of_a_column_are_a_column(found, column):
    index, selection = found
    verdicts = selection.status_many(column)
    assert isinstance(verdicts, st.Verdicts) and len(verdicts) == 6
    assert verdicts.to_list() == VERDICTS
    assert verdicts.to_polars().to_list() == VERDICTS
    assert pl.Series(verdicts).to_list() == VERDICTS
    assert pa.array(verdicts).to_pylist() == VERDICTS
    assert verdicts.to_pandas().tolist() == VERDICTS
    told = index.lookup(column)
    assert (len(told.found), told.unknown, told.invalid, told.duplicate) == (1 + 1, [2], [3, 5], [4])


def test_lists_and_generators_give_a_list(found):
    _, selection = found
    assert selection.status_many(SERIALS) == VERDICTS
    assert selection.status_many(it for it in SERIALS) == VERDICTS
    assert selection.status_many(np.array(SERIALS, dtype=object)) == VERDICTS
    counts = selection.status_many(pa.array(SERIALS)).counts()
    assert counts == {"affected": 2, "not_affected": 1, "unknown_serial": 1, "invalid_serial": 2}
    assert selection.status_many(pl.Series([], dtype=pl.String)).to_list() == []


def test_letters_outside_of_ascii(found):
    _, selection = found
    odd = ["Ä1", "数", "A001", "\U0001f6b2"]
    for column in (np.array(odd), pl.Series(odd), odd):
        told = selection.status_many(column, namespace="")
        assert list(told if isinstance(told, list) else told.to_list())[2] == "affected"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pl.Series([1, 2]), "serials are texts, but the column holds Int64"),
        (pl.DataFrame({"serial": SERIALS}), "one column of serials, not a table"),
        (np.array([SERIALS]), "not an array of several"),
        ("A001", "not one text"),
        ([1], "int"),
    ],
)
def test_what_is_no_column_of_serials(found, column, message):
    index, selection = found
    for call in (selection.status_many, index.lookup, st.SerialSet, st.infer):
        with pytest.raises((ValueError, TypeError), match=message):
            call(column)


def test_serial_sets_and_inference_take_columns(found):
    index, _ = found
    uploaded = st.SerialSet(pl.Series(["A001", "A777"]))
    assert len(index.select("serial IN :uploaded", uploaded=uploaded).affected) == 1
    many = pl.Series([f"LJ-{it:04}" for it in range(1000)])
    (family,) = st.infer(many)["families"]
    assert family["family"]["layout"] == "LJ-{n:D4}"
