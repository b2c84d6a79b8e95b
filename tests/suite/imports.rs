//! Which module uses which, read from the code: paths that begin with `crate`, `super`, `self` or a child's name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's place: `["nn", "linear"]` for nn/linear.rs, empty for lib.rs and main.rs.
type Name = Vec<String>;

/// The modules of a package, and what each names of the others.
pub struct Imports {
    modules: BTreeMap<Name, Module>,
}

#[derive(Default)]
struct Module {
    /// What it uses, as paths from the package's root.
    uses: Vec<Name>,
    /// What it hands on with `pub use`: the name, `*` for all, and the path.
    hands_on: Vec<(String, Name)>,
    /// What is defined here.
    defines: BTreeSet<String>,
}

impl Imports {
    /// Those of the package whose lib.rs or main.rs is in `src`; `own` is a name that the package has for itself, besides `crate`.
    pub fn of(src: &Path, own: &str) -> Self {
        let files: Vec<(Name, PathBuf)> = rust_files(src)
            .into_iter()
            .map(|file| (name_of(file.strip_prefix(src).unwrap()), file))
            .collect();
        let names: BTreeSet<Name> = files.iter().map(|(name, _)| name.clone()).collect();
        let module = |(name, file): &(Name, PathBuf)| {
            let module = Module::read(&fs::read_to_string(file).unwrap(), name, &names, own);
            (name.clone(), module)
        };
        Imports { modules: files.iter().map(module).collect() }
    }

    /// The modules that each module uses. To hand a name on is no use, and where a name is handed on its own module is meant.
    pub fn edges(&self) -> BTreeMap<&Name, BTreeSet<Name>> {
        let used = |(name, module): (&'_ Name, &'_ Module)| -> BTreeSet<Name> {
            module.uses.iter().map(|path| self.module_of(path, 0)).filter(|used| used != name).collect()
        };
        self.modules.iter().map(|(name, module)| (name, used((name, module)))).collect()
    }

    /// Modules that use each other, directly or by way of others.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let edges = self.edges();
        let reached = |from: &Name| {
            let (mut reached, mut left) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(next) = left.pop() {
                for used in edges.get(&next).into_iter().flatten() {
                    if reached.insert(used.clone()) {
                        left.push(used.clone());
                    }
                }
            }
            reached
        };
        let reached: BTreeMap<&Name, BTreeSet<Name>> =
            edges.keys().map(|&name| (name, reached(name))).collect();
        let circle = |name: &Name| -> Vec<String> {
            let others =
                reached[name].iter().filter(|other| reached.get(other).is_some_and(|r| r.contains(name)));
            others.map(|other| other.join("::")).collect()
        };
        let circles: BTreeSet<Vec<String>> = edges.keys().map(|&name| circle(name)).collect();
        circles.into_iter().filter(|circle| !circle.is_empty()).collect()
    }

    /// The module in which the item stands that `path` names.
    fn module_of(&self, path: &[String], depth: usize) -> Name {
        let known =
            (0..=path.len()).rev().find(|&length| self.modules.contains_key(&path[..length])).unwrap_or(0);
        let (name, rest) = path.split_at(known);
        let Some((item, module)) = rest.first().zip(self.modules.get(name)) else {
            return name.to_vec();
        };
        // Two modules that hand on all of each other have no end.
        if depth > 8 || module.defines.contains(item) {
            return name.to_vec();
        }
        let further = |handed: &Name| self.module_of(&[handed, &rest[1..]].concat(), depth + 1);
        let by_name = module.hands_on.iter().find(|(given, _)| given == item).map(|(_, path)| further(path));
        let among_all = || {
            let all = module.hands_on.iter().filter(|(given, _)| given == "*");
            let mut homes = all.map(|(_, path)| self.module_of(&[&path[..], rest].concat(), depth + 1));
            homes.find(|home| self.modules.get(home).is_some_and(|module| module.defines.contains(item)))
        };
        by_name.or_else(among_all).unwrap_or_else(|| name.to_vec())
    }
}

