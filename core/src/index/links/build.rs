//! The links of one segment of units to one of registrations.

use super::held::Held;
use super::live::LiveRegistrations;
use super::matches::{Match, Side, each_match};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::pool::{Halt, sort_halting};
use crate::registry::Access;
use crate::segment::{RegistrationSegment, UnitSegment};
use crate::serial::Families;
use crate::sidecar::{Amendment, LaneRows, LinkRows};

/// One in how many registrations may begin after the instant from which on most are steady.
const LATE_ONE_IN: usize = 100;

/// What the live registrations of one serial come to.
#[derive(Clone, Copy, Debug, Default)]
struct Summary {
    /// How many there are.
    live: u32,
    /// Whether one ends, or begins after the instant.
    passes: bool,
    /// Whether there is one in an owning role.
    owned: bool,
    /// Whether one in an owning role does.
    varies: bool,
    access: Access,
}

impl Summary {
    fn join(&mut self, other: Summary) {
        self.live = self.live.saturating_add(other.live);
        self.passes |= other.passes;
        self.owned |= other.owned;
        self.varies |= other.varies;
        self.access = self.access.union(other.access);
    }
}

/// Serials that are looked for without a look whether to stop.
const HALT_SERIALS: u32 = 1 << 14;

/// Derives the links.
pub(super) fn build(
    units: &UnitSegment,
    registrations: &LiveRegistrations,
    families: &Families,
    halt: &Halt,
) -> Result<LinkRows> {
    let segment = &*registrations.segment;
    let as_of_min = as_of_min(segment, &registrations.amendment, halt)?;
    let summaries = summaries(segment, &registrations.amendment, as_of_min, halt)?;
    let mut matches = matches(units, segment, families, halt)?;
    matches.retain(|it| {
        let ambiguous = it.bare && registrations.amendment.ambiguous.contains(it.position);
        let summary = summaries.get(it.position as usize);
        !ambiguous && summary.is_some_and(|summary| summary.live > 0)
    });
    let mut links = LinkRows {
        units: units.rows(),
        keys: segment.keys().rows(),
        as_of_min,
        ..LinkRows::default()
    };
    let rows = usize::try_from(units.rows()).map_err(|_| Error::unsupported("too many rows"))?;
    links.access = vec![0; rows];
    let (mut steady, mut varying, mut uneven) = (Vec::new(), Vec::new(), Vec::new());
    for same in matches.chunk_by(|a, b| a.row == b.row) {
        let mut summary = Summary::default();
        same.iter()
            .filter_map(|it| summaries.get(it.position as usize))
            .for_each(|it| summary.join(*it));
        let Some(Match { row, .. }) = same.first() else { continue };
        if summary.live != 1 || summary.passes {
            uneven.push(*row);
        }
        if summary.varies {
            varying.push(*row);
        } else if summary.owned {
            steady.push(*row);
            if let Some(slot) = links.access.get_mut(*row as usize) {
                *slot = summary.access.to_bits();
            }
        }
    }
    halt.check()?;
    links.steady = RowSet::from_sorted(steady);
    links.varying = RowSet::from_sorted(varying);
    links.uneven = RowSet::from_sorted(uneven);
    for bare in [false, true] {
        let lane: Vec<&Match> = matches.iter().filter(|it| it.bare == bare).collect();
        if !lane.is_empty() {
            links.lanes.push(LaneRows {
                linked: RowSet::from_sorted(lane.iter().map(|it| it.row)),
                positions: lane.iter().map(|it| i64::from(it.position)).collect(),
            });
        }
    }
    Ok(links)
}

/// The serials that are in both, by row of the unit.
fn matches(
    units: &UnitSegment,
    registrations: &RegistrationSegment,
    families: &Families,
    halt: &Halt,
) -> Result<Vec<Match>> {
    let namespaces = |asked: Option<&str>| match asked {
        Some(name) => units.namespace(name).into_iter().collect(),
        None => (0u32..).take(units.namespaces().len()).collect(),
    };
    let side = Side { keys: units.keys(), namespaces: &namespaces, grew_families: false };
    let mut matches = Vec::new();
    each_match(registrations, &side, families, |found| {
        matches.push(found);
        if found.position.is_multiple_of(HALT_SERIALS) { halt.check() } else { Ok(()) }
    })?;
    // Of one unit there may be a match with its namespace and one without.
    sort_halting(&mut matches, &|a, b| (a.row, a.bare).cmp(&(b.row, b.bare)), halt)?;
    Ok(matches)
}

/// The live registrations of a segment, each with its row, its serial and what links ask of it.
fn each_live(
    segment: &RegistrationSegment,
    amendment: &Amendment,
    halt: &Halt,
    mut call: impl FnMut(u32, Held) -> Result<()>,
) -> Result<()> {
    /// Serials looked at a time.
    const STRIDE: u64 = 1 << 16;
    let keys = segment.keys().rows();
    let mut start = 0;
    while start < keys {
        halt.check()?;
        let end = keys.min(start + STRIDE);
        let positions: Vec<u32> = (start..end).filter_map(|it| u32::try_from(it).ok()).collect();
        let (mut owners, mut rows) = (Vec::new(), Vec::new());
        segment.each_span(&positions, |first, end| {
            let position = positions.get(owners.len());
            if rows.last().is_some_and(|last| *last >= first) || position.is_none() {
                return Err(Error::corrupt("registrations: a row belongs to two serials"));
            }
            rows.extend(first..end);
            owners.push(end);
            Ok(())
        })?;
        let held = Held::read(|name| segment.numbers(name, &rows))?;
        let mut places = positions.iter().zip(&owners).peekable();
        for (row, held) in rows.iter().zip(held) {
            while places.next_if(|(_, end)| *row >= **end).is_some() {}
            if let Some((position, _)) = places.peek()
                && !amendment.retired.contains(*row)
            {
                call(**position, held)?;
            }
        }
        start = end;
    }
    Ok(())
}

/// The instant by which nearly all open-ended registrations in an owning role had begun.
fn as_of_min(segment: &RegistrationSegment, amendment: &Amendment, halt: &Halt) -> Result<i64> {
    let mut begun = Vec::new();
    if segment.stored("valid_from").is_some() {
        each_live(segment, amendment, halt, |_, held| {
            if held.role.is_owning() && held.to.is_none() {
                begun.push(held.from.unwrap_or(i64::MIN));
            }
            Ok(())
        })?;
    }
    let late = begun.len() / LATE_ONE_IN;
    sort_halting(&mut begun, &|a, b| b.cmp(a), halt)?;
    Ok(begun.get(late).copied().unwrap_or(i64::MIN))
}

/// What the live registrations of each serial come to.
fn summaries(
    segment: &RegistrationSegment,
    amendment: &Amendment,
    as_of_min: i64,
    halt: &Halt,
) -> Result<Vec<Summary>> {
    let keys = usize::try_from(segment.keys().rows());
    let mut summaries =
        vec![Summary::default(); keys.map_err(|_| Error::unsupported("too many serials"))?];
    each_live(segment, amendment, halt, |position, held| {
        let owned = held.role.is_owning();
        let began = held.from.is_none_or(|from| from <= as_of_min);
        let passes = held.to.is_some() || !began;
        let access =
            if owned && !passes { Access::of(held.permissions) } else { Access::default() };
        if let Some(slot) = summaries.get_mut(position as usize) {
            slot.join(Summary { live: 1, passes, owned, varies: owned && passes, access });
        }
        Ok(())
    })?;
    Ok(summaries)
}
