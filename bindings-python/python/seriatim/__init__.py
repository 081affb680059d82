"""Which serialised units a recall affects, who owns them, and who cannot be reached.

Examples
--------
>>> import seriatim as st
>>> from seriatim import col, serial
>>> index = st.build(folder / "plant.seriatim", units)
>>> found = index.select(serial.is_between("00042500", "00047800") & (col("facility") == "Leipzig"))
>>> len(found.affected), len(found.undetermined)
(1, 1)
"""

from __future__ import annotations

from typing import Any

from seriatim import _native
from seriatim._errors import (
    CancelledError,
    ConflictError,
    CorruptError,
    Error,
    InvalidArgumentError,
    IoError,
    NotFoundError,
    ScopeError,
    ScopeFieldError,
    ScopeSyntaxError,
    UnsupportedError,
)
from seriatim._native import (
    BoundScope,
    By,
    Column,
    Description,
    ElementString,
    Frame,
    Index,
    Literal,
    Lookup,
    Ownership,
    RangeTable,
    Reach,
    Registrar,
    Scanned,
    Schema,
    Scope,
    ScopeDiff,
    Selection,
    SerialFamily,
    SerialSet,
    Term,
    Unit,
    UnitSet,
    Verdicts,
    beside,
    infer,
    mask,
    open,
    param,
    set_threads,
    threads,
)
from seriatim._results import (
    Clause,
    CompactReport,
    DecidingClause,
    Decision,
    DescribedRange,
    Explanation,
    FamilyChangeReport,
    Finding,
    FoldReport,
    IdentifierReport,
    LoadReport,
    NearMiss,
    Notice,
    RangeTableReport,
    ReasonRows,
    ReasonUnits,
    PruneReport,
    Receipt,
    RegistrationReport,
    RetireReport,
    TableRow,
    Verification,
)

__all__ = [
    "BoundScope",
    "By",
    "CancelledError",
    "Clause",
    "Column",
    "CompactReport",
    "ConflictError",
    "CorruptError",
    "DecidingClause",
    "Decision",
    "DescribedRange",
    "Description",
    "ElementString",
    "Error",
    "Explanation",
    "FamilyChangeReport",
    "Finding",
    "FoldReport",
    "Frame",
    "IdentifierReport",
    "Index",
    "InvalidArgumentError",
    "IoError",
    "Literal",
    "LoadReport",
    "Lookup",
    "NearMiss",
    "Notice",
    "NotFoundError",
    "Ownership",
    "RangeTable",
    "RangeTableReport",
    "Reach",
    "ReasonRows",
    "ReasonUnits",
    "PruneReport",
    "Receipt",
    "Registrar",
    "RegistrationReport",
    "RetireReport",
    "Scanned",
    "Schema",
    "Scope",
    "ScopeDiff",
    "ScopeError",
    "ScopeFieldError",
    "ScopeSyntaxError",
    "Selection",
    "SerialFamily",
    "SerialSet",
    "TableRow",
    "Term",
    "Unit",
    "UnitSet",
    "UnsupportedError",
    "Verdicts",
    "Verification",
    "beside",
    "build",
    "col",
    "create",
    "infer",
    "mask",
    "namespace",
    "open",
    "param",
    "serial",
    "serial_field",
    "set_threads",
    "sql",
    "threads",
]

#: The serial of a unit, on its way into a condition.
serial = Term("serial")
#: What the serial is unique within, on its way into a condition.
namespace = Term("namespace")


def serial_field(name: str) -> Term:
    """Begin a condition on a field of the serial, such as `yy`; `made` is the time that it names.

    Examples
    --------
    >>> print(serial_field("yy") == 25)
    serial.yy = 25
    """
    return Term(f"serial.{name}")


def col(name: str) -> Term:
    """Begin a condition on a column.

    Examples
    --------
    >>> print((col("lot") == "L1") | col("lot").is_null())
    lot = 'L1' OR lot IS NULL
    """
    return Term(name)


def sql(text: str) -> Scope:
    """Read a scope written as the condition of a SQL `WHERE` clause.

    Examples
    --------
    >>> sql("not lot = 'L1'")
    Scope("NOT lot = 'L1'")
    """
    return Scope(text)


def create(
    path: Any,
    columns: list[Column] | None = None,
    families: list[SerialFamily] | None = None,
) -> Index:
    """Make an empty index in a folder that holds none.

    Without `columns` the first load gives the index the columns of its input.
    """
    return _native.create(path, columns, families)


def build(
    path: Any,
    units: Any,
    registrations: Any = None,
    *,
    columns: list[Column] | None = None,
    families: list[SerialFamily] | None = None,
    **options: Any,
) -> Index:
    """Make an index in a folder and load units, and registrations where given.

    Parameters
    ----------
    path : str or os.PathLike
        The folder, which holds no index yet.
    units : table, path, list of paths, or iterable of tables
        Anything with `__arrow_c_stream__` (polars, pandas, pyarrow, duckdb ...), or Parquet or CSV
        files.
    registrations : the same, optional
        Who owns the units.
    columns, families : list, optional
        The columns and serial families; what is left out is taken from the input.
    **options
        As for `Index.load_units`.
    """
    index = create(path, columns, families)
    index.load_units(units, **options)
    if registrations is not None:
        index.load_registrations(registrations)
    return index
