//! Tables of ranges, as regulators and makers publish them.

use super::units::schema;
use crate::range_table::{Assumption, RangeTable, RangeTableOptions};

/// Any lines as the rows of a table, with tabs between model, first and last serial: what is
/// accepted makes a scope that binds.
pub fn range_table(text: &str) {
    let cells = |line: &str| {
        let mut cells = line.splitn(3, '\t');
        [(); 3].map(|()| cells.next().unwrap_or_default().to_owned())
    };
    let rows: Vec<[String; 3]> = text.lines().map(cells).collect();
    let schema = schema().unwrap();
    let as_written = RangeTableOptions::default().model_column("t");
    let assumed = [
        Assumption::ReversedEndsAreSwapped,
        Assumption::AbbreviatedEndsAreExpanded,
        Assumption::LostZerosAreRestored,
        Assumption::EmptyEndsAreOpen,
        Assumption::NoRangeIsWholeModel,
        Assumption::BlankModelsRepeat,
    ];
    let lenient = assumed.into_iter().fold(as_written.clone(), RangeTableOptions::assume);
    for options in [as_written, lenient] {
        let Ok(table) = RangeTable::from_rows(rows.clone(), &schema, &options) else { continue };
        let refused = table.report().refused;
        assert!(table.scope().is_ok() || refused > 0 || table.rows().is_empty());
        if let Ok(scope) = table.scope_without_refused(refused) {
            let bound = schema.bind(&scope).unwrap();
            assert_eq!(bound.digest(), scope.digest());
        }
    }
}
