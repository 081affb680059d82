//! What a set of units is called in a notice.

use std::collections::BTreeMap;
use std::fmt;

use super::lanes::lanes;
use super::spans::{Place, Span, spans};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::limits::SCOPE_LIST_MAX;
use crate::query::{Unit, UnitSet};
use crate::scope::Scope;
use crate::serial::FamilyId;

/// A set of units as serial ranges, in the order of their families.
///
/// A range is over the units that the snapshot has: serial numbers that no unit has may lie inside
/// it. Serials that fit no family have no order that a reader would know; they are listed.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value};
///
/// let schema = Schema::new(vec![Column::new("line", ColumnType::Integer)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let unit = |n: i64| Record::of_serial(format!("A{n:03}")).with("line", Value::Integer(n / 4 % 2));
/// index.load_units(Units::records((0..20).map(unit)), LoadOptions::default())?;
/// let found = index.snapshot().select(&"line = 1".parse()?)?.affected;
///
/// let exact = found.describe(10)?;
/// assert_eq!(exact.to_string(), "A004 to A007, 4 units\nA012 to A015, 4 units\n");
/// assert_eq!(index.snapshot().select(&exact.to_scope())?.affected.len(), found.len());
///
/// let rough = found.describe(1)?;
/// assert_eq!(rough.units_added(), 4);
/// assert_eq!(rough.to_string(), "A004 to A015, 12 units, 4 of them not affected\n");
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    ranges: Vec<DescribedRange>,
    singles: Vec<Unit>,
    /// Whether the snapshot has other namespaces than the empty one.
    has_namespaces: bool,
}

/// One range of a [`Description`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, LoadOptions, Record, Schema, Units};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let description = index.snapshot().all().describe(1)?;
/// let range = &description.ranges()[0];
/// assert_eq!((range.first.as_str(), range.last.as_str(), range.units), ("A001", "A009", 9));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedRange {
    /// What the serials are unique within; empty where one counter serves all.
    pub namespace: String,
    /// The first serial.
    pub first: String,
    /// The last serial, included.
    pub last: String,
    /// How many units the range holds.
    pub units: u64,
    /// How many of them are not in the set that is described.
    pub units_added: u64,
}

impl UnitSet {
    /// The fewest serial ranges that hold all units of the set and no other unit, or, where they are
    /// more than `ranges_max`, the `ranges_max` ranges that hold the fewest others.
    ///
    /// No range holds units of two families or namespaces. Units whose serials fit no family are
    /// listed one by one and do not count as ranges.
    ///
    /// Takes time with the runs of the set, and `n log n` with the ranges where some are joined.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the set has units of more families and namespaces than there may be
    /// ranges; `corrupt`; `io`.
    pub fn describe(&self, ranges_max: usize) -> Result<Description> {
        let snapshot = self.snapshot();
        let mut groups = Vec::new();
        let mut opaque = vec![RowSet::new(); self.rows().len()];
        for ((namespace, family), lanes) in lanes(self)? {
            if family != FamilyId::OPAQUE {
                groups.push((namespace, spans(snapshot, &lanes)?));
                continue;
            }
            for lane in lanes {
                let inside = lane.runs.into_iter().filter(|run| run.inside);
                if let Some(rows) = opaque.get_mut(lane.segment) {
                    inside.for_each(|run| rows.push_range(run.rows));
                }
            }
        }
        let singles = UnitSet::of(snapshot.clone(), opaque).iter().collect::<Result<_>>()?;
        let joined = cheapest(&groups, ranges_max)?;
        let mut ranges = Vec::new();
        let mut spans = joined.into_iter();
        for (namespace, group) in &groups {
            let mut open: Option<(Span, u64)> = None;
            for (span, joins) in group.iter().zip(&mut spans) {
                match &mut open {
                    Some((range, added)) if joins => {
                        range.last = span.last;
                        range.units += span.units + span.gap;
                        *added += span.gap;
                    }
                    _ => {
                        let done = open.replace((span.clone(), 0));
                        ranges.extend(done.map(|it| self.range(namespace, &it)).transpose()?);
                    }
                }
            }
            ranges.extend(open.map(|it| self.range(namespace, &it)).transpose()?);
        }
        let mut segments = snapshot.segments().iter();
        let has_namespaces =
            segments.any(|it| it.units.namespaces().iter().any(|it| !it.is_empty()));
        Ok(Description { ranges, singles, has_namespaces })
    }

