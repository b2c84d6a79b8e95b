//! The code of both sides: a lab's sections, the statements in it, its colours.

mod highlight;
mod sections;
mod statements;

use tree_sitter::{Language, Node};

pub use highlight::{escaped, highlighted};
pub use sections::{Section, sections, unindented};
pub use statements::{Statement, statements};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    Python,
    Rust,
}

impl Lang {
    pub fn language(self) -> Language {
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
