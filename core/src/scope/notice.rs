//! What a scope says that most likely is not what is meant.

use super::BoundScope;
use super::bound::{BoundNode, SerialTest};

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
    /// What it is about, the same in every language: `mask_length`.
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
    /// no family; of identifiers likewise.
    pub fn notices(&self) -> Vec<Notice> {
        let families_of = |column: usize| self.schema.columns().get(column)?.identifier();
        let odd = self.nodes().filter_map(|(node, it)| {
            let (families, test) = match it {
                BoundNode::Serial(test) => (self.schema.families(), test),
                BoundNode::Identifier { column, test } => (families_of(*column)?, test),
                _ => return None,
            };
            let SerialTest::Masked(mask) = test else { return None };
            let message = families.misfit_of_length("the mask", mask.free().len())?;
            Some(Notice { code: "mask_length", clause: self.clause(node), message })
        });
        odd.collect()
    }
}
