//! Groups as text.

use std::fmt;

use super::groups::{Groups, KeyType};

/// A table with a line of names and a line a group; numbers stand to the right.
impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.key_names().chain(self.count_names());
        let mut lines: Vec<Vec<String>> = vec![names.map(str::to_owned).collect()];
        for group in self.iter() {
            let keys = group.keys().iter().map(|key| match key {
                None => "(missing)".to_owned(),
                Some(key) => key.to_string(),
            });
            lines.push(keys.chain(group.counts().iter().map(u64::to_string)).collect());
        }
        let mut widths: Vec<usize> = Vec::new();
        for line in &lines {
            widths.resize(line.len(), 0);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let rights: Vec<bool> = self.rights().collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).zip(&rights).map(|((cell, width), right)| {
                if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl Groups {
    /// For each column of the table, whether it holds numbers.
    fn rights(&self) -> impl Iterator<Item = bool> {
        let keys =
            self.key_types().iter().map(|it| matches!(it, KeyType::Integer | KeyType::Float));
        keys.chain(self.count_names().map(|_| true))
    }
}
