//! The lines of a lab between its cell marks.

use std::collections::BTreeMap;

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
        // The end of `run` belongs to no cell.
        while lines.last().is_some_and(|line| matches!(line.trim(), "" | "Ok(())") || *line == "}") {
            lines.pop();
        }
    }
    sections.into_iter().map(|(k, (line, code))| (k, Section { line, code: unindented(&code) })).collect()
}

fn number_between(text: &str, start: &str, end: &str) -> Option<usize> {
    text.strip_prefix(start)?.split_once(end)?.0.parse().ok()
}

/// The lines without their common indentation.
pub fn unindented(lines: &[&str]) -> String {
    let indent =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    lines.join("\n").trim_end().to_string()
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
}
