//! The statements in a piece of code, as a parser sees them.

use tree_sitter::{Node, Parser};

use super::lang::Lang;

/// A statement, as one line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub text: String,
    /// The statement's first line in the code, from 0.
    pub row: usize,
}

/// The statements of `code` in order. A compound statement is its head, and the statements inside follow. Comments and
/// attributes do not count.
pub fn statements(code: &str, lang: Lang) -> Vec<Statement> {
    let mut parser = Parser::new();
    if parser.set_language(&lang.language()).is_err() {
        return Vec::new();
    }
    let Some(tree) = parser.parse(code, None) else { return Vec::new() };
    let mut found = Vec::new();
    // A stack on the heap: code may be nested deeper than the program's stack allows.
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

/// Code in one line, as if it had never been broken into several.
fn one_line(code: &str) -> String {
    let line = code.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    // Brackets broken over lines leave a space and a last comma inside.
    let pairs =
        [("( ", "("), (", )", ")"), (" )", ")"), ("[ ", "["), (", ]", "]"), (" ]", "]"), (", }", " }")];
    pairs.iter().fold(line.trim().to_string(), |line, (broken, whole)| line.replace(broken, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