impl Module {
    fn read(code: &str, name: &[String], names: &BTreeSet<Name>, own: &str) -> Self {
        let tokens = tokens(code);
        let mut module = Module::default();
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at].as_str();
            if ["fn", "struct", "enum", "trait", "type", "const", "static", "macro_rules", "union"]
                .contains(&token)
            {
                let defined = tokens[at + 1..].iter().find(|token| *token != "!");
                module.defines.extend(defined.cloned());
            }
            let (mut start, public) = match token {
                "pub" => (after_pub(&tokens, at), true),
                _ => (at, false),
            };
            let in_use = tokens.get(start).is_some_and(|token| token == "use");
            start += usize::from(in_use);
            // `$crate` in a macro is a use by whoever calls it.
            let inside = at > 0 && ["::", "$"].contains(&tokens[at - 1].as_str());
            let mut paths = Vec::new();
            let end = match tokens.get(start) {
                Some(_) if !inside && (in_use || !public) => tree(&tokens, start, &[], &mut paths),
                _ => at,
            };
            for (path, given) in paths {
                if let Some(path) = from_root(&path, name, names, own) {
                    match public && in_use {
                        true => module.hands_on.push((given, path)),
                        false => module.uses.push(path),
                    }
                }
            }
            at = end.max(at + 1);
        }
        module
    }
}

/// Where what follows `pub` or `pub(crate)` begins.
fn after_pub(tokens: &[String], at: usize) -> usize {
    match tokens.get(at + 1).is_some_and(|token| token == "(") {
        true => at + 1 + tokens[at + 1..].iter().position(|token| token == ")").map_or(0, |close| close + 1),
        false => at + 1,
    }
}

/// The paths of the tree `a::{b, c::d as e}` that begins at token `at`, each with the name it is given; where the tree ends.
fn tree(tokens: &[String], mut at: usize, before: &[String], paths: &mut Vec<(Name, String)>) -> usize {
    let mut path = before.to_vec();
    loop {
        let token = tokens.get(at).map_or("", String::as_str);
        if token == "{" && !path.is_empty() {
            at += 1;
            while tokens.get(at).is_some_and(|token| token != "}") {
                let end = tree(tokens, at, &path, paths);
                at = end.max(at + 1);
                at += usize::from(tokens.get(at).is_some_and(|token| token == ","));
            }
            return at + 1;
        }
        if !is_word(token) && token != "*" {
            return at;
        }
        match token {
            // a::{self}
            "self" if !path.is_empty() => {}
            _ => path.push(token.to_string()),
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token == "::") {
            at += 1;
            continue;
        }
        let mut given = path.last().cloned().unwrap_or_default();
        if tokens.get(at).is_some_and(|token| token == "as") {
            given = tokens.get(at + 1).cloned().unwrap_or_default();
            at += 2;
        }
        if path.len() > 1 {
            paths.push((path, given));
        }
        return at;
    }
}

/// The path from the package's root; `None` for what is no module's here.
fn from_root(path: &[String], name: &[String], names: &BTreeSet<Name>, own: &str) -> Option<Name> {
    let (first, rest) = path.split_first()?;
    let without_all = |path: Vec<String>| path.into_iter().filter(|part| part != "*").collect::<Name>();
    Some(without_all(match first.as_str() {
        "crate" => rest.to_vec(),
        first if first == own => rest.to_vec(),
        "self" => [name, rest].concat(),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            [&name[..name.len().checked_sub(ups)?], &path[ups..]].concat()
        }
        _ => {
            let child = [name, std::slice::from_ref(first)].concat();
            return names.contains(&child).then(|| without_all([name, path].concat()));
        }
    }))
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words and signs, without comments, texts, attributes and a module of tests at the end.
fn tokens(code: &str) -> Vec<String> {
    let code = code.split("\nmod tests {").next().unwrap_or(code);
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(text) = rest.strip_prefix("r#\"") {
            text.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if c == '\'' && rest[1..].chars().nth(1) == Some('\'') {
            2 + rest[1..].chars().next().map_or(0, char::len_utf8)
        } else if word > 0 {
            tokens.push(rest[..word].to_string());
            word
        } else if rest.starts_with("::") {
            tokens.push("::".to_string());
            2
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn name_of(file: &Path) -> Name {
    let mut name: Name =
        file.with_extension("").iter().map(|part| part.to_str().unwrap().to_string()).collect();
    if name.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        name.pop();
    }
    name
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
