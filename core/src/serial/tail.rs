//! The end of a serial that is the end of its code.

use super::SerialFamily;
use super::codec::Step;

/// Ends that are told one by one.
const ENDS_MAX: u128 = 4096;

/// The last characters of all serials of a family, where they are written from the end of the code:
/// what comes before them follows from the rest of the code.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    texts: Vec<String>,
    width: usize,
}

impl Tail {
    /// The number of what comes before the end, and the place of the end.
    #[inline]
    pub(crate) fn split(&self, code: u128) -> (u128, usize) {
        let many = self.texts.len() as u64;
        let (front, end) = if let Ok(code) = u64::try_from(code) {
            (u128::from(code / many), code % many)
        } else {
            let (front, end) = (code / u128::from(many), code % u128::from(many));
            (front, u64::try_from(end).unwrap_or(0))
        };
        (front, usize::try_from(end).unwrap_or(0))
    }

    /// The ends, ascending.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Characters of an end, all of ASCII.
    pub(crate) fn width(&self) -> usize {
        self.width
    }
}

impl SerialFamily {
    /// The ends of its serials; none where characters follow from others, or where the last ones are
    /// not the least significant and of one width.
    pub(crate) fn tail(&self) -> Option<Tail> {
        let steps = self.codec().steps();
        if steps.iter().any(|step| matches!(step, Step::Check(_))) {
            return None;
        }
        let Some(Step::Field { field, weight: 1 }) = steps.last() else { return None };
        let text = |number: u128| {
            let mut text = String::new();
            field.write(number, &mut text);
            text
        };
        let (whole, radix) = (text(0).len(), field.symbols().len() as u128);
        let count = radix.checked_pow(u32::try_from(whole).ok()?)?;
        if field.last().checked_add(1) != Some(count) || radix < 2 {
            return None;
        }
        let (mut width, mut many) = (0, 1_u128);
        while width < whole && many.saturating_mul(radix) <= ENDS_MAX {
            (width, many) = (width + 1, many * radix);
        }
        let end = |number: u128| text(number).get(whole - width..).map(str::to_owned);
        let texts = (0..many).map(end).collect::<Option<Vec<String>>>()?;
        (width > 0).then_some(Tail { texts, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_the_end_of_the_code() {
        let family = |layout: &str, order: &[&str]| {
            SerialFamily::new("it", layout).unwrap().order_by(order).unwrap()
        };
        let rows = [
            (family("{a:A2}-{n:D11}", &["a", "n"]), Some(3)),
            (family("LJ-??{s:X2}{b:B2}", &["s", "b"]), Some(2)),
            (family("{n:D4}{s:[BAC]2}", &["n", "s"]), Some(2)),
            (family("{a:A2}{n:D11}", &["n", "a"]), None),
            (family("{n:D1..6}", &["n"]), None),
            (family("{n:D4}X", &["n"]), None),
            (family("{n:D4}{w:week}", &["n", "w"]), None),
        ];
        for (family, expected) in rows {
            let tail = family.tail();
            assert_eq!(tail.as_ref().map(Tail::width), expected, "{}", family.layout());
            let Some(tail) = tail else { continue };
            for code in [0, 1, 7, 1_234, family.last_code()] {
                let text = family.decode(code).unwrap();
                let (front, end) = tail.split(code);
                assert!(text.ends_with(&tail.texts()[end]), "{text}");
                let first = family.decode(front * tail.texts().len() as u128).unwrap();
                let kept = text.len() - tail.width();
                assert_eq!(first[..kept], text[..kept]);
            }
        }
    }
}
