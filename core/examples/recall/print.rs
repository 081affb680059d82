//! Lines that tell a step, what came of it, and the time it took.

use std::time::Instant;

/// A step that is being timed.
pub(crate) struct Step {
    name: &'static str,
    begun: Instant,
}

impl Step {
    pub(crate) fn begin(name: &'static str) -> Self {
        Step { name, begun: Instant::now() }
    }

    /// Ends the step, and says what came of it.
    pub(crate) fn end(self, outcome: &str) {
        let seconds = self.begun.elapsed().as_secs_f64();
        println!("{:<16}{:>10}   {outcome}", self.name, duration(seconds));
    }
}

/// A time in the unit that suits it.
fn duration(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 0.001 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.0} µs", seconds * 1e6)
    }
}

/// A number with its thousands set apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{duration, thousands};

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1_000, 12_000, 5_000_000].map(thousands).join(" "),
            "0 999 1,000 12,000 5,000,000"
        );
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        assert_eq!(
            [12.3456, 0.25, 0.000_021].map(duration).join(", "),
            "12.35 s, 250.00 ms, 21 µs"
        );
    }
}
