"""Writes what the fuzz targets begin from: the texts of the shared cases, and places to change.

Targets that begin from nothing spend their time on finding that a scope begins with a column.
"""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
CASES = HERE.parent / "conformance"
BITMAPS = HERE.parent / "core" / "tests" / "data"


def texts_under(value, keys):
    """Every text, or list of texts as lines, that stands under one of these keys at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and isinstance(inner, str):
                yield inner
            elif key in keys and isinstance(inner, list) and all(isinstance(it, str) for it in inner):
                yield "\n".join(inner)
            else:
                yield from texts_under(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_under(inner, keys)


def values_under(value, key):
    """Every value under this key at any depth."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from values_under(inner, key)


def cases(folder):
    for path in sorted((CASES / folder).glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def sql():
    for document in [*cases("scopes"), *cases("selects"), *cases("parameters")]:
        yield from texts_under(document, {"sql"})


def selection():
    """The constructs of the language, over the columns of the target."""
    lines = (HERE / "selection.sql").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if line and not line.startswith("--"))


def scope_json():
    for document in cases("scopes"):
        yield from (json.dumps(it) for it in values_under(document, "json"))


def layout():
    for document in cases("scopes"):
        serials = "\n".join(sorted(set(texts_under(document, {"serial"}))))
        yield from (f"{it}\n{serials}" for it in texts_under(document, {"layout"}))


def gs1():
    for document in [*cases("gs1"), *cases("scanned")]:
        yield from texts_under(document, {"input", "text", "scanned", "bracketed", "fnc1", "link", "sgtin"})


def range_table():
    for document in cases("range_tables"):
        for table in texts_under(document, {"csv"}):
            yield table.replace(",", "\t")


def changes():
    """One change in each of the first files, at places that differ."""
    for file in range(30):
        yield bytes([file, 0]) + (file * 97).to_bytes(4, "little") + bytes([file * 7 % 256])


def bitmaps():
    yield from (path.read_bytes() for path in sorted(BITMAPS.rglob("*")) if path.is_file())


TARGETS = {
    "scope_sql": sql,
    "selection": selection,
    "scope_json": scope_json,
    "layout": layout,
    "gs1": gs1,
    "range_table": range_table,
    "index_files": changes,
    "container": changes,
    "log_recover": changes,
    "bitmap_view": bitmaps,
}


def main(home):
    for target, seeds in TARGETS.items():
        folder = pathlib.Path(home) / target
        folder.mkdir(parents=True, exist_ok=True)
        written = 0
        for seed in seeds():
            seed = seed.encode() if isinstance(seed, str) else seed
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
            written += 1
        if not written:
            raise SystemExit(f"no seeds for {target}")


if __name__ == "__main__":
    main(*sys.argv[1:])
