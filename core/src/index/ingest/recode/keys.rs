//! Serials of a segment as other families read them.

use std::ops::Range;

use super::report::Tally;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::serial::{Families, FamilyId, SerialKey};

/// The families in force and those that replace them.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) old: Families,
    pub(super) new: Families,
}

impl Change {
    /// Whether no serial of a segment changes.
    pub(super) fn leaves(&self, keys: &Keys) -> Result<bool> {
        for (number, group) in keys.groups().iter().enumerate() {
            if group.family == FamilyId::OPAQUE {
                let mut same = true;
                keys.for_each_text(number, group.rows.clone(), |_, text| {
                    same = same && matches!(self.new.classify(text)?, SerialKey::Opaque(_));
                    Ok(())
                })?;
                if !same {
                    return Ok(false);
                }
            } else if !self.leaves_family(group.family) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether every serial of a family keeps its code: the families up to it are the same.
    fn leaves_family(&self, family: FamilyId) -> bool {
        (0..=family.0).map(FamilyId).all(|id| self.old.family(id) == self.new.family(id))
    }

    /// Calls back with each of some rows of a segment: its namespace, and its serial as the new
    /// families read it. Rows that are retired are not tallied.
    pub(super) fn each_key(
        &self,
        keys: &Keys,
        (rows, retired): (&Range<u64>, &RowSet),
        tally: &mut Tally,
        mut call: impl FnMut(u64, u32, SerialKey),
    ) -> Result<()> {
        let live = |row: u64| !u32::try_from(row).is_ok_and(|row| retired.contains(row));
        let mut text = String::new();
        let mut codes = Vec::new();
        for (number, group) in keys.groups().iter().enumerate() {
            let within = group.rows.start.max(rows.start)..group.rows.end.min(rows.end);
            if within.is_empty() {
                continue;
            }
            if group.family == FamilyId::OPAQUE {
                keys.for_each_text(number, within, |row, text| {
                    let key = self.new.classify(text)?;
                    let fits = key.family() != FamilyId::OPAQUE;
                    tally.now_coded += u64::from(fits && live(row));
                    call(row, group.namespace, key);
                    Ok(())
                })?;
                continue;
            }
            let family = self.old.family(group.family).ok_or_else(|| {
                Error::corrupt(format!("serial family {} is not declared", group.family.0))
            })?;
            let same = self.leaves_family(group.family);
            codes.clear();
            keys.codes_into(number, within.clone(), &mut codes)?;
            for (row, code) in within.zip(&codes) {
                if same {
                    let key = SerialKey::Coded { family: group.family, code: *code };
                    call(row, group.namespace, key);
                    continue;
                }
                text.clear();
                family.decode_into(*code, &mut text)?;
                let key = self.new.classify(&text)?;
                if key.family() == FamilyId::OPAQUE && live(row) {
                    tally.opaque(&text);
                }
                call(row, group.namespace, key);
            }
        }
        Ok(())
    }
}
