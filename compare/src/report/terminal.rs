//! The report in the terminal: a summary of one screen, then every difference, in 80 columns.

use std::fmt::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::steps;
use super::words::{cut, numbers, rich};
use crate::comparison::Comparison;
use crate::console::visible;
use crate::diff::figures::FigureDiff;
use crate::diff::steps::StepsDiff;
use crate::diff::{Diff, Line};
use crate::grade::{Grade, Look};
use crate::pairs::Pair;
use crate::sides::device;
use crate::sides::{Cell, Sides};

const WIDTH: usize = 80;
/// How many lines of a cell, and how many of its numbers, are shown without `--verbose`.
const SHOWN: usize = 5;
/// How many of the cells are named that only the notebook has.
const NAMES: usize = 12;
/// The longest line that is shown whole.
const LONGEST: usize = 1000;

const GOOD: Style = AnsiColor::Green.on_default();
const CLOSE: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const MARK: Style = Style::new().bold().underline();

/// The colour of a grade.
fn style(grade: Grade) -> Style {
    match grade.look() {
        Look::Same => GOOD,
        Look::Close | Look::NotRun => CLOSE,
        Look::Apart | Look::Failed => BAD,
        Look::Alone => DIM,
    }
}

/// The verdict in one line.
pub fn verdict(comparison: &Comparison) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let style = style(comparison.outcome());
    writeln!(text, "{}: {style}{}{style:#}", comparison.lab, comparison.verdict())?;
    Ok(text)
}

/// The report. `verbose`: with every cell and every line.
pub fn report(comparison: &Comparison, verbose: bool) -> Result<String, fmt::Error> {
    let mut text = String::new();
    summary(&mut text, comparison)?;
    if verbose {
        cell_list(&mut text, comparison)?;
    }
    let shown = |pair: &&Pair| match pair.status {
        Grade::Different | Grade::Drifts | Grade::Within => true,
        // Counted, not listed.
        Grade::DriftsAsProcessors | Grade::Respelled => verbose || comparison.strictness.exact,
        Grade::More | Grade::Fewer => verbose || pair.is_difference(comparison.strictness),
        Grade::OnlyNotebook => verbose && pair.is_compared(),
        _ => false,
    };
    for pair in comparison.pairs.iter().filter(shown) {
        differences(&mut text, pair, verbose)?;
    }
    if let Some(steps) = &comparison.steps {
        partings(&mut text, steps, verbose)?;
    }
    for warning in &comparison.warnings {
        wrapped(&mut text, CLOSE, "warning", warning)?;
    }
    for problem in &comparison.problems {
        wrapped(&mut text, BAD, "could not finish", &problem.text)?;
        if let Some(hint) = &problem.hint {
            wrapped(&mut text, BOLD, "what to do", hint)?;
        }
    }
    if let Some(why) = &comparison.not_this_lab {
        wrapped(&mut text, BAD, "not this lab", why)?;
    }
    text += &verdict(comparison)?;
    Ok(text)
}

/// A line of the summary, broken between its parts.
fn entry(text: &mut String, label: &str, parts: &[String]) -> fmt::Result {
    const INDENT: usize = 12;
    let mut line = format!("  {label:<10}");
    let mut column = INDENT;
    for (index, part) in parts.iter().enumerate() {
        let width = anstream::adapter::strip_str(part).to_string().chars().count() + 1;
        if index > 0 {
            line.push(',');
            if column + 1 + width > WIDTH {
                column = INDENT;
                write!(line, "\n{:INDENT$}", "")?;
            } else {
                column += 1;
                line.push(' ');
            }
        }
        line += part;
        column += width;
    }
    writeln!(text, "{line}")
}

