//! The report in the terminal: a summary of one screen, then every difference, in 80 columns.

use std::fmt::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use crate::comparison::{Cell, Comparison, Pair, Status};
use crate::diff::{Diff, Line, Verdict};

const WIDTH: usize = 80;
/// How many lines of a cell are shown, and how many moved numbers, unless all are asked for.
const SHOWN: usize = 5;

const GOOD: Style = AnsiColor::Green.on_default();
const CLOSE: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const MARK: Style = Style::new().bold().underline();

impl Status {
    /// The status in words.
    pub fn words(self) -> &'static str {
        match self {
            Status::Identical => "identical",
            Status::Within => "within tolerance",
            Status::Different => "different",
            Status::NotRun => "not run",
            Status::Beyond => "beyond the notebook",
            Status::Alone => "without a partner, no output",
        }
    }

    fn style(self) -> Style {
        match self {
            Status::Identical => GOOD,
            Status::Within => CLOSE,
            Status::Different => BAD,
            Status::NotRun => CLOSE,
            Status::Beyond | Status::Alone => DIM,
        }
    }
}

/// The report; `exact` as on the command line, `verbose`: every cell, every line.
pub fn report(comparison: &Comparison, exact: bool, verbose: bool) -> Result<String, fmt::Error> {
    let mut text = String::new();
    summary(&mut text, comparison)?;
    if verbose {
        cell_list(&mut text, comparison)?;
    }
    let shown = |pair: &&Pair| matches!(pair.status, Status::Different | Status::Within);
    for pair in comparison.pairs.iter().filter(shown) {
        differences(&mut text, pair, verbose)?;
    }
    for warning in &comparison.warnings {
        wrapped(&mut text, CLOSE, "warning", warning)?;
    }
    for problem in &comparison.problems {
        wrapped(&mut text, BAD, "could not finish", problem)?;
    }
    let (status, word) = comparison.verdict(exact);
    let style = if status == Status::NotRun { BAD } else { status.style() };
    writeln!(text, "{}: {style}{word}{style:#}", comparison.lab)?;
    Ok(text)
}

fn summary(text: &mut String, comparison: &Comparison) -> fmt::Result {
    let Comparison { lab, notebook, spelling, tolerance, .. } = comparison;
    writeln!(text, "{BOLD}{lab}{BOLD:#} beside {notebook}")?;
    let [theirs, ours] = &comparison.versions;
    let source = if comparison.stored { "its saved outputs" } else { theirs };
    writeln!(text, "  notebook  {source}")?;
    writeln!(text, "  lab       {ours}")?;
    let counted = [Status::Identical, Status::Within, Status::Different, Status::NotRun];
    let counts: Vec<String> = counted
        .into_iter()
        .filter(|status| comparison.count(*status) > 0 || *status != Status::NotRun)
        .map(|status| {
            let (count, style) =
                (comparison.count(status), if comparison.count(status) > 0 { status.style() } else { DIM });
            format!("{style}{count} {}{style:#}", status.words())
        })
        .collect();
    writeln!(text, "  cells     {}", counts.join(", "))?;
    let [same, lines] = comparison.lines();
    writeln!(text, "  lines     {same} of {lines} identical")?;
    let statements = |side: usize| {
        comparison
            .pairs
            .iter()
            .filter(|pair| pair.status != Status::Beyond)
            .map(|pair| pair.statements[side])
            .sum::<usize>()
    };
    writeln!(text, "  code      {} statements of Python, {} of Rust", statements(0), statements(1))?;
    let times: Vec<String> = ["notebook", "lab"]
        .iter()
        .zip(comparison.seconds)
        .filter_map(|(side, seconds)| Some(format!("{side} {:.2} s", seconds?)))
        .collect();
    let ratio = comparison.speed_up().map_or(String::new(), |ratio| format!(": {ratio:.1} times as fast"));
    writeln!(text, "  time      {}{ratio}", times.join(", "))?;
    if let Some((pair, line, moved)) = comparison.largest_absolute() {
        writeln!(text, "  largest   {:.1e} absolute, {}, line {line}", moved.absolute, pair.name())?;
    }
    if let Some((pair, line, moved)) = comparison.largest_relative() {
        writeln!(text, "            {:.1e} relative, {}, line {line}", moved.relative, pair.name())?;
        writeln!(text, "  tolerance rtol {:e}, atol {:e}", tolerance.rtol, tolerance.atol)?;
    }
    let beyond: Vec<String> = comparison
        .pairs
        .iter()
        .filter(|pair| pair.status == Status::Beyond)
        .flat_map(|pair| &pair.lab)
        .map(|cell| cell.k.to_string())
        .collect();
    if let (Some(first), Some(last)) = (beyond.first(), beyond.last()) {
        let range = if first == last { first.clone() } else { format!("{first}..{last}") };
        writeln!(text, "  beyond    the lab goes on after the notebook: In[{range}]")?;
    }
    if comparison.by_output {
        writeln!(text, "  pairs     by what the cells print, as their numbers do not fit")?;
    }
    for (count, what) in spelling.said() {
        writeln!(text, "  same as   {count} x {what}")?;
    }
    text.push('\n');
    Ok(())
}

