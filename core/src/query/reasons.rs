//! Why units are undetermined.

use std::fmt;

use rayon::prelude::*;

use super::Undetermined;
use super::answer::{At, Masks, Part};
use super::evaluate::Unwatched;
use super::identifiers::IdentifierLeaf;
use super::plan::{Kind, Plan, Step};
use super::select::plans;
use super::table::{Side, TableLeaf};
use crate::bitmap::{Container, Mask};
use crate::error::Result;
use crate::pool;
use crate::scope::{BoundNode, BoundScope, NodeId, SerialTest};
use crate::serial::{FamilyId, KeyRange, SerialFamily};

/// Why a scope cannot be decided for a unit.
///
/// # Examples
///
/// ```
/// use seriatim::Reason;
///
/// assert_eq!(Reason::MissingColumn("lot".into()).to_string(), "lot is missing");
/// assert_eq!(Reason::UnreadableSerial.code(), "unreadable_serial");
/// assert_eq!(Reason::MissingSerialField("plant".into()).column().as_deref(), Some("serial.plant"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The unit has no value in this column; `imei.tac` is the field of an identifier.
    MissingColumn(String),
    /// The serial is of a family without this field; of `made`, of one that does not say when a
    /// serial was made.
    MissingSerialField(String),
    /// The serial says when it was made, but of the days that it names the scope covers a part.
    CoarseSerialDate,
    /// The serial fits no family, but may be a misread serial of one.
    UnreadableSerial,
    /// The identifier in this column says when it was made, but of the days that it names the scope
    /// covers a part.
    CoarseIdentifierDate(String),
    /// The identifier in this column fits no family, but may be a misread one of one.
    UnreadableIdentifier(String),
    /// The serial, or the identifier in this column, begins between the ends of a range that fit no
    /// family, and may be meant.
    UnclearRange(Option<String>),
}

impl Reason {
    /// The stable code of this reason, such as `"missing_column"`.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::MissingColumn(_) => "missing_column",
            Reason::MissingSerialField(_) => "missing_serial_field",
            Reason::CoarseSerialDate => "coarse_serial_date",
            Reason::UnreadableSerial => "unreadable_serial",
            Reason::CoarseIdentifierDate(_) => "coarse_identifier_date",
            Reason::UnreadableIdentifier(_) => "unreadable_identifier",
            Reason::UnclearRange(_) => "unclear_range",
        }
    }

    /// The column at fault, as scopes name it: a field of the serial is `serial.plant`.
    pub fn column(&self) -> Option<String> {
        match self {
            Reason::MissingColumn(column)
            | Reason::CoarseIdentifierDate(column)
            | Reason::UnreadableIdentifier(column) => Some(column.clone()),
            Reason::MissingSerialField(field) => Some(format!("serial.{field}")),
            Reason::UnclearRange(column) => column.clone(),
            Reason::CoarseSerialDate | Reason::UnreadableSerial => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::MissingColumn(column) => write!(f, "{column} is missing"),
            Reason::MissingSerialField(field) => {
                write!(f, "the serial is of a family without {field}")
            }
            Reason::CoarseSerialDate => f.write_str("the serial names too long a time"),
            Reason::UnreadableSerial => f.write_str("the serial may be misread"),
            Reason::CoarseIdentifierDate(column) => write!(f, "{column} names too long a time"),
            Reason::UnreadableIdentifier(column) => write!(f, "{column} may be misread"),
            Reason::UnclearRange(column) => {
                let begun = column.as_deref().unwrap_or("the serial");
                write!(f, "a range may mean what {begun} begins with")
            }
        }
    }
}

/// Chunks whose rows are read by one thread.
const READ_ALONE_MAX: usize = 4;

