//! Questions to an index: which units a scope covers, which serials there are, and why.
//!
//! This is the one room that sees both the language of scopes and the storage of units. A bound
//! scope becomes a [plan](plan::Plan) for every segment, a plan is answered chunk by chunk in
//! three-valued logic, and what comes out is a [`UnitSet`].

mod algebra;
mod answer;
mod batches;
mod bit_pattern;
mod by;
mod code_cases;
mod code_leaf;
mod code_scan;
mod column_leaf;
mod describe;
mod diff;
mod evaluate;
mod explain;
mod export;
mod find;
#[cfg(test)]
mod hostile;
mod identifiers;
mod lookup;
mod margins;
mod near;
mod order;
mod plan;
mod ranges;
mod reasons;
mod select;
mod selection;
mod serials;
mod status_many;
mod table;
mod tail_scan;
mod text_leaf;
mod time_parts;
mod unit_set;
mod weigh;

pub use batches::RecordIter;
#[cfg(feature = "arrow")]
pub use batches::UnitBatches;
pub(crate) use by::count_sets;
pub use by::{By, Group, GroupKey, Groups, Period};
pub use describe::{DescribedRange, Description};
pub use diff::ScopeDiff;
pub use explain::{Clause, Explanation};
pub use export::SegmentRows;
pub use lookup::Lookup;
pub use near::NearMiss;
pub(crate) use order::{Placed, SerialOrder, Stretch};
pub use order::{Unit, UnitIter};
pub use reasons::Reason;
pub use selection::{Selection, Undetermined};
pub use unit_set::UnitSet;
