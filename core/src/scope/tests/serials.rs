//! What scopes say of serials, through their families.

use super::bound::bound;
use super::errors::error_of;
use super::meaning::truth;
use super::schema;
use crate::error::ErrorKind;
use crate::schema::Record;
use crate::scope::{BoundNode, SerialTest, Truth, Verdict};
use crate::serial::{FamilyId, SerialKey};

#[test]
fn a_serial_range_follows_the_family() {
    let rows = [
        ("00042500", Truth::True, Verdict::Affected),
        ("00047800", Truth::True, Verdict::Affected),
        ("00047801", Truth::False, Verdict::NotAffected),
        ("LJ-44000", Truth::False, Verdict::NotAffected),
        ("000425001", Truth::False, Verdict::InvalidSerial),
        ("42500", Truth::False, Verdict::InvalidSerial),
        ("00046A00", Truth::Unknown, Verdict::InvalidSerial),
    ];
    let text = "serial BETWEEN '00042500' AND '00047800'";
    let bound = schema().bind(&text.parse().unwrap()).unwrap();
    for (serial, truth, verdict) in rows {
        let unit = Record::of_serial(serial);
        assert_eq!(bound.truth(&unit).unwrap(), truth, "{serial}");
        assert_eq!(bound.decide(&unit).unwrap(), verdict, "{serial}");
    }
    let affected = (0..100_000)
        .filter(|it| bound.truth(&Record::of_serial(format!("{it:08}"))).unwrap() == Truth::True);
    assert_eq!(affected.count(), 5_301);
}

#[test]
fn serials_are_compared_in_their_family() {
    let unit = Record::of_serial("LJ-1440");
    let rows = [
        ("serial = 'LJ-1440'", Truth::True),
        ("serial <> 'LJ-1440'", Truth::False),
        ("serial IN ('00042500', 'LJ-1440', 'of no family')", Truth::True),
        ("serial > 'LJ-144'", Truth::True),
        ("serial >= 'LJ-1440'", Truth::True),
        ("serial > 'LJ-1440'", Truth::False),
        ("serial < 'LJ-1440'", Truth::False),
        ("serial < 'LJ-10000'", Truth::True),
        ("serial <= 'LJ-999'", Truth::False),
        ("serial LIKE 'LJ-14%'", Truth::True),
        ("serial LIKE 'lj%'", Truth::False),
        ("serial IS NULL", Truth::False),
        ("serial IN ()", Truth::False),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &unit), expected, "{scope}");
        assert_eq!(truth(&format!("NOT {scope}"), &unit), expected.negate(), "NOT {scope}");
    }
    // A near miss of the family stays unknown where the end itself is left out.
    assert_eq!(truth("serial < 'LJ-1440'", &Record::of_serial("LJ-1O00")), Truth::Unknown);
}

#[test]
fn a_range_of_serials_never_silently_covers_nothing() {
    let rows = [
        ("serial BETWEEN '00047800' AND '00042500'", "starts at `00047800`"),
        ("serial BETWEEN '00042500' AND 'LJ-1440'", "`LJ-1440` of family `cable`"),
        ("serial BETWEEN '00042500' AND '47800'", "`47800`, fits no serial family"),
    ];
    for (text, part) in rows {
        let (kind, found) = error_of(text);
        assert!(found.contains(part), "{found}");
        assert!(
            found.ends_with(&format!("(line 1, column 16)\n{text}\n{}^", " ".repeat(15))),
            "{found}"
        );
        assert_eq!(kind, ErrorKind::ScopeField);
    }
}

#[test]
fn lists_of_serials_become_sorted_keys() {
    let bound = bound("serial IN ('no family', 'LJ-7', '00000005', 'LJ-7')");
    let coded = |family, code| SerialKey::Coded { family: FamilyId(family), code };
    match bound.node(bound.root()) {
        BoundNode::Serial(SerialTest::In(keys)) => {
            let opaque = SerialKey::Opaque("no family".into());
            let lj = schema().families().classify("LJ-7").unwrap();
            assert_eq!(keys, &[coded(0, 5), lj, opaque]);
        }
        node => panic!("bound to {node:?}"),
    }
}