    fn range(&self, namespace: &str, (span, units_added): &(Span, u64)) -> Result<DescribedRange> {
        let serial = |place: Place| {
            let segment = self.snapshot().segments().get(place.segment);
            let row = u32::try_from(place.row).ok();
            let (segment, row) = segment
                .zip(row)
                .ok_or_else(|| Error::corrupt("a set of units has a row of no segment"))?;
            self.snapshot().schema().families().text(&segment.units.keys().key_at(row)?.1)
        };
        Ok(DescribedRange {
            namespace: namespace.to_owned(),
            first: serial(span.first)?,
            last: serial(span.last)?,
            units: span.units,
            units_added: *units_added,
        })
    }
}

/// For each span of each group, whether it is joined to the one before it.
fn cheapest(groups: &[(String, Vec<Span>)], ranges_max: usize) -> Result<Vec<bool>> {
    if groups.len() > ranges_max {
        return Err(Error::invalid(format!(
            "the set has units of {} families and namespaces, which share no range; allow as many",
            groups.len()
        )));
    }
    let all = groups.iter().flat_map(|(_, spans)| spans.iter().enumerate());
    let gaps: Vec<Option<u64>> = all.map(|(at, span)| (at > 0).then_some(span.gap)).collect();
    let mut cheap: Vec<(u64, usize)> =
        gaps.iter().enumerate().filter_map(|(at, gap)| gap.map(|gap| (gap, at))).collect();
    cheap.sort_unstable();
    let mut joined = vec![false; gaps.len()];
    for (_, at) in cheap.iter().take(gaps.len().saturating_sub(ranges_max)) {
        if let Some(joins) = joined.get_mut(*at) {
            *joins = true;
        }
    }
    Ok(joined)
}

impl Description {
    /// The ranges, by namespace and then in the order of families and serials.
    pub fn ranges(&self) -> &[DescribedRange] {
        &self.ranges
    }

    /// The units whose serials fit no family.
    pub fn singles(&self) -> &[Unit] {
        &self.singles
    }

    /// How many units the ranges hold that are not in the set.
    pub fn units_added(&self) -> u64 {
        self.ranges.iter().map(|range| range.units_added).sum()
    }

    /// A scope that is TRUE for exactly the units described: the ranges of each namespace in their
    /// order, then its units whose serials fit no family as a list.
    pub fn to_scope(&self) -> Scope {
        let mut namespaces: BTreeMap<&str, (Vec<Scope>, Vec<&str>)> = BTreeMap::new();
        for range in &self.ranges {
            let serials = if range.first == range.last {
                Scope::serial().eq(range.first.as_str())
            } else {
                Scope::serial().between(range.first.as_str(), range.last.as_str())
            };
            namespaces.entry(&range.namespace).or_default().0.push(serials);
        }
        for unit in &self.singles {
            namespaces.entry(unit.namespace()).or_default().1.push(unit.serial());
        }
        let parts = namespaces.into_iter().filter_map(|(name, (mut parts, singles))| {
            parts.extend(singles.chunks(SCOPE_LIST_MAX).map(|list| match list {
                [only] => Scope::serial().eq(*only),
                list => Scope::serial().is_in(list.iter().copied()),
            }));
            let serials = any_of(parts)?;
            if self.has_namespaces {
                return Some(Scope::namespace().eq(name).and(serials));
            }
            Some(serials)
        });
        any_of(parts.collect()).unwrap_or_else(|| Scope::serial().is_in(Vec::<&str>::new()))
    }
}

/// Parts joined by OR, neighbours first, so that each is copied a few times only.
fn any_of(mut parts: Vec<Scope>) -> Option<Scope> {
    while parts.len() > 1 {
        let mut halves = parts.into_iter();
        parts = Vec::new();
        while let Some(left) = halves.next() {
            parts.push(match halves.next() {
                Some(right) => left.or(right),
                None => left,
            });
        }
    }
    parts.pop()
}

impl fmt::Display for Description {
    /// A line for each range, and one for each unit whose serial fits no family.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for range in &self.ranges {
            self.name(f, &range.namespace)?;
            f.write_str(&range.first)?;
            if range.first != range.last {
                write!(f, " to {}", range.last)?;
            }
            write!(f, ", {} {}", range.units, if range.units == 1 { "unit" } else { "units" })?;
            if range.units_added > 0 {
                write!(f, ", {} of them not affected", range.units_added)?;
            }
            f.write_str("\n")?;
        }
        for unit in &self.singles {
            self.name(f, unit.namespace())?;
            writeln!(f, "{}, 1 unit", unit.serial())?;
        }
        Ok(())
    }
}

impl Description {
    fn name(&self, f: &mut fmt::Formatter<'_>, namespace: &str) -> fmt::Result {
        if self.has_namespaces { write!(f, "{namespace}: ") } else { Ok(()) }
    }
}