fn summary(text: &mut String, comparison: &Comparison) -> fmt::Result {
    let Comparison { lab, notebook, spelling, tolerance, versions, .. } = comparison;
    writeln!(text, "{BOLD}{lab}{BOLD:#} beside {notebook}")?;
    writeln!(text, "  notebook  {}", versions.notebook)?;
    writeln!(text, "  lab       {}", versions.lab)?;
    entry(text, "device", &split(&device::in_words(&comparison.devices)))?;
    let counts = Grade::all().map(|status| (status, comparison.count(status)));
    let counts = counts.filter(|(status, count)| *count > 0 || *status == Grade::Different);
    let counts: Vec<String> = counts
        .map(|(status, count)| {
            let style = if count > 0 { style(status) } else { DIM };
            format!("{style}{count} {}{style:#}", status.words())
        })
        .collect();
    entry(text, "cells", &counts)?;
    let (same, lines) = comparison.lines();
    writeln!(text, "  lines     {same} of {lines} identical")?;
    let (same, figures) = comparison.figures();
    if figures > 0 {
        writeln!(text, "  figures   {same} of {figures} identical, by their data")?;
    }
    if let Some(steps) = &comparison.steps {
        writeln!(text, "  training  {}", steps::counted(steps))?;
    }
    let statements = |side: fn(&Pair) -> usize| {
        comparison.pairs.iter().filter(|pair| pair.is_compared()).map(side).sum::<usize>()
    };
    let [python, rust] =
        [statements(|pair| pair.statements.notebook), statements(|pair| pair.statements.lab)];
    writeln!(text, "  code      {python} statements of Python, {rust} of Rust")?;
    let times = Sides::new("notebook", "lab").zip(comparison.seconds).each();
    let times: Vec<String> =
        times.into_iter().filter_map(|(side, seconds)| Some(format!("{side} {:.2} s", seconds?))).collect();
    let ratio = comparison.speed_up().map_or(String::new(), |ratio| format!(": {ratio:.1} times as fast"));
    writeln!(text, "  time      {}{ratio}", times.join(", "))?;
    if let Some((pair, line, moved)) = comparison.largest_absolute() {
        writeln!(text, "  largest   {:.1e} absolute, {}, line {line}", moved.absolute, pair.name)?;
    }
    if let Some((pair, line, moved)) = comparison.largest_relative() {
        writeln!(text, "            {:.1e} relative, {}, line {line}", moved.relative, pair.name)?;
        writeln!(text, "  tolerance rtol {:e}, atol {:e}", tolerance.rtol, tolerance.atol)?;
    }
    if let Some(rtol) = comparison.sufficient_rtol() {
        writeln!(text, "            with --rtol {rtol:.1e} it would be the same")?;
    }
    let (missing, beyond) = comparison.missing();
    if !missing.is_empty() {
        entry(text, "missing", &split(&format!("in the notebook: {}", numbers(&missing))))?;
    }
    if !beyond.is_empty() {
        entry(text, "beyond", &split(&format!("the lab goes on after the notebook: {}", numbers(&beyond))))?;
    }
    let extra = comparison.pairs.iter().filter(|pair| pair.status == Grade::OnlyNotebook);
    let mut extra: Vec<String> = extra.map(|pair| pair.name.replace(", In", " In")).collect();
    if let Some(first) = extra.first_mut() {
        *first = format!("only in the notebook: {first}");
        if extra.len() > NAMES {
            let more = extra.len() - NAMES;
            extra.truncate(NAMES);
            extra.push(format!("and {more} more"));
        }
        entry(text, "more", &extra)?;
    }
    let rich = rich(comparison);
    if !rich.is_empty() {
        writeln!(text, "  shown     and not compared: {rich}")?;
    }
    if comparison.pairs_by_content() {
        writeln!(text, "  pairs     by what the cells print, as their numbers do not fit")?;
    }
    for (count, what) in spelling.said() {
        writeln!(text, "  besides   {count} x {what}")?;
    }
    text.push('\n');
    Ok(())
}

fn split(list: &str) -> Vec<String> {
    list.split(", ").map(str::to_string).collect()
}

