//! The application identifiers of the GS1 General Specifications, section 3.

use super::format::{
    Charset, Part, characters, characters_up_to, check_digit_fault, digits, digits_up_to, fault,
    only_length, optional, up_to,
};

/// What an application identifier announces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Application {
    /// The first and the last identifier of this format, of one length.
    first: &'static str,
    last: &'static str,
    parts: &'static [Part],
    /// How many leading digits end with a check digit.
    key_digits: usize,
}

const fn row(first: &'static str, last: &'static str, parts: &'static [Part]) -> Application {
    Application { first, last, parts, key_digits: 0 }
}

const fn one(ai: &'static str, parts: &'static [Part]) -> Application {
    row(ai, ai, parts)
}

/// An identifier whose data begin with a key of so many digits, the last a check digit.
const fn key(
    first: &'static str,
    last: &'static str,
    key_digits: usize,
    parts: &'static [Part],
) -> Application {
    Application { first, last, parts, key_digits }
}

const N1: &[Part] = &[digits(1)];
const N2: &[Part] = &[digits(2)];
const N3: &[Part] = &[digits(3)];
const N4: &[Part] = &[digits(4)];
const N6: &[Part] = &[digits(6)];
const N8: &[Part] = &[digits(8)];
const N10: &[Part] = &[digits(10)];
const N13: &[Part] = &[digits(13)];
const N14: &[Part] = &[digits(14)];
const N17: &[Part] = &[digits(17)];
const N18: &[Part] = &[digits(18)];
const X2: &[Part] = &[characters(2)];
const X10: &[Part] = &[characters_up_to(10)];
const X20: &[Part] = &[characters_up_to(20)];
const X25: &[Part] = &[characters_up_to(25)];
const X28: &[Part] = &[characters_up_to(28)];
const X30: &[Part] = &[characters_up_to(30)];
const X35: &[Part] = &[characters_up_to(35)];
const X40: &[Part] = &[characters_up_to(40)];
const X50: &[Part] = &[characters_up_to(50)];
const X70: &[Part] = &[characters_up_to(70)];
const X90: &[Part] = &[characters_up_to(90)];
/// Degrees, and a sign where they are below zero.
const TEMPERATURE: &[Part] = &[digits(6), optional(characters(1))];
/// One country, and up to four more.
const COUNTRIES: &[Part] = &[
    digits(3),
    optional(digits(3)),
    optional(digits(3)),
    optional(digits(3)),
    optional(digits(3)),
];

/// Every application identifier, ascending. Weights and measures, which have a decimal point in
/// their last digit, are apart: see [`DECIMALS`].
const TABLE: &[Application] = &[
    key("00", "00", 18, N18),
    key("01", "03", 14, N14),
    one("10", X20),
    row("11", "13", N6),
    row("15", "17", N6),
    one("20", N2),
    row("21", "22", X20),
    one("235", X28),
    row("240", "241", X30),
    one("242", &[digits_up_to(6)]),
    one("243", X20),
    row("250", "251", X30),
    key("253", "253", 13, &[digits(13), optional(characters_up_to(17))]),
    one("254", X20),
    key("255", "255", 13, &[digits(13), optional(digits_up_to(12))]),
    one("30", &[digits_up_to(8)]),
    one("37", &[digits_up_to(8)]),
    row("400", "401", X30),
    key("402", "402", 17, N17),
    one("403", X30),
    key("410", "417", 13, N13),
    one("420", X20),
    one("421", &[digits(3), characters_up_to(9)]),
    one("422", N3),
    one("423", COUNTRIES),
    one("424", N3),
    one("425", COUNTRIES),
    one("426", N3),
    one("427", &[characters_up_to(3)]),
    row("4300", "4301", X35),
    row("4302", "4306", X70),
    one("4307", X2),
    one("4308", X30),
    one("4309", &[digits(20)]),
    row("4310", "4311", X35),
    row("4312", "4316", X70),
    one("4317", X2),
    one("4318", X20),
    one("4319", X30),
    one("4320", X35),
    row("4321", "4323", N1),
    row("4324", "4325", N10),
    one("4326", N6),
    row("4330", "4333", TEMPERATURE),
    one("7001", N13),
    one("7002", X30),
    one("7003", N10),
    one("7004", &[digits_up_to(4)]),
    one("7005", &[characters_up_to(12)]),
    one("7006", N6),
    one("7007", &[digits(6), optional(digits(6))]),
    one("7008", &[characters_up_to(3)]),
    one("7009", X10),
    one("7010", &[characters_up_to(2)]),
    one("7011", &[digits(6), optional(digits(4))]),
    row("7020", "7022", X20),
    one("7023", X30),
    row("7030", "7039", &[digits(3), characters_up_to(27)]),
    one("7040", &[digits(1), characters(3)]),
    one("7041", &[characters_up_to(4)]),
    row("710", "717", X20),
    row("7230", "7239", &[characters(2), characters_up_to(28)]),
    one("7240", X20),
    one("7241", N2),
    one("7242", X25),
    one("7250", N8),
    one("7251", &[digits(12)]),
    one("7252", N1),
    row("7253", "7254", X40),
    one("7255", X10),
    one("7256", X90),
    one("7257", X70),
    one("7258", &[characters(3)]),
    one("7259", X40),
    one("8001", N14),
    one("8002", X20),
    key("8003", "8003", 14, &[digits(14), optional(characters_up_to(16))]),
    one("8004", X30),
    one("8005", N6),
    key("8006", "8006", 14, N18),
    one("8007", &[characters_up_to(34)]),
    one("8008", &[digits(8), optional(digits_up_to(4))]),
    one("8009", X50),
    one("8010", &[up_to(Charset::Upper39, 30)]),
    one("8011", &[digits_up_to(12)]),
    one("8012", X20),
    row("8013", "8014", X25),
    key("8017", "8018", 18, N18),
    one("8019", &[digits_up_to(10)]),
    one("8020", X25),
    key("8026", "8026", 14, N18),
    one("8030", &[up_to(Charset::Url64, 90)]),
    one("8110", X70),
    one("8111", N4),
    one("8112", X70),
    one("8200", X70),
    one("90", X30),
    row("91", "99", X90),
];

