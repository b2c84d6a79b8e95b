//! Scripts of pyplot calls, as data: a seed makes one. tests/reference/random_plots.py says how arguments are written.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fuzzing::Chance;

/// A call of a function of pyplot, or with `on` of the method of the axes with this index.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    pub on: Option<usize>,
    pub name: String,
    pub args: Vec<Value>,
    pub kwargs: Map<String, Value>,
}

/// The calls that a script consists of, and how often each of them comes.
const CALLS: &[(&str, usize)] = &[
    ("plot", 14),
    ("scatter", 8),
    ("bar", 7),
    ("barh", 3),
    ("hist", 6),
    ("imshow", 5),
    ("contour", 4),
    ("contourf", 3),
    ("fill_between", 4),
    ("step", 2),
    ("semilogx", 1),
    ("semilogy", 2),
    ("loglog", 1),
    ("axhline", 4),
    ("axvline", 4),
    ("axhspan", 2),
    ("axvspan", 2),
    ("text", 2),
    ("annotate", 2),
    ("xlim", 4),
    ("ylim", 4),
    ("xticks", 5),
    ("yticks", 4),
    ("xscale", 1),
    ("yscale", 2),
    ("legend", 6),
    ("grid", 2),
    ("title", 2),
    ("xlabel", 1),
    ("ylabel", 1),
    ("axis", 4),
    ("colorbar", 3),
    ("subplot", 2),
    ("figure", 1),
    ("suptitle", 1),
];

/// What the methods of axes are called as pyplot's functions are.
const FIGURE_ONLY: &[&str] = &["subplot", "subplots", "figure", "suptitle", "tight_layout", "colorbar"];

/// The script of this seed: 3 to 15 calls.
pub fn script(seed: u64) -> Vec<Call> {
    let mut maker = Maker { chance: Chance::new(seed), length: 0, names: false, has_contours: false };
    maker.length = 1 + maker.chance.below(6);
    let count = 3 + maker.chance.below(13);
    let mut script = Vec::new();
    let mut axes = None;
    if maker.one_in(6) {
        let (rows, columns) = (1 + maker.chance.below(2), 1 + maker.chance.below(3));
        axes = Some(rows * columns);
        script.push(Call {
            on: None,
            name: "subplots".to_string(),
            args: vec![json!(rows), json!(columns)],
            kwargs: Map::new(),
        });
    }
    while script.len() < count {
        let name = maker.weighted(CALLS);
        // matplotlib shows an image on a logarithmic axis by limits of before, which the library does not know any more.
        let is_log =
            script.iter().any(|call: &Call| call.name.contains("log") || call.name.contains("scale"));
        // matplotlib cannot make units equal where data are not positive.
        if matches!(name, "imshow" | "axis" | "xticks" | "yticks") && is_log {
            continue;
        }
        // After a colorbar, a subplot is a new one.
        if name == "subplot" && script.iter().any(|call| call.name == "colorbar") {
            continue;
        }
        let is_equal = script.iter().any(|call| matches!(&*call.name, "axis" | "xticks" | "yticks"));
        if is_equal && (name.contains("log") || name.contains("scale")) {
            continue;
        }
        // Names make matplotlib forget how far contours reach.
        maker.has_contours |= name.starts_with("contour");
        if axes.is_some() && matches!(name, "subplot" | "figure" | "colorbar") {
            continue;
        }
        let (args, kwargs) = maker.arguments(name);
        let on = axes.filter(|_| !FIGURE_ONLY.contains(&name)).map(|axes| maker.chance.below(axes));
        script.push(Call { on, name: name.to_string(), args, kwargs });
    }
    script
}

struct Maker {
    chance: Chance,
    /// How many points most of the script's data have.
    length: usize,
    /// Whether the script's bars are at names.
    names: bool,
    has_contours: bool,
}

/// Keywords and what makes their value.
type Keywords = &'static [(&'static str, fn(&mut Maker) -> Value)];

