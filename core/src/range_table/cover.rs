//! The scope of the rows that can be used.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{Covers, TableRow};
use super::span::{Span, SpanTest, Written};
use crate::scope::Scope;

/// Rows of the same models, without exceptions.
#[derive(Default)]
struct Plain<'r> {
    whole: bool,
    ones: Vec<&'r Written>,
    ranges: Vec<&'r Span>,
    seen: BTreeSet<&'r Span>,
}

/// An OR of what the rows cover, in their order; rows of one model stand together. None where no
/// row covers anything.
pub(super) fn scope(rows: &[TableRow], model_column: &str) -> Option<Scope> {
    let mut places = BTreeMap::new();
    let mut plain: Vec<(&Covers, Plain<'_>)> = Vec::new();
    let mut with_exceptions: Vec<&Covers> = Vec::new();
    let mut seen = BTreeSet::new();
    for covers in rows.iter().filter_map(|row| row.covers.as_ref()) {
        if !covers.except.is_empty() {
            if seen.insert((&covers.models, &covers.spans, &covers.except)) {
                with_exceptions.push(covers);
            }
            continue;
        }
        let place = *places.entry(&covers.models).or_insert_with(|| {
            plain.push((covers, Plain::default()));
            plain.len() - 1
        });
        if let Some((_, plain)) = plain.get_mut(place) {
            covers.spans.iter().for_each(|span| plain.add(span));
        }
    }
    let plain = plain.into_iter().filter_map(|(covers, plain)| {
        let model = covers.models.scope(model_column);
        and(model, if plain.whole { None } else { plain.scope() })
    });
    let others = with_exceptions.into_iter().filter_map(|covers| {
        let model = covers.models.scope(model_column);
        let mut spans = Plain::default();
        covers.spans.iter().for_each(|span| spans.add(span));
        let mut except = Plain::default();
        covers.except.iter().for_each(|span| except.add(span));
        let kept = and(model, if spans.whole { None } else { spans.scope() });
        and(kept, except.scope().map(Scope::negate))
    });
    // `or` costs as much as its argument is long, so the parts are added one by one.
    plain.chain(others).reduce(Scope::or)
}

fn and(one: Option<Scope>, other: Option<Scope>) -> Option<Scope> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    }
}

impl<'r> Plain<'r> {
    fn add(&mut self, span: &'r Span) {
        if !self.seen.insert(span) {
            return;
        }
        match &span.test {
            SpanTest::Whole => self.whole = true,
            SpanTest::One(text) => self.ones.push(text),
            _ => self.ranges.push(span),
        }
    }

    fn scope(&self) -> Option<Scope> {
        let ones = match self.ones.as_slice() {
            [] => None,
            [only] => Some(Scope::serial().eq(only.literal())),
            all => Some(Scope::serial().is_in(all.iter().map(|it| it.literal()))),
        };
        let ranges = self.ranges.iter().filter_map(|it| it.test.scope());
        ones.into_iter().chain(ranges).reduce(Scope::or)
    }
}
