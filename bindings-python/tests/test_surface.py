"""What Python offers and what Node offers stand in one list, so that neither drifts from the other."""

from __future__ import annotations

import ast
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import seriatim as st

SURFACE = json.loads((Path(__file__).parents[2] / "conformance" / "surface.json").read_text("utf-8"))


def public(of: type) -> set[str]:
    names = {it for it in dir(of) if not it.startswith("_")}
    return names | set(getattr(of, "__dataclass_fields__", {}))


def listed(entry: dict[str, Any]) -> set[str]:
    """The names of Python, without those that an operator or a protocol has."""
    names = {*entry["both"], *entry.get("pairs", {}), *entry.get("python", {})}
    return {it for it in names if not it.startswith("__")}


def test_what_the_package_offers_is_listed():
    only = SURFACE["only"]["python"]
    listed_names = {*SURFACE["types"], *only, *listed(SURFACE["errors"]), *listed(SURFACE["functions"])}
    assert set(st.__all__) == listed_names


@pytest.mark.parametrize("name", SURFACE["types"])
def test_the_members_of_a_type_are_listed(name):
    of, entry = getattr(st, name), SURFACE["types"][name]
    assert public(of) == listed(entry)
    for protocol in entry.get("pairs", {}):
        assert hasattr(of, protocol), protocol


@pytest.mark.parametrize("call", SURFACE["options"])
def test_the_options_of_a_call_are_listed(call):
    owner, method = call.split(".")
    stubs = ast.parse(files("seriatim").joinpath("_native.pyi").read_text("utf-8"))
    [found] = [
        it
        for of in stubs.body
        if isinstance(of, ast.ClassDef) and of.name == owner
        for it in of.body
        if isinstance(it, ast.FunctionDef) and it.name == method
    ]
    assert {it.arg for it in found.args.kwonlyargs} == listed(SURFACE["options"][call])
