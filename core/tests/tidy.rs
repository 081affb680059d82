//! Checks what the compiler does not: sizes, layers, words and links.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
/// Modules that every module may import.
const EVERYONE: [&str; 2] = ["error", "limits"];
/// Where `unsafe` may stand, from `core/src`: files, and folders with a `/` at the end.
const UNSAFE_ALLOWED: [&str; 2] = ["io/mmap.rs", "bitmap/kernels/"];
const BANNED_WORDS: [&str; 7] =
    ["Manager", "Handler", "Helper", "Helpers", "Util", "Utils", "Utility"];

/// A file of Rust, and its code with comments and the insides of literals blanked.
struct Source {
    path: PathBuf,
    text: String,
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of the repository that people write, by its path from the top.
fn files() -> Vec<PathBuf> {
    const SKIPPED: [&str; 8] =
        [".git", "target", "node_modules", "dist", "__pycache__", ".venv", "corpus", "artifacts"];
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if SKIPPED.contains(&name) || name.ends_with(".seriatim") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|it| it == wanted)
}

fn sources() -> Vec<Source> {
    let rust = files().into_iter().filter(|path| has_extension(path, "rs"));
    let found: Vec<_> = rust
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).unwrap();
            Source { code: blanked(&text), path, text }
        })
        .collect();
    assert!(found.len() > 20, "the sources are not where they are looked for");
    found
}

/// The library's own sources without their tests, by their path from `core/src`.
fn library() -> Vec<Source> {
    let all = sources();
    let mut tests = BTreeSet::new();
    for source in &all {
        let folder = source.path.parent().unwrap();
        for (at, marker) in source.code.match_indices("#[cfg(test)]\nmod ") {
            let name = identifier(&source.code[at + marker.len()..]);
            tests.insert(folder.join(name).with_extension("rs"));
            tests.insert(folder.join(name).join("mod.rs"));
        }
    }
    let ours = all.into_iter().filter(|source| !tests.contains(&source.path));
    ours.filter_map(|source| {
        let path = source.path.strip_prefix("core/src").ok()?.to_owned();
        let code = source.code.split("#[cfg(test)]\nmod tests {").next()?.to_owned();
        Some(Source { path, code, ..source })
    })
    .collect()
}

/// The same text, of the same length, where comments, texts and characters are spaces.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = literal_or_comment(rest, out.chars().next_back());
        if skipped == 0 {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            let (gone, later) = rest.split_at(skipped);
            out.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = later;
        }
    }
    out
}

/// The length of the comment or literal that `rest` begins with, or 0.
fn literal_or_comment(rest: &str, before: Option<char>) -> usize {
    let up_to = |end: &str, from: usize| {
        rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return up_to("*/", 2);
    }
    if before.is_none_or(|it| !it.is_alphanumeric() && it != '_') {
        let opening = rest.strip_prefix('b').unwrap_or(rest);
        let hashes =
            opening.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
        if let Some(hashes) = hashes {
            let quote = rest.len() - opening.len() + 1 + hashes;
            if rest[quote..].starts_with('"') {
                return up_to(&format!("\"{}", "#".repeat(hashes)), quote + 1);
            }
        }
    }
    match rest.as_bytes()[0] {
        b'"' => closed_by(rest, b'"'),
        // A lifetime has no closing quote after one character.
        b'\'' if rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\'') => {
            closed_by(rest, b'\'')
        }
        _ => 0,
    }
}

/// The length of a literal that may hold escapes.
fn closed_by(rest: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// The identifier that `text` begins with.
fn identifier(text: &str) -> &str {
    &text[..text.find(|it: char| !is_word(it)).unwrap_or(text.len())]
}

fn code_lines(code: &str) -> usize {
    code.lines().filter(|line| !line.trim().is_empty()).count()
}

/// Where the bracket that `code` begins with is closed.
fn closing(code: &str) -> usize {
    let mut depth = 0;
    for (at, it) in code.char_indices() {
        match it {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' if depth == 1 => return at,
            ')' | '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// What follows each `crate::`: the first name of every path imported or used.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|it| is_word(it) || it == '$') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        if !rest.starts_with('{') {
            found.insert(identifier(rest).to_owned());
            continue;
        }
        let mut depth = 0;
        let group = rest[1..closing(rest)].split(|it| {
            depth += i32::from(it == '{') - i32::from(it == '}');
            it == ',' && depth == 0
        });
        found.extend(group.map(|part| identifier(part.trim()).to_owned()));
    }
    found.remove("");
    found
}

/// What a module may import, and its layer, as the architecture page's table gives them.
fn layers() -> BTreeMap<String, (u32, BTreeSet<String>)> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let names =
        |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let layer = cells.get(1)?.parse().ok()?;
        Some((names(cells.get(2)?).pop()?, (layer, names(cells.get(3)?).into_iter().collect())))
    });
    let layers: BTreeMap<_, _> = rows.collect();
    assert!(layers.len() > 5, "the table of layers is gone");
    layers
}

