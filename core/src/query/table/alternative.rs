//! Which steps of a plan are rows of a table.

use std::collections::BTreeMap;

use super::side::{Asked, Side, SideTest};
use crate::column::{ColumnReader, Intervals};
use crate::query::plan::{Kind, Step};
use crate::query::ranges::Ranges;
use crate::schema::ColumnType;
use crate::scope::{BoundNode, BoundScope, SerialTest, Truth};
use crate::serial::KeyRange;

/// Sides that an alternative may have.
pub(super) const SIDES_MAX: usize = 9;

/// A step that asks for values of columns, and perhaps for serials: all of its tests hold.
#[derive(Clone, Debug)]
pub(super) struct Alternative<'a>(pub(super) BTreeMap<Side, Asked<'a>>);

impl<'a> Alternative<'a> {
    /// Reads a step; none where it asks for something else, or for serials that must be read.
    pub(super) fn of(bound: &BoundScope, step: &Step<'a>) -> Option<Self> {
        let steps = match &step.kind {
            Kind::And(steps) => steps.as_slice(),
            _ => std::slice::from_ref(step),
        };
        let mut sides = BTreeMap::<Side, Asked<'a>>::new();
        for step in steps {
            let (side, asked) = test_of(bound, step)?;
            let both = match sides.get(&side) {
                Some(other) => Asked { test: other.test.and(&asked.test), ..asked },
                None => asked,
            };
            sides.insert(side, both);
        }
        let has_column = sides.keys().any(|side| *side != Side::Serial);
        (has_column && sides.len() <= SIDES_MAX).then_some(Alternative(sides))
    }

    /// The first value that it asks for of each side.
    pub(super) fn begins(&self) -> Vec<(Side, u64)> {
        let first = |asked: &Asked<'_>| asked.test.pieces().map(|(first, ..)| first).min();
        self.0.iter().map(|(side, asked)| (*side, first(asked).unwrap_or(0))).collect()
    }

    /// The columns that it asks for.
    pub(super) fn columns(&self) -> Vec<usize> {
        let place = |side: &Side| match side {
            Side::Serial => None,
            Side::Column(place) => Some(*place),
        };
        self.0.keys().filter_map(place).collect()
    }
}

/// What a step asks of one side; none where it asks for more.
fn test_of<'a>(bound: &BoundScope, step: &Step<'a>) -> Option<(Side, Asked<'a>)> {
    let serials = |sure: &Ranges, possible: &Ranges| {
        let test = SideTest::of_rows(sure, possible);
        Some((Side::Serial, Asked { column: None, test }))
    };
    match (&step.kind, bound.node(step.node)) {
        (Kind::Rows(rows), _) => serials(rows, rows),
        // Only a range of a family is in doubt for one reason: a serial may be misread.
        (Kind::Codes(leaf), BoundNode::Serial(SerialTest::Range(KeyRange::Coded { .. }))) => {
            serials(&Ranges::new(), &leaf.rows_in_doubt()?)
        }
        (Kind::Column(leaf), BoundNode::Column { column, .. }) => {
            let test = SideTest::of_values(leaf.passing()?.clone());
            of_column(*column, Some(leaf.reader()), test)
        }
        (Kind::Missing(leaf), BoundNode::Missing { column }) => {
            of_column(*column, Some(leaf.0), SideTest::of_missing())
        }
        (Kind::Constant(Truth::Unknown), BoundNode::Column { column, .. }) => {
            of_column(*column, None, SideTest::of_values(Intervals::default()))
        }
        (Kind::Not(step), _) => {
            let (side, asked) = test_of(bound, step)?;
            Some((side, Asked { test: asked.test.negate(), ..asked }))
        }
        (Kind::And(steps), _) => joined(bound, steps, SideTest::and),
        (Kind::Or(steps), _) => joined(bound, steps, SideTest::or),
        _ => None,
    }
}

fn of_column(
    place: usize,
    column: Option<&ColumnReader>,
    test: SideTest,
) -> Option<(Side, Asked<'_>)> {
    let has_lists = column.is_some_and(|it| it.column_type() == ColumnType::TextList);
    (!has_lists).then_some((Side::Column(place), Asked { column, test }))
}

/// What steps ask together, where all ask of one side.
fn joined<'a>(
    bound: &BoundScope,
    steps: &[Step<'a>],
    join: fn(&SideTest, &SideTest) -> SideTest,
) -> Option<(Side, Asked<'a>)> {
    let mut all: Option<(Side, Asked<'a>)> = None;
    for step in steps {
        let (side, asked) = test_of(bound, step)?;
        all = match all {
            None => Some((side, asked)),
            Some((same, before)) if same == side => {
                Some((side, Asked { test: join(&before.test, &asked.test), ..asked }))
            }
            Some(_) => return None,
        };
    }
    all
}
