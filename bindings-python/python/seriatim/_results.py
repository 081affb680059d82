"""What loads, explanations and checks come to."""

from __future__ import annotations

from dataclasses import dataclass

from seriatim import _html


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
class Verification:
    """What reading every byte of every file found."""

    #: How many files the newest manifest names.
    files: int
    #: How many bytes were read.
    size_bytes: int
    #: What is damaged: path and what is wrong with it.
    damage: list[tuple[str, str]]

    @property
    def is_whole(self) -> bool:
        """Whether everything is whole."""
        return not self.damage