const LINE: Keywords = &[
    ("label", Maker::label),
    ("color", Maker::color),
    ("c", Maker::color),
    ("alpha", Maker::alpha),
    ("linestyle", Maker::line_style),
    ("lw", Maker::size),
    ("linewidth", Maker::size),
    ("marker", Maker::marker),
    ("ms", Maker::size),
    ("zorder", Maker::size),
];
const SCATTER: Keywords = &[
    ("label", Maker::label),
    ("c", Maker::scatter_color),
    ("c", Maker::scatter_color),
    ("color", Maker::color),
    ("s", Maker::sizes),
    ("marker", Maker::marker),
    ("edgecolors", Maker::plain_color),
    ("alpha", Maker::alpha),
    ("cmap", Maker::known_cmap),
    ("vmin", Maker::lowest),
    ("vmax", Maker::highest),
];
const BAR: Keywords = &[
    ("label", Maker::label),
    ("color", Maker::bar_color),
    ("edgecolor", Maker::color),
    ("alpha", Maker::alpha),
    ("width", Maker::sizes),
    ("bottom", Maker::one_or_each),
    ("align", Maker::align),
    ("yerr", Maker::number),
];
const BARH: Keywords = &[
    ("label", Maker::label),
    ("color", Maker::bar_color),
    ("edgecolor", Maker::color),
    ("alpha", Maker::alpha),
    ("height", Maker::sizes),
    ("left", Maker::one_or_each),
    ("align", Maker::align),
];
const HIST: Keywords = &[
    ("label", Maker::label),
    ("color", Maker::color),
    ("edgecolor", Maker::color),
    ("alpha", Maker::alpha),
    ("bins", Maker::bins),
    ("bins", Maker::bins),
    ("range", Maker::range),
    ("density", Maker::flag),
    ("cumulative", Maker::flag),
    ("histtype", Maker::histtype),
];
const IMAGE: Keywords = &[
    ("cmap", Maker::cmap),
    ("vmin", Maker::lowest),
    ("vmax", Maker::highest),
    ("interpolation", Maker::interpolation),
    ("alpha", Maker::alpha),
    ("aspect", Maker::aspect),
    ("origin", Maker::origin),
    ("extent", Maker::extent),
];
const CONTOUR: Keywords = &[
    ("levels", Maker::levels),
    ("colors", Maker::plain_color),
    ("cmap", Maker::known_cmap),
    ("alpha", Maker::alpha),
    ("linewidths", Maker::size),
];
const CONTOURF: Keywords = &[
    ("levels", Maker::levels),
    ("colors", Maker::plain_color),
    ("cmap", Maker::known_cmap),
    ("alpha", Maker::alpha),
];
const AREA: Keywords =
    &[("label", Maker::label), ("color", Maker::color), ("alpha", Maker::alpha), ("where", Maker::flags)];
const SPAN: Keywords = &[("label", Maker::label), ("color", Maker::color), ("alpha", Maker::alpha)];
const TEXT: Keywords =
    &[("color", Maker::color), ("fontsize", Maker::size), ("ha", Maker::ha), ("va", Maker::va)];
const ANNOTATE: Keywords = &[
    ("color", Maker::color),
    ("fontsize", Maker::size),
    ("xytext", Maker::place),
    ("arrowprops", Maker::arrow),
];
const LEGEND: Keywords = &[("loc", Maker::loc), ("title", Maker::name), ("fontsize", Maker::size)];
const FIGURE: Keywords = &[("figsize", Maker::figsize), ("dpi", Maker::dpi)];
const NONE: Keywords = &[];

impl Maker {
    fn one_in(&mut self, n: usize) -> bool {
        self.chance.below(n) == 0
    }

    fn pick(&mut self, of: &[Value]) -> Value {
        of[self.chance.below(of.len())].clone()
    }

    fn word(&mut self, of: &[&str]) -> Value {
        json!(of[self.chance.below(of.len())])
    }

