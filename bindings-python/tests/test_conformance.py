"""The shared cases, which every language runs."""

from __future__ import annotations

import json

import pytest
import seriatim as st

from conformance import cases, check_error, schema_of, scopes_of, unit_of

#: Keys that this runner knows; another one would be a case it does not check.
SCOPE_KEYS = {"name", "why", "schema", "scope", "canonical", "notices", "records", "error"}
SELECT_KEYS = {
    "name", "why", "schema", "scope", "loads", "families", "affected", "undetermined",
    "by_reason", "status", "lookups", "error",
}
PARAMETER_KEYS = {"name", "why", "schema", "scope", "parameters", "records", "same_as", "error"}
LOAD_KEYS = {
    "units", "duplicates", "segment_rows_max", "declared_families_only", "report", "retires", "error",
}


KNOWN_KEYS = {
    "name", "why", "family", "layout", "order", "fits", "misfits", "ascending", "error",
}
GS1_KEYS = {
    "name", "why", "text", "element_string", "bracketed", "digital_link", "sgtin", "error",
}
SCANNED_KEYS = {"name", "why", "families", "text", "namespace", "serial", "error"}
TABLE_KEYS = {
    "name", "why", "schema", "options", "csv", "rows", "blank", "columns_ignored", "scope", "error",
}


def parametrised(folder):
    found = cases(folder)
    return pytest.mark.parametrize("case", [it for _, it in found], ids=[it for it, _ in found])


@parametrised("scopes")
def test_scope(case):
    assert set(case) <= SCOPE_KEYS
    schema = schema_of(case.get("schema"))
    if "error" in case:
        for _, read in scopes_of(case["scope"]):
            with pytest.raises(st.Error) as raised:
                schema.bind(read())
            check_error(raised.value, error_of(case["error"], _))
        return
    scopes = [read() for _, read in scopes_of(case["scope"])]
    first = scopes[0]
    assert all(it == first for it in scopes)
    for again in (st.Scope(first.to_sql()), st.Scope.from_json(first.to_json())):
        assert again == first
        assert (again.to_sql(), again.to_json()) == (first.to_sql(), first.to_json())
    if "canonical" in case:
        assert first.to_sql() == case["canonical"]["sql"]
        assert json.loads(first.to_json()) == case["canonical"]["json"]
        assert first.digest == case["canonical"].get("digest", first.digest)
    bound = schema.bind(first)
    if "notices" in case:
        assert [st.Notice(**it) for it in case["notices"]] == bound.notices()
    check_records(schema, bound, case.get("records", []))


def check_records(schema, bound, records):
    for asked in records:
        unit = unit_of(asked["unit"], schema)
        if "error" in asked:
            with pytest.raises(st.Error) as raised:
                bound.decide(unit)
            check_error(raised.value, asked["error"])
            continue
        assert bound.decide(unit) == asked["verdict"], asked
        if "truth" in asked:
            truth = {"true": True, "false": False, "unknown": None}[asked["truth"]]
            assert bound.truth(unit) is truth, asked
        if "clauses" in asked:
            check_clauses(bound.explain(unit), asked["clauses"])


def check_clauses(decision, expected):
    truths = {True: "true", False: "false", None: "unknown"}
    assert [(it.text, truths[it.truth]) for it in decision.clauses] == [
        (it["text"], it["truth"]) for it in expected
    ]
    for found, wanted in zip(decision.clauses, expected):
        if "line" in wanted:
            assert (found.line, found.column) == (wanted["line"], wanted["column"])


@parametrised("parameters")
def test_parameters(case):
    assert set(case) <= PARAMETER_KEYS
    schema = schema_of(case.get("schema"))
    given = {name: parameter_of(it) for name, it in case["parameters"].items()}
    for form, read in scopes_of(case["scope"]):
        if "error" in case:
            with pytest.raises(st.Error) as raised:
                schema.bind(read(), **given)
            check_error(raised.value, error_of(case["error"], form))
            continue
        scope = read()
        assert st.Scope(scope.to_sql()) == scope
        bound = schema.bind(scope, **given)
        if "same_as" in case:
            assert bound.digest == schema.bind(case["same_as"]).digest
        check_records(schema, bound, case.get("records", []))


