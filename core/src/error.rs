//! The one error type of the crate.

use std::error::Error as StdError;
use std::fmt;

/// A result whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the caller can do about an [`Error`].
///
/// A kind exists only where a caller would act differently on it. Its [`code`](ErrorKind::code) is
/// the same text in Rust, Python and Node.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An argument, an option or a row of input is not acceptable: correct it.
    InvalidArgument,
    /// The text or JSON of a scope is not a scope: correct it.
    ScopeSyntax,
    /// The scope does not fit the schema: a column, a type, a date or a serial in it is wrong.
    ScopeField,
    /// What was asked for does not exist.
    NotFound,
    /// The call contradicts what is there, such as a second unit of one serial.
    Conflict,
    /// A file is damaged or is not ours: restore it from a copy.
    Corrupt,
    /// A newer release wrote the file, or this build lacks the feature.
    Unsupported,
    /// The caller asked to stop.
    Cancelled,
    /// The operating system refused; the [source](StdError::source) says why.
    Io,
}

impl ErrorKind {
    /// The stable code of this kind, such as `"scope_syntax"`.
    pub fn code(self) -> &'static str {
        match self {
            ErrorKind::InvalidArgument => "invalid_argument",
            ErrorKind::ScopeSyntax => "scope_syntax",
            ErrorKind::ScopeField => "scope_field",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Io => "io",
        }
    }
}

/// Where in its input an [`Error`] arose.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the text of a scope.
    Text {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The line of text and, under it, a caret below the place.
        caret: String,
    },
    /// In the JSON of a scope: the path of the node, such as `$.and[1].between[2]`.
    Json {
        /// The path, from `$`.
        path: String,
    },
    /// In a row of input.
    Row {
        /// The file as the caller named it, or what kind of input it was.
        input: String,
        /// The row, from 1; a header line is not counted.
        row: u64,
        /// The column of the input.
        column: String,
    },
}

/// Why an operation could not be done.
///
/// The kind and the [place](Error::place) are part of the interface; the message is for people and
/// may change in any release. No message holds an owner's name, address or contact.
///
/// # Examples
///
/// ```
/// use seriatim::{ErrorKind, Scope};
///
/// let error = "facility = ".parse::<Scope>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::ScopeSyntax);
/// assert_eq!(error.kind().code(), "scope_syntax");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    place: Option<Place>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// What the caller can do about this error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was found and what to do, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where in its input the error arose, where there is such a place.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// What is wrong with an input that a host reads itself, for
    /// [`Units::try_records`](crate::Units::try_records) and its like: `invalid_argument`.
    pub fn from_input(message: impl Into<String>) -> Self {
        Error::invalid(message)
    }

    /// A failure of the operating system while doing `what`, for a host's own
    /// [`Directory`](crate::io::Directory): `not_found` and `conflict` where the system says that a
    /// file is not there or is there already, else `io`.
    pub fn from_system(what: impl Into<String>, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::AlreadyExists => ErrorKind::Conflict,
            _ => ErrorKind::Io,
        };
        Error::new(kind, what).caused_by(source)
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), place: None, source: None }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidArgument, message)
    }

    pub(crate) fn corrupt(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Corrupt, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Conflict, message)
    }

    /// A child that was forked wants to go on with the writing of its parent.
    pub(crate) fn forked() -> Self {
        Error::conflict(
            "this process was forked from the one that writes; open the index anew here, once the \
             other has closed it",
        )
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unsupported, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::NotFound, message)
    }

    pub(crate) fn cancelled() -> Self {
        Error::new(ErrorKind::Cancelled, "the caller asked to stop")
    }

    /// A failure of the operating system while doing `what`.
    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Error::new(ErrorKind::Io, what).caused_by(source)
    }

    /// Adds where the error arose; the innermost place stays.
    #[must_use]
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.0.place.get_or_insert(place);
        self
    }

    /// Puts what was being done in front of the message: `"{what}: {message}"`.
    #[must_use]
    pub(crate) fn within(mut self, what: impl fmt::Display) -> Self {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    #[must_use]
    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            None => f.write_str(&self.0.message),
            Some(Place::Text { line, column, caret }) => {
                write!(f, "{} (line {line}, column {column})\n{caret}", self.0.message)
            }
            Some(Place::Json { path }) => write!(f, "{} (at {path})", self.0.message),
            Some(Place::Row { input, row, column }) => {
                write!(f, "{input}, row {row}, column `{column}`: {}", self.0.message)
            }
        }?;
        match &self.0.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}): {self}", self.0.kind.code())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// What an iterator of record batches tells when it fails: the input cannot be read.
#[cfg(feature = "arrow")]
impl From<arrow_schema::ArrowError> for Error {
    fn from(source: arrow_schema::ArrowError) -> Self {
        Error::invalid("the record batches of the input cannot be read").caused_by(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_place_stays() {
        let inner = Place::Json { path: "$.and[0]".into() };
        let outer = Place::Json { path: "$".into() };
        let error = Error::invalid("no such column").at(inner.clone()).at(outer);
        assert_eq!(error.place(), Some(&inner));
        assert_eq!(error.to_string(), "no such column (at $.and[0])");
    }

    #[test]
    fn the_source_is_told_and_kept() {
        let error = Error::io("open the manifest", std::io::Error::other("disk on fire"));
        assert_eq!(error.to_string(), "open the manifest: disk on fire");
        assert!(error.source().is_some());
        assert_eq!(format!("{error:?}"), "Error(io): open the manifest: disk on fire");
    }
}