    fn weighted(&mut self, of: &[(&'static str, usize)]) -> &'static str {
        let mut at = self.chance.below(of.iter().map(|(_, weight)| weight).sum());
        for (name, weight) in of {
            if at < *weight {
                return name;
            }
            at -= weight;
        }
        "plot"
    }

    fn arguments(&mut self, name: &str) -> (Vec<Value>, Map<String, Value>) {
        let (args, keywords) = match name {
            "plot" => (self.line(), LINE),
            "step" => (self.points(), LINE),
            "semilogx" | "semilogy" | "loglog" => (self.points(), LINE),
            "scatter" => (self.points(), SCATTER),
            "bar" => (self.bar(), BAR),
            "barh" => (self.bar(), BARH),
            "hist" => (vec![self.hist()], HIST),
            "imshow" => (vec![self.image()], IMAGE),
            "contour" => (self.grid(), CONTOUR),
            "contourf" => (self.grid(), CONTOURF),
            "fill_between" => {
                let count = self.count();
                let mut args = vec![self.vector(count), self.vector(count)];
                if self.one_in(2) {
                    args.push(self.one_or_each());
                }
                (args, AREA)
            }
            "axhline" | "axvline" => (vec![self.number()], LINE),
            "axhspan" | "axvspan" => (vec![self.number(), self.number()], SPAN),
            "text" => (vec![self.finite(), self.finite(), self.label()], TEXT),
            "annotate" => (vec![self.label(), self.place()], ANNOTATE),
            "xlim" | "ylim" => (vec![self.number(), self.number()], NONE),
            "xticks" | "yticks" => (self.ticks(), NONE),
            "xscale" | "yscale" => {
                (vec![self.word(&["log", "log", "linear", "linear", "cubic", "symlog"])], NONE)
            }
            "legend" if self.one_in(8) => (vec![json!({"names": ["first", "second"]})], LEGEND),
            "legend" => (vec![], LEGEND),
            "grid" if self.one_in(4) => (vec![], NONE),
            "grid" => (vec![self.flag()], NONE),
            "title" | "xlabel" | "ylabel" | "suptitle" => (vec![self.label()], NONE),
            "axis" => (vec![self.axis()], NONE),
            "subplot" => (self.subplot(), NONE),
            "figure" => (vec![], FIGURE),
            _ => (vec![], NONE),
        };
        let mut kwargs = Map::new();
        let count = if keywords.is_empty() { 0 } else { [0, 0, 1, 1, 1, 2, 2, 3][self.chance.below(8)] };
        for _ in 0..count {
            let (keyword, make) = keywords[self.chance.below(keywords.len())];
            // Python refuses a keyword beside its short name.
            if keyword == "c" && kwargs.contains_key("color")
                || keyword == "color" && kwargs.contains_key("c")
            {
                continue;
            }
            if keyword == "lw" && kwargs.contains_key("linewidth")
                || keyword == "linewidth" && kwargs.contains_key("lw")
            {
                continue;
            }
            let value = make(self);
            kwargs.insert(keyword.to_string(), value);
        }
        (args, kwargs)
    }

    fn number(&mut self) -> Value {
        match self.chance.below(40) {
            0 => json!({"float": "nan"}),
            1 => json!({"float": "inf"}),
            2 => json!(1e6),
            3 => json!(-2.5e-4),
            4 => json!(123456.789),
            5..15 => json!(self.chance.below(60) as f64 / 8.0 - 2.0),
            15..18 => json!(self.chance.below(100) as f64 / 100.0),
            _ => json!(self.chance.below(14) as i64 - 3),
        }
    }

    fn finite(&mut self) -> Value {
        json!(self.chance.below(60) as f64 / 8.0 - 2.0)
    }

    /// `count` numbers as JSON; what is not finite as text.
    fn numbers(&mut self, count: usize, whole: bool) -> Vec<Value> {
        let style = self.chance.below(12);
        let (first, step) = (self.chance.below(8) as i64 - 3, 1 + self.chance.below(3) as i64);
        let strange = self.one_in(8);
        let scale = [1.0, 1.0, 1.0, 0.1, 1000.0, 1e-6, 1e7][self.chance.below(7)];
        let one = |maker: &mut Maker, index: usize| -> f64 {
            if strange && !whole && maker.one_in(3) {
                return [f64::NAN, f64::NAN, f64::INFINITY, f64::NEG_INFINITY][maker.chance.below(4)];
            }
            match style {
                0..4 => (first + step * index as i64) as f64,
                4 => first as f64,
                5 => maker.chance.below(3) as f64,
                6..9 if !whole => scale * (maker.chance.below(1000) as f64 / 100.0 - 3.0),
                9 => -(maker.chance.below(20) as f64),
                _ => maker.chance.below(12) as f64 - 2.0,
            }
        };
        let value = |number: f64| match number {
            _ if number.is_nan() => json!("nan"),
            _ if number.is_infinite() => json!(if number > 0.0 { "inf" } else { "-inf" }),
            _ if whole => json!(number as i64),
            _ => json!(number),
        };
        (0..count).map(|index| value(one(self, index))).collect()
    }

    /// `count` numbers, as a list or as an array of some type.
    fn vector(&mut self, count: usize) -> Value {
        self.shaped(&[count])
    }

    fn shaped(&mut self, shape: &[usize]) -> Value {
        let count = shape.iter().product();
        let dtype =
            ["list", "list", "ints", "ints", "float64", "float64", "float32", "int64", "int32", "uint8"]
                [self.chance.below(10)];
        let whole = !matches!(dtype, "list" | "float64" | "float32");
        let mut numbers = self.numbers(count, whole);
        if dtype == "uint8" {
            for number in &mut numbers {
                *number = json!(number.as_i64().unwrap_or(0).unsigned_abs());
            }
        }
        if dtype != "list" && dtype != "ints" {
            return json!({"array": numbers, "dtype": dtype, "shape": shape});
        }
        for &length in shape[1..].iter().rev() {
            numbers = match length {
                0 => (0..shape[0]).map(|_| json!([])).collect(),
                _ => numbers.chunks(length).map(|row| json!(row)).collect(),
            };
        }
        json!({"list": numbers})
    }

    fn count(&mut self) -> usize {
        match self.chance.below(24) {
            0 => 0,
            1 => 1,
            2 => 1 + self.chance.below(6),
            3 => 40,
            _ => self.length,
        }
    }

    fn points(&mut self) -> Vec<Value> {
        let count = self.count();
        let other = if self.one_in(20) { count + 1 } else { count };
        match self.chance.below(16) {
            0 if count > 0 && !self.names => vec![self.vector(count), self.shaped(&[count, 2])],
            1 if count > 0 && !self.names => vec![self.shaped(&[count, 2]), self.shaped(&[count, 2])],
            2 => vec![self.number(), self.number()],
            _ => vec![self.vector(count), self.vector(other)],
        }
    }

    fn line(&mut self) -> Vec<Value> {
        let count = self.count();
        let has_format = self.one_in(3);
        let mut args = if has_format { vec![self.vector(count), self.vector(count)] } else { self.points() };
        if self.one_in(4) {
            args.remove(0);
        } else if self.one_in(16) {
            args[0] = self.categories();
        }
        if has_format {
            args.push(self.word(&[
                "r", "ro", "b--", "k:", "g^-", "C1.", "o", "--", "-.", "s-.", "tab:blue", "red", "x", "C12",
                "", "!", "rr", "ox", "--:", "#ff0000", "1", "0.5", "k,",
            ]));
        }
        args
    }

    fn categories(&mut self) -> Value {
        let count = self.length;
        let names: Vec<Value> = (0..count).map(|_| self.word(&["a", "b", "c", "d", "가"])).collect();
        json!({"names": names})
    }

    fn bar(&mut self) -> Vec<Value> {
        if !self.has_contours && (self.names || self.one_in(4)) {
            self.names = true;
            return vec![self.categories(), self.vector(self.length)];
        }
        let count = self.count();
        let other = if self.one_in(20) { count + 1 } else { count };
        let mut args = vec![self.vector(count), self.vector(other)];
        // NumPy computes widths of float32 with digits of its own.
        while args[0]["dtype"] == "float32" {
            args[0] = self.vector(count);
        }
        if self.one_in(8) {
            args[1] = self.number();
        }
        args
    }

    fn hist(&mut self) -> Value {
        match self.chance.below(14) {
            12 if !self.names => self.flags(),
            0 => self.vector(0),
            1 => self.vector(1),
            2 => self.shaped(&[5, 2]),
            3..6 => self.vector(self.length),
            6 => {
                let all: Vec<f64> = (0..=100).map(|n| f64::from(n) / 100.0).collect();
                json!({"array": all, "dtype": "float32", "shape": [101]})
            }
            _ => self.vector(30),
        }
    }

    fn image(&mut self) -> Value {
        let (rows, columns) = (1 + self.chance.below(5), 1 + self.chance.below(5));
        match self.chance.below(14) {
            0 => self.shaped(&[rows, columns, 3]),
            1 => self.shaped(&[rows, columns, 4]),
            2 => self.shaped(&[rows, columns, 1]),
            3 => self.shaped(&[rows]),
            4 => self.shaped(&[rows, columns, 2]),
            _ => self.shaped(&[rows, columns]),
        }
    }

    fn grid(&mut self) -> Vec<Value> {
        let (rows, columns) = (1 + self.chance.below(5), 2 + self.chance.below(4));
        let rising = |count: usize, from: f64, step: f64| -> Value {
            let numbers: Vec<f64> = (0..count).map(|n| from + step * n as f64).collect();
            json!({"array": numbers, "dtype": "float64", "shape": [count]})
        };
        let x = rising(columns + usize::from(self.one_in(20)), -1.0, 0.5);
        let y = rising(rows, 0.0, 2.0);
        vec![x, y, self.shaped(&[rows, columns])]
    }

    fn ticks(&mut self) -> Vec<Value> {
        let count = self.chance.below(5);
        let at = json!({"list": self.numbers(count, true)});
        let labels = count + usize::from(self.one_in(8));
        let names: Vec<String> = (0..labels).map(|index| format!("t{index}")).collect();
        if self.one_in(3) { vec![at, json!({"names": names})] } else { vec![at] }
    }

    fn axis(&mut self) -> Value {
        if self.one_in(4) {
            return json!({"list": [0, 5, -1, 4]});
        }
        self.word(&["off", "on", "equal", "scaled", "tight", "auto", "image", "square", "of"])
    }

    fn subplot(&mut self) -> Vec<Value> {
        let (rows, columns) = (1 + self.chance.below(2), 1 + self.chance.below(3));
        let last = rows * columns + usize::from(self.one_in(8));
        vec![json!(rows), json!(columns), json!(1 + self.chance.below(last))]
    }

    fn label(&mut self) -> Value {
        self.word(&[
            "a",
            "b",
            "cost",
            "$x^2$",
            "W",
            "",
            "_hidden",
            "가나다",
            "two\nlines",
            "$\\alpha_1$",
            "100%",
            "$",
            "$\\unknown$",
            "a $b^{",
        ])
    }

    fn name(&mut self) -> Value {
        self.word(&["names", "$x^2$", "가나다"])
    }

    fn color(&mut self) -> Value {
        if self.one_in(6) {
            return self.pick(&[
                json!({"tuple": [1.0, 0.5, 0.0]}),
                json!({"tuple": [0.0, 0.5, 0.25, 0.5]}),
                json!({"tuple": ["red", 0.5]}),
                json!({"tuple": [0, 0, 1]}),
            ]);
        }
        self.color_name()
    }

    fn color_name(&mut self) -> Value {
        self.word(&[
            "r",
            "k",
            "C0",
            "C3",
            "C11",
            "tab:blue",
            "tab:grey",
            "red",
            "Red",
            "orange",
            "#ff8800",
            "#f80",
            "#FF880080",
            "0.5",
            "none",
            "None",
            "xkcd:sky blue",
            "transparent",
            "nocolour",
            "rebeccapurple",
            "w",
            "#f808",
            "K",
            "grey",
            "#12",
        ])
    }

    /// matplotlib takes a wrong colour of contours letter by letter.
    fn plain_color(&mut self) -> Value {
        self.word(&["r", "k", "C1", "none", "tab:blue", "0.5", "#ff8800"])
    }

    fn bar_color(&mut self) -> Value {
        if self.one_in(4) {
            let count = self.length;
            let names: Vec<Value> = (0..count).map(|_| self.word(&["r", "g", "C2", "0.5", "navy"])).collect();
            return json!({"names": names});
        }
        self.color()
    }

    fn scatter_color(&mut self) -> Value {
        if self.one_in(2) {
            let count = self.length + usize::from(self.one_in(6));
            return self.vector(count);
        }
        self.color()
    }

    fn alpha(&mut self) -> Value {
        self.pick(&[json!(0.5), json!(0.1), json!(1.0), json!(0.0), json!(0.75), json!(0.25), json!(1.5)])
    }

    fn line_style(&mut self) -> Value {
        self.word(&[
            "-", "--", "-.", ":", "solid", "dashed", "dotted", "dashdot", "", "None", "none", " ", "wavy",
        ])
    }

    fn marker(&mut self) -> Value {
        self.word(&[
            "o", "s", "x", "+", ".", "^", "D", "*", "None", "", "circle", "1", "$a$", ",", "p", "h", "P", "X",
        ])
    }

    fn size(&mut self) -> Value {
        self.pick(&[json!(1), json!(2.5), json!(5), json!(0), json!(12)])
    }

    fn sizes(&mut self) -> Value {
        if self.one_in(3) {
            let count = self.length + usize::from(self.one_in(6));
            let sizes: Vec<f64> = (0..count).map(|_| self.chance.below(8) as f64 / 4.0).collect();
            return json!({"list": sizes});
        }
        self.size()
    }

    fn one_or_each(&mut self) -> Value {
        if self.one_in(2) { json!({"list": self.numbers(self.length, false)}) } else { self.number() }
    }

    fn align(&mut self) -> Value {
        self.word(&["center", "edge", "edge", "left"])
    }

    fn bins(&mut self) -> Value {
        match self.chance.below(6) {
            0 => json!({"list": [0, 1, 3, 10]}),
            1 => json!({"list": [0.5, 0.25, 1.5]}),
            2 => json!({"array": [0.0, 0.5, 1.0], "dtype": "float64", "shape": [3]}),
            3 => self.pick(&[json!("auto"), json!(0), json!(-1), json!({"list": [1]})]),
            _ => json!(1 + self.chance.below(20)),
        }
    }

    fn range(&mut self) -> Value {
        self.pick(&[
            json!({"tuple": [0, 1]}),
            json!({"tuple": [-1.0, 5.5]}),
            json!({"tuple": [3, 1]}),
            json!({"tuple": [2, 2]}),
        ])
    }

    fn flag(&mut self) -> Value {
        json!(self.one_in(2))
    }

    fn flags(&mut self) -> Value {
        let flags: Vec<usize> = (0..self.length).map(|_| self.chance.below(2)).collect();
        json!({"array": flags, "dtype": "bool", "shape": [self.length]})
    }

    fn histtype(&mut self) -> Value {
        self.word(&["bar", "step"])
    }

    fn cmap(&mut self) -> Value {
        self.word(&[
            "viridis", "gray", "Blues", "coolwarm", "RdBu_r", "jet", "Greys", "nomap", "gray_r", "hot",
        ])
    }

    /// Points without numbers as colours ignore it, wrong or right.
    fn known_cmap(&mut self) -> Value {
        self.word(&["viridis", "gray", "Blues_r"])
    }

    /// A range upside down is refused only where the image is in sight.
    fn lowest(&mut self) -> Value {
        json!(-1e9)
    }

    fn highest(&mut self) -> Value {
        json!(1e9)
    }

    fn interpolation(&mut self) -> Value {
        self.word(&["nearest", "none", "bilinear", "auto", "antialiased", "wild"])
    }

    fn aspect(&mut self) -> Value {
        self.word(&["equal", "auto", "square"])
    }

    fn origin(&mut self) -> Value {
        self.word(&["upper", "lower", "lower", "middle"])
    }

    fn extent(&mut self) -> Value {
        self.pick(&[
            json!({"list": [0, 4, 0, 2]}),
            json!({"tuple": [5.0, -5.0, -1.0, 1.0]}),
            json!({"list": [0, 0, 0, 1]}),
        ])
    }

    fn levels(&mut self) -> Value {
        self.pick(&[
            json!(1),
            json!(5),
            json!(12),
            json!(0),
            json!({"list": [0.0, 1.0, 2.0]}),
            json!({"list": [-1, 2]}),
            json!({"list": [2.0, 1.0]}),
            json!({"list": [1.0]}),
            json!({"list": []}),
            json!({"array": [0.5, 0.5, 3.0], "dtype": "float64", "shape": [3]}),
        ])
    }

    fn ha(&mut self) -> Value {
        self.word(&["left", "center", "right", "middle"])
    }

    fn va(&mut self) -> Value {
        self.word(&["top", "center", "bottom", "baseline", "center_baseline", "middle"])
    }

    fn place(&mut self) -> Value {
        json!({"tuple": [self.number(), self.number()]})
    }

    fn arrow(&mut self) -> Value {
        json!({"arrowstyle": "->"})
    }

    fn loc(&mut self) -> Value {
        self.word(&["upper right", "best", "lower left", "center", "right", "upper centre"])
    }

    fn figsize(&mut self) -> Value {
        self.pick(&[
            json!({"tuple": [4.0, 3.0]}),
            json!({"tuple": [8.0, 3.5]}),
            json!({"tuple": [-1.0, 2.0]}),
        ])
    }

    fn dpi(&mut self) -> Value {
        self.pick(&[json!(72), json!(100), json!(150)])
    }
}