/// The top module a source file belongs to: `format` for `format/header.rs`.
fn module(path: &Path) -> String {
    path.with_extension("").iter().next().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn imports_are_found_in_groups() {
    let code = "use crate::{a::X, b::{C, d}, e}; use super::f; crate::g::h(); $crate::i!()";
    let expected = ["a", "b", "e", "g"].map(str::to_owned);
    assert_eq!(imports(code), BTreeSet::from(expected));
}

#[test]
fn literals_and_comments_are_blanked() {
    for (text, expected) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b */ c", "a         c"),
        (r#"x("\"{"); y"#, "x(     ); y"),
        (r##"x(r#"a"b"#); br"c" d"##, "x(        );       d"),
        (r"['{', '\'', b'}'] <'a>", "[   ,     , b   ] <'a>"),
    ] {
        assert_eq!(blanked(text), expected, "{text}");
    }
}

#[test]
fn layers_import_lower_ones() {
    let layers = layers();
    for (name, (layer, needs)) in &layers {
        for need in needs {
            let lower = layers.get(need).unwrap_or_else(|| panic!("`{need}` has no layer"));
            assert!(lower.0 < *layer, "`{name}` is not above `{need}`");
        }
    }
}

#[test]
fn modules_import_as_their_layer_says() {
    let layers = layers();
    for Source { path, code, .. } in library() {
        let from = module(&path);
        if ["lib", "fuzzing"].contains(&from.as_str()) {
            continue;
        }
        let (_, allowed) = layers
            .get(&from)
            .unwrap_or_else(|| panic!("docs/architecture.md: no layer for `{from}`"));
        for to in imports(&code) {
            assert!(
                to == from || EVERYONE.contains(&to.as_str()) || allowed.contains(&to),
                "{}: `{from}` must not import `{to}`; names of the root come from their module",
                path.display()
            );
        }
        let is_contents = path.file_name().is_some_and(|name| name == "mod.rs");
        let depth = path.iter().count() - usize::from(is_contents);
        let to_root = "super::".repeat(depth);
        assert!(!code.contains(&to_root), "{}: {to_root} leaves the module", path.display());
    }
}

#[test]
fn files_stay_short() {
    for Source { path, code, .. } in library() {
        let lines = code_lines(&code);
        assert!(lines <= FILE_LINES_MAX, "{}: {lines} lines of code", path.display());
    }
}

#[test]
fn functions_stay_short() {
    for Source { path, code, .. } in sources() {
        for (at, _) in code.match_indices("fn ") {
            let follows_word = code[..at].chars().next_back().is_some_and(is_word);
            let rest = &code[at..];
            let Some(body) = body(rest) else { continue };
            // The lines between the braces.
            let lines = code_lines(&body[..closing(body)]) - 1;
            let name = identifier(&rest[3..]);
            assert!(
                follows_word || lines <= FUNCTION_LINES_MAX,
                "{}: `{name}` has {lines} lines",
                path.display()
            );
        }
    }
}

/// From the opening brace of a function on, if it has a body.
fn body(function: &str) -> Option<&str> {
    let mut depth = 0;
    let at = function.find(|it| {
        depth += i32::from(matches!(it, '(' | '[')) - i32::from(matches!(it, ')' | ']'));
        depth == 0 && matches!(it, '{' | ';')
    })?;
    function[at..].starts_with('{').then(|| &function[at..])
}

#[test]
fn mod_files_are_tables_of_contents() {
    for Source { path, code, .. } in library() {
        if !path.ends_with("mod.rs") {
            continue;
        }
        for item in ["fn", "struct", "enum", "trait", "impl", "const", "static", "type"] {
            let mut words = code.split(|it: char| !is_word(it));
            assert!(words.all(|word| word != item), "{}: `{item}` in a mod.rs", path.display());
        }
    }
}

#[test]
fn public_names_hold_no_banned_word() {
    const QUALIFIERS: [&str; 10] =
        ["fn", "struct", "enum", "trait", "type", "mod", "const", "static", "unsafe", "async"];
    for Source { path, code, .. } in library() {
        for (at, _) in code.match_indices("pub") {
            let rest = &code[at + 3..];
            if code[..at].chars().next_back().is_some_and(is_word) || rest.starts_with(is_word) {
                continue;
            }
            let rest = if rest.starts_with('(') { &rest[closing(rest) + 1..] } else { rest };
            let mut words = rest.split_whitespace().map(identifier);
            let name = words.find(|word| !QUALIFIERS.contains(word)).unwrap_or_default();
            for part in name.split('_') {
                assert!(
                    !BANNED_WORDS.iter().any(|banned| holds_word(part, banned)),
                    "{}: `{name}`",
                    path.display()
                );
            }
            assert!(!name.starts_with("get_"), "{}: `{name}`", path.display());
        }
    }
}

/// Whether a part of a name is `banned`, or has it as one of its capitalised words.
fn holds_word(part: &str, banned: &str) -> bool {
    part.eq_ignore_ascii_case(banned)
        || part.match_indices(banned).any(|(at, _)| {
            !part[at + banned.len()..].starts_with(|it: char| it.is_ascii_lowercase())
        })
}

#[test]
fn every_test_can_fail() {
    for Source { path, text, code } in sources() {
        for (at, name) in code.match_indices("matches!(") {
            let starts = code[..at].trim_end().ends_with(['{', '}', ';']) || at == 0;
            let open = at + name.len() - 1;
            let after = &code[open + closing(&code[open..]) + 1..];
            assert!(
                !(starts && after.trim_start().starts_with(';')),
                "{}: the value of a `matches!` is dropped",
                path.display()
            );
        }
        for skipped in ["#[ignore", concat!("```", "ignore")] {
            assert!(!code.contains(skipped), "{}: {skipped}", path.display());
            assert!(!text.contains(&format!("//! {skipped}")), "{}: {skipped}", path.display());
            assert!(!text.contains(&format!("/// {skipped}")), "{}: {skipped}", path.display());
        }
    }
}

#[test]
fn unsafe_stays_where_it_is() {
    for Source { path, code, .. } in library() {
        let mut words = code.split(|it: char| !is_word(it));
        let place = path.to_str().unwrap();
        let allowed = UNSAFE_ALLOWED.iter().any(|allowed| match allowed.strip_suffix('/') {
            Some(_) => place.starts_with(allowed),
            None => place == *allowed,
        });
        assert!(allowed || words.all(|word| word != "unsafe"), "{place}: unsafe");
    }
}

/// Reminders stay out, and the repository knows of nothing beside itself.
#[test]
fn no_file_holds_a_reminder_or_a_path_of_one_machine() {
    let banned = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("../sha", "red"),
    ];
    for path in files() {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        if let Some(found) = banned.iter().find(|banned| text.contains(*banned)) {
            panic!("{}: {found}", path.display());
        }
    }
}

/// The lines of a page of Markdown that are text.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !fence && !in_code
    })
}

/// The names by which the headings of a page are linked to.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|it| is_word(*it) || matches!(it, ' ' | '-'));
            kept.map(|it| if it == ' ' { '-' } else { it }).collect()
        })
        .collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages = files().into_iter().filter(|path| has_extension(path, "md"));
    for page in pages {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        for link in prose(&text).flat_map(|line| line.split("](").skip(1)) {
            let target = link.split([')', ' ']).next().unwrap();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = match path {
                "" => root().join(&page),
                _ => root().join(&page).parent().unwrap().join(path),
            };
            assert!(linked.exists(), "{}: no file {target}", page.display());
            if !anchor.is_empty() && has_extension(&linked, "md") {
                let linked = fs::read_to_string(linked).unwrap();
                let found = anchors(&linked).contains(anchor);
                assert!(found, "{}: no heading {target}", page.display());
            }
        }
    }
}
