//! Numbers as ordinals: unsigned, in the order of what they stand for.

const SIGN: u64 = 1 << 63;

/// The ordinal of an integer, a day or an instant.
pub(crate) fn number_ordinal(number: i64) -> u64 {
    number.cast_unsigned() ^ SIGN
}

/// The number of an ordinal.
pub(crate) fn ordinal_number(ordinal: u64) -> i64 {
    (ordinal ^ SIGN).cast_signed()
}

/// The ordinal of a float that is not NaN; the two zeros are one.
pub(crate) fn float_ordinal(float: f64) -> u64 {
    let bits = if float == 0.0 { 0 } else { float.to_bits() };
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The float of an ordinal.
pub(crate) fn ordinal_float(ordinal: u64) -> f64 {
    f64::from_bits(if ordinal & SIGN == 0 { !ordinal } else { ordinal ^ SIGN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ordinals_keep_the_order(a: i64, b: i64, x: f64, y: f64) {
            prop_assert_eq!(number_ordinal(a).cmp(&number_ordinal(b)), a.cmp(&b));
            prop_assert_eq!(ordinal_number(number_ordinal(a)), a);
            if let Some(order) = x.partial_cmp(&y) {
                prop_assert_eq!(float_ordinal(x).cmp(&float_ordinal(y)), order);
                let back = ordinal_float(float_ordinal(x));
                prop_assert_eq!(back.partial_cmp(&x), Some(std::cmp::Ordering::Equal));
            }
        }
    }

    #[test]
    fn the_two_zeros_are_one() {
        assert_eq!(float_ordinal(-0.0), float_ordinal(0.0));
        assert!(float_ordinal(-f64::MIN_POSITIVE) < float_ordinal(0.0));
    }
}
