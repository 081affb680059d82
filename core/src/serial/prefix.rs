//! The codes of the serials that begin with a text.

use super::SerialFamily;
use super::codec::Step;

impl SerialFamily {
    /// The codes of the serials that begin with a text, compared as the family writes them: sorted,
    /// disjoint intervals, first and last included, that may hold codes of no serial beside them.
    /// None where the fields count in another order than they stand, or required check characters
    /// are among the text, so that the codes are no few intervals and texts must be looked at.
    pub fn prefix_codes(&self, prefix: &str) -> Option<Vec<(u128, u128)>> {
        let codec = self.codec();
        if !codec.is_left_to_right() {
            return None;
        }
        let mut base = 0;
        // How far the codes of what has been read reach beyond `base`.
        let mut reach = codec.last();
        let mut rest = prefix.as_bytes();
        for step in codec.steps() {
            if rest.is_empty() {
                break;
            }
            match step {
                Step::Optional { written: false, .. } => {}
                // The code is known by now, or the check characters tell of fields to come.
                Step::Check(_) if reach == 0 => {
                    let serial = self.decode(base).unwrap_or_default();
                    let begins = serial.starts_with(prefix) && !serial.is_empty();
                    return Some(if begins { vec![(base, base)] } else { Vec::new() });
                }
                Step::Check(_) => return None,
                Step::Literal(text) | Step::Optional { text, .. } => {
                    match rest.strip_prefix(text.as_bytes()) {
                        Some(after) => rest = after,
                        None if text.as_bytes().starts_with(rest) => rest = &[],
                        None => return Some(Vec::new()),
                    }
                }
                Step::Field { field, weight } => {
                    let (run, after) = field.split_written(rest);
                    if run.is_empty() {
                        return Some(Vec::new());
                    }
                    if after.is_empty() && run.len() < field.width_max() {
                        let codes = |(first, last): (u128, u128)| {
                            (base + first * weight, base + last * weight + (weight - 1))
                        };
                        return Some(field.numbers_from(run).into_iter().map(codes).collect());
                    }
                    let Some((number, _)) = field.read(run) else { return Some(Vec::new()) };
                    base += number * weight;
                    reach = weight - 1;
                    rest = after;
                }
            }
        }
        Some(if rest.is_empty() { vec![(base, base + reach)] } else { Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serials(layout: &str, prefix: &str) -> Vec<String> {
        let family = SerialFamily::new("it", layout).unwrap();
        let codes = family.prefix_codes(prefix).unwrap();
        assert!(codes.windows(2).all(|it| it[0].1 < it[1].0), "{layout} {prefix}: {codes:?}");
        let ends = |(first, last): &(u128, u128)| {
            format!("{}..{}", family.decode(*first).unwrap(), family.decode(*last).unwrap())
        };
        codes.iter().map(ends).collect()
    }

    #[test]
    fn a_prefix_is_a_few_intervals() {
        let cases: [(&str, &str, &[&str]); 14] = [
            ("S{n:D8}", "", &["S00000000..S99999999"]),
            ("SN{n:D8}", "S", &["SN00000000..SN99999999"]),
            ("S{n:D8}", "S460123", &["S46012300..S46012399"]),
            ("S{n:D8}", "S46012345", &["S46012345..S46012345"]),
            ("S{n:D8}", "S460123456", &[]),
            ("S{n:D8}", "T", &[]),
            ("S{n:D8}", "S4x", &[]),
            ("{a:A2}{n:D3}", "AX", &["AX000..AX999"]),
            ("{a:A2}{n:D3}", "A", &["AA000..AZ999"]),
            ("{a:A2}{n:D3}", "AX7", &["AX700..AX799"]),
            ("LJ-{n:D1..3}", "LJ-9", &["LJ-9..LJ-9", "LJ-90..LJ-99", "LJ-900..LJ-999"]),
            ("LJ-{n:D1..3}", "LJ-0", &["LJ-0..LJ-0"]),
            ("LJ-{n:D1..3}", "LJ-07", &[]),
            ("{a:A1..2}-{n:D1}", "B", &["B-0..B-9", "BA-0..BZ-9"]),
        ];
        for (layout, prefix, expected) in cases {
            assert_eq!(serials(layout, prefix), expected, "{layout} {prefix}");
        }
    }
}
