"""The exceptions: one class for each kind of error, all of them an `Error` with a `code`."""


class Error(Exception):
    """Why an operation could not be done.

    Attributes
    ----------
    code : str
        The kind, the same text in every language.
    message : str
        What was found and what to do, without the place.
    line, column, caret : int, int, str or None
        The place in the text of a scope; `column` is a name where the place is a row of input.
    path : str or None
        The place in the JSON of a scope.
    input, row : str, int or None
        The file and the row of input.
    """

    code = "error"
    message: str = ""
    line: int | None = None
    column: int | str | None = None
    caret: str | None = None
    path: str | None = None
    input: str | None = None
    row: int | None = None


class InvalidArgumentError(Error, ValueError):
    """An argument, an option or a row of input is not acceptable: correct it."""

    code = "invalid_argument"


class ScopeError(Error, ValueError):
    """A scope cannot be read, or does not fit the index."""

    code = "scope"


class ScopeSyntaxError(ScopeError):
    """The text or JSON of a scope is not a scope."""

    code = "scope_syntax"


class ScopeFieldError(ScopeError):
    """The scope does not fit the schema: a column, a type, a date or a serial in it is wrong."""

    code = "scope_field"


class NotFoundError(Error, LookupError):
    """What was asked for does not exist."""

    code = "not_found"


class ConflictError(Error):
    """The call contradicts what is there, such as a second unit of one serial."""

    code = "conflict"


class CorruptError(Error):
    """A file is damaged or is not ours: restore it from a copy."""

    code = "corrupt"


class UnsupportedError(Error):
    """A newer release wrote the file, or this build lacks the feature."""

    code = "unsupported"


class CancelledError(Error):
    """The caller asked to stop."""

    code = "cancelled"


class IoError(Error, OSError):
    """The operating system refused."""

    code = "io"
