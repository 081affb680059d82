//! Data of GS1, and scans.

use crate::gs1::{ElementString, Scanned};
use crate::serial::Families;

/// Any text as data of GS1 and as a scan: what is read is the same in every form.
pub fn gs1(text: &str) {
    if let Ok(read) = text.parse::<ElementString>() {
        assert_eq!(read.to_string().parse::<ElementString>().unwrap(), read);
        assert_eq!(read.to_fnc1().parse::<ElementString>().unwrap(), read);
        if let Ok(link) = read.to_digital_link("https://example.com") {
            let again: ElementString = link.parse().unwrap();
            assert_eq!(again.elements().count(), read.elements().count());
            assert!(again.elements().all(|(ai, value)| read.value(ai) == Some(value)));
        }
        if let Ok(sgtin) = read.to_sgtin(7) {
            let again: ElementString = sgtin.parse().unwrap();
            assert_eq!((again.gtin(), again.serial()), (read.gtin(), read.serial()));
        }
    }
    if let Ok(scanned) = Scanned::read(text, &Families::default()) {
        assert_eq!(scanned.namespace().is_some(), scanned.elements().is_some());
        assert!(text.contains(scanned.serial()) || scanned.elements().is_some());
    }
}
