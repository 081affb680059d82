//! People who do not exist.

use super::random::Random;
use super::scenario::MARKETS;

const BEGINNINGS: [&str; 24] = [
    "Al", "Be", "Ca", "Do", "El", "Fa", "Gi", "Ha", "Il", "Jo", "Ka", "Lu", "Ma", "Ne", "Or", "Pa",
    "Ri", "Sa", "Te", "Ul", "Va", "We", "Yo", "Zi",
];
const MIDDLES: [&str; 16] = [
    "ba", "de", "fi", "go", "la", "li", "lo", "ma", "mi", "na", "ni", "ra", "ro", "sa", "ti", "vo",
];
const GIVEN_ENDS: [&str; 12] =
    ["n", "ra", "s", "la", "no", "ta", "ne", "ka", "rin", "mo", "lia", "vin"];
const FAMILY_ENDS: [&str; 14] = [
    "rek", "sson", "ndal", "tori", "mer", "low", "vik", "nez", "shi", "gart", "lund", "bor", "tan",
    "dell",
];
const CITY_ENDS: [&str; 10] =
    ["burg", "stad", "ville", "ton", "mouth", "field", "hafen", "grad", "port", "wick"];
const STREET_ENDS: [&str; 8] =
    [" Street", " Lane", " Road", " Way", " Square", " Court", " Hill", " Park"];
const DOMAINS: [&str; 3] = ["example.org", "example.com", "example.net"];

/// An owner: what there is to reach them by. The same number is always the same person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    /// Street and city.
    pub(super) address: Option<(String, String)>,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    /// The ways to reach them, in the order of the registry's channels.
    pub(super) channels: Vec<&'static str>,
}

impl Person {
    pub(super) fn new(owner: u32) -> Self {
        let mut random = Random::stream((1 << 40) + u64::from(owner));
        let market = &MARKETS[usize::try_from(owner).unwrap_or(0) % MARKETS.len()];
        let given = word(&mut random, &GIVEN_ENDS);
        let family = word(&mut random, &FAMILY_ENDS);
        let domain = random.of(&DOMAINS);
        let email = format!("{given}.{family}.{owner}@{domain}").to_lowercase();
        // No country has the code 999.
        let phone = format!("+999{:09}", random.below(1_000_000_000));
        let house = 1 + random.below(180);
        let street = word(&mut random, &STREET_ENDS);
        let city = word(&mut random, &CITY_ENDS);
        // One in thirty left nothing but the serial, some of them in the app.
        let reserved = random.below(30) == 0;
        let mut given_by = |per_mille: u64| random.per_mille(per_mille) && !reserved;
        let name = given_by(970).then(|| format!("{given} {family}"));
        let email = given_by(860).then_some(email);
        let phone = given_by(580).then_some(phone);
        let mobile = given_by(800);
        let address = given_by(720).then(|| (format!("{house} {street}"), city));
        let push = random.per_mille(180);
        let channels = [
            ("email", email.is_some()),
            ("phone", phone.is_some()),
            ("sms", phone.is_some() && mobile),
            ("post", address.is_some()),
            ("push", push),
        ];
        let language = if random.per_mille(60) { "en" } else { market.language };
        Person {
            name,
            email,
            phone,
            address,
            country: market.country,
            language,
            channels: channels.into_iter().filter_map(|(it, has)| has.then_some(it)).collect(),
        }
    }
}

fn word(random: &mut Random, ends: &[&str]) -> String {
    let (beginning, middle) = (random.of(&BEGINNINGS), random.of(&MIDDLES));
    [beginning, middle, random.of(ends)].concat()
}
