//! The lines of a lab between its cell marks, and what a parser sees in the code of both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tree_sitter::{Language, Node, Parser};
use tree_sitter_highlight::{HighlightConfiguration, Highlighter, HtmlRenderer};

/// A part of a lab's source: the code that ports one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Line of the first line of code in the file, from 1.
    pub line: usize,
    /// The code, without the mark and without indentation that all of it has.
    pub code: String,
}

/// The sections of a lab by cell number. `lab.cell(k);` starts one, and so does the comment `// In[k]`, for
/// cells without a counterpart at run time (imports); that one ends with the first empty line.
pub fn sections(lab: &str) -> BTreeMap<usize, Section> {
    let mut sections: BTreeMap<usize, (usize, Vec<&str>)> = BTreeMap::new();
    let mut open: Option<(usize, bool)> = None;
    for (index, line) in lab.lines().enumerate() {
        let text = line.trim();
        if let Some(k) = number_between(text, "lab.cell(", ");") {
            open = Some((k, false));
            sections.insert(k, (index + 2, Vec::new()));
        } else if let Some(k) = number_between(text, "// In[", "]") {
            open = Some((k, true));
            sections.insert(k, (index + 2, Vec::new()));
            if !text.ends_with(']') {
                sections.entry(k).and_modify(|(line, code)| {
                    *line -= 1;
                    code.push(text);
                });
            }
        } else if text.starts_with("// ## ") || (text.is_empty() && matches!(open, Some((_, true)))) {
            open = None;
        } else if let Some((k, _)) = open {
            sections.entry(k).and_modify(|(_, code)| code.push(line));
        }
    }
    if let Some((_, lines)) = sections.values_mut().next_back() {
        // What closes `run` belongs to no cell.
        while lines.last().is_some_and(|line| matches!(line.trim(), "" | "Ok(())") || *line == "}") {
            lines.pop();
        }
    }
    sections.into_iter().map(|(k, (line, code))| (k, Section { line, code: unindented(&code) })).collect()
}

fn number_between(text: &str, start: &str, end: &str) -> Option<usize> {
    text.strip_prefix(start)?.split_once(end)?.0.parse().ok()
}

fn unindented(lines: &[&str]) -> String {
    let indent =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    lines.join("\n").trim_end().to_string()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    Python,
    Rust,
}

impl Lang {
    fn language(self) -> Language {
        match self {
            Lang::Python => tree_sitter_python::LANGUAGE.into(),
            Lang::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }

    /// The nodes whose children are statements.
    fn holds_statements(self, node: Node) -> bool {
        match self {
            Lang::Python => matches!(node.kind(), "module" | "block"),
            Lang::Rust => matches!(node.kind(), "source_file" | "block" | "declaration_list"),
        }
    }
}

/// A statement, as one line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub text: String,
    /// Its first line in the code, from 0.
    pub row: usize,
}

/// The statements of `code` in order; a compound one is its head, and the statements in it follow. Comments and
/// attributes are none.
pub fn statements(code: &str, lang: Lang) -> Vec<Statement> {
    let mut parser = Parser::new();
    if parser.set_language(&lang.language()).is_err() {
        return Vec::new();
    }
    let Some(tree) = parser.parse(code, None) else { return Vec::new() };
    let mut found = Vec::new();
    // A stack of our own: code may be nested deeper than the program's goes.
    let mut ahead = vec![(tree.root_node(), false)];
    while let Some((node, is_statement)) = ahead.pop() {
        if is_statement {
            let text = code.get(node.start_byte()..head_end(node, lang)).unwrap_or_default();
            found.push(Statement { text: one_line(text), row: node.start_position().row });
        }
        let mut cursor = node.walk();
        let children: Vec<Node> = node.named_children(&mut cursor).collect();
        let statement = |child: Node| {
            lang.holds_statements(node) && !is_comment(child) && child.kind() != "attribute_item"
        };
        ahead.extend(children.into_iter().rev().map(|child| (child, statement(child))));
    }
    found
}

/// Where a statement ends, or the first block in it begins, or a comment before that.
fn head_end(statement: Node, lang: Lang) -> usize {
    let mut cursor = statement.walk();
    let (mut block, mut comment) = (None, None);
    let mut ahead: Vec<Node> = statement.named_children(&mut cursor).collect();
    while let Some(node) = ahead.pop() {
        let first =
            |found: Option<usize>| Some(found.map_or(node.start_byte(), |at| at.min(node.start_byte())));
        if lang.holds_statements(node) {
            block = first(block);
        } else if is_comment(node) {
            comment = first(comment);
        } else {
            let mut cursor = node.walk();
            ahead.extend(node.named_children(&mut cursor));
        }
    }
    match (block, comment) {
        (Some(block), Some(comment)) => block.min(comment),
        (Some(block), None) => block,
        _ => statement.end_byte(),
    }
}

fn is_comment(node: Node) -> bool {
    matches!(node.kind(), "comment" | "line_comment" | "block_comment")
}

