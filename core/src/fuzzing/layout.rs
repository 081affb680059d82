//! Layouts of families, and serials of them.

use crate::serial::{CheckPolicy, Normaliser, SerialFamily};

/// Any first line as a layout, which is printed and read again, and the other lines as serials of
/// it, with and without a normaliser and required checks.
pub fn layout(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (layout, serials) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(family) = SerialFamily::new("it", layout) else { return };
    assert_eq!(SerialFamily::new("it", &family.layout()).unwrap(), family);
    let lenient = Normaliser::new().upper_case().without_spaces().without_dashes();
    let strict = family.clone().with_check_policy(CheckPolicy::Require);
    let families =
        [Ok(family.clone()), family.with_normaliser(lenient.zero_for_o().one_for_i()), strict];
    for family in families.into_iter().flatten() {
        for serial in serials.lines() {
            check_serial(&family, serial);
        }
        for code in [0, family.last_code() / 2, family.last_code()] {
            if let Ok(serial) = family.decode(code) {
                assert_eq!(family.encode(&serial), Some(code));
            }
        }
    }
}

/// Any text as a serial: its code is that of what the family writes for it.
fn check_serial(family: &SerialFamily, serial: &str) {
    let resembles = family.resembles(serial);
    let Some(code) = family.encode(serial) else { return };
    assert!(!resembles);
    let written = family.decode(code).unwrap();
    assert_eq!(family.encode(&written), Some(code));
    for (field, (name, value)) in family.fields().zip(family.values(code).unwrap()) {
        let number = field.number_of(code);
        assert!(field.name() == name && field.value(number) == value);
        assert_eq!(field.number_of_text(&field.label(number)), Some(number));
    }
    let prefix: String = written.chars().take(3).collect();
    if let Some(codes) = family.prefix_codes(&prefix) {
        assert!(codes.iter().any(|(first, last)| (first..=last).contains(&&code)));
    }
    let days = family.made(code);
    assert!(days.is_some() == family.has_made() && days.is_none_or(|(a, b)| a <= b));
}