fn cell_list(text: &mut String, comparison: &Comparison) -> fmt::Result {
    writeln!(text, "  {DIM}{:<24} {:>6} {:>6}  {:>9} {:>9}{DIM:#}", "", "Python", "Rust", "notebook", "lab")?;
    for pair in &comparison.pairs {
        let (style, words) = (pair.status.style(), pair.status.words());
        let seconds = |cells: &[Cell], timed: bool| match cells.is_empty() || !timed {
            true => String::new(),
            false => format!("{:.3} s", cells.iter().map(|cell| cell.seconds).sum::<f64>()),
        };
        let [python, rust] = pair.statements;
        writeln!(
            text,
            "  {:<24} {python:>6} {rust:>6}  {:>9} {:>9}  {style}{words}{style:#}",
            pair.name(),
            seconds(&pair.notebook, !comparison.stored),
            seconds(&pair.lab, true)
        )?;
    }
    text.push('\n');
    Ok(())
}

fn differences(text: &mut String, pair: &Pair, verbose: bool) -> fmt::Result {
    let (style, words) = (pair.status.style(), pair.status.words());
    write!(text, "{BOLD}{}{BOLD:#} {style}{words}{style:#}", pair.name())?;
    match (&pair.notebook[..], &pair.lab[..]) {
        (_, []) => writeln!(text, ", only the notebook has it")?,
        ([], _) => writeln!(text, ", only the lab has it")?,
        _ => text.push('\n'),
    }
    let lines =
        pair.diff.iter().flat_map(|diff| &diff.lines).filter(|line| line.verdict != Verdict::Identical);
    let lines: Vec<&Line> = lines.collect();
    let shown = if verbose { lines.len() } else { SHOWN };
    for line in lines.iter().take(shown) {
        writeln!(text, "  line {}", line.number)?;
        for ((sign, side), marks) in [("-", &line.notebook), ("+", &line.lab)].into_iter().zip(&line.marks) {
            if let Some(side) = side {
                marked(text, sign, side, marks, if sign == "-" { BAD } else { GOOD })?;
            }
        }
        for moved in line.moved.iter().take(if verbose { usize::MAX } else { SHOWN }) {
            let (from, to) = (&moved.notebook, &moved.lab);
            let close = if moved.within { "" } else { ", too far" };
            writeln!(
                text,
                "    {from} -> {to}  absolute {:.1e}, relative {:.1e}{close}",
                moved.absolute, moved.relative
            )?;
        }
        if !verbose && line.moved.len() > SHOWN {
            writeln!(text, "    {DIM}and {} more numbers{DIM:#}", line.moved.len() - SHOWN)?;
        }
    }
    if pair.diff.as_ref().is_some_and(Diff::only_ends_differ) {
        writeln!(text, "  the lines are the same, but not where they end")?;
    }
    if lines.len() > shown {
        writeln!(text, "  {DIM}and {} more lines; --verbose shows them{DIM:#}", lines.len() - shown)?;
    }
    text.push('\n');
    Ok(())
}

/// A line with what differs in it marked, broken where the terminal ends.
fn marked(text: &mut String, sign: &str, line: &str, marks: &[Range<usize>], style: Style) -> fmt::Result {
    const INDENT: &str = "    ";
    write!(text, "{INDENT}{style}{sign}{style:#} ")?;
    let start = INDENT.len() + sign.len() + 1;
    let mut column = start;
    let mut ahead = marks.iter().peekable();
    for (at, c) in line.char_indices() {
        if c == '\n' || column == WIDTH {
            write!(text, "\n{:start$}", "")?;
            column = start;
        }
        if c != '\n' {
            while ahead.next_if(|mark| mark.end <= at).is_some() {}
            match ahead.peek().is_some_and(|mark| mark.contains(&at)) {
                true => write!(text, "{MARK}{}{MARK:#}", visible(c))?,
                false => text.push(visible(c)),
            }
            column += 1;
        }
    }
    text.push('\n');
    Ok(())
}

/// A cell, or a message, can have in it what moves the cursor or colours the screen: here it is shown.
pub fn visible(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}

/// A message, broken between words.
fn wrapped(text: &mut String, style: Style, label: &str, message: &str) -> fmt::Result {
    write!(text, "{style}{label}{style:#}:")?;
    let mut column = label.len() + 1;
    for word in message.split_whitespace() {
        if column + 1 + word.chars().count() > WIDTH {
            text.push_str("\n ");
            column = 1;
        }
        text.push(' ');
        text.extend(word.chars().map(visible));
        column += 1 + word.chars().count();
    }
    text.push('\n');
    Ok(())
}
