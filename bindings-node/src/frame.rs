//! Tables on their way out, read batch by batch.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::SchemaRef;
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;

use crate::columns::{Columns, columns_of};
use crate::error::{OrThrow, coded};
use crate::jobs::promise;
use crate::json_lines;

type Batches = Box<dyn Iterator<Item = seriatim::Result<RecordBatch>> + Send>;
type Source = dyn Fn(usize) -> seriatim::Result<Batches> + Send + Sync;

/// A table that is made each time it is read.
#[napi]
pub struct Frame {
    schema: SchemaRef,
    rows: Option<u64>,
    source: Arc<Source>,
}

impl Frame {
    /// `source` gives the batches, of so many rows each.
    pub(crate) fn new(
        schema: SchemaRef,
        rows: Option<u64>,
        source: impl Fn(usize) -> seriatim::Result<Batches> + Send + Sync + 'static,
    ) -> Self {
        Frame { schema, rows, source: Arc::new(source) }
    }
}

#[napi]
impl Frame {
    #[napi(getter, catch_unwind)]
    pub fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|it| it.name().clone()).collect()
    }

    /// The number of rows; none where it is known only by reading.
    #[napi(getter, catch_unwind)]
    pub fn rows(&self) -> Option<f64> {
        self.rows.map(crate::convert::count)
    }

    /// Begins to read.
    #[napi(catch_unwind)]
    pub fn cursor(&self, batch_rows: u32) -> Cursor {
        let state = State {
            open: None,
            batch_rows: usize::try_from(batch_rows).unwrap_or(usize::MAX),
            source: Arc::clone(&self.source),
        };
        Cursor { state: Arc::new(Mutex::new(state)) }
    }

    /// The whole table as an Arrow IPC stream.
    #[napi(catch_unwind)]
    pub fn to_arrow_ipc<'env>(
        &self,
        env: &'env Env,
        batch_rows: u32,
    ) -> napi::Result<Object<'env>> {
        let (source, schema) = (Arc::clone(&self.source), Arc::clone(&self.schema));
        let batch_rows = usize::try_from(batch_rows).unwrap_or(usize::MAX);
        promise(
            env,
            move || {
                let fault = |error: arrow_schema::ArrowError| coded("io", error.to_string());
                let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(fault)?;
                for batch in source(batch_rows).or_throw()? {
                    writer.write(&batch.or_throw()?).map_err(fault)?;
                }
                writer.into_inner().map_err(fault)
            },
            |_, bytes| Ok(Uint8Array::from(bytes)),
        )
    }
}

/// A reading of a table.
#[napi]
pub struct Cursor {
    state: Arc<Mutex<State>>,
}

struct State {
    open: Option<Batches>,
    batch_rows: usize,
    source: Arc<Source>,
}

impl State {
    fn next(&mut self) -> napi::Result<Option<RecordBatch>> {
        if self.open.is_none() {
            self.open = Some((self.source)(self.batch_rows).or_throw()?);
        }
        self.open.as_mut().and_then(Iterator::next).transpose().or_throw()
    }
}

/// The next batch that has rows.
fn next(state: &Mutex<State>) -> napi::Result<Option<RecordBatch>> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match state.next()? {
            Some(batch) if batch.num_rows() == 0 => {}
            batch => return Ok(batch),
        }
    }
}

#[napi]
impl Cursor {
    /// The next rows, column by column; none at the end.
    #[napi(catch_unwind)]
    pub fn next_columns<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let state = Arc::clone(&self.state);
        promise(
            env,
            move || next(&state)?.as_ref().map(columns_of).transpose(),
            |_, it| Ok::<Option<Columns>, _>(it),
        )
    }

    /// The next rows as lines of JSON; none at the end.
    #[napi(catch_unwind)]
    pub fn next_lines<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let state = Arc::clone(&self.state);
        promise(
            env,
            move || next(&state)?.as_ref().map(json_lines::write).transpose(),
            |_, it| Ok(it.map(Uint8Array::from)),
        )
    }
}
