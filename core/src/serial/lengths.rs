//! How many characters serials have.

use std::collections::BTreeSet;

use super::codec::Step;
use super::{Families, SerialFamily};
use crate::limits::SERIAL_BYTES_MAX;

impl Families {
    /// That no family has serials of so many characters, and which they have; none where one has,
    /// and where there are no families.
    pub(crate) fn misfit_of_length(&self, what: &str, chars: usize) -> Option<String> {
        let lengths: BTreeSet<usize> = self.iter().flat_map(|(_, it)| it.lengths()).collect();
        if lengths.is_empty() || lengths.contains(&chars) {
            return None;
        }
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for length in lengths {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == length => *last = length,
                _ => runs.push((length, length)),
            }
        }
        let run = |(first, last): (usize, usize)| {
            if first == last { first.to_string() } else { format!("{first} to {last}") }
        };
        let runs: Vec<String> = runs.into_iter().map(run).collect();
        Some(format!(
            "{what} has {chars} characters, but the serials of the families have {}",
            runs.join(", ")
        ))
    }
}

impl SerialFamily {
    /// The numbers of characters that its serials have, as it writes them.
    fn lengths(&self) -> BTreeSet<usize> {
        let mut lengths = BTreeSet::from([0]);
        for step in self.codec().steps() {
            let (least, most) = match step {
                Step::Literal(text) | Step::Optional { text, written: true } => {
                    let chars = text.chars().count();
                    (chars, chars)
                }
                Step::Optional { written: false, .. } => (0, 0),
                Step::Field { field, .. } | Step::Check(field) => {
                    let width = |number: u128| {
                        let mut text = String::new();
                        field.write(number, &mut text);
                        text.len()
                    };
                    (width(0), width(field.last()))
                }
            };
            let longer = |length: &usize| (length + least)..=(length + most).min(SERIAL_BYTES_MAX);
            lengths = lengths.iter().flat_map(longer).collect();
        }
        lengths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_what_a_family_writes() {
        let rows: [(&str, &[usize]); 5] = [
            ("{a:A2}{n:D11}", &[13]),
            ("LJ-?{n:D1..3}", &[4, 5, 6]),
            ("LJ-??{n:D3}", &[5]),
            ("{a:A1..2}/{n:D1..2}", &[3, 4, 5]),
            ("{n:D14}{c:luhn}", &[15]),
        ];
        for (layout, expected) in rows {
            let family = SerialFamily::new("it", layout).unwrap();
            assert!(family.lengths().iter().eq(expected), "{layout}");
        }
    }

    #[test]
    fn a_length_that_no_family_has_is_told() {
        let family = |name, layout| SerialFamily::new(name, layout).unwrap();
        let families = vec![family("a", "A{n:D1..3}"), family("b", "B{n:D8}")];
        let families = Families::new(families).unwrap();
        let told = families.misfit_of_length("`A****`", 5).unwrap();
        assert_eq!(
            told,
            "`A****` has 5 characters, but the serials of the families have 2 to 4, 9"
        );
        assert_eq!(families.misfit_of_length("it", 9), None);
        assert_eq!(Families::default().misfit_of_length("it", 9), None);
    }
}
