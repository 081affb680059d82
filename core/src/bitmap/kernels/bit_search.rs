//! Codes in a range, found in planes of their bits.

#![expect(
    clippy::inline_always,
    reason = "a loop is compiled for the features of the function it is inlined into"
)]

/// Words that are compared before the next plane is looked at: they stay in the nearest cache.
pub(crate) const GROUP: usize = 64;

/// One bit of every code, from some row on, in little-endian words.
pub(super) type Plane<'a> = &'a [[u8; 8]];

/// The words at one place of a plane.
pub(super) type Group = [u64; GROUP];

/// Which rows have codes in a range; `planes` holds the bits of their codes, the highest first. A
/// plane that ends sooner has no bits there.
#[inline(always)]
pub(super) fn range_of_planes(planes: &[Plane<'_>], ends: (u64, u64)) -> Group {
    let mut search = Search::new();
    let mut words = [0; GROUP];
    for (plane, bit) in planes.iter().zip((0..planes.len()).rev()) {
        if search.decided {
            break;
        }
        words.iter_mut().zip(*plane).for_each(|(to, word)| *to = u64::from_le_bytes(*word));
        search.step(&words, bit, ends);
    }
    search.finish()
}

/// The state of a range search that goes down the planes.
struct Search {
    /// Rows that are in the range whatever the planes below hold.
    inside: Group,
    /// Rows that agree with both ends so far; once the ends have parted, with the first.
    at_first: Group,
    /// Rows that agree with the last so far, once the ends have parted.
    at_last: Option<Group>,
    /// No plane below can change the answer.
    decided: bool,
}

impl Search {
    #[inline(always)]
    fn new() -> Self {
        let (inside, at_first) = ([0; GROUP], [u64::MAX; GROUP]);
        Search { inside, at_first, at_last: None, decided: false }
    }

    #[inline(always)]
    fn step(&mut self, words: &Group, bit: usize, (first, last): (u64, u64)) {
        let (low, high) = (first >> bit & 1 == 1, last >> bit & 1 == 1);
        // An end whose bits from here down take in all that agrees with it so far.
        let rest = u64::MAX >> (63 - bit.min(63));
        let (first_whole, last_whole) = (first & rest == 0, last & rest == rest);
        match &mut self.at_last {
            None if first_whole && last_whole => self.decided = true,
            None if low == high => narrow(&mut self.at_first, words, low),
            None => {
                let mut at_last = self.at_first;
                narrow(&mut self.at_first, words, low);
                narrow(&mut at_last, words, high);
                self.at_last = Some(at_last);
            }
            Some(at_last) => {
                if !first_whole {
                    if !low {
                        add(&mut self.inside, &self.at_first, words, true);
                    }
                    narrow(&mut self.at_first, words, low);
                }
                if !last_whole {
                    if high {
                        add(&mut self.inside, at_last, words, false);
                    }
                    narrow(at_last, words, high);
                }
                self.decided = first_whole && last_whole;
            }
        }
    }

    /// What agrees with an end to the end is in.
    #[inline(always)]
    fn finish(self) -> Group {
        let mut found = self.inside;
        found.iter_mut().zip(self.at_first).for_each(|(found, at)| *found |= at);
        if let Some(at_last) = self.at_last {
            found.iter_mut().zip(at_last).for_each(|(found, at)| *found |= at);
        }
        found
    }
}

/// Keeps the rows whose bit is `wanted`.
#[inline(always)]
fn narrow(mask: &mut Group, words: &Group, wanted: bool) {
    let flip = if wanted { 0 } else { u64::MAX };
    mask.iter_mut().zip(words).for_each(|(mask, word)| *mask &= word ^ flip);
}

/// Adds those rows of `among` whose bit is `wanted`.
#[inline(always)]
fn add(inside: &mut Group, among: &Group, words: &Group, wanted: bool) {
    let flip = if wanted { 0 } else { u64::MAX };
    let rows = inside.iter_mut().zip(among).zip(words);
    rows.for_each(|((inside, among), word)| *inside |= among & (word ^ flip));
}
