//! What a scope says that most likely is not what is meant.

use super::BoundScope;
use super::bound::{BoundNode, SerialTest};
use crate::serial::{Families, KeyRange, SerialKey};

/// Something that a scope says and that most likely is not what is meant, though it may be.
///
/// # Examples
///
/// ```
/// use seriatim::{Families, Schema, Scope, SerialFamily};
///
/// let families = Families::new(vec![SerialFamily::new("bike", "AX{n:D6}")?])?;
/// let schema = Schema::default().with_families(families);
/// let bound = schema.bind(&"serial = MASK('AX****')".parse::<Scope>()?)?;
/// let notices = bound.notices();
/// assert_eq!(notices[0].code, "mask_length");
/// assert_eq!(
///     notices[0].message,
///     "the mask has 6 characters, but the serials of the families have 8"
/// );
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, the same in every language: `mask_length`, `no_mask` or `no_family`.
    pub code: &'static str,
    /// The clause, as SQL; long lists are shortened.
    pub clause: String,
    /// What was found.
    pub message: String,
}

impl BoundScope {
    /// What the scope says that most likely is not what is meant, in the order of the scope.
    ///
    /// `mask_length`: a mask of a length that no family's serials have covers only serials that fit
    /// no family. `no_mask`: a text that fits no family has stars, which stand for themselves where
    /// it is no mask. `no_family`: a serial, or the ends of a range, fit none of the families there
    /// are. All of them are told of identifiers likewise.
    pub fn notices(&self) -> Vec<Notice> {
        let odd = self.nodes().filter_map(|(node, it)| {
            let (families, of, test) = match it {
                BoundNode::Serial(test) => (self.schema.families(), "serial", test),
                BoundNode::Identifier { column, test } => {
                    let column = self.schema.columns().get(*column)?;
                    (column.identifier()?, column.name(), test)
                }
                _ => return None,
            };
            let (code, message) = odd((families, of), test)?;
            Some(Notice { code, clause: self.clause(node), message })
        });
        // A comparison may be several tests, the first of which says most.
        let mut told: Vec<Notice> = odd.collect();
        told.dedup_by(|next, said| {
            next.clause == said.clause && said.message.starts_with(&next.message)
        });
        told
    }
}

/// What is odd about a test of serials or identifiers.
fn odd((families, of): (&Families, &str), test: &SerialTest) -> Option<(&'static str, String)> {
    let (strange, all) = match test {
        SerialTest::Masked(mask) => {
            let message = families.misfit_of_length("the mask", mask.free().len())?;
            return Some(("mask_length", message));
        }
        SerialTest::Like(pattern) if pattern.has_text(STAR) => {
            let message = "in a pattern `*` stands for itself; `%` stands for any characters, and \
                           `_` for one";
            return Some(("no_mask", message.into()));
        }
        SerialTest::In(keys) => {
            let opaque = |key: &SerialKey| match key {
                SerialKey::Opaque(text) => Some(text.to_string()),
                SerialKey::Coded { .. } => None,
            };
            (keys.iter().filter_map(opaque).collect::<Vec<_>>(), keys.len())
        }
        SerialTest::Range(KeyRange::Opaque { first, last }) => {
            let ends: Vec<String> =
                [first, last].into_iter().flatten().map(ToString::to_string).collect();
            let count = ends.len();
            (ends, count)
        }
        _ => return None,
    };
    if let Some(masked) = strange.iter().find(|it| it.contains(STAR)) {
        let message = format!(
            "`*` stands for itself in `{masked}`; MASK('{masked}') lets any character stand there"
        );
        return Some(("no_mask", message));
    }
    let first = strange.first().filter(|_| !families.is_empty())?;
    let message = match (strange.len(), all) {
        (1, 1) => format!("`{first}` fits no family of `{of}`"),
        (count, all) => format!("{count} of {all} fit no family of `{of}`, such as `{first}`"),
    };
    let advice = match test {
        SerialTest::Range(_) => {
            let length = first.chars().count();
            format!("; for what serials begin with, compare LEFT({of}, {length})")
        }
        _ => String::new(),
    };
    Some(("no_family", message + &advice))
}

/// What many notices write for any character.
const STAR: char = '*';

#[cfg(test)]
mod tests {
    use crate::schema::Schema;
    use crate::serial::{Families, SerialFamily};

    #[test]
    fn what_is_most_likely_not_meant_is_told() {
        let families = Families::new(vec![SerialFamily::new("bike", "AX{n:D6}").unwrap()]).unwrap();
        let schema = Schema::default().with_families(families);
        let plain = Schema::default();
        let no_mask = "`*` stands for itself in `AX**00`; MASK('AX**00') lets any character stand \
                       there";
        let rows = [
            ("serial = 'AX000001'", None, None),
            (
                "serial < 'AX00001'",
                Some(
                    "`AX00001` fits no family of `serial`; for what serials begin with, compare LEFT(serial, 7)",
                ),
                None,
            ),
            ("serial = 'AX00001'", Some("`AX00001` fits no family of `serial`"), None),
            (
                "serial <> 'ax000001' AND serial IN ('AX000001')",
                Some("`ax000001` fits no family of `serial`"),
                None,
            ),
            (
                "serial IN ('AX000001', 'B2', 'B1')",
                Some("2 of 3 fit no family of `serial`, such as `B1`"),
                None,
            ),
            (
                "serial BETWEEN 'B1' AND 'B7'",
                Some(
                    "2 of 2 fit no family of `serial`, such as `B1`; for what serials begin with, compare LEFT(serial, 2)",
                ),
                None,
            ),
            (
                "serial >= 'B1'",
                Some(
                    "`B1` fits no family of `serial`; for what serials begin with, compare LEFT(serial, 2)",
                ),
                None,
            ),
            ("serial IN ('AX**00', 'B1')", Some(no_mask), Some(no_mask)),
            ("serial BETWEEN 'AX**00' AND 'AX**07'", Some(no_mask), Some(no_mask)),
            ("serial = MASK('AX****00')", None, None),
            ("serial LIKE 'AX%'", None, None),
        ];
        for (scope, of_family, of_none) in rows {
            let scope: crate::scope::Scope = scope.parse().unwrap();
            for (schema, expected) in [(&schema, of_family), (&plain, of_none)] {
                let notices = schema.bind(&scope).unwrap().notices();
                let told: Vec<&str> = notices.iter().map(|it| it.message.as_str()).collect();
                assert_eq!(told, Vec::from_iter(expected), "{scope:?}");
            }
        }
        let like = schema.bind(&"serial LIKE 'AX****00'".parse().unwrap()).unwrap().notices();
        assert_eq!((like.len(), like[0].code), (1, "no_mask"));
    }
}
