"""Made-up scopes: each reads as it prints, and an index answers as each unit alone does."""

from __future__ import annotations

import datetime as dt
import pickle
import random
import re

import pytest
import seriatim as st
from hypothesis import given, settings
from hypothesis import strategies as some
from seriatim import Scope, col, namespace, serial, serial_field

UTC = dt.timezone.utc
TEXTS = ["L1", "L2", "l1", "L-1-X", "", "50%_", "\\\\", "it's", "\u00c4\u6570", " L1 "]
VERSIONS = ["1.2", "1.10", "2.0-rc.1", "2.0"]
FAMILY = st.SerialFamily("bike", "AX{yy:year2@2000}{mm:month}{n:D2}")
SCHEMA = st.Schema(
    [
        st.Column("lot", "text"),
        st.Column("line", "integer"),
        st.Column("torque", "float"),
        st.Column("made_on", "date"),
        st.Column("made_at", "timestamp", zone="Europe/Berlin"),
        st.Column("ok", "boolean"),
        st.Column("firmware", "version"),
        st.Column("parts", "text_list"),
    ],
    [FAMILY],
)


def units():
    """Units of every kind, with holes; the same each time."""
    pick = random.Random(5)
    day = dt.datetime(2025, 3, 29, 22, 30, tzinfo=UTC)  # a night before clocks change
    for at in range(240):
        unit = {
            "serial": f"AX{24 + at % 2}{1 + at % 12:02}{at % 100:02}" if at % 8 else f"AX25{at}OOO"[:8],
            "namespace": "" if at % 3 else "09506000134352",
            "lot": pick.choice([*TEXTS, None]),
            "line": pick.choice([-1, 0, 4, 5, 2**62, None]),
            "torque": pick.choice([0.0, -0.5, 4.5, 1e300, None]),
            "made_on": pick.choice([dt.date(2024, 2, 29), dt.date(2025, 3, 30), None]),
            "made_at": pick.choice([day + dt.timedelta(minutes=17 * at), None]),
            "ok": pick.choice([True, False, None]),
            "firmware": pick.choice([*VERSIONS, None]),
            "parts": pick.choice([["L1"], ["L1", "L2"], [], None]),
        }
        yield {key: it for key, it in unit.items() if it is not None}


UNITS = list({(it["namespace"], it["serial"]): it for it in units()}.values())

TEXT = some.sampled_from(TEXTS) | some.text(max_size=4)
# What `\` stands before in a pattern; others are refused where a scope is read or bound.
PATTERN = re.compile(r"([^\\]|\\[%_\\])*", re.DOTALL)
SERIAL = some.builds(
    lambda year, month, n: f"AX{year}{month:02}{n:02}",
    some.integers(23, 26),
    some.integers(1, 12),
    some.integers(0, 99),
)
WHOLE = some.integers(-3, 12) | some.integers(-(2**63), 2**63 - 1)
NUMBER = some.floats(allow_nan=False, allow_infinity=False, width=64) | some.sampled_from([4.5, -0.0])
DAY = some.dates(dt.date(2024, 2, 27), dt.date(2025, 4, 2))
MOMENT = some.datetimes(
    dt.datetime(2025, 3, 29), dt.datetime(2025, 4, 2), timezones=some.just(UTC)
)
MASK = some.builds(
    lambda text, at: st.mask(text[:at] + "*" + text[at + 1 :]), SERIAL, some.integers(2, 6)
)
PARAMETERS = {"lot": "L1", "line": 4, "day": dt.date(2025, 3, 30)}
LISTS = {"lots": ["L1", "L2"], "uploaded": st.SerialSet([*(it["serial"] for it in UNITS[::7]), "nothing"])}


def compared(term, values):
    """Every way in which a term meets values."""
    # The wrong way round is refused, which is worth a few tries and no more.
    ends = some.tuples(values, values)
    pairs = ends | ends.map(lambda it: tuple(sorted(it)))
    return some.one_of(
        some.builds(lambda it: term == it, values),
        some.builds(lambda it: term != it, values),
        some.builds(lambda it: term < it, values),
        some.builds(lambda it: term >= it, values),
        some.builds(lambda it: term.is_between(*it), pairs),
        some.builds(term.is_in, some.lists(values, min_size=1, max_size=3)),
        some.builds(term.is_not_distinct_from, values),
    )


