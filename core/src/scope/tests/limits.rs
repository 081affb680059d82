//! Long and deep scopes: answered, or refused with a reason, on a small stack.

use crate::error::{ErrorKind, Result};
use crate::limits::{
    SCOPE_BYTES_MAX, SCOPE_CALLS_MAX, SCOPE_DEPTH_MAX, SCOPE_LIST_MAX, SCOPE_NODES_MAX,
    SCOPE_PARAMETERS_MAX, SERIAL_SET_MAX,
};
use crate::schema::{Record, Schema};
use crate::scope::{Literal, Scope, SerialSet, Verdict};
use crate::serial::{Families, SerialFamily};

/// Runs on a stack of 512 KiB.
fn on_a_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap()
}

fn refused(parsed: Result<Scope>, part: &str) {
    let error = parsed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ScopeSyntax);
    assert!(error.message().contains(part), "{}", error.message());
}

#[test]
fn a_chain_of_fifty_thousand_is_one_level() {
    on_a_small_stack(|| {
        let text = vec!["serial = 'A'"; 50_000].join(" OR ");
        let scope: Scope = text.parse().unwrap();
        assert_eq!(Scope::from_json(&scope.to_json()).unwrap(), scope);
        assert_eq!(scope.to_sql(), text);
        let bound = Schema::default().bind(&scope).unwrap();
        assert_eq!(bound.decide(&Record::of_serial("A")).unwrap(), Verdict::Affected);
        assert_eq!(bound.decide(&Record::of_serial("B")).unwrap(), Verdict::NotAffected);
    });
}

#[test]
fn a_chain_of_a_hundred_thousand_has_too_many_nodes() {
    on_a_small_stack(|| {
        let text = vec!["serial = 'A'"; SCOPE_NODES_MAX].join(" AND ");
        refused(text.parse(), "more than 100000 conditions");
        let json = vec![r#"{"eq":["serial","A"]}"#; SCOPE_NODES_MAX].join(",");
        refused(Scope::from_json(&format!("{{\"or\":[{json}]}}")), "more than 100000 conditions");
    });
}

#[test]
fn deep_nesting_is_refused() {
    on_a_small_stack(|| {
        let deep = 10_000;
        let parentheses = format!("{}line = 1{}", "(".repeat(deep), ")".repeat(deep));
        refused(parentheses.parse(), "nests deeper than 128 levels");
        refused(format!("{}line = 1", "NOT ".repeat(deep)).parse(), "nests deeper than 128 levels");
        let open = "{\"not\":".repeat(deep);
        refused(Scope::from_json(&open), "nests deeper than 128 levels");
        let open = "{\"and\":[".repeat(deep);
        refused(Scope::from_json(&open), "nests deeper than 128 levels");
    });
}

/// Alternating chains, `levels` deep with the innermost test.
fn deep(levels: usize) -> Scope {
    let mut scope = Scope::column("line").eq(0);
    for level in 1..levels {
        let other = Scope::column("line").eq(1);
        scope = if level % 2 == 0 { scope.and(other) } else { scope.or(other) };
    }
    scope
}

#[test]
fn the_deepest_scope_goes_there_and_back() {
    on_a_small_stack(|| {
        let scope = deep(SCOPE_DEPTH_MAX);
        assert_eq!(scope.to_sql().parse::<Scope>().unwrap(), scope);
        assert_eq!(Scope::from_json(&scope.to_json()).unwrap(), scope);
        let deeper = deep(SCOPE_DEPTH_MAX + 1);
        refused(deeper.to_sql().parse(), "nests deeper");
        refused(Scope::from_json(&deeper.to_json()), "nests deeper");
    });
}

#[test]
fn what_is_built_too_deep_is_refused_when_it_is_bound() {
    on_a_small_stack(|| {
        let mut scope = Scope::serial().is_null();
        for _ in 0..100_000 {
            scope = !scope;
        }
        assert_eq!(scope.to_sql().len(), 100_000 * 4 + "serial IS NULL".len());
        assert!(scope.to_json().len() > 100_000);
        let error = Schema::default().bind(&scope).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ScopeSyntax);
    });
}

