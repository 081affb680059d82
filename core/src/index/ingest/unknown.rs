//! Serials of an input that no unit of the index has.

use super::order::Ordered;
use super::report::EXAMPLES_MAX;
use super::write::Standing;
use crate::error::{Error, Result};
use crate::keys::GroupKeys;
use crate::serial::{Families, SerialKey};

/// Serials of an input that no unit of the index has.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    pub(super) serials: u64,
    /// The first few.
    pub(super) examples: Vec<String>,
}

impl Unknown {
    /// Those of some serials that are on none of the rows that stand.
    pub(super) fn find(
        ordered: &Ordered,
        standing: &[Standing],
        families: &Families,
    ) -> Result<Self> {
        let asked: usize = ordered.groups.iter().map(crate::keys::KeyGroup::len).sum();
        let known: u64 = standing.iter().map(|it| it.1.len()).sum();
        let asked = u64::try_from(asked).unwrap_or(u64::MAX);
        let mut unknown = Unknown { serials: asked - known.min(asked), examples: Vec::new() };
        let wanted = unknown.serials.min(EXAMPLES_MAX as u64);
        for group in &ordered.groups {
            let name = usize::try_from(group.namespace).ok();
            let name = name.and_then(|at| ordered.namespaces.get(at)).map_or("", |it| it);
            let mut stands = stands(name, standing);
            for place in 0..group.len() {
                if unknown.examples.len() as u64 >= wanted {
                    return Ok(unknown);
                }
                let key = match &group.keys {
                    GroupKeys::Coded { family, codes } => codes
                        .get(place)
                        .map(|code| SerialKey::Coded { family: *family, code: *code }),
                    GroupKeys::Opaque(texts) => {
                        texts.get(place).map(|text| SerialKey::Opaque(text.clone()))
                    }
                };
                if let Some(key) = key
                    && !stands(&key)?
                {
                    unknown.examples.push(families.text(&key)?);
                }
            }
        }
        Ok(unknown)
    }

    /// Adds those of later rows of the input.
    pub(super) fn add(&mut self, later: Unknown) {
        self.serials += later.serials;
        self.examples.extend(later.examples);
        self.examples.truncate(EXAMPLES_MAX);
    }

    /// An error where there is one.
    pub(super) fn refuse(&self) -> Result<()> {
        if self.serials == 0 {
            return Ok(());
        }
        Err(Error::not_found(format!(
            "{} serials to amend are of no unit, such as {}; leave them out, or load them as new \
             units first",
            self.serials,
            self.examples.join(", ")
        )))
    }
}

/// Whether one of the rows that stand has a serial of a namespace.
fn stands<'s>(
    namespace: &str,
    standing: &'s [Standing],
) -> impl FnMut(&SerialKey) -> Result<bool> + use<'s> {
    let numbered = standing.iter().filter_map(|(units, rows)| {
        units.namespace(namespace).map(|number| (number, units.keys().lookup(), rows))
    });
    let mut lookups: Vec<_> = numbered.collect();
    move |key| {
        for (namespace, lookup, rows) in &mut lookups {
            if lookup.row_of(*namespace, key)?.is_some_and(|row| rows.contains(row)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
