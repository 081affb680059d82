//! Portable Roaring bytes.

use crate::bitmap::{RowSet, View};

/// Portable Roaring bytes: the view and the owned set agree, and what is written is read again.
pub fn bitmap_view(bytes: &[u8]) {
    let Ok(view) = View::new(bytes) else { return };
    let keys: Vec<_> = view.chunks().map(|(key, chunk)| (key, chunk.to_mask().count())).collect();
    let Ok(set) = RowSet::from_view(&view) else { return };
    assert_eq!(view.len(), set.len());
    for (key, count) in keys {
        assert_eq!(set.chunk(key).map_or(0, |chunk| chunk.count()), count);
    }
    assert!(set.iter().step_by(997).all(|row| view.contains(row)));
    assert_eq!(RowSet::from_portable(&set.to_portable()).unwrap(), set);
}
