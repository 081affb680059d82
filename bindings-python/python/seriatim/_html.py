"""How things show in a notebook: small tables, with no script and no style from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from seriatim._native import By

if TYPE_CHECKING:
    from seriatim._native import Column, Index, Ownership, RangeTable, Selection
    from seriatim._results import Explanation

_TABLE = "border-collapse:collapse;font-size:90%"
_LINES_SHOWN = 20
_BAR = "display:inline-block;height:0.7em;background:#4c78a8;vertical-align:middle"


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]], caption: str = "") -> str:
    """A table; a cell that is a `_Markup` is taken as it is."""
    top = "".join(f"<th style='text-align:left'>{escape(it)}</th>" for it in head)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    title = f"<caption style='text-align:left'>{caption}</caption>" if caption else ""
    return f"<table style='{_TABLE}'>{title}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


class _Markup(str):
    """Text that is HTML already."""


def _cell(value: Any) -> str:
    if isinstance(value, _Markup):
        return f"<td style='text-align:left'>{value}</td>"
    if isinstance(value, int):
        return f"<td style='text-align:right'>{value:,}</td>"
    return f"<td style='text-align:left'>{escape(str(value))}</td>"


def _bar(part: int, whole: int) -> _Markup:
    width = 100 * part / whole if whole else 0.0
    return _Markup(f"<span style='{_BAR};width:{width:.1f}px' title='{part:,} of {whole:,}'></span>")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def index(it: Index) -> str:
    columns = _table(
        ("column", "type", "from", "to"),
        ((column.name, column.type, *_span(it, column)) for column in it.columns),
        "columns",
    )
    families = _table(
        ("family", "layout"), ((family.name, family.layout) for family in it.families), "serials"
    )
    counts = f"{it.units:,} units, {it.registrations:,} registrations, version {it.version}"
    return f"<div><b>Index</b> {escape(it.path)}<br>{counts}{columns}{families}</div>"


def _span(it: Index, column: Column) -> tuple[str, str]:
    """The first and the last day of a column of days or points in time."""
    if column.type not in ("date", "timestamp"):
        return "", ""
    days = [next(iter(row.values())) for row in it.all().by(By.day(column.name)).to_dicts()]
    known = [day for day in days if day is not None]
    return (str(min(known)), str(max(known))) if known else ("", "")


def selection(it: Selection) -> str:
    affected, undetermined = len(it.affected), len(it.undetermined)
    rows: list[tuple[Any, ...]] = [
        ("affected", affected, ""),
        ("undetermined", undetermined, "data is missing, so that they cannot be ruled out"),
    ]
    rows += [("- of which", why.units, why.text) for why in it.by_reason()]
    rows += [("notice", "", f"{notice.clause}: {notice.message}") for notice in it.notices()]
    title = f"<code>{escape(str(it.scope))}</code>"
    return "<div><b>Selection</b> " + title + _table(("", "units", ""), rows) + "</div>"


def ownership(it: Ownership) -> str:
    reach = it.reach()
    whole = it.affected
    rows = [
        ("affected", whole),
        ("registered", whole - reach.unregistered),
        ("reachable", reach.reachable),
    ]
    rows += [(f"- by {channel}", units) for channel, units in reach.by_channel if units]
    rows += [(f"not reachable: {why.replace('_', ' ')}", units) for why, units in reach.unreachable if units]
    rows.append(("gap: unregistered", reach.unregistered))
    cells = ((name, units, _share(units, whole), _bar(units, whole)) for name, units in rows)
    title = f"as of {escape(it.as_of)}, for {reach.purpose}"
    return f"<div><b>Ownership</b> {title}" + _table(("", "units", "share", ""), cells) + "</div>"


def explanation(it: Explanation) -> str:
    slowest = max((clause.nanos for clause in it.clauses), default=0)
    rows = (
        (
            _Markup("&nbsp;" * 4 * clause.depth + f"<code>{escape(clause.text)}</code>"),
            clause.rows_true,
            clause.rows_unknown,
            clause.chunks_pruned,
            clause.chunks_constant,
            clause.chunks_scanned,
            f"{clause.nanos / 1e6:.3f} ms",
            _bar(clause.nanos, slowest),
        )
        for clause in it.clauses
    )
    head = ("clause", "true", "unknown", "pruned", "constant", "scanned", "time", "")
    title = (
        f"{it.affected:,} affected, {it.undetermined:,} undetermined; "
        f"{it.chunks_in_range:,} of {it.chunks:,} chunks in range"
    )
    return "<div><b>Explanation</b> " + title + _table(head, rows) + "</div>"


def range_table(it: RangeTable) -> str:
    report = it.report
    counts = f"{report.accepted:,} accepted, {report.flagged:,} flagged, {report.refused:,} refused"
    rows = (
        (
            "refused" if why.refused else "flagged",
            why.reason.replace("_", " "),
            len(why.lines),
            ", ".join(map(str, why.lines[:_LINES_SHOWN]))
            + (" ..." if len(why.lines) > _LINES_SHOWN else ""),
        )
        for why in report.reasons
    )
    head = ("outcome", "reason", "rows", "lines")
    return f"<div><b>RangeTable</b> {counts}" + _table(head, rows) + "</div>"


def frame(columns: list[str], rows: int | None, first: list[dict[str, Any]]) -> str:
    count = "rows as they come" if rows is None else f"{rows:,} rows"
    cells = (["" if row[name] is None else row[name] for name in columns] for row in first)
    shown = "" if rows is not None and rows <= len(first) else f", the first {len(first)} of them"
    return f"<div><b>Frame</b> {count}{shown}" + _table(columns, cells) + "</div>"