def text_terms(term):
    """What functions make of a text."""
    return some.one_of(
        some.just(term),
        some.builds(term.substring, some.integers(1, 9), some.none() | some.integers(0, 4)),
        some.builds(term.left, some.integers(0, 4)),
        some.builds(term.right, some.integers(0, 4)),
        some.builds(term.split_part, some.sampled_from(["-", "L", "\u6570"]), some.integers(1, 3)),
        some.sampled_from([term.upper(), term.lower(), term.trim()]),
    )


def patterns(term):
    return some.one_of(
        some.builds(term.like, TEXT.filter(PATTERN.fullmatch)),
        some.builds(term.starts_with, TEXT),
        some.builds(term.ends_with, TEXT),
        some.builds(term.contains, TEXT),
    )


LEAVES = some.one_of(
    text_terms(col("lot")).flatmap(lambda term: compared(term, TEXT)),
    text_terms(col("lot")).flatmap(patterns),
    text_terms(serial).flatmap(patterns),
    some.builds(lambda n, it: serial.left(n) == it[:n], some.integers(1, 8), SERIAL),
    compared(serial, SERIAL),
    some.builds(lambda it: serial == it, MASK),
    some.builds(lambda a, b: serial.is_between(a, b), MASK, MASK),
    compared(serial.char_length(), some.integers(0, 9)),
    compared(col("lot").char_length(), some.integers(0, 5)),
    compared(serial_field("yy"), some.integers(2022, 2027)),
    compared(serial_field("n"), some.integers(-1, 101)),
    compared(serial_field("made"), DAY),
    compared(namespace, some.sampled_from(["", "09506000134352"])),
    compared(col("line"), WHOLE),
    compared(col("torque"), NUMBER),
    compared(col("made_on"), DAY),
    compared(col("made_at"), MOMENT),
    compared(col("made_at").date(), DAY),
    compared(col("made_at").time(), some.sampled_from(["00:00", "02:30", "23:59:59"])),
    compared(col("made_at").extract("hour"), some.integers(-1, 24)),
    compared(col("made_on").extract("isodow"), some.integers(0, 8)),
    some.builds(lambda it: col("ok") == it, some.booleans()),
    compared(col("firmware"), some.sampled_from(VERSIONS)),
    some.builds(lambda it: col("parts") == it, some.sampled_from(["L1", "L2"])),
    some.sampled_from(
        [
            col("lot") == st.param("lot"),
            col("line") > st.param("line"),
            col("made_on") <= st.param("day"),
            col("lot").is_in_parameter("lots"),
            serial.is_in_parameter("uploaded"),
        ]
    ),
    some.builds(lambda it: col(it).is_null(), some.sampled_from([it.name for it in SCHEMA.columns])),
)
SCOPES = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.builds(lambda a, b: a & b, inner, inner),
        some.builds(lambda a, b: a | b, inner, inner),
        some.builds(lambda a: ~a, inner),
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=300)
@given(SCOPES)
def test_every_scope_reads_as_it_prints(scope):
    for again in (
        Scope(scope.to_sql()),
        Scope.from_json(scope.to_json()),
        pickle.loads(pickle.dumps(scope)),
    ):
        assert again == scope
        assert (again.to_sql(), again.to_json()) == (scope.to_sql(), scope.to_json())
        assert (again.digest, hash(again)) == (scope.digest, hash(scope))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("plant") / "index"
    index = st.create(path, SCHEMA.columns, SCHEMA.families)
    index.load_units(UNITS[:100], infer_families=False)
    index.load_units(UNITS[100:], infer_families=False)
    return index


def used(scope):
    """The values of the parameters that a scope has; others would be refused."""
    given = {**PARAMETERS, **LISTS}
    return {name: it for name, it in given.items() if f":{name}" in scope.to_sql()}


@settings(deadline=None, max_examples=300)
@given(SCOPES)
def test_an_index_answers_as_each_unit_alone(index, scope):
    values = used(scope)
    try:
        bound = index.schema.bind(scope, **values)
    except st.Error as refused:
        with pytest.raises(type(refused)) as raised:
            index.select(scope, **values)
        assert str(raised.value) == str(refused)
        return
    truths = {(it["namespace"], it["serial"]): bound.truth(it) for it in UNITS}
    found = index.select(scope, **values)
    for truth, units in ((True, found.affected), (None, found.undetermined)):
        expected = {key for key, it in truths.items() if it is truth}
        assert {(it.namespace, it.serial) for it in units} == expected