def parameter_of(given):
    if "serials" in given:
        return st.SerialSet(given["serials"])
    if "mask" in given:
        return st.mask(given["mask"])
    return given["list"] if "list" in given else given["value"]


def error_of(expected, form):
    """What is expected of one form: SQL has a line, JSON a path."""
    dropped = ("line", "column", "caret") if form.startswith("json") else ("path",)
    return {key: it for key, it in expected.items() if key not in dropped}


@parametrised("selects")
def test_select(case, tmp_path):
    assert set(case) <= SELECT_KEYS
    schema = schema_of(case.get("schema"))
    index = st.create(tmp_path / "index", schema.columns, schema.families)
    for load in case["loads"]:
        assert set(load) <= LOAD_KEYS
        run_load(index, load)
    index = st.open(tmp_path / "index")
    if "families" in case:
        assert [it.layout for it in index.families] == case["families"]
    if "scope" in case:
        check_selection(index, case)
    for lookup in case.get("lookups", []):
        check_lookup(index, lookup)


def run_load(index, load):
    units = list(units_of(load["units"], index.schema))
    if "retires" in load:
        told = index.retire_units(units)
        assert {"retired": told.retired, "unknown": told.unknown} == load["retires"]
        return
    options = {}
    if "duplicates" in load:
        options["duplicates"] = load["duplicates"]
    if "segment_rows_max" in load:
        options["segment_rows_max"] = load["segment_rows_max"]
    if load.get("declared_families_only"):
        options["infer_families"] = False
    if "error" in load:
        with pytest.raises(st.Error) as raised:
            index.load_units(units, **options)
        check_error(raised.value, load["error"])
        return
    told = index.load_units(units, **options)
    names = {"within_load": "replaced_in_load", "against_index": "replaced_in_index"}
    for key, expected in load.get("report", {}).items():
        assert getattr(told, names.get(key, key)) == expected, key


def units_of(given, schema):
    for unit in given:
        if "run" not in unit:
            yield unit_of(unit, schema)
            continue
        for serial in run_of(unit["run"]):
            yield unit_of({**unit.get("with", {}), "serial": serial}, schema)


def run_of(run):
    for number in range(run["first"], run["last"] + 1):
        digits = str(number).rjust(run.get("digits", 0), "0")
        yield f"{run.get('before', '')}{digits}{run.get('after', '')}"


def told(units):
    return [[it.namespace, it.serial] if it.namespace else it.serial for it in units]


def check_units(units, expected):
    if isinstance(expected, dict):
        assert len(units) == expected["count"]
    else:
        assert told(units) == expected


def check_selection(index, case):
    if "error" in case:
        for form, read in scopes_of(case["scope"]):
            with pytest.raises(st.Error) as raised:
                index.select(read())
            check_error(raised.value, error_of(case["error"], form))
        return
    for _, read in scopes_of(case["scope"]):
        found = index.select(read())
        check_units(found.affected, case["affected"])
        if "undetermined" in case:
            check_units(found.undetermined, case["undetermined"])
        if "by_reason" in case:
            expected = [(it["reason"], it.get("column"), it["units"]) for it in case["by_reason"]]
            assert [(it.reason, it.column, it.units) for it in found.by_reason()] == expected
        for asked in case.get("status", []):
            check_status(found, asked)


def check_status(found, asked):
    def status():
        if "by" in asked:
            return found.status_by(asked["by"], asked["serial"])
        return found.status(asked["serial"], namespace=asked.get("namespace"))

    if "error" in asked:
        with pytest.raises(st.Error) as raised:
            status()
        check_error(raised.value, asked["error"])
    else:
        assert status() == asked["verdict"], asked


def check_lookup(index, asked):
    if "by" in asked:
        found = index.lookup_by(asked["by"], asked["serials"])
    else:
        found = index.lookup(asked["serials"], namespace=asked.get("namespace"))
    assert told(found.found) == asked["found"]
    for key in ("unknown", "invalid", "duplicate", "ambiguous"):
        assert getattr(found, key) == asked.get(key, []), key


