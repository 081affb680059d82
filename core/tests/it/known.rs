//! Indexes of the ready-made families, asked by ranges and by what scanners give.

use seriatim::io::MemoryDirectory;
use seriatim::{
    ElementString, Families, Index, LoadOptions, Record, Scanned, Schema, SerialFamily, UnitSet,
    Units,
};

fn index(families: Vec<SerialFamily>, units: Vec<Record>) -> Index {
    let schema = Schema::new(vec![]).unwrap().with_families(Families::new(families).unwrap());
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    index
}

fn serials(units: &UnitSet) -> Vec<String> {
    units.iter().map(|it| it.unwrap().serial().to_owned()).collect()
}

/// Vehicles of three makers, years and plants, whose options and check characters follow no order.
fn vehicles() -> Vec<String> {
    let models = ["UARHJ", "SAHMZ", "2BB1A", "ZZZ1K"];
    let mut all = Vec::new();
    for (at, number) in (0..2_000_u32).map(|it| (it, it * 7_919 % 2_003)) {
        let pick =
            |of: &[&'static str], salt: u32| of[((number * salt + at) % 97) as usize % of.len()];
        all.push(format!(
            "{}{}{}{}{}{number:06}",
            pick(&["VF7", "VF3", "WVW"], 31),
            pick(&models, 17),
            pick(&["0", "9", "X", "Z"], 5),
            pick(&["9", "A", "B"], 13),
            pick(&["A", "Z", "1"], 3),
        ));
    }
    all
}

#[test]
fn a_range_of_vehicles_is_that_of_their_making() {
    let vin = SerialFamily::vin("vin", 2000).unwrap();
    let all = vehicles();
    let units = all.iter().map(Record::of_serial);
    let index = index(vec![vin], units.collect());
    // As text, the start comes after the end.
    let (first, last) = ("VF7UARHJZ9Z000100", "VF72BB1A0AZ001500");
    let scope = format!("serial BETWEEN '{first}' AND '{last}'").parse().unwrap();
    let found = index.snapshot().select(&scope).unwrap();
    // What decides: maker, year, plant, number, and then the rest.
    let key = |it: &str| {
        let year = "9AB".find(&it[9..10]).unwrap();
        (it[..3].to_owned(), year, it[10..].to_owned(), it[3..9].to_owned())
    };
    let mut expected: Vec<String> =
        all.into_iter().filter(|it| (key(first)..=key(last)).contains(&key(it))).collect();
    expected.sort_by_key(|it| key(it));
    assert!(expected.len() > 50, "{}", expected.len());
    assert_eq!(serials(&found.affected), expected);
    assert!(found.undetermined.is_empty());
}

#[test]
fn every_form_of_a_label_finds_its_unit() {
    let gtins = ["09506000134352", "80614141123458", "00036000291452"];
    let labels: Vec<(String, &str)> = (0..300_u32)
        .map(|it| (format!("a{:x}/{it}Z", it * 40_503), gtins[it as usize % 3]))
        .collect();
    let units = labels.iter().map(|(serial, gtin)| Record::of_serial(serial).in_namespace(*gtin));
    let families = vec![SerialFamily::gs1("label").unwrap()];
    let index = index(families, units.collect());
    let snapshot = index.snapshot();
    for (serial, gtin) in &labels {
        let unit = ElementString::of_unit(gtin, serial).unwrap();
        let texts = [
            unit.to_string(),
            unit.to_fnc1(),
            unit.to_digital_link("https://example.com").unwrap(),
            unit.to_sgtin(7).unwrap(),
        ];
        for text in texts {
            let scanned = Scanned::read(&text, snapshot.schema().families()).unwrap();
            let namespace = scanned.namespace().unwrap();
            let found = snapshot.lookup_in(namespace, &[scanned.serial()]).unwrap().found;
            assert_eq!(serials(&found), [serial.as_str()], "{text}");
        }
    }
}
