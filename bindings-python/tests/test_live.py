"""Registrations that come one by one."""

import datetime as dt
import threading

import pyarrow as pa
import pytest
import seriatim as st

UNITS = [{"serial": f"A{n:03}"} for n in range(1, 10)]
JUNE = "2025-06-01T00:00:00Z"


def index_of(tmp_path):
    return st.build(tmp_path / "live", UNITS)


def owner(serial, token, **fields):
    return {"serial": serial, "owner": token, "email": f"{token}@example.org", **fields}


def registered(index, as_of=JUNE):
    return len(index.all().ownership(as_of).registered)


def test_what_is_registered_is_shown_by_a_refresh(tmp_path):
    index = index_of(tmp_path)
    reader = st.open(index.path)
    with index.registrar() as registrar:
        receipt = registrar.register(owner("A001", "o-1", recorded_at=dt.datetime(2025, 5, 1, tzinfo=dt.timezone.utc)))
        assert (receipt.start, receipt.end, receipt.repeated) == (0, 1, False)
        many = registrar.register_many([owner("A002", "o-2"), owner("A003", "o-2")])
        assert (many.start, many.end) == (1, 3)
        assert reader.registrations == 0
        assert reader.refresh() and not reader.refresh()
        assert (reader.registrations, reader.recorded) == (3, many.end)
        contacts = reader.all().ownership(JUNE).contacts("safety").to_dicts()
        assert [it["email"] for it in contacts] == ["o-1@example.org", "o-2@example.org"]
    report = index.fold()
    assert (report.records, report.registrations) == (3, 3)
    reader.refresh()
    assert (registered(index), registered(reader)) == (3, 3)
    assert index.fold().records == 0
    assert st.open(index.path).verify().damage == []


def test_a_registration_is_changed_ended_and_transferred(tmp_path):
    index = index_of(tmp_path)
    with index.registrar() as registrar:
        registrar.register(owner("A001", "o-1", key="r-1"))
        registrar.register(owner("A002", "o-2"))
        registrar.change({"consent_safety": False}, key="r-1")
        registrar.end(dt.datetime(2025, 5, 1, tzinfo=dt.timezone.utc), serial="A002", owner="o-2")
        index.refresh()
        reach = index.all().ownership(JUNE).reach("safety")
        assert (registered(index), reach.reachable) == (1, 0)
        registrar.transfer("2025-04-01T00:00:00Z", {"owner": "o-3", "key": "r-2"}, key="r-1")
        index.refresh()
        rows = index.all().ownership(JUNE).registrations().to_dicts()
        assert [it["owner"] for it in rows] == ["o-3"]
        assert registered(index, "2025-03-01T00:00:00Z") == 2


def test_a_request_is_recorded_once(tmp_path):
    index = index_of(tmp_path)
    with index.registrar() as registrar:
        first = registrar.register(owner("A001", "o-1"), request="r")
        again = registrar.register(owner("A001", "o-1"), request="r")
        assert again.repeated and (again.start, again.end) == (first.start, first.end)


def test_contact_text_can_be_dropped(tmp_path):
    index = index_of(tmp_path)
    with index.registrar(contact_text=False) as registrar:
        registrar.register(owner("A001", "o-1"))
        registrar.register({"serial": "A002", "owner": "o-2", "has_email": True})
    index.refresh()
    ownership = index.all().ownership(JUNE)
    assert ownership.reach("safety").reachable == 2
    assert all(it["email"] is None for it in ownership.contacts("safety").to_dicts())


