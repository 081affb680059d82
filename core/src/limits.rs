//! Every limit of the library, in one place.

/// Columns a schema may hold.
pub const COLUMNS_MAX: usize = 1_000;
/// Serial families a schema may hold; family numbers fit in 8 bits, 255 being the opaque family.
pub const FAMILIES_MAX: usize = 255;
/// Bytes a serial may have.
pub const SERIAL_BYTES_MAX: usize = 256;
/// Bytes the text that a scanner gives may have; the largest symbols hold fewer.
pub const SCAN_BYTES_MAX: usize = 8_192;
/// Bytes the text or JSON of a scope may have.
pub const SCOPE_BYTES_MAX: usize = 16 << 20;
/// How deep a scope may nest; chains of AND and of OR count once.
pub const SCOPE_DEPTH_MAX: usize = 128;
/// Nodes a scope may have.
pub const SCOPE_NODES_MAX: usize = 100_000;
/// Literals one `IN` list may have.
pub const SCOPE_LIST_MAX: usize = 100_000;
/// Functions that may stand around one column of a scope.
pub const SCOPE_CALLS_MAX: usize = 16;
/// Parameters a scope may name.
pub const SCOPE_PARAMETERS_MAX: usize = 1_000;
/// Values the list of one parameter may have.
pub const PARAMETER_LIST_MAX: usize = 1_000_000;
/// Serials a set may have.
pub const SERIAL_SET_MAX: usize = 10_000_000;
/// Values that a field of the serial may have to be tested by a pattern.
pub const FIELD_PATTERN_VALUES_MAX: u128 = 1_000_000;
/// Rows of a chunk: what one zone map speaks of and what is evaluated at a time.
pub const CHUNK_ROWS: usize = 65_536;
/// Rows a segment may hold.
pub const SEGMENT_ROWS_MAX: u64 = 1 << 32;
/// Bytes covered by one checksum.
pub const BLOCK_BYTES: usize = 65_536;
/// Groups that units may be counted in at a time.
pub const GROUPS_MAX: usize = 1_000_000;
/// Bytes a table of ranges may have.
pub const RANGE_TABLE_BYTES_MAX: usize = 64 << 20;
/// Rows a table of ranges may have.
pub const RANGE_TABLE_ROWS_MAX: usize = 100_000;
/// Bytes a cell of a table of ranges may have.
pub const RANGE_CELL_BYTES_MAX: usize = 65_536;
/// Bytes the name of a request may have.
pub const REQUEST_BYTES_MAX: usize = 256;
/// Bytes of records that one batch of a log may have, counted with ten more for each.
pub const LOG_BATCH_BYTES_MAX: usize = 64 << 20;
/// Bytes a file of a log may have.
pub const LOG_FILE_BYTES_MAX: u64 = 1 << 30;
