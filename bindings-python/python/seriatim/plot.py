"""Charts of a recall, made with Altair: `pip install seriatim[plot]`.

Each function returns the chart, to be shown or changed further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim._native import By

if TYPE_CHECKING:
    import altair

    from seriatim._native import Index, Ownership, Selection, UnitSet

_PERIODS = {"day": By.day, "week": By.week, "month": By.month, "year": By.year}
_AFFECTED, _UNDETERMINED, _OTHER = "#c44e52", "#dd8452", "#c9ced6"


def affected_by_date(
    index: Index, selection: Selection, column: str, period: str = "month"
) -> altair.Chart:
    """Draw the affected units over all production, by when they were made.

    Parameters
    ----------
    index : Index
        What the selection was made on.
    selection : Selection
        The affected and the undetermined units.
    column : str
        A date or timestamp column, such as `made_at`.
    period : {"day", "week", "month", "year"}
        What one bar stands for.
    """
    by = _period(column, period)
    affected = _counts(selection.affected, by)
    undetermined = _counts(selection.undetermined, by)
    rows = []
    for key, units in _counts(index.all(), by).items():
        sure, maybe = affected.get(key, 0), undetermined.get(key, 0)
        when = "unknown" if key is None else key.isoformat()
        parts = (("affected", sure), ("undetermined", maybe), ("not affected", units - sure - maybe))
        rows += [
            {period: when, "verdict": name, "units": count, "place": place}
            for place, (name, count) in enumerate(parts)
        ]
    alt = _altair()
    names, colours = ["affected", "undetermined", "not affected"], [_AFFECTED, _UNDETERMINED, _OTHER]
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X(f"{period}:O", title=f"{column}, by {period}"),
            y=alt.Y("units:Q"),
            color=alt.Color("verdict:N", scale=alt.Scale(domain=names, range=colours)),
            order=alt.Order("place:Q"),
            tooltip=[f"{period}:O", "verdict:N", "units:Q"],
        )
    )
    return chart


def gap_by(ownership: Ownership, column: str) -> altair.Chart:
    """Draw the units that nobody has registered, by the values of a column such as `market`."""
    counts = _counts(ownership.gap, column)
    rows = [{column: _name(key), "units": units} for key, units in counts.items()]
    alt = _altair()
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=_AFFECTED)
        .encode(
            x=alt.X("units:Q", title="units in the gap"),
            y=alt.Y(f"{column}:N", sort="-x"),
            tooltip=[f"{column}:N", "units:Q"],
        )
    )
    return chart


def coverage_by(ownership: Ownership, column: str, purpose: Any = "safety") -> altair.Chart:
    """Draw which share of the units is reachable, registered only, or in the gap, by a column.

    Parameters
    ----------
    ownership : Ownership
        The affected units, joined with their registrations.
    column : str
        What to draw a bar for, such as `model`.
    purpose : {"safety", "service", "marketing"}
        What owners are to be reached for.
    """
    reachable = _counts(ownership.reachable(purpose), column)
    registered = _counts(ownership.registered, column)
    gap = _counts(ownership.gap, column)
    rows = []
    for key in dict.fromkeys([*registered, *gap]):
        reached = reachable.get(key, 0)
        parts = (
            ("reachable", reached),
            ("registered, not reachable", registered.get(key, 0) - reached),
            ("gap", gap.get(key, 0)),
        )
        rows += [
            {column: _name(key), "coverage": name, "units": units, "place": place}
            for place, (name, units) in enumerate(parts)
        ]
    alt = _altair()
    names = ["reachable", "registered, not reachable", "gap"]
    colours = ["#4c78a8", _UNDETERMINED, _AFFECTED]
    chart: altair.Chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("units:Q", stack="normalize", title="share of the affected units"),
            y=alt.Y(f"{column}:N"),
            color=alt.Color("coverage:N", scale=alt.Scale(domain=names, range=colours)),
            order=alt.Order("place:Q"),
            tooltip=[f"{column}:N", "coverage:N", "units:Q"],
        )
    )
    return chart


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise ImportError("charts need Altair: pip install seriatim[plot]") from error
    return altair


def _period(column: str, period: str) -> By:
    if period not in _PERIODS:
        raise ValueError(f"a period is one of {', '.join(_PERIODS)}, not {period!r}")
    return _PERIODS[period](column)


def _counts(units: UnitSet, by: str | By) -> dict[Any, int]:
    """How many units have each value; None where it is missing."""
    rows = units.by(by).to_dicts()
    return {next(iter(row.values())): row["units"] for row in rows}


def _name(key: Any) -> str:
    return "unknown" if key is None else str(key)
