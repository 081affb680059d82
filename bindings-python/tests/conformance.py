"""What the runners of the shared cases have in common."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import seriatim as st

FOLDER = Path(__file__).resolve().parents[2] / "conformance"


def cases(folder: str) -> list[tuple[str, dict]]:
    """Every case of a folder with what its file shares, under a name of its own."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            whole = {**document.get("shared", {}), **case}
            found.append((f"{path.stem}: {case['name']}", whole))
    assert found, f"the folder {folder} has no cases"
    return found


def schema_of(declared: dict | None) -> st.Schema:
    declared = declared or {}
    columns = [
        st.Column(
            it["name"],
            it["type"],
            zone=it.get("zone"),
            identifier=families_of(it["identifier"]) if "identifier" in it else None,
        )
        for it in declared.get("columns", [])
    ]
    return st.Schema(columns, families_of(declared.get("families", [])))


def families_of(declared: list[dict]) -> list[st.SerialFamily]:
    return [st.SerialFamily.from_json(json.dumps(it)) for it in declared]


def text_of(given) -> str:
    if isinstance(given, str):
        return given
    pieces = (it if isinstance(it, str) else it["repeat"] * it["times"] for it in given)
    return "".join(pieces)


def scopes_of(forms: dict):
    """Each form of a scope as a call that reads it."""
    if "sql" in forms:
        yield "sql", lambda: st.Scope(text_of(forms["sql"]))
    for spelling in forms.get("spellings", []):
        yield "spellings", lambda spelling=spelling: st.Scope(spelling)
    if "json" in forms:
        yield "json", lambda: st.Scope.from_json(json.dumps(forms["json"]))
    if "json_text" in forms:
        yield "json_text", lambda: st.Scope.from_json(text_of(forms["json_text"]))


def unit_of(described: dict, schema: st.Schema) -> dict:
    """A described unit with values of the types of its columns."""
    types = {it.name.lower(): it.type for it in schema.columns}
    return {key: value_of(types.get(key.lower(), "text"), it) for key, it in described.items()}


def value_of(column_type: str, given):
    if given is None:
        return None
    if column_type == "integer":
        return int(given)
    if column_type == "float":
        return float(given)
    if column_type == "timestamp":
        return dt.datetime.fromisoformat(given)
    if column_type == "date":
        return dt.date.fromisoformat(given)
    return given


def check_error(error: st.Error, expected: dict) -> None:
    assert error.code == expected["code"], str(error)
    if "message" in expected:
        assert error.message == expected["message"]
    for part in expected.get("mentions", []):
        assert part in error.message
    if "caret" in expected:
        assert error.caret == "\n".join(expected["caret"])
    assert error.line == expected.get("line")
    assert error.path == expected.get("path")
    if "line" in expected:
        assert error.column == expected["column"]
