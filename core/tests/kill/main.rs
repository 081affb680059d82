//! A process that writes is killed, again and again; what it had acknowledged is there, and the next
//! one goes on.
//!
//! `SERIATIM_KILLS` says how often it is killed at some time, `SERIATIM_KILL_POINTS` at how many of
//! its calls to the system, for which `strace` is needed; `make test-deep` asks for many of both.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic, and make test-deep shows what was done"
)]

mod points;
mod program;

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use seriatim::Index;

use program::{Places, STEPS, State};

/// Names the place of a program that this process is to run.
const PLACE: &str = "SERIATIM_KILL_PLACE";
const PROGRAM: &str = "the_program_that_is_killed";

#[test]
fn the_program_that_is_killed() {
    let own = tempfile::tempdir().unwrap();
    let given = std::env::var_os(PLACE);
    let places = Places::within(given.as_ref().map_or(own.path(), |it| it.as_ref()));
    program::run(&places).unwrap();
    assert_eq!(State::found(&Index::open(&places.folder).unwrap()).unwrap(), State::after(STEPS));
}

/// The program as a process of its own, run by `runner` if there is one.
fn command(places: &Places, runner: &[String]) -> Command {
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let words = [program.as_str(), "--exact", PROGRAM, "--test-threads=1"];
    let words: Vec<&str> = runner.iter().map(String::as_str).chain(words).collect();
    let mut command = Command::new(words.first().unwrap());
    command.args(words.iter().skip(1));
    command.env(PLACE, places.folder.parent().unwrap());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What was done is there, and of what was begun all or nothing.
fn check(places: &Places, when: &dyn std::fmt::Debug) {
    let (done, begun) = places.progress();
    let index = match Index::open(&places.folder) {
        Err(error) if error.kind() == seriatim::ErrorKind::NotFound && done == 0 => return,
        opened => opened.unwrap_or_else(|error| panic!("{when:?}, {done} steps done: {error}")),
    };
    let found = State::found(&index).unwrap();
    assert!(
        found == State::after(done) || found == State::after(begun),
        "{when:?}: {done} steps done, {begun} begun, and {found:?}"
    );
    assert!(index.verify().unwrap().is_whole(), "{when:?}");
    for version in index.versions().unwrap() {
        index.snapshot_at(version, None).unwrap();
    }
}

/// Lets the program come to its end.
fn finish(places: &Places, when: &dyn std::fmt::Debug) {
    assert!(command(places, &[]).status().unwrap().success(), "{when:?}: it does not go on");
    check(places, when);
    assert_eq!(places.progress().0, STEPS);
}

/// How many whoever runs the tests asks for.
#[expect(clippy::disallowed_methods, reason = "make says how much is tried")]
fn wanted(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |it| it.parse().unwrap())
}

/// Kills it after some time; says whether it was still at work.
fn kill_after(mut child: Child, time: Duration) -> bool {
    thread::sleep(time);
    let killed = child.kill().is_ok();
    !child.wait().unwrap().success() && killed
}

#[test]
fn a_program_that_is_killed_goes_on() {
    at_any_time(wanted("SERIATIM_KILLS", 8));
    let points = wanted("SERIATIM_KILL_POINTS", 0);
    if points > 0 {
        in_any_call(points);
    }
}

fn at_any_time(wanted: usize) {
    let (mut killed, mut number) = (0, 0_u64);
    while killed < wanted {
        let place = tempfile::tempdir().unwrap();
        let places = Places::within(place.path());
        while places.progress().0 < STEPS && killed < wanted {
            number += 1;
            let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            let time = Duration::from_micros(mixed % 300_000);
            killed += usize::from(kill_after(command(&places, &[]).spawn().unwrap(), time));
            check(&places, &time);
        }
        finish(&places, &number);
    }
    println!("killed at any time, {killed} of {number} processes");
}

fn in_any_call(wanted: usize) {
    let all = points::all();
    assert!(all.len() >= wanted, "the program makes {} calls", all.len());
    let mut killed = 0;
    for point in all.iter().step_by(all.len() / wanted) {
        let place = tempfile::tempdir().unwrap();
        let places = Places::within(place.path());
        killed += usize::from(!command(&places, &point.killer()).status().unwrap().success());
        check(&places, point);
        finish(&places, point);
    }
    println!("killed in {killed} calls of {}", all.len());
    assert!(killed >= wanted, "killed {killed} times only");
}
