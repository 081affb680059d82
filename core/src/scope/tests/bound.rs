//! What scopes are bound to.

use std::ops::Bound::{Excluded, Included, Unbounded};

use super::schema;
use crate::scope::{
    BoundNode, BoundScope, LikePattern, NodeId, SerialTest, TextRange, TextTest, Truth, ValueTest,
};

pub(super) fn bound(scope: &str) -> BoundScope {
    schema().bind(&scope.parse().unwrap()).unwrap()
}

/// The values that a scope of one positive condition asks for.
fn values(scope: &str) -> ValueTest {
    let bound = bound(scope);
    match bound.node(bound.root()) {
        BoundNode::Column { test, .. } => test.clone(),
        node => panic!("{scope} is bound to {node:?}"),
    }
}

#[test]
fn numbers_become_ranges_that_do_not_touch() {
    let rows: [(&str, &[(i64, i64)]); 9] = [
        ("line = 4", &[(4, 4)]),
        ("line < 4", &[(i64::MIN, 3)]),
        ("line > 4.5", &[(5, i64::MAX)]),
        ("line < -9223372036854775808", &[]),
        ("line IN (9, 2, 1, 3, 2, 7)", &[(1, 3), (7, 7), (9, 9)]),
        ("packed_on = '1970-01-11'", &[(10, 10)]),
        ("packed_on BETWEEN '1970-01-01' AND '1970-01-02'", &[(0, 1)]),
        ("reworked IN (TRUE, FALSE)", &[(0, 1)]),
        ("made_at = '1970-01-02'", &[(82_800_000_000, 169_199_999_999)]),
    ];
    for (scope, expected) in rows {
        assert_eq!(values(scope), ValueTest::Numbers(expected.to_vec()), "{scope}");
    }
}

#[test]
fn ranges_of_floats_hold_in_the_order_of_bits() {
    let rows: [(&str, &[(f64, f64)]); 4] = [
        ("torque = 0", &[(-0.0, 0.0)]),
        ("torque < 0", &[(f64::NEG_INFINITY, -f64::from_bits(1))]),
        ("torque > 1.5", &[(1.5_f64.next_up(), f64::INFINITY)]),
        ("torque IN (2, 1.5)", &[(1.5, 1.5), (2.0, 2.0)]),
    ];
    let bits = |ranges: &[(f64, f64)]| -> Vec<_> {
        ranges.iter().map(|(first, last)| (first.to_bits(), last.to_bits())).collect()
    };
    for (scope, expected) in rows {
        match values(scope) {
            ValueTest::Floats(found) => assert_eq!(bits(&found), bits(expected), "{scope}"),
            other => panic!("{scope} is bound to {other:?}"),
        }
    }
}

#[test]
fn texts_and_prefixes_become_ranges() {
    let point = |text: &str| (Included(text.to_owned()), Included(text.to_owned()));
    let rows: [(&str, Vec<TextRange>); 5] = [
        ("facility IN ('b', 'a', 'b')", vec![point("a"), point("b")]),
        ("facility LIKE 'a\\_'", vec![point("a_")]),
        ("facility LIKE 'az%'", vec![(Included("az".into()), Excluded("a{".into()))]),
        ("facility LIKE '%'", vec![(Included(String::new()), Unbounded)]),
        ("facility < 'b'", vec![(Unbounded, Excluded("b".into()))]),
    ];
    for (scope, expected) in rows {
        assert_eq!(values(scope), ValueTest::Texts(TextTest::Ranges(expected)), "{scope}");
    }
    let versions = ValueTest::Versions(TextTest::Ranges(vec![point("4.9"), point("4.10")]));
    assert_eq!(values("firmware IN ('4.10', '4.9')"), versions);
    let pattern = LikePattern::new("4.%").unwrap();
    assert_eq!(pattern.literal_prefix(), "4.");
    assert_eq!(values("firmware LIKE '4.%'"), ValueTest::Versions(TextTest::Like(pattern)));
}

#[test]
fn every_node_knows_what_it_says() {
    let bound = bound("serial < 'LJ-9' AND NOT (line <> 4 OR facility IN ()) AND serial IS NULL");
    let said: Vec<String> = bound.nodes().map(|(id, _)| bound.clause(id)).collect();
    let expected = [
        "serial < 'LJ-9'",
        "serial < 'LJ-9'",
        "serial < 'LJ-9'",
        "serial < 'LJ-9'",
        "line <> 4",
        "line <> 4",
        "facility IN ()",
        "line <> 4 OR facility IN ()",
        "NOT (line <> 4 OR facility IN ())",
        "serial IS NULL",
        "serial < 'LJ-9' AND NOT (line <> 4 OR facility IN ()) AND serial IS NULL",
    ];
    assert_eq!(said, expected);
    assert!(matches!(bound.node(NodeId(5)), BoundNode::Not(NodeId(4))));
    assert!(matches!(bound.node(NodeId(6)), BoundNode::Constant(Truth::False)));
    assert!(matches!(bound.node(NodeId(9)), BoundNode::SerialMissing));
}

#[test]
fn patterns_of_serials_stay_patterns() {
    let bound = bound("serial LIKE 'LJ-%'");
    match bound.node(bound.root()) {
        BoundNode::Serial(SerialTest::Like(pattern)) => assert!(pattern.matches("LJ-1440")),
        node => panic!("bound to {node:?}"),
    }
}
