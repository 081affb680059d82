//! What is in the order of families: the serial, and the identifiers of a column.

use crate::error::{Error, ErrorKind};
use crate::scope::ast::Spot;
use crate::scope::bound::{BoundNode, SerialTest};
use crate::serial::{Families, SerialFamily};

/// The serial, or an identifier column, as a scope names it.
#[derive(Clone, Copy)]
pub(super) struct Keyed<'s> {
    pub(super) families: &'s Families,
    of: Of<'s>,
}

#[derive(Clone, Copy)]
enum Of<'s> {
    Serial,
    /// The column's place in the schema, and its name.
    Column(usize, &'s str),
}

impl<'s> Keyed<'s> {
    pub(super) fn serial(families: &'s Families) -> Self {
        Keyed { families, of: Of::Serial }
    }

    pub(super) fn column(column: usize, name: &'s str, families: &'s Families) -> Self {
        Keyed { families, of: Of::Column(column, name) }
    }

    /// A test of it.
    pub(super) fn test(self, test: SerialTest) -> BoundNode {
        match self.of {
            Of::Serial => BoundNode::Serial(test),
            Of::Column(column, _) => BoundNode::Identifier { column, test },
        }
    }

    /// Whether there is none.
    pub(super) fn missing(self) -> BoundNode {
        match self.of {
            Of::Serial => BoundNode::SerialMissing,
            Of::Column(column, _) => BoundNode::Missing { column },
        }
    }

    /// Its name in a scope.
    pub(super) fn name(self) -> &'s str {
        match self.of {
            Of::Serial => "serial",
            Of::Column(_, name) => name,
        }
    }

    /// Says in an error of what it is.
    pub(super) fn within(self, (error, at): (Error, Spot)) -> (Error, Spot) {
        let error = match self.of {
            Of::Serial => error.within("the serial"),
            Of::Column(_, name) => error.within(format!("identifier `{name}`")),
        };
        (error, at)
    }

    /// What is wrong with a serial is here wrong with the scope.
    pub(super) fn wrong(self, error: &Error) -> Error {
        let error = Error::new(ErrorKind::ScopeField, error.message());
        match self.of {
            Of::Serial => error,
            Of::Column(_, name) => error.within(format!("identifier `{name}`")),
        }
    }

    /// That no family of it has what was asked for, for a message.
    pub(super) fn no_family(self) -> String {
        match self.of {
            Of::Serial => "no serial family".to_owned(),
            Of::Column(_, name) => format!("no family of `{name}`"),
        }
    }

    /// Whether some family is so.
    pub(super) fn any(self, is: impl Fn(&SerialFamily) -> bool) -> bool {
        self.families.iter().any(|(_, family)| is(family))
    }
}
