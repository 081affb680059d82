"""What loads, explanations and checks come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim import _html

if TYPE_CHECKING:
    from seriatim._native import Unit


@dataclass(frozen=True, slots=True)
class IdentifierReport:
    """What a load has in an identifier column."""

    #: The name of the column.
    column: str
    #: How many units have an identifier of each of its families, by name.
    families: list[tuple[str, int]]
    #: How many units have one that fits no family.
    opaque: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of the rows of a load of units."""

    #: The version of the index that holds the units.
    version: int
    #: Rows read.
    read: int
    #: Units that the load put into the index.
    loaded: int
    #: Rows replaced by a later row of the same load.
    replaced_in_load: int
    #: Units of the index replaced by the load.
    replaced_in_index: int
    #: The first few serials that came more than once.
    duplicate_examples: list[str]
    #: Rows left out.
    rejected: int
    #: Why, for the first few.
    rejected_examples: list[str]
    #: How many units the load has of each serial family, by name.
    families: list[tuple[str, int]]
    #: How many units have a serial that fits no family.
    opaque: int
    #: The same for every identifier column.
    identifiers: list[IdentifierReport]
    #: The families that the load read off its serials, as `infer` tells them.
    inference: dict[str, Any]
    #: Columns of the index that the input did not have.
    absent_columns: list[str]