/// Code in one line, as if it had never been broken.
fn one_line(code: &str) -> String {
    let line = code.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    // Brackets broken over lines leave a space and a last comma inside.
    let pairs =
        [("( ", "("), (", )", ")"), (" )", ")"), ("[ ", "["), (", ]", "]"), (" ]", "]"), (", }", " }")];
    pairs.iter().fold(line.trim().to_string(), |line, (broken, whole)| line.replace(broken, whole))
}

/// The classes that highlighted code can have; the template's style sheet gives each a colour.
const CLASSES: [&str; 12] = [
    "attribute",
    "comment",
    "constant",
    "constructor",
    "function",
    "keyword",
    "number",
    "operator",
    "property",
    "string",
    "type",
    "variable",
];

/// `code` as HTML, escaped, a line of the result for each line of code.
pub fn highlighted(code: &str, lang: Lang) -> String {
    // To compile a language's queries takes some 10 ms: once for all cells.
    static PYTHON: LazyLock<Option<HighlightConfiguration>> = LazyLock::new(|| configuration(Lang::Python));
    static RUST: LazyLock<Option<HighlightConfiguration>> = LazyLock::new(|| configuration(Lang::Rust));
    let configuration = match lang {
        Lang::Python => &PYTHON,
        Lang::Rust => &RUST,
    };
    configuration.as_ref().and_then(|config| colour(code, config)).unwrap_or_else(|| escaped(code))
}

fn configuration(lang: Lang) -> Option<HighlightConfiguration> {
    let (highlights, injections) = match lang {
        Lang::Python => (tree_sitter_python::HIGHLIGHTS_QUERY, ""),
        Lang::Rust => (tree_sitter_rust::HIGHLIGHTS_QUERY, tree_sitter_rust::INJECTIONS_QUERY),
    };
    let mut config = HighlightConfiguration::new(lang.language(), "code", highlights, injections, "").ok()?;
    config.configure(&CLASSES);
    Some(config)
}

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn colour(code: &str, config: &HighlightConfiguration) -> Option<String> {
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(config, code.as_bytes(), None, None, |_| None).ok()?;
    let mut renderer = HtmlRenderer::new();
    renderer
        .render(events, code.as_bytes(), &|highlight, html| {
            html.extend(b"class=\"");
            html.extend(CLASSES.get(highlight.0).unwrap_or(&"").as_bytes());
            html.push(b'"');
        })
        .ok()?;
    Some(renderer.lines().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: &str = "//! A lab.\n\n// In[1]\nuse zerotoall::println;\n\nfn run(lab: &Lab) {\n    lab.cell(2);\n    let x = 1;\n\n    // ## Part\n    // In[3] imports NumPy.\n    lab.cell(4);\n    for i in 0..2 {\n        f(i);\n    }\n    Ok(())\n}\n";

    #[test]
    fn a_lab_is_cut_at_its_marks() {
        let sections = sections(LAB);
        let code: Vec<(usize, usize, &str)> =
            sections.iter().map(|(k, section)| (*k, section.line, section.code.as_str())).collect();
        assert_eq!(
            code,
            [
                (1, 4, "use zerotoall::println;"),
                (2, 8, "let x = 1;"),
                (3, 11, "// In[3] imports NumPy."),
                (4, 13, "for i in 0..2 {\n    f(i);\n}")
            ]
        );
    }

    #[test]
    fn statements_are_counted_with_those_inside() {
        let python = "# comment\nclass A(B):\n    def f(self, x):\n        return x\nfor i in range(\n    3,\n):\n    if i: a(\n        1,\n    )\n    else: b()\n";
        let texts = |code, lang| statements(code, lang).into_iter().map(|s| s.text).collect::<Vec<_>>();
        assert_eq!(
            texts(python, Lang::Python),
            ["class A(B):", "def f(self, x):", "return x", "for i in range(3):", "if i:", "a(1)", "b()"]
        );
        let rust = "// comment\n#[test]\nstruct A { x: i32 }\nimpl A {\n    fn f(&self) -> i32 { self.x }\n}\nfor i in 0..3 {\n    if i > 0 { a(i); } else { b() }\n}\nlet c = d(|| {\n    e();\n});";
        assert_eq!(
            texts(rust, Lang::Rust),
            [
                "struct A { x: i32 }",
                "impl A",
                "fn f(&self) -> i32",
                "self.x",
                "for i in 0..3",
                "if i > 0",
                "a(i);",
                "b()",
                "let c = d(||",
                "e();"
            ]
        );
    }

    #[test]
    fn nesting_has_no_limit() {
        let code = format!("x = {}1{}", "(".repeat(30_000), ")".repeat(30_000));
        assert_eq!(statements(&code, Lang::Python).len(), 1);
    }

    #[test]
    fn highlighted_code_is_escaped() {
        let html = highlighted("print('<script>')  # <b>", Lang::Python);
        assert!(
            !html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"),
            "{html}"
        );
    }
}
