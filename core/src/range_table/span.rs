//! What a row covers, read and checked: one serial, a range, all.

use crate::scope::{Literal, Scope};
use crate::serial::FamilyId;

/// What a row, or a part of it, covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) test: SpanTest,
    /// Where it lies beside others; none where that cannot be told.
    pub(super) extent: Option<Extent>,
}

impl Span {
    /// Whether all of another span lies in this one.
    pub(super) fn holds(&self, other: &Span) -> bool {
        self.extent.as_ref().zip(other.extent.as_ref()).is_some_and(|(this, that)| {
            this.within == that.within && this.first <= that.first && this.last >= that.last
        })
    }
}

/// The test on the serial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SpanTest {
    Whole,
    One(Written),
    Between(Written, Written),
    AtLeast(Written),
    AtMost(Written),
    After(Written),
    Before(Written),
}

/// A serial as the scope writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    Plain(String),
    /// Each of the characters `free` stands for any one character.
    Masked {
        text: String,
        free: String,
    },
}

impl Written {
    pub(super) fn literal(&self) -> Literal {
        match self {
            Written::Plain(text) => text.as_str().into(),
            Written::Masked { text, free } => Literal::mask_with(text, free),
        }
    }
}

/// An interval among serials that have one order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Extent {
    /// What has one order: a family, or the texts of one shape.
    pub(super) within: Within,
    pub(super) first: Point,
    pub(super) last: Point,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Within {
    Family(FamilyId),
    Shape(String),
    /// The texts of one mask, by the kinds of their characters.
    Mask(String),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Point {
    Start,
    Code(u128),
    Text(String),
    End,
}

impl SpanTest {
    /// The test as a scope; none where it is true of every serial.
    pub(super) fn scope(&self) -> Option<Scope> {
        let serial = Scope::serial();
        Some(match self {
            SpanTest::Whole => return None,
            SpanTest::One(text) => serial.eq(text.literal()),
            SpanTest::Between(first, last) => serial.between(first.literal(), last.literal()),
            SpanTest::AtLeast(text) => serial.ge(text.literal()),
            SpanTest::AtMost(text) => serial.le(text.literal()),
            SpanTest::After(text) => serial.gt(text.literal()),
            SpanTest::Before(text) => serial.lt(text.literal()),
        })
    }
}

/// The kinds of the characters of a text, such as `A00-000`.
pub(super) fn shape(text: &str) -> String {
    let kind = |it: char| match it {
        '0'..='9' => '0',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        other => other,
    };
    text.chars().map(kind).collect()
}