/// Identifiers of four digits, the last of which says how many decimals there are: their first
/// three digits, the greatest number of decimals, and the format.
const DECIMALS: &[(&str, &str, u8, &[Part])] = &[
    ("310", "316", b'5', N6),
    ("320", "337", b'5', N6),
    ("340", "357", b'5', N6),
    ("360", "369", b'5', N6),
    ("390", "390", b'9', &[digits_up_to(15)]),
    ("391", "391", b'9', &[digits(3), digits_up_to(15)]),
    ("392", "392", b'9', &[digits_up_to(15)]),
    ("393", "393", b'9', &[digits(3), digits_up_to(15)]),
    ("394", "394", b'3', N4),
    ("395", "395", b'5', N6),
];

impl Application {
    /// The application whose identifier a text begins with, and the identifier. No identifier
    /// begins another.
    pub(super) fn at_start(text: &str) -> Option<(Application, &str)> {
        let fits = |first: &str, last: &str| {
            text.get(..first.len()).is_some_and(|ai| {
                ai.bytes().all(|it| it.is_ascii_digit()) && (first..=last).contains(&ai)
            })
        };
        if let Some(found) = TABLE.iter().find(|it| fits(it.first, it.last)) {
            return Some((*found, text.get(..found.first.len())?));
        }
        let (first, last, _, parts) = DECIMALS.iter().find(|(first, last, most, _)| {
            let decimals = text.as_bytes().get(3);
            let known = decimals.is_some_and(|it| (b'0'..=*most).contains(it));
            known && fits(first, last)
        })?;
        Some((row(first, last, parts), text.get(..4)?))
    }

    /// The application of this identifier.
    pub(super) fn of(ai: &str) -> Option<Application> {
        Application::at_start(ai).filter(|(_, found)| *found == ai).map(|(it, _)| it)
    }

    /// The length of its data where no FNC1 need follow them: GS1 General Specifications, table of
    /// element strings of predefined length.
    pub(super) fn predefined_length(self) -> Option<usize> {
        let start = self.first.get(..2)?;
        let predefined = ["00", "01", "02", "03", "20", "41"].contains(&start)
            || ("11".."20").contains(&start)
            || ("31".."37").contains(&start);
        only_length(self.parts).filter(|_| predefined)
    }

    /// What is wrong with its data.
    pub(super) fn fault(self, value: &str) -> Option<String> {
        fault(self.parts, value).or_else(|| check_digit_fault(value, self.key_digits))
    }
}

/// Every identifier there is.
#[cfg(test)]
pub(super) fn identifiers() -> impl Iterator<Item = String> {
    let plain = TABLE.iter().flat_map(|it| {
        let width = it.first.len();
        let numbers = it.first.parse::<u32>().unwrap()..=it.last.parse::<u32>().unwrap();
        numbers.map(move |number| format!("{number:0width$}"))
    });
    let decimal = DECIMALS.iter().flat_map(|(first, last, most, _)| {
        let numbers = first.parse::<u32>().unwrap()..=last.parse::<u32>().unwrap();
        numbers.flat_map(move |number| {
            (b'0'..=*most).map(move |it| format!("{number}{}", char::from(it)))
        })
    });
    plain.chain(decimal)
}
