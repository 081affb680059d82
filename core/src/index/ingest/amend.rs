//! Units that a load corrects: what it leaves out stays as it was.

use super::block::usize_of;
use super::buffer::{Buffer, BufferColumn};
use super::interner::MISSING;
use super::merge::each_block;
use super::order::{Ordered, order};
use super::seal::placed;
use super::write::Standing;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::pool::Halt;
use crate::schema::Schema;
use crate::segment::UnitSegment;

/// Puts rows in their order, and fills what they miss with what stands in the index, which has each
/// of their serials once.
pub(super) fn fill(
    rows: &mut Buffer,
    ordered: &mut Ordered,
    standing: &[Standing],
    (schema, halt): (&Schema, &Halt),
) -> Result<()> {
    let order_of_rows = ordered.rows.take();
    let columns = std::mem::take(&mut rows.columns);
    rows.columns = columns
        .into_iter()
        .map(|column| placed(column, order_of_rows.as_deref()))
        .collect::<Result<_>>()?;
    let lacks: Vec<bool> = rows.columns.iter().map(lacks_any).collect();
    let before = before(standing, &lacks, (schema, halt))?;
    for ((column, before), lacks) in rows.columns.iter_mut().zip(before).zip(lacks) {
        if lacks {
            fill_column(column, before)?;
        }
    }
    Ok(())
}

/// Columns of the rows that stand, in the order of their serials.
fn before(
    standing: &[Standing],
    columns: &[bool],
    (schema, halt): (&Schema, &Halt),
) -> Result<Vec<BufferColumn>> {
    let wanted: Vec<(&UnitSegment, RowSet)> =
        standing.iter().map(|(units, rows)| (&**units, rows.clone())).collect();
    let mut before = Buffer::new(schema);
    each_block(&wanted, columns, |block| {
        halt.check()?;
        before.append(&block, 0..block.rows, None)
    })?;
    let order = order(&before, halt)?;
    let place = |column| placed(column, order.rows.as_deref());
    before.columns.into_iter().map(place).collect()
}

fn lacks_any(column: &BufferColumn) -> bool {
    match column {
        BufferColumn::Texts { codes, .. } => codes.contains(&MISSING),
        BufferColumn::Numbers { missing, .. }
        | BufferColumn::Floats { missing, .. }
        | BufferColumn::Lists { missing, .. } => !missing.is_empty(),
    }
}

/// Takes the values that a column lacks from another of as many rows.
fn fill_column(column: &mut BufferColumn, before: BufferColumn) -> Result<()> {
    match (column, before) {
        (
            BufferColumn::Texts { texts, codes },
            BufferColumn::Texts { texts: earlier, codes: from },
        ) => {
            let numbers = earlier.texts().iter().map(|it| texts.number(it));
            let numbers = numbers.collect::<Result<Vec<_>>>()?;
            for (code, from) in codes.iter_mut().zip(from).filter(|(code, _)| **code == MISSING) {
                *code = numbers.get(usize_of(from)).copied().unwrap_or(MISSING);
            }
        }
        (
            BufferColumn::Numbers { values, missing },
            BufferColumn::Numbers { values: from, missing: gone },
        ) => fill_values((values, missing), &from, &gone),
        (
            BufferColumn::Floats { values, missing },
            BufferColumn::Floats { values: from, missing: gone },
        ) => fill_values((values, missing), &from, &gone),
        (into @ BufferColumn::Lists { .. }, from @ BufferColumn::Lists { .. }) => {
            fill_lists(into, from)?;
        }
        _ => return Err(Error::invalid("rows to be corrected are of another schema")),
    }
    Ok(())
}

fn fill_values<T: Copy>((values, missing): (&mut [T], &mut Vec<u32>), from: &[T], gone: &[u32]) {
    let mut gone = gone.iter().peekable();
    missing.retain(|row| {
        while gone.next_if(|it| *it < row).is_some() {}
        let stays_missing = gone.peek() == Some(&row);
        if !stays_missing
            && let (Some(value), Some(from)) =
                (values.get_mut(usize_of(*row)), from.get(usize_of(*row)))
        {
            *value = *from;
        }
        stays_missing
    });
}

fn fill_lists(into: &mut BufferColumn, from: BufferColumn) -> Result<()> {
    let BufferColumn::Lists { texts, ends, codes, missing } = into else { return Ok(()) };
    let BufferColumn::Lists { texts: earlier, ends: from_ends, codes: from_codes, missing: gone } =
        from
    else {
        return Ok(());
    };
    let numbers = earlier.texts().iter().map(|it| texts.number(it));
    let numbers = numbers.collect::<Result<Vec<_>>>()?;
    let (mut new_ends, mut new_codes) = (Vec::with_capacity(ends.len()), Vec::new());
    let mut lacking = missing.iter().peekable();
    let (mut start, mut from_start) = (0, 0);
    for (row, (end, from_end)) in (0u32..).zip(ends.iter().zip(&from_ends)) {
        if lacking.next_if_eq(&&row).is_some() {
            let theirs = from_codes.get(usize_of(from_start)..usize_of(*from_end));
            let theirs = theirs.unwrap_or_default().iter();
            new_codes.extend(theirs.filter_map(|it| numbers.get(usize_of(*it))));
        } else {
            let ours = codes.get(usize_of(start)..usize_of(*end));
            new_codes.extend_from_slice(ours.unwrap_or_default());
        }
        let end_of_row = u32::try_from(new_codes.len());
        new_ends.push(end_of_row.map_err(|_| Error::unsupported("too many list entries"))?);
        (start, from_start) = (*end, *from_end);
    }
    let mut gone = gone.iter().peekable();
    missing.retain(|row| {
        while gone.next_if(|it| *it < row).is_some() {}
        gone.peek() == Some(&row)
    });
    (*ends, *codes) = (new_ends, new_codes);
    Ok(())
}