@parametrised("families")
def test_families(case):
    serials = []
    for given in case["serials"]:
        serials.extend([given] if isinstance(given, str) else run_of(given))
    existing = schema_of({"families": case.get("existing", [])}).families
    for order in (serials, serials[::-1]):
        inferred = st.infer(order, existing)
        proposed = [
            {"layout": it["family"]["layout"], "count": it["count"]} for it in inferred["families"]
        ]
        assert proposed == case["families"]
        assert inferred["opaque"]["count"] == case["opaque"]


@parametrised("known")
def test_known(case):
    assert set(case) <= KNOWN_KEYS
    ((constructor, arguments),) = case["family"].items()
    make = getattr(st.SerialFamily, constructor)
    if "error" in case:
        with pytest.raises(st.Error) as raised:
            make("it", **arguments)
        assert case["error"] in raised.value.message
        return
    family = make("it", **arguments)
    assert family.layout == case.get("layout", family.layout)
    assert family.order == case.get("order", family.order)
    for fitting in case.get("fits", []):
        serial = fitting["serial"]
        assert family.decode(family.encode(serial)) == fitting.get("canonical", serial)
        assert family.check(serial) is fitting.get("check"), serial
        fields = family.fields(serial)
        for name, value in fitting.get("fields", {}).items():
            assert fields[name] == value, serial
    for text in case.get("misfits", []):
        assert family.encode(text) is None, text
    codes = [family.encode(it) for it in case.get("ascending", [])]
    assert all(a < b for a, b in zip(codes, codes[1:]))


@parametrised("gs1")
def test_gs1(case):
    assert set(case) <= GS1_KEYS
    if "error" in case:
        with pytest.raises(st.Error) as raised:
            st.ElementString(case["text"])
        check_error(raised.value, case["error"])
        return
    read = st.ElementString(case["text"])
    forms = {"element_string": read.to_fnc1(), "bracketed": str(read)}
    expected = {"element_string": case["element_string"]}
    if "bracketed" in case:
        expected["bracketed"] = case["bracketed"]
    if "digital_link" in case:
        forms["digital_link"] = read.to_digital_link(case["digital_link"]["stem"])
        expected["digital_link"] = case["digital_link"]["text"]
    if "sgtin" in case:
        forms["sgtin"] = read.to_sgtin(case["sgtin"]["company_prefix_digits"])
        expected["sgtin"] = case["sgtin"]["text"]
    assert {name: forms[name] for name in expected} == expected
    # A link does not keep the order.
    for form in forms.values():
        assert sorted(st.ElementString(form).elements) == sorted(read.elements)


@parametrised("scanned")
def test_scanned(case):
    assert set(case) <= SCANNED_KEYS
    families = schema_of({"families": case.get("families", [])}).families
    if "error" in case:
        with pytest.raises(st.Error) as raised:
            st.Scanned.read(case["text"], families)
        check_error(raised.value, case["error"])
        return
    read = st.Scanned.read(case["text"], families)
    assert (read.namespace, read.serial) == (case.get("namespace"), case["serial"])


@parametrised("range_tables")
def test_range_table(case):
    assert set(case) <= TABLE_KEYS
    schema = schema_of(case["schema"])
    csv = case["csv"] if isinstance(case["csv"], str) else "\n".join(case["csv"])
    options = case.get("options", {})
    if "error" in case:
        with pytest.raises(st.Error) as raised:
            st.RangeTable.from_csv(csv, schema, **options)
        check_error(raised.value, case["error"])
        return
    table = st.RangeTable.from_csv(csv, schema, **options)
    assert [
        (it.line, it.outcome, [found.reason for found in it.findings]) for it in table.rows
    ] == [(it["line"], it["outcome"], it.get("reasons", [])) for it in case["rows"]]
    for row, expected in zip(table.rows, case["rows"]):
        for part in expected.get("mentions", []):
            assert any(part in it.message for it in row.findings), row
        assert any(it.refused for it in row.findings) == (row.outcome == "refused")
    report = table.report
    assert report.accepted + report.flagged + report.refused == len(table.rows)
    assert report.blank == case.get("blank", 0)
    assert report.columns_ignored == case.get("columns_ignored", [])
    if report.refused:
        with pytest.raises(st.Error):
            table.scope()
    if "scope" in case:
        assert table.scope_without_refused(report.refused).to_sql() == case["scope"]
    else:
        with pytest.raises(st.Error):
            table.scope_without_refused(report.refused)
