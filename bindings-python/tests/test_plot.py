"""Charts hold the figures of what they show."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
import seriatim as st
from seriatim import col, plot

UTC = dt.timezone.utc


@pytest.fixture
def index(tmp_path):
    units = pl.DataFrame(
        {
            "serial": [f"A{it:03}" for it in range(6)],
            "market": ["DE", "DE", "FR", "FR", None, "DE"],
            "made_at": [dt.datetime(2025, 1 + it // 2, 5, tzinfo=UTC) for it in range(5)] + [None],
        }
    )
    owners = pl.DataFrame(
        {
            "key": ["k0", "k1"],
            "serial": ["A000", "A002"],
            "owner": ["o0", "o1"],
            "valid_from": [dt.datetime(2025, 4, 1, tzinfo=UTC)] * 2,
            "has_email": [True, False],
        }
    )
    return st.build(tmp_path / "index", units, owners)


def values(chart):
    return chart.to_dict()["data"]["values"]


def test_affected_by_date(index):
    found = index.select(col("market") == "DE")
    rows = values(plot.affected_by_date(index, found, "made_at"))
    told = {(it["month"], it["verdict"]): it["units"] for it in rows}
    assert told[("2025-01-01", "affected")] == 2
    assert told[("2025-02-01", "not affected")] == 2
    assert told[("2025-03-01", "undetermined")] == 1
    assert told[("unknown", "affected")] == 1
    assert sum(told.values()) == 6
    with pytest.raises(ValueError, match="a period is one of"):
        plot.affected_by_date(index, found, "made_at", period="hour")


def test_gap_and_coverage(index):
    own = index.all().ownership("2025-06-01T00:00:00Z")
    gap = {it["market"]: it["units"] for it in values(plot.gap_by(own, "market"))}
    assert gap == {"DE": 2, "FR": 1, "unknown": 1}
    rows = values(plot.coverage_by(own, "market"))
    told = {(it["market"], it["coverage"]): it["units"] for it in rows}
    assert told[("DE", "reachable")] == 1
    assert told[("FR", "registered, not reachable")] == 1
    assert told[("FR", "reachable")] == 0
    assert sum(told.values()) == 6


def test_an_index_shows_its_span(index):
    assert "<td style='text-align:left'>2025-01-05</td>" in index._repr_html_()
    assert "<td style='text-align:left'>2025-03-05</td>" in index._repr_html_()
