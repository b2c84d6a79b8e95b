//! The two languages.

use tree_sitter::{Language, Node};

/// A language of code, with its parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    Python,
    Rust,
}

impl Lang {
    /// The grammar for its parser.
    pub fn language(self) -> Language {
        match self {
            Lang::Python => tree_sitter_python::LANGUAGE.into(),
            Lang::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }

    /// The nodes whose children are statements.
    pub fn holds_statements(self, node: Node) -> bool {
        match self {
            Lang::Python => matches!(node.kind(), "module" | "block"),
            Lang::Rust => matches!(node.kind(), "source_file" | "block" | "declaration_list"),
        }
    }
}
