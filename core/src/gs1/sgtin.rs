//! SGTINs: pure identity URIs of EPC Tag Data Standard, section 6.3.1.

use super::ElementString;
use super::element_string::WAY_OUT;
use super::percent::{UriPart, decoded, escape};
use crate::error::{Error, Result};
use crate::serial::gs1_check_digit;

const PREFIX: &str = "urn:epc:id:sgtin:";
/// Digits of company prefix and item reference together: a GTIN less its check digit.
const KEY_DIGITS: usize = 13;

pub(super) fn read(text: &str) -> Result<ElementString> {
    let Some(rest) = text
        .split_at_checked(PREFIX.len())
        .and_then(|(prefix, rest)| prefix.eq_ignore_ascii_case(PREFIX).then_some(rest))
    else {
        return Err(Error::invalid(format!(
            "the EPC is no SGTIN, which begins with `{PREFIX}`, so it names no unit by GTIN and \
             serial; {WAY_OUT}"
        )));
    };
    let mut parts = rest.splitn(3, '.');
    let (Some(company), Some(item), Some(serial)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(Error::invalid(
            "an SGTIN has a company prefix, an item reference and a serial with `.` between them; \
             write all three",
        ));
    };
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let right = (6..=12).contains(&company.len()) && company.len() + item.len() == KEY_DIGITS;
    let (Some(indicator), true) = (item.get(..1), right && digits(company) && digits(item)) else {
        return Err(Error::invalid(format!(
            "company prefix and item reference of an SGTIN have 6 to 12 digits and {KEY_DIGITS} \
             together, but {} and {} characters stand there; {WAY_OUT}",
            company.len(),
            item.len()
        )));
    };
    let key = format!("{indicator}{company}{}", item.get(1..).unwrap_or_default());
    let check = gs1_check_digit(&key).map(String::from).unwrap_or_default();
    let mut read = ElementString::default();
    read.push("01", &(key + &check), "of the SGTIN")?;
    read.push("21", &decoded(serial, UriPart::Path), "of the SGTIN")?;
    Ok(read)
}

/// The SGTIN of data.
pub(super) fn written(elements: &ElementString, company_prefix_digits: usize) -> Result<String> {
    let (Some(gtin), Some(serial)) = (elements.gtin(), elements.serial()) else {
        return Err(Error::invalid(
            "an SGTIN is a GTIN (01) and a serial (21), and the data have not both; add them",
        ));
    };
    if !(6..=12).contains(&company_prefix_digits) {
        return Err(Error::invalid(format!(
            "a company prefix has 6 to 12 digits, not {company_prefix_digits}; ask its owner how \
             many theirs has"
        )));
    }
    let part = |range: std::ops::Range<usize>| gtin.get(range).unwrap_or_default();
    let after = 1 + company_prefix_digits;
    let (company, indicator, item) = (part(1..after), part(0..1), part(after..KEY_DIGITS));
    Ok(format!("{PREFIX}{company}.{indicator}{item}.{}", escaped(serial)))
}

/// A serial with the characters escaped that the standard names for it.
fn escaped(serial: &str) -> String {
    serial.bytes().fold(String::new(), |mut out, it| {
        if b"\"%&/<>?".contains(&it) {
            out.push_str(&escape(it));
        } else {
            out.push(char::from(it));
        }
        out
    })
}
