//! The values of a field that begin with a text.

use super::Field;
use super::numbering::Numbering;

impl Field {
    /// Splits a prefix into its run of characters that this field writes and the rest.
    pub(in crate::serial) fn split_written<'t>(&self, prefix: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        let run = prefix.iter().take(self.width_max());
        let width = run.take_while(|it| self.symbols().contains(it)).count();
        prefix.split_at_checked(width).unwrap_or((prefix, &[]))
    }

    /// The numbers, as inclusive intervals in ascending order, of the values that begin with a
    /// text, at least one character of it.
    pub(in crate::serial) fn numbers_from(&self, start: &[u8]) -> Vec<(u128, u128)> {
        let Some(place) = self.place(start) else { return Vec::new() };
        let radix = self.symbols().len() as u128;
        let widths = self.width_min().max(start.len())..=self.width_max();
        let free = |width: usize| u32::try_from(width - start.len()).map_or(0, |it| radix.pow(it));
        let span = |width: usize| (place * free(width), place * free(width) + (free(width) - 1));
        match self.numbering() {
            Numbering::Fixed => vec![span(self.width_max())],
            Numbering::Number { .. } if start.first() == Some(&b'0') => {
                if start.len() == 1 && self.width_min() == 1 { vec![(0, 0)] } else { Vec::new() }
            }
            Numbering::Number { first: least } => {
                widths.map(span).map(|(first, last)| (first - least, last - least)).collect()
            }
            Numbering::Shortlex { starts } => starts
                .iter()
                .zip(self.width_min()..)
                .filter(|(_, width)| widths.contains(width))
                .map(|(at, width)| (at + span(width).0, at + span(width).1))
                .collect(),
            Numbering::Window { first, modulus } => {
                let (from, to) = span(self.width_max());
                self.numbers_in_window((from, to), *first, *modulus)
            }
        }
    }

    /// The numbers of the places in an interval, where they begin at `first` and anew at `modulus`.
    fn numbers_in_window(
        &self,
        (from, to): (u128, u128),
        first: u128,
        modulus: u128,
    ) -> Vec<(u128, u128)> {
        let later = (from.max(first) <= to).then(|| (from.max(first) - first, to - first));
        let end = to.min(first.saturating_sub(1));
        let anew = modulus - first;
        let earlier = (from < first && from <= end).then(|| (from + anew, end + anew));
        let kept =
            |(from, to): (u128, u128)| (from <= self.last()).then(|| (from, to.min(self.last())));
        later.into_iter().chain(earlier).filter_map(kept).collect()
    }
}
