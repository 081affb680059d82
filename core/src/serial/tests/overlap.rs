//! Families that share a serial, against all their serials.

use crate::serial::{CheckPolicy, Families, SerialFamily};

fn family(layout: &str) -> SerialFamily {
    SerialFamily::new(layout, layout).unwrap()
}

#[test]
fn families_that_share_a_serial_are_refused() {
    let error = Families::new(vec![family("{n:D8}"), family("{n:D1..8}")]).unwrap_err();
    assert_eq!(
        error.message(),
        "`10000000` fits serial family `{n:D8}` (`{n:D8}`) and also `{n:D1..8}` (`{n:D1..8}`), so \
         that it would not be known which it is; narrow one of their layouts, or declare one family \
         for both"
    );
    let text = r#"[{"name":"a","layout":"{n:D8}"},{"name":"b","layout":"{n:D1..8}"}]"#;
    assert!(serde_json::from_str::<Families>(text).is_err());
    // A file may be of a time when the first of two was taken.
    let mut document = serde_json::Deserializer::from_str(text);
    let families = Families::of_file(&mut document).unwrap();
    assert_eq!(families.classify("10000000").unwrap().family().0, 0);
    assert_eq!(families.classify("1").unwrap().family().0, 1);
}

#[test]
fn a_shared_serial_is_found_where_there_is_one() {
    let strict = |layout| family(layout).with_check_policy(CheckPolicy::Require).unwrap();
    let all = [
        family("{n:D4}"),
        family("{n:D1..4}"),
        family("0{n:D1..3}"),
        family("{m:month}{d:day}"),
        // 0230 and 0290 are no days.
        family("02{n:[39]1}0"),
        family("02{n:[29]1}9"),
        family("1{m:D1}-?{d:D2}"),
        family("{w:week}{y:year1@2015}{n:D1}"),
        family("{d:yday}{n:D1}"),
        family("{s:[01A]1..4}"),
        family("Q??{h:H2}"),
        strict("{n:D3}{c:luhn}"),
        strict("{n:D3}{c:damm}"),
        family("99{n:D1}{c:luhn}"),
        strict("{c:verhoeff}{n:D3}"),
        // 0018 and 0026 only, of which no verhoeff of 018 and 026 begins with a zero.
        strict("00{n:[12]1}{c:luhn}"),
    ];
    for a in &all {
        let serials: Vec<String> =
            (0..a.codes().unwrap()).filter_map(|it| a.decode(it).ok()).collect();
        // What people may write too.
        let written: Vec<String> = serials
            .iter()
            .flat_map(|it| [it.clone(), it.replace('-', ""), format!("Q{it}")])
            .filter(|it| a.encode(it).is_some())
            .collect();
        for b in &all {
            let expected = written.iter().any(|it| b.encode(it).is_some());
            let shared = a.shared_serial(b);
            let (a, b) = ((a, a.layout()), (b, b.layout()));
            assert_eq!(shared.is_some(), expected, "{} {} {shared:?}", a.1, b.1);
            if let Some(shared) = shared {
                assert!(a.0.encode(&shared).is_some() && b.0.encode(&shared).is_some());
            }
        }
    }
}
