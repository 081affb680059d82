//! Element strings as scanners transmit them, with FNC1 between.

use super::ElementString;
use super::application::Application;
use super::element_string::{FNC1, WAY_OUT};
use crate::error::{Error, Result};

/// The symbology identifiers (ISO/IEC 15424) of codes that hold data of GS1: of `GS1-128`,
/// `DataBar`, `DataMatrix`, QR Code and `DotCode`.
pub(super) const SYMBOLOGIES: [&str; 5] = ["]C1", "]e0", "]d2", "]Q3", "]J1"];

/// Reads data behind FNC1 or a symbology identifier, or both.
pub(super) fn read(text: &str) -> Result<ElementString> {
    let data = SYMBOLOGIES.iter().find_map(|it| text.strip_prefix(it)).unwrap_or(text);
    let data = data.strip_prefix(FNC1).unwrap_or(data);
    read_data(data, text.chars().count() - data.chars().count())
}

/// Reads data that begin with an identifier; `skipped` characters stood in front of them.
pub(super) fn read_data(data: &str, skipped: usize) -> Result<ElementString> {
    let mut read = ElementString::default();
    let mut rest = data;
    loop {
        let at = skipped + data.chars().count() - rest.chars().count() + 1;
        let Some((application, ai)) = Application::at_start(rest) else {
            return Err(Error::invalid(format!(
                "there is no application identifier that GS1 defines at character {at}; {WAY_OUT}"
            )));
        };
        let after = rest.get(ai.len()..).unwrap_or_default();
        let field = after.split(FNC1).next().unwrap_or_default();
        let length = application.predefined_length().unwrap_or(field.len());
        let value = field.get(..length).unwrap_or(field);
        read.push(ai, value, format_args!("at character {at}"))?;
        let later = after.get(value.len()..).unwrap_or_default();
        // One FNC1 may follow any value, the last and those that need none among them.
        rest = later.strip_prefix(FNC1).unwrap_or(later);
        if rest.is_empty() {
            return Ok(read);
        }
    }
}
