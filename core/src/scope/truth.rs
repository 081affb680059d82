//! Three-valued logic, and the answer for one unit.

/// Whether a condition holds: yes, no, or not known because data is missing.
///
/// The connectives are Kleene's: what is known decides where it can, and UNKNOWN stays UNKNOWN
/// where it could still tip the scale.
///
/// # Examples
///
/// ```
/// use seriatim::Truth;
///
/// assert_eq!(Truth::False.and(Truth::Unknown), Truth::False);
/// assert_eq!(Truth::True.and(Truth::Unknown), Truth::Unknown);
/// assert_eq!(Truth::True.or(Truth::Unknown), Truth::True);
/// assert_eq!(Truth::Unknown.negate(), Truth::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It cannot be said.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Both hold: the lesser of the two, FALSE being the least and TRUE the greatest.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// At least one holds: the greater of the two.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// It does not hold.
    #[must_use]
    pub fn negate(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Truth::True } else { Truth::False }
    }
}

/// Missing knowledge is UNKNOWN.
impl From<Option<bool>> for Truth {
    fn from(known: Option<bool>) -> Self {
        known.map_or(Truth::Unknown, Truth::from)
    }
}

/// The answer for one unit.
///
/// # Examples
///
/// ```
/// use seriatim::{Record, Schema, Scope, Verdict};
///
/// let scope: Scope = "serial IN ('A1', 'A7')".parse()?;
/// let bound = Schema::default().bind(&scope)?;
/// assert_eq!(bound.decide(&Record::of_serial("A7"))?, Verdict::Affected);
/// assert_eq!(bound.decide(&Record::without_serial())?.code(), "undetermined");
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The scope covers the unit.
    Affected,
    /// The scope does not cover the unit.
    NotAffected,
    /// Data is missing without which the unit cannot be ruled out.
    Undetermined,
    /// The serial could be one of ours, but there is no such unit. Only an index can say so.
    UnknownSerial,
    /// The serial fits none of the declared families: it was misread, or is not ours.
    InvalidSerial,
}

impl Verdict {
    /// The stable code of this verdict, such as `"not_affected"`.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Affected => "affected",
            Verdict::NotAffected => "not_affected",
            Verdict::Undetermined => "undetermined",
            Verdict::UnknownSerial => "unknown_serial",
            Verdict::InvalidSerial => "invalid_serial",
        }
    }
}

impl From<Truth> for Verdict {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Verdict::Affected,
            Truth::False => Verdict::NotAffected,
            Truth::Unknown => Verdict::Undetermined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_kleenes() {
        use Truth::{False, True, Unknown};
        let rows = [
            (False, False, False, False),
            (False, Unknown, False, Unknown),
            (False, True, False, True),
            (Unknown, Unknown, Unknown, Unknown),
            (Unknown, True, Unknown, True),
            (True, True, True, True),
        ];
        for (a, b, and, or) in rows {
            assert_eq!((a.and(b), b.and(a)), (and, and), "{a:?} and {b:?}");
            assert_eq!((a.or(b), b.or(a)), (or, or), "{a:?} or {b:?}");
            assert_eq!(a.and(b).negate(), a.negate().or(b.negate()), "{a:?}, {b:?}");
        }
    }
}