def test_mistakes_are_errors(tmp_path):
    index = index_of(tmp_path)
    registrar = index.registrar()
    with pytest.raises(st.ConflictError):
        index.registrar()
    with pytest.raises(st.ConflictError):
        st.open(index.path).registrar()
    for mistake in [{"serial": "A001"}, {"owner": "o-1"}, owner("A001", "o-1", shoe=9)]:
        with pytest.raises(st.InvalidArgumentError):
            registrar.register(mistake)
    with pytest.raises(st.InvalidArgumentError, match="record 2: a registration needs an owner"):
        registrar.register_many([owner("A001", "o-1"), {"serial": "A002"}])
    with pytest.raises(st.NotFoundError):
        registrar.end(JUNE, key="r-1")
    for name in [{}, {"serial": "A001"}, {"key": "r", "owner": "o"}, {"number": "1"}]:
        with pytest.raises(st.InvalidArgumentError):
            registrar.end(JUNE, **name)
    registrar.close()
    registrar.close()
    assert repr(registrar) == "Registrar(closed)"
    with pytest.raises(st.InvalidArgumentError, match="closed"):
        registrar.register(owner("A001", "o-1"))
    index.registrar().close()


def test_threads_register_at_once_and_loads_go_on(tmp_path):
    index = index_of(tmp_path)
    with index.registrar() as registrar:

        def register(thread):
            for n in range(20):
                registrar.register(owner(f"A{n % 9 + 1:03}", f"o-{thread}-{n}"))

        threads = [threading.Thread(target=register, args=(it,)) for it in range(8)]
        for thread in threads:
            thread.start()
        index.load_units([{"serial": "A010"}])
        for thread in threads:
            thread.join()
        index.refresh()
        assert (index.registrations, registered(index)) == (160, 9)


def test_segments_are_compacted(tmp_path):
    index = index_of(tmp_path)
    for n in range(10, 13):
        index.load_units([{"serial": f"A{n:03}"}])
    told = []
    report = index.compact(progress=lambda rows, total: told.append(rows))
    assert (report.unit_segments_before, report.unit_segments, report.units) == (4, 1, 12)
    assert told[-1] == 12
    assert (index.units, index.compact().units) == (12, 0)
    pruned = index.prune(1)
    assert pruned.versions_removed == 5 and pruned.files_removed > 0
    assert (index.versions(), index.verify().is_whole) == ([index.version], True)
    with pytest.raises(TypeError):
        index.compact(keep=1)


def test_units_are_corrected_and_retired(tmp_path):
    rows = [{"serial": "A001", "lot": "L1", "made": "2025-01-02"}, {"serial": "A002", "lot": "L2"}]
    index = st.build(tmp_path / "index", rows)
    lots = index.select("lot = 'L1' AND made IS NOT NULL")
    report = index.load_units([{"serial": "A001", "lot": "L9"}], duplicates="amend")
    assert (report.loaded, report.replaced_in_index, report.absent_columns) == (1, 1, [])
    assert len(index.select("lot = 'L9' AND made = '2025-01-02'").affected) == 1
    with pytest.raises(st.NotFoundError, match="A003"):
        index.load_units([{"serial": "A003", "lot": "L9"}], duplicates="amend")
    with pytest.raises(st.InvalidArgumentError, match="amend"):
        index.load_units([{"serial": "A003"}], duplicates="change")

    then = index.snapshot_at(lots.version, recorded=lots.recorded)
    assert len(then.select("lot = 'L1'").affected) == 1 and index.units == 2
    retired = index.retire_units(pa.table({"no": ["A002", "A007"]}), serial="no")
    assert (retired.retired, retired.unknown, retired.unknown_examples) == (1, 1, ["A007"])
    assert (index.units, then.units, then.version) == (1, 2, lots.version)
    with pytest.raises(TypeError):
        index.retire_units([{"serial": "A001"}], duplicates="amend")
    diff = then.select("lot = 'L2'").diff(index.select("lot = 'L2'"))
    assert (len(diff.removed), list(diff.removed)[0].serial) == (1, "A002")
    assert then.refresh() and (then.units, then.version) == (1, index.version)
    assert not then.refresh()
    with pytest.raises(st.NotFoundError, match="version 99"):
        index.snapshot_at(99)