@dataclass(frozen=True, slots=True)
class RegistrationReport:
    """What became of the rows of a load of registrations."""

    #: The version of the index that holds the registrations.
    version: int
    #: Rows read.
    read: int
    #: Registrations that the load put into the index.
    loaded: int
    #: Rows replaced by a later row of the same load.
    replaced_in_load: int
    #: Registrations of the index that the load replaced.
    replaced_in_index: int
    #: Registrations of a serial that would fit, but is no unit's; they link up when it comes.
    unknown_serials: int
    #: Registrations of a serial that fits no family and is no unit's.
    invalid_serials: int
    #: Registrations whose serial units of several namespaces have.
    ambiguous: int
    #: Rows left out.
    rejected: int
    #: Why, for the first few.
    rejected_examples: list[str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a registrar acknowledges."""

    #: The number of the first of what was recorded.
    start: int
    #: The number after the last: an index shows it once its `recorded` is not below.
    end: int
    #: Whether the request had been served before, so that nothing was recorded now.
    repeated: bool


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What a compaction did."""

    #: The version of the index after it: the one before where there was nothing to do.
    version: int
    #: Segments of units before.
    unit_segments_before: int
    #: Segments of units after.
    unit_segments: int
    #: Units that were written again.
    units: int
    #: Segments of registrations before.
    registration_segments_before: int
    #: Segments of registrations after.
    registration_segments: int
    #: Registrations that were written again.
    registrations: int


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What was removed of earlier versions."""

    #: Versions that can be opened no more.
    versions_removed: int
    #: Files that only they named.
    files_removed: int


@dataclass(frozen=True, slots=True)
class RetireReport:
    """What was retired."""

    #: The version of the index without the units; the one before, where none was retired.
    version: int
    #: Rows read.
    read: int
    #: Units retired.
    retired: int
    #: Serials that no unit has, or none any more.
    unknown: int
    #: The first few of them.
    unknown_examples: list[str]


@dataclass(frozen=True, slots=True)
class FoldReport:
    """What a fold did."""

    #: The version of the index that holds the registrations in segments.
    version: int
    #: Records of the log that were folded: registrations and changes.
    records: int
    #: Registrations that they come to.
    registrations: int


@dataclass(frozen=True, slots=True)
class FamilyChangeReport:
    """What a change of serial families did."""

    #: The version of the index in which the families are in force.
    version: int
    #: The version of the families.
    families_version: int
    #: Units that were written anew.
    recoded: int
    #: Units of segments in which no serial changes, and which stay as they are.
    unchanged: int
    #: Units whose serial fitted no family and fits one now.
    now_coded: int
    #: Units whose serial fitted a family and fits none now.
    now_opaque: int
    #: The first few serials that fit no family now.
    now_opaque_examples: list[str]
    #: Registrations that were written anew.
    registrations_recoded: int
    #: How many units each serial family has, by name.
    families: list[tuple[str, int]]
    #: How many units have a serial that fits no family.
    opaque: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a scope, and what it says of the units."""

    #: What it says, as SQL.
    text: str
    #: How many wholes it is a part of.
    depth: int
    #: Units for which it is TRUE, asked alone.
    rows_true: int
    #: Units for which it is UNKNOWN, asked alone.
    rows_unknown: int
    #: Chunks that the least and greatest value ruled out.
    chunks_pruned: int
    #: Chunks in which it is the same for all rows, but not FALSE.
    chunks_constant: int
    #: Chunks of which rows were read.
    chunks_scanned: int
    #: Nanoseconds that its test took.
    nanos: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a scope was evaluated."""

    #: Units for which it is TRUE.
    affected: int
    #: Units for which it is UNKNOWN.
    undetermined: int
    #: Chunks that the index has.
    chunks: int
    #: Chunks in which the scope's serials lie.
    chunks_in_range: int
    #: Nanoseconds to plan.
    plan_nanos: int
    #: Nanoseconds to evaluate, on one thread.
    evaluate_nanos: int
    #: The scope and its parts, each part after its whole.
    clauses: list[Clause]

    def _repr_html_(self) -> str:
        return _html.explanation(self)


@dataclass(frozen=True, slots=True)
class DescribedRange:
    """A range of serials that says which units a set has."""

    #: What the serials are unique within.
    namespace: str
    #: The ends, both included.
    first: str
    last: str
    #: How many units lie in it that the set does not have.
    units_added: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What a serial that fits no family may be."""

    #: Its place in the list that was asked.
    place: int
    #: The name of the family that it nearly fits.
    family: str
    #: The unit that it would be; None where that is no unit, or is not the only one.
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class ReasonUnits:
    """Why units are undetermined, and how many are for this reason."""

    #: The code of the reason.
    reason: str
    #: The column that is missing, if one is; a field of the serial is `serial.plant`.
    column: str | None
    #: The reason in words.
    text: str
    #: How many units; one may have several reasons.
    units: int


@dataclass(frozen=True, slots=True)
class DecidingClause:
    """A clause that decides about a unit."""

    #: The clause as SQL.
    text: str
    #: Whether it holds; None where it is unknown.
    truth: bool | None
    #: Where it stands in the text of the scope.
    line: int | None = None
    column: int | None = None
    #: Where it stands in the JSON of the scope.
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one described unit, and the clauses that decide it."""

    #: The answer.
    verdict: str
    #: Whether the scope holds; None where it is unknown.
    truth: bool | None
    #: What decides, in the order of the scope.
    clauses: list[DecidingClause]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a scope says and that most likely is not what is meant."""

    #: What it is about, such as "mask_length".
    code: str
    #: The clause as SQL; long lists are shortened.
    clause: str
    #: What was found.
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found in a row of a range table."""

    #: The code of why the row needs a look, or cannot be used.
    reason: str
    #: Whether the row cannot be used for it.
    refused: bool
    #: What was found; where the row is refused, also the way out.
    message: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a range table: what stood in it, what became of it, and why."""

    #: The line of the file in which the row begins; of a table of rows, its place. From 1.
    line: int
    #: The cells.
    model: str | None
    first: str
    last: str | None
    #: "accepted", "flagged" or "refused".
    outcome: str
    #: What was found; empty where the row is accepted.
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class ReasonRows:
    """The rows of a range table that have one reason."""

    #: The code of the reason.
    reason: str
    #: Whether the rows are refused for it, or flagged.
    refused: bool
    #: Their lines, ascending.
    lines: list[int]


@dataclass(frozen=True, slots=True)
class RangeTableReport:
    """What was found in a range table, by reason."""

    #: Rows that the scope has as they are written.
    accepted: int
    #: Rows that the scope has, at which somebody should look.
    flagged: int
    #: Rows that the scope does not have.
    refused: int
    #: Rows with nothing in any cell.
    blank: int
    #: Those for which rows are refused first.
    reasons: list[ReasonRows]
    #: Columns that were not looked at.
    columns_ignored: list[str]


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading every byte of every file found."""

    #: How many files were read: those of the newest version that are there, and of the log.
    files: int
    #: How many bytes were read.
    size_bytes: int
    #: What is damaged: path and what is wrong with it.
    damage: list[tuple[str, str]]

    @property
    def is_whole(self) -> bool:
        """Whether everything is whole."""
        return not self.damage