fn cell_list(text: &mut String, comparison: &Comparison) -> fmt::Result {
    writeln!(text, "  {DIM}{:<29} {:>6} {:>5} {:>8} {:>8}{DIM:#}", "", "Python", "Rust", "notebook", "lab")?;
    for pair in &comparison.pairs {
        let style = style(pair.status);
        let seconds = |cells: &Vec<Cell>| {
            let seconds: Vec<f64> = cells.iter().filter_map(|cell| cell.seconds).collect();
            if seconds.is_empty() { String::new() } else { format!("{:.3} s", seconds.iter().sum::<f64>()) }
        };
        let [notebook, lab] = pair.cells.as_ref().map(seconds).each();
        let statements = pair.statements.zip(pair.cells.as_ref());
        let count = |(count, cells): (usize, &Vec<Cell>)| {
            if cells.is_empty() { String::new() } else { count.to_string() }
        };
        let [python, rust] = statements.map(count).each();
        writeln!(
            text,
            "  {:<29} {python:>6} {rust:>5} {notebook:>8} {lab:>8} {style}{}{style:#}",
            pair.name,
            pair.status.short_words()
        )?;
    }
    text.push('\n');
    Ok(())
}

fn differences(text: &mut String, pair: &Pair, verbose: bool) -> fmt::Result {
    let style = style(pair.status);
    writeln!(text, "{BOLD}{}{BOLD:#} {style}{}{style:#}", pair.name, pair.status.words())?;
    let lines = pair.diff.iter().flat_map(|diff| &diff.lines).filter(|line| line.verdict != Grade::Identical);
    let lines: Vec<&Line> = lines.collect();
    let shown = if verbose { lines.len() } else { SHOWN };
    for line in lines.iter().take(shown) {
        writeln!(text, "  line {}", line.number)?;
        for (sign, (side, marks)) in
            ["-", "+"].into_iter().zip(line.text.as_ref().zip(line.marks.as_ref()).each())
        {
            if let Some(side) = side {
                marked(text, sign, side, marks, if sign == "-" { BAD } else { GOOD })?;
            }
        }
        for moved in line.moved.iter().take(if verbose { usize::MAX } else { SHOWN }) {
            let close = match moved.verdict {
                Grade::Drifts => ", drifts",
                Grade::Different => ", too far",
                _ => "",
            };
            let Sides { notebook, lab } = &moved.text;
            let distance = format!("absolute {:.1e}, relative {:.1e}", moved.absolute, moved.relative);
            writeln!(text, "    {notebook} -> {lab}  {distance}{close}")?;
        }
        if !verbose && line.moved.len() > SHOWN {
            writeln!(text, "    {DIM}and {} more numbers{DIM:#}", line.moved.len() - SHOWN)?;
        }
    }
    if pair.diff.as_ref().is_some_and(Diff::only_words_differ) {
        writeln!(text, "  the numbers are the same, only words differ")?;
    }
    if pair.diff.as_ref().is_some_and(Diff::only_ends_differ) {
        writeln!(text, "  the lines are the same, but not where they end")?;
    }
    for figure in pair.figures.iter().filter(|figure| figure.verdict != Some(Grade::Identical)) {
        figure_differences(text, figure, verbose)?;
    }
    if lines.len() > shown {
        writeln!(text, "  {DIM}and {} more lines; --verbose shows them{DIM:#}", lines.len() - shown)?;
    }
    text.push('\n');
    Ok(())
}

/// Two records of training beside each other.
pub fn records(steps: &StepsDiff) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{BOLD}{}{BOLD:#} beside {}", steps.sides.lab, steps.sides.notebook)?;
    writeln!(text, "  {}", steps::counted(steps))?;
    text.push('\n');
    partings(&mut text, steps, true)?;
    let style = style(steps.verdict());
    writeln!(text, "{style}{}{style:#}", steps.words())?;
    Ok(text)
}

