//! Answers in the shape that all engines share: see `benches/peers/common.py` and `queries.py`.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A part of a group's key; a missing text is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Number(u64),
    Text(String),
}

/// A group: its key, and how many of its units are affected, registered, and neither.
pub(crate) type Group = (Vec<Part>, [u64; 3]);

/// How many groups, the CRC-32 of how Python writes them in order, and the sum of each column of
/// numbers.
pub(crate) fn groups_digest(groups: &[Group]) -> Value {
    let mut sorted: Vec<&Group> = groups.iter().collect();
    sorted.sort();
    let Some((first, _)) = sorted.first() else { return json!([0]) };
    let texts: Vec<String> = sorted.iter().map(|group| python_tuple(group)).collect();
    let checksum = crc32(format!("[{}]", texts.join(", ")).as_bytes());
    let mut digest = vec![json!(groups.len()), json!(checksum)];
    for (at, part) in first.iter().enumerate() {
        if let Part::Number(_) = part {
            let sum: u64 = groups.iter().map(|(key, _)| number(key, at)).sum();
            digest.push(sum.into());
        }
    }
    for column in 0..3 {
        digest.push(groups.iter().filter_map(|(_, counts)| counts.get(column)).sum::<u64>().into());
    }
    Value::Array(digest)
}

fn number(key: &[Part], at: usize) -> u64 {
    match key.get(at) {
        Some(Part::Number(number)) => *number,
        _ => 0,
    }
}

/// The groups as `expected.json` lists them: in order, what is missing first.
pub(crate) fn groups_json(groups: &[Group]) -> Value {
    let mut sorted: Vec<&Group> = groups.iter().collect();
    sorted.sort();
    let group = |(key, counts): &&Group| {
        let key = key.iter().map(|part| match part {
            Part::Number(number) => json!(number),
            Part::Text(text) if text.is_empty() => Value::Null,
            Part::Text(text) => json!(text),
        });
        key.chain(counts.iter().map(|count| json!(count))).collect::<Value>()
    };
    sorted.iter().map(group).collect()
}

/// As Python's `repr` writes it; texts are of letters and digits only.
fn python_tuple((key, counts): &Group) -> String {
    let mut text = String::from("(");
    for part in key {
        // To write to a text cannot fail.
        let _written = match part {
            Part::Number(number) => write!(text, "{number}, "),
            Part::Text(name) => write!(text, "'{name}', "),
        };
    }
    let [affected, registered, gap] = counts;
    text + &format!("{affected}, {registered}, {gap})")
}

/// CRC-32 as zlib has it (IEEE 802.3, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let shifted = crc >> 1;
            if crc & 1 == 1 { shifted ^ 0xedb8_8320 } else { shifted }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zlib() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    /// Compared with what `rows_digest` of `common.py` says of the same groups.
    #[test]
    fn groups_are_digested_as_python_does() {
        let group = |month, market: &str, counts| {
            (vec![Part::Number(month), Part::Text(market.to_owned())], counts)
        };
        let groups = [group(202_302, "AT", [3, 1, 2]), group(202_301, "DE", [10, 4, 6])];
        assert_eq!(groups_digest(&groups), json!([2, 419_631_203, 404_603, 13, 5, 8]));
        assert_eq!(groups_digest(&[]), json!([0]));
        let named = |market: &str| (vec![Part::Text(market.to_owned())], [1, 0, 1]);
        let listed = json!([[null, 1, 0, 1], ["AT", 1, 0, 1]]);
        assert_eq!(groups_json(&[named("AT"), named("")]), listed);
    }
}