impl Undetermined {
    /// How many of the units are undetermined for which reason, the most units first.
    ///
    /// A test that is UNKNOWN for a unit is a reason unless what stands beside it decides: in
    /// `lot = 'L1' OR facility = 'Leipzig' AND line = '3'`, the line of a unit made elsewhere is no
    /// reason. A unit may have several, so that the counts may add up to more than there are units.
    ///
    /// Takes about as long as it took to select the units.
    ///
    /// # Errors
    ///
    /// `corrupt` when a file is damaged where it is read; `io`.
    pub fn by_reason(&self) -> Result<Vec<(Reason, u64)>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let bound = &*self.bound;
        let reasons = reasons_of(bound);
        let plans = plans(self.snapshot(), bound, bound.root())?;
        let chunks = self.chunks(&plans);
        let count = |masks: &mut Masks, (plan, at, rows): &(&Plan<'_>, At, Container<'_>)| {
            let causes = vec![None; reasons.len()];
            let mut tally = Tally { bound, plan, at: *at, reasons: &reasons, causes };
            tally.add(&plan.root, &Part::Rows(rows.to_mask()), masks)?;
            Ok(tally.counts())
        };
        let counts: Vec<Result<Vec<u64>>> = if chunks.len() <= READ_ALONE_MAX {
            let mut masks = Masks::default();
            chunks.iter().map(|chunk| count(&mut masks, chunk)).collect()
        } else {
            pool::shared()?.install(|| chunks.par_iter().map_init(Masks::default, count).collect())
        };
        let mut total = vec![0; reasons.len()];
        for counts in counts {
            total.iter_mut().zip(counts?).for_each(|(total, count)| *total += count);
        }
        let counted = reasons.into_iter().zip(total);
        let mut reasons: Vec<(Reason, u64)> = counted.filter(|(_, units)| *units > 0).collect();
        reasons.sort_by_key(|(_, units)| std::cmp::Reverse(*units));
        Ok(reasons)
    }

    fn chunks<'p>(&'p self, plans: &'p [Plan<'p>]) -> Vec<(&'p Plan<'p>, At, Container<'p>)> {
        let mut chunks = Vec::new();
        for (plan, rows) in plans.iter().zip(self.rows()) {
            let total = plan.segment.units.rows();
            chunks.extend(rows.chunks().map(|(key, rows)| (plan, At::of(key, total), rows)));
        }
        chunks
    }
}

/// The reasons that a scope can have: the columns in their order, then those of the serial and of
/// the identifiers.
fn reasons_of(bound: &BoundScope) -> Vec<Reason> {
    let columns = bound.schema().columns();
    let missing = columns.iter().map(|it| Reason::MissingColumn(it.name().to_owned()));
    let mut fields: Vec<Reason> = bound.nodes().filter_map(|(_, it)| missing_field(it)).collect();
    fields.sort_unstable();
    fields.dedup();
    let serial = [Reason::CoarseSerialDate, Reason::UnreadableSerial, Reason::UnclearRange(None)];
    let mut identifiers = Vec::new();
    for (_, node) in bound.nodes() {
        let BoundNode::Identifier { column, test } = node else { continue };
        let name = columns.get(*column).map_or("", crate::schema::Column::name);
        identifiers.extend(part_of(test).map(|it| Reason::MissingColumn(format!("{name}.{it}"))));
        identifiers.push(Reason::CoarseIdentifierDate(name.to_owned()));
        identifiers.push(Reason::UnreadableIdentifier(name.to_owned()));
        identifiers.push(Reason::UnclearRange(Some(name.to_owned())));
    }
    identifiers.sort_unstable();
    identifiers.dedup();
    missing.chain(fields).chain(serial).chain(identifiers).collect()
}

/// The reason where a serial is of a family without the field that a node asks for.
fn missing_field(node: &BoundNode) -> Option<Reason> {
    let BoundNode::Serial(test) = node else { return None };
    part_of(test).map(|name| Reason::MissingSerialField(name.to_owned()))
}

/// The field that a test asks for.
fn part_of(test: &SerialTest) -> Option<&str> {
    match test {
        SerialTest::Field(test) => Some(test.name()),
        SerialTest::Made(_) => Some("made"),
        _ => None,
    }
}

/// The rows of a chunk by the reason for which they are undetermined.
struct Tally<'a> {
    bound: &'a BoundScope,
    plan: &'a Plan<'a>,
    at: At,
    reasons: &'a [Reason],
    /// By reason.
    causes: Vec<Option<Mask>>,
}

