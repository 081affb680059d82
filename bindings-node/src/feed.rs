//! Rows that JavaScript gives piece by piece to a load that runs beside it.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi::{Env, JsDeferred};
use napi_derive::napi;
use seriatim::{Record, Schema};

use crate::records::{Keys, RecordReader};

type Taken = JsDeferred<(), Box<dyn FnOnce(Env) -> napi::Result<()> + Send>>;

/// A piece of the input.
pub(crate) enum Piece {
    /// A list of objects, as JSON.
    Rows(String),
    /// An Arrow IPC stream or file.
    Arrow(Vec<u8>),
}

/// What JavaScript puts pieces into.
#[napi]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    pieces: VecDeque<(Piece, Taken)>,
    /// No more pieces come.
    ended: bool,
    /// The source failed: what was given so far is not to be kept.
    failed: bool,
    /// Nobody takes pieces any more.
    closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[napi]
impl Feed {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        let state = Mutex::new(State::default());
        Feed { shared: Arc::new(Shared { state, changed: Condvar::new() }) }
    }

    /// Gives rows; the promise is settled when they are taken.
    #[napi(catch_unwind)]
    pub fn rows<'env>(&self, env: &'env Env, rows: String) -> napi::Result<Object<'env>> {
        self.push(env, Piece::Rows(rows))
    }

    /// Gives an Arrow IPC stream or file; the promise is settled when it is taken.
    #[napi(catch_unwind)]
    pub fn arrow<'env>(&self, env: &'env Env, bytes: Uint8Array) -> napi::Result<Object<'env>> {
        self.push(env, Piece::Arrow(bytes.to_vec()))
    }

    /// Whether the load has ended, so that nobody takes pieces any more.
    #[napi(getter, catch_unwind)]
    pub fn closed(&self) -> bool {
        self.shared.state().closed
    }

    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.shared.state().ended = true;
        self.shared.changed.notify_all();
    }

    #[napi(catch_unwind)]
    pub fn fail(&self) {
        self.shared.state().failed = true;
        self.shared.changed.notify_all();
    }
}

impl Feed {
    fn push<'env>(&self, env: &'env Env, piece: Piece) -> napi::Result<Object<'env>> {
        let (taken, promise) = env.create_deferred()?;
        let mut state = self.shared.state();
        if state.closed {
            drop(state);
            settle(taken);
        } else {
            state.pieces.push_back((piece, taken));
            self.shared.changed.notify_all();
        }
        Ok(promise)
    }

    /// Where a load takes the pieces from.
    pub(crate) fn pieces(&self) -> Pieces {
        Pieces(Arc::clone(&self.shared))
    }
}

const MIXED: &str = "an input is rows or Arrow IPC, not some of each";

impl Pieces {
    /// The records of the rows that are given.
    pub(crate) fn records(
        self,
        schema: Schema,
        keys: Keys,
    ) -> impl Iterator<Item = seriatim::Result<Record>> {
        let mut reader = RecordReader::new(schema, keys);
        self.flat_map(move |piece| {
            let records = piece.and_then(|it| match it {
                Piece::Rows(rows) => reader.read(&rows),
                Piece::Arrow(_) => Err(seriatim::Error::from_input(MIXED)),
            });
            match records {
                Ok(records) => records.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            }
        })
    }

    /// The record batches of the Arrow IPC that is given.
    pub(crate) fn batches(self) -> impl Iterator<Item = seriatim::Result<RecordBatch>> {
        self.flat_map(|piece| match piece {
            Ok(Piece::Arrow(bytes)) => batches_of(bytes),
            Ok(Piece::Rows(_)) => {
                Box::new(std::iter::once(Err(seriatim::Error::from_input(MIXED))))
            }
            Err(error) => Box::new(std::iter::once(Err(error))),
        })
    }
}

/// A worker that ends lets go of its feeds: a load that waits for one must not wait for ever.
impl Drop for Feed {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.failed |= !state.ended;
        self.shared.changed.notify_all();
    }
}

fn settle(taken: Taken) {
    taken.resolve(Box::new(|_| Ok(())));
}

/// The pieces in their order.
pub(crate) struct Pieces(Arc<Shared>);

impl Iterator for Pieces {
    type Item = seriatim::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut state = self.0.state();
        loop {
            if state.failed {
                return Some(Err(seriatim::Error::from_input("the input failed")));
            }
            if let Some((piece, taken)) = state.pieces.pop_front() {
                drop(state);
                settle(taken);
                return Some(Ok(piece));
            }
            if state.ended {
                return None;
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        let waiting: Vec<Taken> = state.pieces.drain(..).map(|(_, taken)| taken).collect();
        drop(state);
        waiting.into_iter().for_each(settle);
    }
}

type Batches = Box<dyn Iterator<Item = seriatim::Result<RecordBatch>> + Send>;

fn batches_of(bytes: Vec<u8>) -> Batches {
    let is_file = bytes.starts_with(b"ARROW1");
    let bytes = Cursor::new(bytes);
    let told = |it: Result<RecordBatch, ArrowError>| it.map_err(seriatim::Error::from);
    let opened: Result<Batches, ArrowError> = if is_file {
        FileReader::try_new(bytes, None).map(|it| Box::new(it.map(told)) as Batches)
    } else {
        StreamReader::try_new(bytes, None).map(|it| Box::new(it.map(told)) as Batches)
    };
    opened.unwrap_or_else(|error| Box::new(std::iter::once(Err(error.into()))))
}
