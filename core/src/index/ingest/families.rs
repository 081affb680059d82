//! Serial families proposed while loading.

use super::buffer::Buffer;
use crate::error::Result;
use crate::limits::FAMILIES_MAX;
use crate::pool::Halt;
use crate::segment::UnitSegment;
use crate::serial::{Families, FamilyId, Inference, Inferrer, SerialKey};

/// Proposes families for serials that fit none, and keeps what was proposed.
#[derive(Debug)]
pub(super) struct FamilyFinder {
    /// The families in force.
    pub(super) families: Families,
    /// What was proposed and accepted so far, and what stayed opaque.
    pub(super) inference: Inference,
    enabled: bool,
    /// Opaque rows in the buffer from which a new proposal is worth the time.
    due_at: usize,
}

/// Opaque rows from which a first proposal is made.
const DUE_AT_FIRST: usize = 1 << 16;

impl FamilyFinder {
    pub(super) fn new(families: Families, enabled: bool) -> Self {
        FamilyFinder { families, inference: Inference::default(), enabled, due_at: DUE_AT_FIRST }
    }

    /// Proposes from a sample of what is read next.
    pub(super) fn sample(&mut self, serials: &[String], earlier: &[&UnitSegment]) -> Result<()> {
        if !self.enabled {
            return Ok(());
        }
        let mut inferrer = Inferrer::new(&self.families);
        let (mut known, mut opaque) = (0, false);
        for serial in serials {
            // What cannot be a serial at all is told when its row is read.
            if let Ok(key) = self.families.classify(serial) {
                match key {
                    SerialKey::Opaque(text) => {
                        inferrer.observe(&text);
                        opaque = true;
                    }
                    SerialKey::Coded { .. } => known += 1,
                }
            }
        }
        if !opaque {
            return Ok(());
        }
        inferrer.observe_known(known);
        self.accept(inferrer.finish(), earlier)
    }

    /// Proposes families for the opaque rows of a buffer when there are many, or at its end.
    pub(super) fn propose(
        &mut self,
        buffer: &mut Buffer,
        earlier: &[&UnitSegment],
        at_end: bool,
        halt: &Halt,
    ) -> Result<()> {
        let opaque = buffer.opaque.len();
        if !self.enabled || opaque == 0 || (!at_end && opaque < self.due_at) {
            return Ok(());
        }
        // Rows may have been read before the families of an earlier buffer were found.
        buffer.classify_opaque(&self.families, halt)?;
        let opaque = buffer.opaque.len();
        let mut inferrer = Inferrer::new(&self.families);
        buffer.opaque.iter().for_each(|text| inferrer.observe(text));
        inferrer.observe_known(u64::try_from(buffer.rows() - opaque).unwrap_or(u64::MAX));
        let before = self.families.len();
        self.accept(inferrer.finish(), earlier)?;
        if self.families.len() > before {
            buffer.classify_opaque(&self.families, halt)?;
        }
        self.due_at = DUE_AT_FIRST.max(buffer.opaque.len() * 2);
        Ok(())
    }

    /// Takes on the proposals that give no serial of a written segment a second code.
    fn accept(&mut self, proposed: Inference, earlier: &[&UnitSegment]) -> Result<()> {
        for inferred in proposed.families {
            if self.families.len() >= FAMILIES_MAX {
                break;
            }
            let mut taken = false;
            for segment in earlier {
                taken =
                    taken || holds_opaque(segment, |text| inferred.family.encode(text).is_some())?;
            }
            if !taken {
                self.families.push(inferred.family.clone())?;
                self.inference.families.push(inferred);
            }
        }
        self.inference.opaque = proposed.opaque;
        Ok(())
    }
}

/// Whether a segment has an opaque serial of which `fits` is true.
fn holds_opaque(segment: &UnitSegment, fits: impl Fn(&str) -> bool) -> Result<bool> {
    for (number, group) in segment.keys().groups().iter().enumerate() {
        if group.family == FamilyId::OPAQUE {
            let mut found = false;
            segment.keys().for_each_text(number, 0..u64::MAX, |_, text| {
                found = found || fits(text);
                Ok(())
            })?;
            if found {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