impl Tally<'_> {
    /// Takes down the reasons of rows for which a step is UNKNOWN.
    fn add(&mut self, step: &Step<'_>, rows: &Part, masks: &mut Masks) -> Result<()> {
        let steps = match &step.kind {
            Kind::And(steps) | Kind::Or(steps) => steps,
            Kind::Not(contrary) => return self.add(contrary, rows, masks),
            Kind::Table(table) => return self.note_table(table, rows),
            _ => {
                return self.note(step, rows, masks);
            }
        };
        for step in steps {
            let answer = step.answer(self.at, rows, masks, &mut Unwatched)?;
            let (sure, mut unknown) = answer.split(self.at.rows, masks);
            masks.put_back(sure);
            unknown.and(rows, masks);
            if !unknown.is_nothing() {
                self.add(step, &unknown, masks)?;
            }
            masks.put_back(unknown);
        }
        Ok(())
    }

    fn note(&mut self, step: &Step<'_>, rows: &Part, masks: &mut Masks) -> Result<()> {
        let Part::Rows(rows) = rows else { return Ok(()) };
        match self.bound.node(step.node) {
            BoundNode::Column { column, .. } => self.put(*column, rows),
            BoundNode::Serial(
                test @ (SerialTest::Field(_)
                | SerialTest::Made(_)
                | SerialTest::Range(KeyRange::Opaque { .. })),
            ) => {
                self.note_serials(step.node, test, rows, masks);
            }
            BoundNode::Serial(_) => self.put_reason(&Reason::UnreadableSerial, rows),
            BoundNode::Identifier { column, test } => match &step.kind {
                Kind::Identifiers(leaf) => {
                    self.note_identifiers(leaf, (*column, test), rows, masks)?;
                }
                // No unit of the segment has one.
                _ => self.put(*column, rows),
            },
            _ => {}
        }
        Ok(())
    }

    /// Takes down why a test of identifiers is UNKNOWN: there is none, or family by family.
    fn note_identifiers(
        &mut self,
        leaf: &IdentifierLeaf<'_>,
        (column, test): (usize, &SerialTest),
        rows: &Mask,
        masks: &mut Masks,
    ) -> Result<()> {
        let mut some = masks.empty();
        leaf.missing_into(self.at, &mut some)?;
        some.and(rows);
        self.put(column, &some);
        let declared = self.bound.schema().columns().get(column);
        let (name, families) =
            declared.map_or(("", None), |column| (column.name(), column.identifier()));
        for (family, unknown) in leaf.unknown() {
            let Some(chunk) = unknown.chunk(self.at.key) else { continue };
            let coarse = || families?.family(family).map(SerialFamily::has_made);
            let reason = match (test, part_of(test)) {
                _ if family == FamilyId::OPAQUE => Reason::UnreadableIdentifier(name.to_owned()),
                (SerialTest::Made(_), _) if coarse() == Some(true) => {
                    Reason::CoarseIdentifierDate(name.to_owned())
                }
                (_, Some(part)) => Reason::MissingColumn(format!("{name}.{part}")),
                (SerialTest::Range(_), None) => Reason::UnclearRange(Some(name.to_owned())),
                // A range between masks may be open to what a family fits.
                (_, None) => Reason::UnreadableIdentifier(name.to_owned()),
            };
            some.clear_all();
            chunk.or_into(&mut some);
            some.and(rows);
            if !some.is_empty() {
                self.put_reason(&reason, &some);
            }
        }
        masks.put_back(Part::Rows(some));
        Ok(())
    }

    /// Takes down why a test of the serial is UNKNOWN, family by family.
    fn note_serials(&mut self, node: NodeId, test: &SerialTest, rows: &Mask, masks: &mut Masks) {
        let missing = missing_field(self.bound.node(node));
        let families = self.bound.schema().families();
        let (groups, chunk) = (self.plan.segment.units.keys().groups(), self.at.range());
        let first = groups.partition_point(|group| group.rows.end <= chunk.start);
        let inside = groups.iter().skip(first).take_while(|it| it.rows.start < chunk.end);
        for group in inside {
            let has_part = match test {
                SerialTest::Field(field) => field.family(group.family).is_some(),
                _ => families.family(group.family).is_some_and(SerialFamily::has_made),
            };
            let reason = match &missing {
                _ if group.family == FamilyId::OPAQUE => &Reason::UnreadableSerial,
                _ if matches!(test, SerialTest::Range(_)) => &Reason::UnclearRange(None),
                Some(missing) if !has_part => missing,
                _ => &Reason::CoarseSerialDate,
            };
            let mut of_group = masks.empty();
            of_group.set_range(self.at.cut(&group.rows));
            of_group.and(rows);
            if !of_group.is_empty() {
                self.put_reason(reason, &of_group);
            }
            masks.put_back(Part::Rows(of_group));
        }
    }

    /// Takes down why alternatives that are answered together are UNKNOWN.
    fn note_table(&mut self, table: &TableLeaf<'_>, rows: &Part) -> Result<()> {
        let Part::Rows(rows) = rows else { return Ok(()) };
        for (side, rows) in table.reasons(self.at, rows)? {
            match side {
                Side::Column(place) => self.put(place, &rows),
                Side::Serial => self.put_reason(&Reason::UnreadableSerial, &rows),
            }
        }
        Ok(())
    }

    fn put_reason(&mut self, reason: &Reason, rows: &Mask) {
        if let Some(place) = self.reasons.iter().position(|it| it == reason) {
            self.put(place, rows);
        }
    }

    fn put(&mut self, place: usize, rows: &Mask) {
        if let Some(cause) = self.causes.get_mut(place) {
            cause.get_or_insert_with(Mask::new).or(rows);
        }
    }

    fn counts(&self) -> Vec<u64> {
        self.causes.iter().map(|it| it.as_ref().map_or(0, |it| u64::from(it.count()))).collect()
    }
}
