//! The order of version texts.

use std::cmp::Ordering;
use std::fmt;

/// The text of a version, ordered as versions are: `4.9 < 4.10 < 4.10-hf < 5`.
///
/// The text is cut into runs of digits and runs of anything else. Digits compare as numbers, the
/// rest as bytes, a number goes before other text, and a version that is the beginning of another
/// goes before it. Where two texts differ in leading zeros only (`1.0`, `1.00`), their bytes
/// decide, so that versions are equal only when their texts are.
///
/// # Examples
///
/// ```
/// use seriatim::Version;
///
/// assert!(Version::from("4.9") < Version::from("4.10"));
/// assert!(Version::from("4.10") < Version::from("4.10-hf"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares two texts as versions, without making a `Version` of either.
    pub fn compare(left: &str, right: &str) -> Ordering {
        let (mut a, mut b) = (left, right);
        loop {
            match (a.is_empty(), b.is_empty()) {
                (true, true) => return left.cmp(right),
                (true, false) => return Ordering::Less,
                (false, true) => return Ordering::Greater,
                (false, false) => {}
            }
            let (run_a, rest_a) = split_run(a);
            let (run_b, rest_b) = split_run(b);
            let order = match (is_number(run_a), is_number(run_b)) {
                (true, true) => compare_digits(run_a, run_b),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => run_a.cmp(run_b),
            };
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        }
    }
}

fn is_number(run: &str) -> bool {
    run.starts_with(|it: char| it.is_ascii_digit())
}

/// The first run of digits or of non-digits, and the rest.
fn split_run(text: &str) -> (&str, &str) {
    let number = is_number(text);
    let end = text.find(|it: char| it.is_ascii_digit() != number).unwrap_or(text.len());
    text.split_at(end)
}

fn compare_digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

impl From<&str> for Version {
    fn from(text: &str) -> Self {
        Version(text.to_owned())
    }
}

impl From<String> for Version {
    fn from(text: String) -> Self {
        Version(text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        Version::compare(&self.0, &other.0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_numbers() {
        let ascending = ["", "1", "1.0", "1.00", "1.0-hf", "1.2", "1.10", "2", "10", "A", "B2"];
        for pair in ascending.windows(2) {
            assert_eq!(Version::compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[0-2.a]{0,6}", b in "[0-2.a]{0,6}", c in "[0-2.a]{0,6}") {
            let (ab, ba) = (Version::compare(&a, &b), Version::compare(&b, &a));
            prop_assert_eq!(ab, ba.reverse());
            prop_assert_eq!(ab == Ordering::Equal, a == b);
            if ab != Ordering::Greater && Version::compare(&b, &c) != Ordering::Greater {
                prop_assert_ne!(Version::compare(&a, &c), Ordering::Greater);
            }
        }
    }
}
