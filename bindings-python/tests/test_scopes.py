"""Scopes as expressions."""

from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import pytest
import seriatim as st
from seriatim import Scope, col, serial

UTC = dt.timezone.utc


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (lambda: col("lot") == "L1", "lot = 'L1'"),
        (lambda: col("lot") != "L1", "lot <> 'L1'"),
        (lambda: 4 < col("line"), "line > 4"),
        (lambda: col("line").is_between(4, 6), "line BETWEEN 4 AND 6"),
        (lambda: col("lot").is_in(["L1", "L2"]), "lot IN ('L1', 'L2')"),
        (lambda: col("lot").starts_with("50%_"), r"lot LIKE '50\%\_%'"),
        (lambda: col("lot").ends_with("X"), "lot LIKE '%X'"),
        (lambda: col("lot").contains("X"), "lot LIKE '%X%'"),
        (lambda: col("lot").is_null() | col("ok"), None),
        (lambda: col("ok") == True, "ok = TRUE"),  # noqa: E712
        (lambda: ~(serial.is_between("A1", "A9") & col("lot").is_not_null()),
         "NOT (serial BETWEEN 'A1' AND 'A9' AND lot IS NOT NULL)"),
        (lambda: col("made_on") == dt.date(2025, 3, 1), "made_on = '2025-03-01'"),
        (lambda: col("made_at") < dt.datetime(2025, 3, 1, 12, tzinfo=UTC),
         "made_at < '2025-03-01T12:00:00Z'"),
        (lambda: col("made_at") < pd.Timestamp("2025-03-01T12:00:00Z"),
         "made_at < '2025-03-01T12:00:00Z'"),
        (lambda: serial.substring(7, 2) == "WY", "SUBSTRING(serial FROM 7 FOR 2) = 'WY'"),
        (lambda: serial.right(1).is_in(["D"]), "RIGHT(serial, 1) IN ('D')"),
        (lambda: col("lot").split_part("-", 5) == "1", "SPLIT_PART(lot, '-', 5) = '1'"),
        (lambda: serial.char_length() == 9, "CHAR_LENGTH(serial) = 9"),
        (lambda: col("made_at").extract("hour") >= 22, "EXTRACT(HOUR FROM made_at) >= 22"),
        (lambda: col("made_at").time() >= "15:00", "CAST(made_at AS TIME) >= '15:00'"),
        (lambda: col("lot").upper().left(2) == "AB", "LEFT(UPPER(lot), 2) = 'AB'"),
        (lambda: col("lot").is_not_distinct_from("L1"), "lot IS NOT DISTINCT FROM 'L1'"),
        (lambda: serial.is_between(st.mask("A*1"), st.mask("A*9")),
         "serial BETWEEN MASK('A*1') AND MASK('A*9')"),
        (lambda: serial == st.mask("Axx1", "x"), "serial = MASK('A**1')"),
        (lambda: serial.is_in_parameter("uploaded"), "serial IN :uploaded"),
        (lambda: col("lot") == st.param("lot"), "lot = :lot"),
        (lambda: col("line") == np.int64(4), "line = 4"),
        (lambda: col("torque") > np.float64(4.5), "torque > 4.5"),
        (lambda: col("model") == np.str_("X"), "model = 'X'"),
    ],
)
def test_an_expression_is_its_text(expression, text):
    if text is None:
        with pytest.raises(TypeError, match="joins two scopes"):
            expression()
        return
    scope = expression()
    assert str(scope) == text
    assert Scope(str(scope)) == scope
    assert Scope.from_json(scope.to_json()) == scope
    assert hash(Scope(text)) == hash(scope)
    assert pickle.loads(pickle.dumps(scope)) == scope


@pytest.mark.parametrize(
    ("misuse", "hint"),
    [
        (lambda: bool(col("lot") == "L1"), "join scopes with"),
        (lambda: 4 <= col("line") <= 6, r"is_between\(a, b\)"),
        (lambda: (col("lot") == "L1") and (col("line") == 4), "join scopes with"),
        (lambda: not (col("lot") == "L1"), "join scopes with"),
        (lambda: col("lot") == None, "is_null"),  # noqa: E711
        (lambda: col("lot").is_in("L1"), "takes a list"),
        (lambda: col("made_at") == object(), "not object"),
    ],
)
def test_misuse_is_told_with_the_way_out(misuse, hint):
    with pytest.raises(TypeError, match=hint):
        misuse()


def test_a_point_in_time_needs_a_zone():
    with pytest.raises(ValueError, match="has no zone"):
        col("made_at") < dt.datetime(2025, 3, 1)
    with pytest.raises(ValueError, match="nanoseconds"):
        col("made_at") < pd.Timestamp("2025-03-01T12:00:00.000000001Z")
    with pytest.raises(ValueError, match="64 bits"):
        col("line") == 2**63


def test_errors_have_their_place():
    with pytest.raises(st.ScopeSyntaxError) as raised:
        Scope("lot = \n ?")
    error = raised.value
    assert (error.code, error.line, error.column) == ("scope_syntax", 2, 2)
    assert error.caret == " ?\n ^"
    assert isinstance(error, st.Error) and isinstance(error, ValueError)
    with pytest.raises(st.ScopeSyntaxError) as raised:
        Scope.from_json('{"and": [{"eq": ["lot", null]}]}')
    assert raised.value.path.startswith("$.and[0]")
