//! Counts the rows of one chunk.

use super::axis::Axis;
use super::calendar::Buckets;
use super::source::Source;
use super::tally::{Slot, Stack, Tally, too_many};
use crate::bitmap::{Container, Mask};
use crate::error::Result;
use crate::limits::GROUPS_MAX;

/// Rows of a chunk each of which is counted by itself.
const SINGLE_ROWS_MAX: u32 = 4;
/// Rows of a chunk that are read without their neighbours.
const FEW_ROWS_MAX: u32 = 4096;
/// Combinations of codes that a table may have.
const TABLE_MAX: usize = 1 << 20;
/// Sets that are counted in one pass.
const TOGETHER_MAX: usize = 4;
/// Entries that are gathered before they are counted.
const ENTRIES_MAX: usize = 1 << 20;

/// Counts the rows of chunk `key` by the terms of `sources`, set by set; the first set has all rows
/// of the others.
pub(super) fn count_chunk(
    sources: &[Source<'_>],
    buckets: &mut Buckets,
    (key, sets): (u16, &[Container<'_>]),
) -> Result<Vec<Tally>> {
    let singly = |rows: &Container<'_>| count_singly(sources, key, rows.iter());
    let Some(all) = sets.first().filter(|rows| rows.count() > SINGLE_ROWS_MAX) else {
        return sets.iter().map(singly).collect();
    };
    let mut group = Vec::with_capacity(sources.len());
    let mut varied = Vec::new();
    for (term, source) in sources.iter().enumerate() {
        let constant = source.constant(key, buckets)?;
        if constant.is_none() {
            varied.push((term, source));
        }
        group.push(constant.unwrap_or(Slot::Missing));
    }
    if varied.is_empty() {
        let whole = |rows: &Container<'_>| Tally::of_group(&group, u64::from(rows.count()));
        return Ok(sets.iter().map(whole).collect());
    }
    if all.count() <= FEW_ROWS_MAX
        && let Some((axes, masks)) = axes_of_few(&varied, key, sets)?
    {
        return count_axes(group, axes, &masks)?
            .map_or_else(|| sets.iter().map(singly).collect(), Ok);
    }
    let all = all.to_mask();
    if let ([(term, source)], [_]) = (varied.as_slice(), sets) {
        let mut tally = Tally::new(group.len());
        let counted = source.count(key, &all, |slot, units| {
            put(&mut group, *term, slot);
            tally.push(&group, units)
        })?;
        if counted {
            return Ok(vec![tally]);
        }
    }
    let mut axes = Vec::with_capacity(varied.len());
    for (term, source) in varied {
        axes.push((term, source.axis(key, &all, buckets)?));
    }
    let masks: Vec<Mask> = sets.iter().map(|rows| rows.to_mask()).collect();
    count_axes(group, axes, &masks)?.map_or_else(|| sets.iter().map(singly).collect(), Ok)
}

/// Axes by the places of their terms in a group.
type Axes = Vec<(usize, Axis)>;

/// The axes of the rows of the first set alone, and the places that the rows of each set have among
/// them; none where a row may have several values.
fn axes_of_few(
    varied: &[(usize, &Source<'_>)],
    key: u16,
    sets: &[Container<'_>],
) -> Result<Option<(Axes, Vec<Mask>)>> {
    let rows: Vec<u16> = sets.first().map(|all| all.iter().collect()).unwrap_or_default();
    let mut axes = Vec::with_capacity(varied.len());
    for (term, source) in varied {
        let Some(axis) = source.axis_of(key, &rows)? else { return Ok(None) };
        axes.push((*term, axis));
    }
    let places = |set: &Container<'_>| {
        let (mut mask, mut wanted) = (Mask::new(), set.iter().peekable());
        for (place, row) in (0..=u16::MAX).zip(&rows) {
            if wanted.next_if_eq(row).is_some() {
                mask.set(place);
            }
        }
        mask
    };
    Ok(Some((axes, sets.iter().map(places).collect())))
}

/// Counts the rows of each mask by axes; none where they have more combinations than can be told
/// apart.
fn count_axes(group: Vec<Slot>, axes: Axes, masks: &[Mask]) -> Result<Option<Vec<Tally>>> {
    let Some(combinations) = combinations(&axes) else { return Ok(None) };
    let mut product = Product { group, axes };
    let fits = |mask: &Mask| {
        let size = usize::try_from(combinations).ok().filter(|size| *size <= TABLE_MAX);
        size.filter(|size| *size <= 8 * mask.count() as usize + 4096)
    };
    if let Some(size) = masks.first().and_then(fits)
        && masks.len() <= TOGETHER_MAX
        && let Some(codes) = product.single()
    {
        let counts = count_words(masks, &codes, size);
        return product.tallies(masks.len(), &counts).map(Some);
    }
    let count = |mask: &Mask| match fits(mask) {
        Some(size) => product.count_by_table(mask, size),
        None => product.count_by_sorting(mask),
    };
    masks.iter().map(count).collect::<Result<_>>().map(Some)
}

fn put(group: &mut [Slot], term: usize, slot: Slot) {
    if let Some(at) = group.get_mut(term) {
        *at = slot;
    }
}

fn combinations(axes: &[(usize, Axis)]) -> Option<u64> {
    axes.iter().try_fold(1_u64, |all, (_, axis)| all.checked_mul(axis.slots().len() as u64))
}

/// Terms whose codes make up one number: the place of a combination in the order of groups.
struct Product {
    /// What all rows have of the other terms.
    group: Vec<Slot>,
    /// The terms, and their places in a group.
    axes: Axes,
}

impl Product {
    fn count_by_table(&mut self, mask: &Mask, size: usize) -> Result<Tally> {
        let mut counts = vec![0_u32; size];
        let mut places = Vec::new();
        for row in mask.iter() {
            places.clear();
            self.places_of(row, &mut places)?;
            for place in &places {
                let place = usize::try_from(*place).unwrap_or(usize::MAX);
                counts.get_mut(place).into_iter().for_each(|count| *count += 1);
            }
        }
        self.tally(counts.into_iter())
    }

    /// The groups of places in turn that have units.
    fn tally(&mut self, counts: impl Iterator<Item = u32>) -> Result<Tally> {
        let mut tally = Tally::new(self.group.len());
        for (place, count) in (0..).zip(counts) {
            if count > 0 {
                self.push(place, u64::from(count), &mut tally)?;
            }
        }
        Ok(tally)
    }

    /// The groups of so many sets that [`count_words`] counted.
    fn tallies(&mut self, sets: usize, counts: &[u32]) -> Result<Vec<Tally>> {
        let memberships = 1 << sets.saturating_sub(1);
        let of_set = |set: usize| {
            let is_in = move |membership: usize| set == 0 || membership >> (set - 1) & 1 == 1;
            counts.chunks(memberships).map(move |of_place| {
                let inside = of_place.iter().enumerate().filter(|(at, _)| is_in(*at));
                inside.map(|(_, count)| *count).sum()
            })
        };
        (0..sets).map(|set| self.tally(of_set(set))).collect()
    }

    fn count_by_sorting(&mut self, mask: &Mask) -> Result<Tally> {
        let mut stack = Stack::new();
        let mut places = Vec::new();
        for row in mask.iter() {
            self.places_of(row, &mut places)?;
            if places.len() >= ENTRIES_MAX {
                stack.push(self.sorted(&mut places)?)?;
            }
        }
        stack.push(self.sorted(&mut places)?)?;
        stack.finish(self.group.len())
    }

    fn sorted(&mut self, places: &mut Vec<u64>) -> Result<Tally> {
        places.sort_unstable();
        let mut tally = Tally::new(self.group.len());
        for same in places.chunk_by(|a, b| a == b) {
            if let Some(place) = same.first() {
                self.push(*place, same.len() as u64, &mut tally)?;
            }
        }
        places.clear();
        Ok(tally)
    }

    /// The codes of every row of each axis, with how many the axis has; none where a row may have
    /// several.
    fn single(&self) -> Option<Vec<(usize, &[u32])>> {
        self.axes.iter().map(|(_, axis)| Some((axis.slots().len(), axis.single()?))).collect()
    }

    /// Appends the places of a row's combinations.
    fn places_of(&self, row: u16, out: &mut Vec<u64>) -> Result<()> {
        let start = out.len();
        out.push(0);
        for (_, axis) in &self.axes {
            let size = axis.slots().len() as u64;
            match axis.codes_of(row) {
                [code] => {
                    for place in out.iter_mut().skip(start) {
                        *place = *place * size + u64::from(*code);
                    }
                }
                codes => {
                    let before = out.split_off(start);
                    if before.len().saturating_mul(codes.len()) > GROUPS_MAX {
                        return Err(too_many());
                    }
                    for place in before {
                        out.extend(codes.iter().map(|code| place * size + u64::from(*code)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the group of a place.
    fn push(&mut self, place: u64, units: u64, tally: &mut Tally) -> Result<()> {
        let mut left = place;
        for (term, axis) in self.axes.iter().rev() {
            let size = axis.slots().len().max(1) as u64;
            let code = usize::try_from(left % size).unwrap_or(usize::MAX);
            left /= size;
            if let Some(slot) = axis.slots().get(code) {
                put(&mut self.group, *term, *slot);
            }
        }
        tally.push(&self.group, units)
    }
}

/// How many rows of the first mask, which has all rows of the others, have each combination and are
/// in the same ones of the others: for each combination a count for each way to be in them.
fn count_words(masks: &[Mask], axes: &[(usize, &[u32])], size: usize) -> Vec<u32> {
    let Some((all, parts)) = masks.split_first() else { return Vec::new() };
    let mut counts = vec![0_u32; size << parts.len()];
    let mut places = [0_usize; 64];
    for (at, word) in all.words().iter().enumerate().filter(|(_, word)| **word != 0) {
        places.fill(0);
        for (size, codes) in axes {
            let codes = codes.get(64 * at..).unwrap_or_default();
            places
                .iter_mut()
                .zip(codes)
                .for_each(|(place, code)| *place = *place * size + *code as usize);
        }
        for part in parts.iter().rev() {
            let word = part.words().get(at).copied().unwrap_or(0);
            places
                .iter_mut()
                .enumerate()
                .for_each(|(bit, place)| *place = *place << 1 | usize::from(word >> bit & 1 == 1));
        }
        let mut left = *word;
        while left != 0 {
            let place = places.get(left.trailing_zeros() as usize).copied();
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += 1;
            }
            left &= left - 1;
        }
    }
    counts
}

/// Counts rows one after the other.
fn count_singly(
    sources: &[Source<'_>],
    key: u16,
    rows: impl Iterator<Item = u16>,
) -> Result<Tally> {
    let width = sources.len();
    let mut stack = Stack::new();
    let mut entries: Vec<Slot> = Vec::new();
    let mut slots = Vec::new();
    for row in rows {
        let row = u32::from(key) << 16 | u32::from(row);
        let start = entries.len();
        for (term, source) in sources.iter().enumerate() {
            slots.clear();
            source.read(row, &mut slots)?;
            widen(&mut entries, start, term, &slots)?;
        }
        if entries.len() >= ENTRIES_MAX {
            stack.push(Tally::of_entries(width, &entries)?)?;
            entries.clear();
        }
    }
    stack.push(Tally::of_entries(width, &entries)?)?;
    stack.finish(width)
}

/// Puts each of `slots` after each of the entries from `start` on, which have `width` slots.
fn widen(entries: &mut Vec<Slot>, start: usize, width: usize, slots: &[Slot]) -> Result<()> {
    let before = entries.split_off(start);
    if width == 0 {
        entries.extend_from_slice(slots);
    } else if (before.len() / width).saturating_mul(slots.len()) > GROUPS_MAX {
        return Err(too_many());
    } else {
        for entry in before.chunks_exact(width) {
            for slot in slots {
                entries.extend_from_slice(entry);
                entries.push(*slot);
            }
        }
    }
    Ok(())
}
