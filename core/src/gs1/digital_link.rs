//! GS1 Digital Links: GS1 Digital Link URI Syntax, uncompressed.

use super::ElementString;
use super::element_string::{WAY_OUT, filled_up};
use super::link_keys::{are_of, chains, has_room_for, identifier};
use super::percent::{UriPart, decoded, encoded};
use crate::error::{Error, Result};

const IN_PATH: &str = "in the path";
const IN_QUERY: &str = "in the query";

pub(super) fn read(text: &str) -> Result<ElementString> {
    let (path, query) = path_and_query(text)?;
    let pairs = pairs(path)?;
    let identifiers: Vec<&str> = pairs.iter().map(|(ai, _)| *ai).collect();
    let (key, qualifiers) = identifiers.split_first().unwrap_or((&"", &[]));
    if !chains(key).unwrap_or_default().iter().any(|chain| are_of(chain, qualifiers)) {
        return Err(Error::invalid(format!(
            "the path has AI {} behind the key {key}, which takes them not, or in another order, \
             such as 22, 10, 21 behind 01; {WAY_OUT}",
            qualifiers.join(", ")
        )));
    }
    let mut read = ElementString::default();
    for (ai, value) in &pairs {
        read.push(ai, &value_of(ai, value, UriPart::Path), IN_PATH)?;
    }
    for (ai, value) in parameters(query) {
        if read.value(ai).is_some() {
            return Err(Error::invalid(format!("AI {ai} {IN_QUERY} stands twice; {WAY_OUT}")));
        }
        if has_room_for(key, qualifiers, ai) {
            return Err(Error::invalid(format!(
                "AI {ai} {IN_QUERY} belongs in the path, behind the key {key}; {WAY_OUT}"
            )));
        }
        read.push(ai, &value_of(ai, value, UriPart::Query), IN_QUERY)?;
    }
    Ok(read)
}

/// The path, without the `/` in front, and the query of a link.
fn path_and_query(text: &str) -> Result<(&str, &str)> {
    let allowed = |it: char| it.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(it);
    if let Some(at) = text.chars().position(|it| !allowed(it)) {
        return Err(Error::invalid(format!(
            "character {} cannot stand in a link; write it as `%` and two hexadecimal digits",
            at + 1
        )));
    }
    let link = text.split('#').next().unwrap_or_default();
    let (link, query) = link.split_once('?').unwrap_or((link, ""));
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !is_authority(authority) {
        return Err(Error::invalid(format!("the link has no domain; {WAY_OUT}")));
    }
    Ok((path, query))
}

/// Whether this is a domain or an address, with or without a port.
fn is_authority(text: &str) -> bool {
    let address = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host_fits, port) = if let Some((address, port)) = address {
        (address.bytes().all(|it| it.is_ascii_hexdigit() || b":.".contains(&it)), port)
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let (host, port) = text.split_at_checked(end).unwrap_or((text, ""));
        let fits = host.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._".contains(&it));
        (fits && !host.is_empty(), port)
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let port_fits =
        port.is_empty() || port != digits && digits.bytes().all(|it| it.is_ascii_digit());
    host_fits && port_fits
}

/// The key at the end of a path and its qualifiers, each with its value. The path in front of
/// them may be anything, so it is read from the right.
fn pairs(path: &str) -> Result<Vec<(&str, &str)>> {
    let mut segments = path.rsplit('/');
    let mut pairs = Vec::new();
    while let (Some(value), Some(name)) = (segments.next(), segments.next()) {
        let Some(ai) = identifier(name) else { break };
        pairs.push((ai, value));
        if chains(ai).is_some() {
            pairs.reverse();
            return Ok(pairs);
        }
    }
    Err(Error::invalid(
        "the link does not end in a key of GS1 and its value, such as `/01/09506000134352`, so it \
         names no unit; scan another code of the label, or type its serial",
    ))
}

/// The parameters of a query that are named by an identifier.
fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let parameters = query.split('&').filter_map(|it| it.split_once('='));
    parameters.filter(|(name, _)| !name.is_empty() && name.bytes().all(|it| it.is_ascii_digit()))
}

fn value_of(ai: &str, written: &str, part: UriPart) -> String {
    let value = decoded(written, part);
    if ai == "01" { filled_up(&value) } else { value }
}

/// The link of data below a stem.
pub(super) fn written(elements: &ElementString, stem: &str) -> Result<String> {
    let http = ["http://", "https://"].iter().any(|it| stem.starts_with(it));
    let plain = path_and_query(stem).is_ok() && !stem.contains(['?', '#']);
    if !http || !plain {
        return Err(Error::invalid(
            "the stem of a link begins with `https://` and a domain and has no query, such as \
             `https://id.gs1.org`",
        ));
    }
    let keyed = elements.elements().find_map(|(ai, value)| Some((ai, value, chains(ai)?)));
    let Some((key, key_value, chains)) = keyed else {
        return Err(Error::invalid(
            "the data hold no key that a link may begin with, such as a GTIN (01); add it",
        ));
    };
    let held = |chain: &[&str]| chain.iter().filter(|it| elements.value(it).is_some()).count();
    let empty: &[&str] = &[];
    // Of chains with as many, the first: it is what makers use.
    let chain = chains.iter().rev().max_by_key(|chain| held(chain)).copied().unwrap_or(empty);
    let stem = stem.trim_end_matches('/');
    let qualifiers = chain.iter().filter_map(|it| Some((*it, elements.value(it)?)));
    let path = std::iter::once((key, key_value))
        .chain(qualifiers)
        .map(|(ai, value)| format!("/{ai}/{}", encoded(value, UriPart::Path)));
    let query = elements
        .elements()
        .filter(|(ai, _)| *ai != key && !chain.contains(ai))
        .zip(std::iter::once('?').chain(std::iter::repeat('&')))
        .map(|((ai, value), before)| format!("{before}{ai}={}", encoded(value, UriPart::Query)));
    Ok(std::iter::once(stem.to_owned()).chain(path).chain(query).collect())
}
