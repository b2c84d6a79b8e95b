//! The two languages: how bilingual cells of the notebooks are taken apart, and the few words of the site itself.

/// A language of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    English,
    Korean,
}

impl Tongue {
    pub const ALL: [Tongue; 2] = [Tongue::English, Tongue::Korean];

    pub fn say(self) -> &'static Say {
        match self {
            Tongue::English => &ENGLISH,
            Tongue::Korean => &KOREAN,
        }
    }

    /// The part of `markdown` in this language. A heading has both languages with ` · ` between them, or one text for both. A
    /// paragraph with a letter of Hangul is Korean; each stands beside an English one.
    pub fn of(self, markdown: &str) -> String {
        let blocks = blocks(markdown);
        let mine =
            blocks.iter().filter(|block| is_heading(block) || is_korean(block) == (self == Tongue::Korean));
        let texts: Vec<String> =
            mine.map(|block| if is_heading(block) { self.heading(block) } else { block.clone() }).collect();
        texts.join("\n\n")
    }

    /// The part of a heading in this language.
    pub fn heading(self, heading: &str) -> String {
        let Some((english, korean)) = heading.split_once(" · ") else { return heading.to_string() };
        match self {
            Tongue::English => english.to_string(),
            Tongue::Korean => {
                let marks: String = heading.chars().take_while(|c| matches!(c, '#' | ' ')).collect();
                // `Lab 4-1: ..`: only the English part has the number.
                let number = english
                    .trim_start_matches(['#', ' '])
                    .strip_prefix("Lab ")
                    .and_then(|rest| rest.split_once(": "));
                match number {
                    Some((number, _)) => format!("{marks}실습 {number}: {korean}"),
                    None => format!("{marks}{korean}"),
                }
            }
        }
    }
}

fn is_heading(block: &str) -> bool {
    block.starts_with('#')
}

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

/// The headings and paragraphs of a text.
fn blocks(markdown: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in markdown.lines() {
        if is_heading(line) {
            blocks.extend([line.to_string(), String::new()]);
        } else if line.trim().is_empty() {
            blocks.push(String::new());
        } else if let Some(block) = blocks.last_mut() {
            *block += line;
            block.push('\n');
        }
    }
    blocks.into_iter().map(|block| block.trim_end().to_string()).filter(|block| !block.is_empty()).collect()
}

/// The words around a lesson; `{}` stands for a number.
pub struct Say {
    pub code: &'static str,
    /// The name of the other language, in that language, and its code.
    pub other: (&'static str, &'static str),
    pub course: &'static str,
    pub skip: &'static str,
    pub contents: &'static str,
    pub lessons: &'static str,
    pub more: &'static str,
    pub lines: &'static str,
    pub output: &'static str,
    pub of_python: &'static str,
    pub of_rust: &'static str,
    pub identical: &'static str,
    pub close: &'static str,
    pub not_identical: &'static str,
    pub cells: &'static str,
    pub lines_of_output: &'static str,
    pub figures: &'static str,
    pub faster: &'static str,
    pub run_it: &'static str,
    pub prove_it: &'static str,
    pub try_it: &'static str,
    pub answer: &'static str,
    pub printed: &'static str,
    pub previous: &'static str,
    pub next: &'static str,
    pub search: &'static str,
    pub found: &'static str,
    pub place: &'static str,
    pub no_rust: &'static str,
    pub only_english: &'static str,
    pub exercises: &'static str,
    pub turn_hint: &'static str,
    pub figure_count: &'static str,
}

const ENGLISH: Say = Say {
    code: "en",
    other: ("한국어", "ko"),
    course: "Deep Learning Zero To All, season 2, in Rust",
    skip: "Skip to the lesson",
    contents: "On this page",
    lessons: "Lessons",
    more: "More",
    lines: "Python line, Rust line",
    output: "Output",
    of_python: "Output of Python",
    of_rust: "Output of Rust",
    identical: "identical",
    close: "identical but for last digits",
    not_identical: "not identical",
    cells: "{} cells",
    lines_of_output: "{} of {} lines of output identical",
    figures: "{} of {} figures identical, by their data",
    faster: "{} times as fast",
    run_it: "Run it",
    prove_it: "Compare it with Python yourself",
    try_it: "Try it",
    answer: "Answer",
    printed: "What it prints",
    previous: "Previous",
    next: "Next",
    search: "Search the lines",
    found: "lines",
    place: "Lesson",
    no_rust: "Nothing to do in Rust.",
    only_english: "",
    exercises: "{} exercises",
    turn_hint: "Move the slider, or use the arrow keys.",
    figure_count: "{} figures",
};

const KOREAN: Say = Say {
    code: "ko",
    other: ("English", "en"),
    course: "모두의 딥러닝 시즌 2를 Rust로",
    skip: "본문으로 건너뛰기",
    contents: "이 페이지의 내용",
    lessons: "실습",
    more: "더 보기",
    lines: "Python 한 줄, Rust 한 줄",
    output: "출력",
    of_python: "Python의 출력",
    of_rust: "Rust의 출력",
    identical: "똑같음",
    close: "마지막 자리만 다름",
    not_identical: "다름",
    cells: "셀 {}개",
    lines_of_output: "출력 {}줄 가운데 {}줄이 똑같음",
    figures: "그림 {}개 가운데 {}개의 데이터가 똑같음",
    faster: "{}배 빠름",
    run_it: "실행하기",
    prove_it: "Python과 직접 비교해 보기",
    try_it: "해 보기",
    answer: "답",
    printed: "실행 결과",
    previous: "이전",
    next: "다음",
    search: "줄 찾기",
    found: "줄",
    place: "실습",
    no_rust: "Rust에서는 할 일이 없습니다.",
    only_english: "이 문서는 영어로만 있습니다.",
    exercises: "해 보기 {}개",
    turn_hint: "슬라이더를 움직이거나 화살표 키를 누르세요.",
    figure_count: "그림 {}개",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::Lab;
    use crate::project;
    use crate::sides::notebook;

    #[test]
    fn a_cell_is_taken_apart() {
        let cell = "## Data · 데이터\n\nThree points\non a line.\n\n직선 위의\n세 점.\n";
        assert_eq!(Tongue::English.of(cell), "## Data\n\nThree points\non a line.");
        assert_eq!(Tongue::Korean.of(cell), "## 데이터\n\n직선 위의\n세 점.");
        assert_eq!(Tongue::Korean.of("# Lab 4-1: a · 가\n나"), "# 실습 4-1: 가\n\n나");
        assert_eq!(Tongue::Korean.of("## MNIST"), "## MNIST");
    }

    #[test]
    fn every_paragraph_of_every_notebook_stands_in_both_languages() {
        for lab in Lab::all().unwrap() {
            let file = project::folder().unwrap().join(format!("labs/{}.ipynb", lab.name));
            for cell in notebook::read(&file).unwrap().cells {
                for note in &cell.notes {
                    let count = |tongue: Tongue| blocks(&tongue.of(note)).len();
                    assert_eq!(count(Tongue::English), count(Tongue::Korean), "{} {note}", lab.name);
                }
            }
        }
    }
}