#[test]
fn a_list_has_a_longest_length() {
    let list = |count: usize| {
        let values: Vec<String> = (0..count).map(|it| format!("'{it}'")).collect();
        format!("serial IN ({})", values.join(","))
    };
    let scope: Scope = list(SCOPE_LIST_MAX).parse().unwrap();
    let bound = Schema::default().bind(&scope).unwrap();
    assert_eq!(bound.decide(&Record::of_serial("99999")).unwrap(), Verdict::Affected);
    assert_eq!(bound.clause(bound.root()), "serial IN ('0', '1', '2', '3', '4', ... 99995 more)");
    let longer = list(SCOPE_LIST_MAX + 1);
    refused(longer.parse(), "more than 100000 values");
    let json = scope.to_json().replace("[\"0\",", "[\"0\",\"0\",");
    refused(Scope::from_json(&json), "more than 100000 values");
    let built = Scope::serial().is_in((0..=SCOPE_LIST_MAX).map(|it| it.to_string()));
    refused(Schema::default().bind(&built).map(|_| built), "more than 100000 values");
}

#[test]
fn a_text_has_a_longest_length() {
    let blank = " ".repeat(SCOPE_BYTES_MAX + 1);
    refused(blank.parse(), "at most 16777216");
    refused(Scope::from_json(&blank), "at most 16777216");
}

#[test]
fn functions_nest_so_deep() {
    on_a_small_stack(|| {
        let sql =
            |count: usize| format!("{}lot{} = 'A'", "UPPER(".repeat(count), ")".repeat(count));
        let scope: Scope = sql(SCOPE_CALLS_MAX).parse().unwrap();
        assert_eq!(scope.to_sql(), sql(SCOPE_CALLS_MAX));
        assert_eq!(Scope::from_json(&scope.to_json()).unwrap(), scope);
        let part = "more than 16 functions";
        refused(sql(SCOPE_CALLS_MAX + 1).parse(), part);
        refused(sql(100_000).parse(), part);
        let open = format!("{{\"eq\":[{}", "{\"upper\":".repeat(100_000));
        refused(Scope::from_json(&open), part);
        let term = (0..=SCOPE_CALLS_MAX).fold(Scope::serial(), |term, _| term.trim());
        let built = term.eq("A");
        refused(Schema::default().bind(&built).map(|_| built), part);
        // Side by side they do not add up.
        assert!(format!("{} AND {}", sql(SCOPE_CALLS_MAX), sql(1)).parse::<Scope>().is_ok());
    });
}

#[test]
fn a_scope_names_so_many_parameters() {
    let sql = |count: usize| {
        let names: Vec<String> = (0..count).map(|it| format!(":p{it}")).collect();
        format!("lot IN ({}, :p0, :p0)", names.join(", "))
    };
    let scope: Scope = sql(SCOPE_PARAMETERS_MAX).parse().unwrap();
    assert_eq!(Scope::from_json(&scope.to_json()).unwrap(), scope);
    let part = "more than 1000 parameters";
    refused(sql(SCOPE_PARAMETERS_MAX + 1).parse(), part);
    let built = Scope::column("lot")
        .is_in((0..=SCOPE_PARAMETERS_MAX).map(|it| Literal::parameter(format!("p{it}"))));
    refused(Schema::default().bind(&built).map(|_| built), part);
}

#[test]
fn a_set_holds_so_many_serials() {
    let serials = std::iter::repeat_n("1", SERIAL_SET_MAX);
    let set = SerialSet::new(serials.clone()).unwrap();
    assert_eq!((set.len(), set.iter().next_back()), (SERIAL_SET_MAX, Some("1")));
    let error = SerialSet::new(serials.chain(["1"])).unwrap_err();
    assert_eq!(error.message(), "the set has more than 10000000 serials; split it");
}

/// A pattern is asked of each value of a field.
#[test]
fn a_pattern_is_for_fields_of_a_million_values() {
    let bind = |layout: &str| {
        let families = Families::new(vec![SerialFamily::new("it", layout).unwrap()]).unwrap();
        let schema = Schema::default().with_families(families);
        schema.bind(&"serial.code LIKE '%AB'".parse().unwrap())
    };
    let bound = bind("X-{code:[ABCDEFGHIJ]6}").unwrap();
    let decide = |serial: &str| bound.decide(&Record::of_serial(serial)).unwrap();
    assert_eq!(decide("X-JJJJAB"), Verdict::Affected);
    assert_eq!(decide("X-JJJJBA"), Verdict::NotAffected);
    let error = bind("X-{code:[ABCDEFGHIJ]1..6}").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ScopeField);
    assert!(error.message().contains("more than 1000000 values"), "{}", error.message());
}
