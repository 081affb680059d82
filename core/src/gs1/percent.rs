//! Percent coding of URIs, RFC 3986.

/// Which part of a URI a text stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UriPart {
    Path,
    /// Where `+` is a space, as forms write it.
    Query,
}

/// The text behind the escapes; what is no escape stays as it is. An escape is one character of
/// the same number.
pub(super) fn decoded(text: &str, part: UriPart) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(it) = rest.chars().next() {
        let mut taken = it.len_utf8();
        let hex = rest.get(1..3).filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (it, hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            ('%', Some(byte)) => {
                out.push(char::from(byte));
                taken = 3;
            }
            ('+', _) if part == UriPart::Query => out.push(' '),
            _ => out.push(it),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// A text of ASCII as this part of a URI writes it: all but unreserved characters are escaped.
pub(super) fn encoded(text: &str, part: UriPart) -> String {
    let unreserved = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    text.bytes().fold(String::with_capacity(text.len()), |mut out, it| {
        match it {
            b' ' if part == UriPart::Query => out.push('+'),
            _ if unreserved(it) => out.push(char::from(it)),
            _ => out.push_str(&escape(it)),
        }
        out
    })
}

/// The escape of a byte.
pub(super) fn escape(byte: u8) -> String {
    format!("%{byte:02X}")
}