/// Where optimizers part, and where random draws do.
fn partings(text: &mut String, steps: &StepsDiff, verbose: bool) -> fmt::Result {
    for draws in &steps.draws {
        wrapped(text, CLOSE, "random draws", draws)?;
    }
    let parting = steps.optimizers.iter().filter_map(|diff| Some((diff, diff.parting.as_ref()?)));
    let parting: Vec<_> = parting.collect();
    let shown = if verbose { parting.len() } else { SHOWN };
    for (diff, parting) in parting.iter().take(shown) {
        let style = style(diff.verdict);
        let title: String = steps::where_it_parts(diff, parting).chars().map(visible).collect();
        writeln!(text, "{BOLD}{title}{BOLD:#} {style}{}{style:#}", diff.verdict.words())?;
        for line in steps::lines(diff, parting) {
            write!(text, "  ")?;
            broken(text, &line)?;
        }
        text.push('\n');
    }
    if parting.len() > shown {
        writeln!(text, "{DIM}and {} more optimizers; --verbose shows them{DIM:#}", parting.len() - shown)?;
    }
    if let Some(alone) = steps::alone(steps) {
        wrapped(text, DIM, "optimizers", &alone)?;
    }
    for note in &steps.notes {
        wrapped(text, CLOSE, "warning", note)?;
    }
    Ok(())
}

fn figure_differences(text: &mut String, figure: &FigureDiff, verbose: bool) -> fmt::Result {
    let number = figure.number;
    match figure.verdict {
        None => {
            return writeln!(
                text,
                "  figure {number} is not compared: it was saved as a picture, without its data"
            );
        }
        Some(Grade::More) => return writeln!(text, "  figure {number} is only in the notebook"),
        Some(Grade::Fewer) => return writeln!(text, "  figure {number} is only in the lab"),
        _ => {}
    }
    let shown = if verbose { figure.differences.len() } else { SHOWN };
    for difference in figure.differences.iter().take(shown) {
        let Sides { notebook, lab } = difference.text.as_ref().map(|side| cut(side, 60));
        writeln!(text, "  figure {number}, {}", difference.place)?;
        let distance =
            difference.absolute.zip(difference.relative).map_or(String::new(), |(absolute, relative)| {
                format!("  absolute {absolute:.1e}, relative {relative:.1e}")
            });
        writeln!(text, "    {notebook} -> {lab}{distance}")?;
    }
    if figure.count > shown.min(figure.differences.len()) {
        let more = figure.count - shown.min(figure.differences.len());
        writeln!(text, "  {DIM}and {more} more differences in this figure{DIM:#}")?;
    }
    Ok(())
}

/// A line with what differs in it marked, broken where the terminal ends.
fn marked(text: &mut String, sign: &str, line: &str, marks: &[Range<usize>], style: Style) -> fmt::Result {
    const INDENT: &str = "    ";
    let whole = cut(line, LONGEST);
    let marks = if whole.len() == line.len() { marks } else { &[] };
    write!(text, "{INDENT}{style}{sign}{style:#} ")?;
    let start = INDENT.len() + sign.len() + 1;
    let mut column = start;
    let mut ahead = marks.iter().peekable();
    for (at, c) in whole.char_indices() {
        if c == '\n' || column == WIDTH {
            write!(text, "\n{:start$}", "")?;
            column = start;
        }
        if c != '\n' {
            while ahead.next_if(|mark| mark.end <= at).is_some() {}
            if ahead.peek().is_some_and(|mark| mark.contains(&at)) {
                write!(text, "{MARK}{}{MARK:#}", visible(c))?;
            } else {
                text.push(visible(c));
            }
            column += 1;
        }
    }
    text.push('\n');
    Ok(())
}

/// A message, broken between words.
fn wrapped(text: &mut String, style: Style, label: &str, message: &str) -> fmt::Result {
    write!(text, "{style}{label}{style:#}: ")?;
    broken_from(text, label.len() + 2, 2, message);
    Ok(())
}

/// A line below a title, broken between words.
fn broken(text: &mut String, line: &str) -> fmt::Result {
    broken_from(text, 2, 4, line);
    Ok(())
}

/// The words of a message, from a column on; further lines are indented.
fn broken_from(text: &mut String, mut column: usize, indent: usize, message: &str) {
    for (index, word) in cut(message, LONGEST).split_whitespace().enumerate() {
        let width = word.chars().count();
        if index > 0 && column + 1 + width > WIDTH {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.extend(word.chars().map(visible));
        column += width;
    }
    text.push('\n');
}
