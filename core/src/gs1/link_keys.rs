//! What may stand in the path of a GS1 Digital Link: GS1 Digital Link URI Syntax, section 4.

/// A key, and the chains of qualifiers that may follow it: any of a chain, in its order.
type Key = (&'static str, &'static [&'static [&'static str]]);

const NONE: &[&[&str]] = &[&[]];
const OF_TRADE_ITEM: &[&str] = &["22", "10", "21"];

const KEYS: [Key; 17] = [
    ("00", NONE),
    ("01", &[OF_TRADE_ITEM, &["235"]]),
    ("253", NONE),
    ("255", NONE),
    ("401", NONE),
    ("402", NONE),
    ("414", &[&["254"], &["7040"]]),
    ("415", &[&["8020"]]),
    ("417", &[&["7040"]]),
    ("8003", NONE),
    ("8004", &[&["7040"]]),
    ("8006", &[OF_TRADE_ITEM]),
    ("8010", &[&["8011"]]),
    ("8013", NONE),
    ("8014", NONE),
    ("8017", &[&["8019"]]),
    ("8018", &[&["8019"]]),
];

/// The names that the first version of the standard had beside the numbers.
const NAMES: [(&str, &str); 23] = [
    ("sscc", "00"),
    ("gtin", "01"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
    ("tpx", "235"),
    ("gdti", "253"),
    ("gcn", "255"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("gln", "414"),
    ("glnx", "254"),
    ("payTo", "415"),
    ("refNo", "8020"),
    ("partyGln", "417"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("cpsn", "8011"),
    ("gmn", "8013"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
];

/// The identifier that a segment of a path stands for, if it can be one.
pub(super) fn identifier(segment: &str) -> Option<&str> {
    if let Some((_, ai)) = NAMES.iter().find(|(name, _)| *name == segment) {
        return Some(ai);
    }
    let number = segment.bytes().all(|it| it.is_ascii_digit());
    (number && (2..=4).contains(&segment.len())).then_some(segment)
}

/// The chains of qualifiers of a key, if it is one.
pub(super) fn chains(ai: &str) -> Option<&'static [&'static [&'static str]]> {
    KEYS.iter().find(|(key, _)| *key == ai).map(|(_, chains)| *chains)
}

/// Whether these qualifiers are of one chain, in its order.
pub(super) fn are_of(chain: &[&str], qualifiers: &[&str]) -> bool {
    let mut places = qualifiers.iter().map(|it| chain.iter().position(|other| other == it));
    let mut next = 0;
    places.all(|place| {
        let right = place.is_some_and(|it| it >= next);
        next = place.map_or(next, |it| it + 1);
        right
    })
}

/// Whether an identifier could stand in the path beside these qualifiers.
pub(super) fn has_room_for(key: &str, qualifiers: &[&str], ai: &str) -> bool {
    chains(key)
        .unwrap_or_default()
        .iter()
        .any(|chain| chain.contains(&ai) && qualifiers.iter().all(|it| chain.contains(it)))
}
