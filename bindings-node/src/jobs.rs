//! Work off the thread of JavaScript: a few threads of our own, so that neither the event loop nor
//! libuv's four threads, which read files and resolve names, ever wait for a recall.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, JsDeferred};

use crate::error::coded;

type Job = Box<dyn FnOnce() + Send>;
/// What makes the answer, on the thread of JavaScript.
pub(crate) type Telling<V> = Box<dyn FnOnce(Env) -> napi::Result<V> + Send>;

/// Threads that wait for calls; each call spreads over the threads of the core where it is wide.
const THREADS_MAX: usize = 4;

static QUEUE: OnceLock<Mutex<Sender<Job>>> = OnceLock::new();

fn queue() -> napi::Result<Sender<Job>> {
    if let Some(queue) = QUEUE.get() {
        return Ok(queue.lock().unwrap_or_else(PoisonError::into_inner).clone());
    }
    let (give, take) = channel();
    let take = Arc::new(Mutex::new(take));
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for number in 0..cores.clamp(2, THREADS_MAX) {
        let take = Arc::clone(&take);
        spawn(format!("seriatim-call-{number}"), move || work(&take))?;
    }
    let queue = QUEUE.get_or_init(|| Mutex::new(give));
    Ok(queue.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

fn work(take: &Mutex<Receiver<Job>>) {
    loop {
        let job = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        job();
    }
}

pub(crate) fn spawn(name: String, run: impl FnOnce() + Send + 'static) -> napi::Result<()> {
    thread::Builder::new()
        .name(name)
        .spawn(run)
        .map(drop)
        .map_err(|error| coded("io", format!("start a thread: {error}")))
}

/// A promise of what `run` comes to: `run` off the thread of JavaScript, `tell` on it.
pub(crate) fn promise<T: Send + 'static, V: ToNapiValue + 'static>(
    env: &Env,
    run: impl FnOnce() -> napi::Result<T> + Send + 'static,
    tell: impl FnOnce(Env, T) -> napi::Result<V> + Send + 'static,
) -> napi::Result<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    queue()?
        .send(Box::new(move || settle(deferred, run, tell)))
        .map_err(|_| coded("io", "the threads of the package have ended"))?;
    Ok(promise)
}

/// As [`promise`], on a thread of its own: for work that waits for JavaScript.
pub(crate) fn promise_apart<T: Send + 'static, V: ToNapiValue + 'static>(
    env: &Env,
    run: impl FnOnce() -> napi::Result<T> + Send + 'static,
    tell: impl FnOnce(Env, T) -> napi::Result<V> + Send + 'static,
) -> napi::Result<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    spawn("seriatim-load".to_owned(), move || settle(deferred, run, tell))?;
    Ok(promise)
}

fn settle<T: Send + 'static, V: ToNapiValue>(
    deferred: JsDeferred<V, Telling<V>>,
    run: impl FnOnce() -> napi::Result<T>,
    tell: impl FnOnce(Env, T) -> napi::Result<V> + Send + 'static,
) {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => deferred.resolve(Box::new(move |env| tell(env, value))),
        Ok(Err(error)) => deferred.reject(error),
        Err(_) => deferred.reject(coded("corrupt", "a call panicked; please report this")),
    }
}
