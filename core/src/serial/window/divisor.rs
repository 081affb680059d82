//! Division by one number many times.

/// A number that others are divided by: by a product, which takes a fraction of the time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Divisor {
    by: u64,
    /// 2^64 by the same, rounded down.
    share: u64,
}

impl Divisor {
    /// None of zero.
    pub(super) fn new(by: u64) -> Option<Self> {
        let share = (1_u128 << 64).checked_div(by.into())?;
        Some(Divisor { by, share: u64::try_from(share).unwrap_or(u64::MAX) })
    }

    /// How often it goes into a number, and what is left.
    #[inline]
    pub(super) fn divide(self, of: u64) -> (u64, u64) {
        let product = u128::from(of) * u128::from(self.share);
        // At most one too few.
        let few = u64::try_from(product >> 64).unwrap_or(u64::MAX);
        let left = of - few * self.by;
        if left >= self.by { (few + 1, left - self.by) } else { (few, left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_divides(of in any::<u64>(), by in 1_u64.., bits in (0_u32..64, 0_u32..64)) {
            for (of, by) in [(of, by), (of >> bits.0, by >> bits.1), (u64::MAX, by >> bits.1), (of, 1)] {
                let Some(divisor) = Divisor::new(by) else { continue };
                prop_assert_eq!(divisor.divide(of), (of / by, of % by));
            }
        }
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        assert!(Divisor::new(0).is_none());
        let many = u64::MAX;
        assert_eq!(Divisor::new(many).unwrap().divide(many), (1, 0));
        assert_eq!(Divisor::new(many).unwrap().divide(many - 1), (0, many - 1));
    }
}
