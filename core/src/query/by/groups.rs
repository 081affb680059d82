//! Counts of groups.

use super::calendar::Unit;
use super::group_key::{GroupKey, compare_keys};
use crate::error::{Error, Result};

/// How many units there are of each value of a column, or of each combination of several: the
/// answer of [`UnitSet::by`](crate::UnitSet::by).
///
/// Groups are in the order of their keys, the first term first: values in the order of their column
/// (versions as versions), empty lists before all texts, and missing after everything. There is no
/// group of no units. Shown as text, it is a table; with the feature `arrow`, a record batch.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{By, Column, ColumnType, Index, LoadOptions, Record};
/// use seriatim::{Schema, Units, Value};
///
/// let schema = Schema::new(vec![Column::new("market", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let unit = |serial: &str, market: &str| {
///     Record::of_serial(serial).with("market", Value::Text(market.into()))
/// };
/// let units = [unit("A1", "SE"), unit("A2", "DE"), unit("A3", "SE"), Record::of_serial("A4")];
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let groups = index.snapshot().all().by(&[By::column("market")])?;
/// let counts: Vec<u64> = groups.iter().map(|group| group.units()).collect();
/// assert_eq!(counts, [1, 2, 1]);
/// assert_eq!(
///     groups.to_string(),
///     "market     units\n\
///      DE             1\n\
///      SE             2\n\
///      (missing)      1\n"
/// );
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    key_names: Vec<String>,
    key_types: Vec<KeyType>,
    count_names: Vec<String>,
    /// Of the groups one after the other, as many for each as there are names.
    keys: Vec<Option<GroupKey>>,
    counts: Vec<u64>,
}

/// What the keys of a term are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Text,
    TextList,
    Version,
    Integer,
    Float,
    Date,
    /// With the name of its zone.
    Timestamp(String),
    Boolean,
    Period(Unit),
}

/// One group of [`Groups`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{By, Index, LoadOptions, Record, Schema, Units, Value};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = [Record::of_serial("A7").in_namespace("04012345000016")];
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let groups = index.snapshot().all().by(&[By::namespace()])?;
/// let group = groups.iter().next().unwrap();
/// assert_eq!(group.keys(), [Some(Value::Text("04012345000016".into()).into())]);
/// assert_eq!(group.units(), 1);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group<'a> {
    keys: &'a [Option<GroupKey>],
    counts: &'a [u64],
}

impl<'a> Group<'a> {
    /// What its units have of each term; none where it is missing.
    pub fn keys(&self) -> &'a [Option<GroupKey>] {
        self.keys
    }

    /// How many units it has; of counts [side by side](Groups::beside), the first one.
    pub fn units(&self) -> u64 {
        self.counts.first().copied().unwrap_or(0)
    }

    /// The counts that stand side by side.
    pub fn counts(&self) -> &'a [u64] {
        self.counts
    }
}

impl Groups {
    /// Groups of one count; `keys` has as many a group as there are names.
    pub(super) fn new(
        key_names: Vec<String>,
        key_types: Vec<KeyType>,
        keys: Vec<Option<GroupKey>>,
        counts: Vec<u64>,
    ) -> Self {
        Groups { key_names, key_types, count_names: vec!["units".to_owned()], keys, counts }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.counts.len() / self.count_names.len().max(1)
    }

    /// Whether there is none, as there were no units to count.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The groups, in order.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        let keys = self.keys.chunks_exact(self.key_names.len().max(1));
        let counts = self.counts.chunks_exact(self.count_names.len().max(1));
        keys.zip(counts).map(|(keys, counts)| Group { keys, counts })
    }

    /// The names of the keys: those of the columns, with the period.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.key_names.iter().map(String::as_str)
    }

    /// The names of the counts: `units`, or what the counts [side by side](Groups::beside) are
    /// called.
    pub fn count_names(&self) -> impl Iterator<Item = &str> {
        self.count_names.iter().map(String::as_str)
    }

    pub(super) fn key_types(&self) -> &[KeyType] {
        &self.key_types
    }

    /// Adds a count: how many units more the first one has than the second.
    pub(crate) fn with_difference(self, name: &str) -> Groups {
        let width = self.count_names.len().max(1);
        let mut counts = Vec::with_capacity(self.counts.len() + self.len());
        for group in self.counts.chunks_exact(width) {
            counts.extend_from_slice(group);
            let more = group.first().zip(group.get(1)).map(|(all, some)| all.saturating_sub(*some));
            counts.push(more.unwrap_or(0));
        }
        let mut count_names = self.count_names;
        count_names.push(name.to_owned());
        Groups { count_names, counts, ..self }
    }

    /// Puts the counts of several sets by the same terms side by side, each under a name of its
    /// own. A group that a set does not have counts 0 there. Of counts that stand side by side
    /// already, the first is taken.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there are none, two names are one, or they are not counted by the
    /// same terms.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{By, Column, ColumnType, Groups, Index, LoadOptions, Record};
    /// use seriatim::{Schema, Units, Value};
    ///
    /// let schema = Schema::new(vec![Column::new("line", ColumnType::Integer)?])?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = (1..=9).map(|n| {
    ///     Record::of_serial(format!("A{n}")).with("line", Value::Integer(n % 2))
    /// });
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let line = [By::column("line")];
    /// let all = index.snapshot().all().by(&line)?;
    /// let late = index.snapshot().select(&"serial >= 'A9'".parse()?)?.affected.by(&line)?;
    /// assert_eq!(
    ///     Groups::beside(&[("all", &all), ("late", &late)])?.to_string(),
    ///     "line  all  late\n   0    4     0\n   1    5     1\n"
    /// );
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn beside(counts: &[(&str, &Groups)]) -> Result<Groups> {
        let Some((_, first)) = counts.first() else {
            return Err(Error::invalid("no counts to put side by side"));
        };
        for (at, (name, groups)) in counts.iter().enumerate() {
            if groups.key_names != first.key_names || groups.key_types != first.key_types {
                return Err(Error::invalid(format!(
                    "`{name}` is not counted by the same terms as the others"
                )));
            }
            if counts.iter().take(at).any(|(before, _)| before == name) {
                return Err(Error::invalid(format!("two counts are named `{name}`")));
            }
        }
        let mut all: Vec<(usize, Group<'_>)> = Vec::new();
        for (at, (_, groups)) in counts.iter().enumerate() {
            all.extend(groups.iter().map(|group| (at, group)));
        }
        all.sort_by(|(_, a), (_, b)| compare_keys(a.keys, b.keys));
        let mut merged = Groups {
            key_names: first.key_names.clone(),
            key_types: first.key_types.clone(),
            count_names: counts.iter().map(|(name, _)| (*name).to_owned()).collect(),
            keys: Vec::new(),
            counts: Vec::new(),
        };
        for same in all.chunk_by(|(_, a), (_, b)| compare_keys(a.keys, b.keys).is_eq()) {
            if let Some((_, group)) = same.first() {
                merged.keys.extend_from_slice(group.keys);
            }
            let units = |wanted: usize| {
                same.iter().filter(|(at, _)| *at == wanted).map(|(_, group)| group.units()).sum()
            };
            merged.counts.extend((0..counts.len()).map(|at| -> u64 { units(at) }));
        }
        Ok(merged)
    }
}
