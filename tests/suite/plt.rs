//! Compares `plt` with matplotlib: the data of the same figures, drawn with both.

use std::env;
use std::fs;

use serde_json::{Value, json};
use zerotoall::prelude::*;

use crate::common::{python, root, stdout};

/// The figures of tests/reference/figures.py, in its order: their names, and what `done` makes of them.
pub fn figures<T>(done: impl Fn(&str) -> T) -> Vec<(String, T)> {
    let mut all = Vec::new();
    let mut say = |name: &str| {
        all.push((name.to_string(), done(name)));
        plt::close();
    };
    let x = np::linspace(0., 10., 50);
    let wave = x.mapv(f64::sin);

    plt::plot(&x, &wave);
    plt::plot(&x, x.mapv(f64::cos)).fmt("r--").label("cosine");
    plt::plot(&x, 0.5 * &wave).fmt("ko").markersize(3.);
    plt::plot([0, 5, 10], [0.5, -0.5, 0.5]).color("tab:green").linewidth(3.).alpha(0.5).label("$W$ and $b$");
    plt::title("lines");
    plt::xlabel("$x$");
    plt::ylabel("$sin(x)$");
    plt::legend();
    plt::grid(true);
    say("lines");

    plt::plot_y([3.0, 1.0, 2.5]);
    plt::plot_y([[1, 2], [3, 4], [5, 9]]).marker("s");
    plt::xlim(-1., 4.);
    plt::ylim(10., 0.);
    plt::xticks_labels([0, 1, 2], &["a", "b", "c"]);
    plt::yticks([0, 5, 10]);
    say("columns");

    plt::scatter([1, 2, 3, 4], [10, 20, 25, 30]).s(80).c("orange").marker("^").label("points");
    plt::scatter([1, 2, 3, 4], [5, 8, 2, 1]);
    plt::scatter([1, 2, 3, 4], [15, 18, 12, 11]).c([0.1, 0.5, 0.9, 1.3]).cmap("coolwarm");
    plt::colorbar();
    plt::legend().loc("lower right");
    say("scatter");

    plt::bar_names(&["sam", "eun", "jin"], [3, 7, 5]).color("C3").label("bars");
    plt::axhline(4.).color("k").linestyle(":");
    plt::legend();
    say("bars");

    plt::bar([1, 2, 3], [0.25, 0.5, 1e-3]).width(0.4);
    plt::bar([1.4, 2.4, 3.4], [0.5, 0.25, 0.75]).width(0.4).colors(&["r", "g", "b"]).alpha(0.6);
    plt::barh([5, 6], [2., 1.5]);
    say("bars-2");

    plt::hist((0..100).map(|n| (n * n) as f64 / 7.0).collect::<Vec<_>>()).label("squares");
    plt::hist([1, 2, 2, 3, 3, 3, 700]).bins(&[0, 100, 300, 800]).alpha(0.5);
    plt::legend();
    say("hist");

    plt::hist((0..30).map(|n| n % 7).collect::<Vec<_>>()).bins(7).density(true).edgecolor("black");
    say("density");

    plt::imshow(torch::arange(12).view([3, 4])).cmap("Greys").interpolation("nearest");
    plt::colorbar();
    say("image");

    plt::imshow([[0.0, 1.0], [0.5, 0.25]])
        .origin("lower")
        .extent([0., 4., 0., 2.])
        .vmin(-1.)
        .vmax(1.)
        .cmap("RdBu_r");
    plt::axis("off");
    say("image-2");

    let (w, b) = (np::linspace(-2., 2., 21), np::linspace(-1., 3., 17));
    let rows = b.iter().map(|b| w.iter().map(|w| w.powi(2) + 3.0 * (b - 1.0).powi(2)).collect::<Vec<_>>());
    let grid: Vec<Vec<f64>> = rows.collect();
    plt::contour(&w, &b, &grid);
    plt::contour(&w, &b, &grid).levels(&[0.5, 2., 6.]).colors("k").linewidths(0.5);
    plt::plot([-1.5, 0., 0.1], [2., 1.2, 1.]).fmt("r.-");
    say("contour");

    plt::contourf(&w, &b, &grid).levels(12).cmap("Blues");
    plt::colorbar();
    say("contourf");

    plt::semilogy([1, 2, 3, 4], [1e-3, 0.5, 20., 3000.]).fmt("o-");
    plt::axvline(2.5).ls("--");
    say("log-y");

    plt::loglog([1, 10, 100], [3, 5, 8]).label("a");
    plt::legend();
    say("log-log");

    plt::semilogx([0.1, 1., 1000.], [1, 2, 3]);
    say("log-x");

    plt::fill_between(&x, &wave, 0).alpha(0.3).label("between");
    plt::axhspan(-0.5, 0.5).color("yellow").alpha(0.2);
    plt::axvspan(2., 3.);
    plt::legend();
    say("areas");

    plt::step([0, 1, 2, 3], [1, 3, 2, 4]);
    plt::step([0, 1, 2, 3], [2, 4, 3, 5]).where_("post").label("post");
    plt::text(1., 3.5, "here");
    plt::annotate("there", (2., 2.)).xytext((0.5, 4.5)).arrow(true);
    say("steps");

    let (fig, axes) = plt::subplots(2, 2);
    fig.set_size_inches(10., 6.);
    axes[0].plot(&x, 1e6 * &x);
    axes[0].set_title("millions");
    axes[1].plot(&x, 1000.0001 + 1e-5 * &x);
    axes[1].set_ylabel("offset");
    axes[2].plot(&x, 1e-7 * &x);
    axes[2].set_xlabel("small");
    axes[3].scatter(&x, 0. * &wave + 3.);
    axes[3].set_yscale("linear");
    fig.suptitle("four");
    plt::tight_layout();
    say("four");

    plt::figure().figsize((8., 3.));
    plt::subplot(1, 2, 1);
    plt::plot_y([1, 1, 1]);
    plt::subplot(1, 2, 2);
    plt::plot([5], [7]).fmt("x");
    say("single");

    plt::plot_y([torch::tensor(2.5), torch::tensor(0.75), torch::tensor(1.25)]).label("tensors");
    plt::plot_y(vec![torch::FloatTensor([0.5, 1.0]), torch::FloatTensor([1.5, 2.0])]);
    plt::legend();
    plt::grid(true);
    say("tensors");

    plt::plot([1.0, f64::NAN, 3.0], [1., 2., f64::NAN]);
    plt::plot(Vec::<f64>::new(), Vec::<f64>::new());
    say("gaps");

    for (i, (rows, columns, index)) in [(2, 1, 1), (2, 2, 3), (2, 2, 4)].into_iter().enumerate() {
        plt::subplot(rows, columns, index);
        plt::plot([0, 1000 * i as i64 + 1], [0., 10_f64.powi(4 * i as i32)]);
        plt::title("one of two grids");
        plt::xlabel("x");
        plt::ylabel("y");
    }
    plt::tight_layout();
    say("grids");

    plt::figure().figsize((4., 3.5));
    for i in 0..3 {
        plt::subplot(3, 1, i + 1);
        let strip = np::linspace(0., i as f64 + 1., 14 * 28).mapv(|value| value % 1.0);
        plt::imshow(strip.to_shape((14, 28)).unwrap().to_owned()).cmap("gray").interpolation("nearest");
        plt::title("strip");
        plt::axis("off");
    }
    plt::tight_layout();
    say("strips");

    plt::figure();
    say("empty");

    plt::xlabel("nothing");
    say("bare");
    all
}

#[test]
fn figures_have_matplotlibs_data() {
    let theirs = stdout(&mut python("figures.py"));
    let theirs: Vec<Value> = theirs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (theirs, errors): (Vec<Value>, Vec<Value>) =
        theirs.into_iter().partition(|line| line["figure"].is_object());
    what_is_wrong_is_said_in_matplotlibs_words(&errors);
    let ours: Vec<Value> = figures(|_| plt::gcf().record())
        .into_iter()
        .map(|(name, figure)| json!({"name": name, "figure": figure}))
        .collect();
    assert_eq!(ours.len(), theirs.len());
    let mut found = Vec::new();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        differences(&mut ours["name"].to_string(), ours, theirs, &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The drawings are the same as when a person last looked at them: tests/golden/figures. GOLDEN=write writes them again.
#[test]
fn figures_are_drawn_as_before() {
    let golden = root().join("tests/golden/figures");
    let new = tempfile::tempdir().unwrap().keep();
    let is_written = env::var("GOLDEN").is_ok_and(|word| word == "write");
    let drawn = figures(|name| {
        let file = new.join(format!("{name}.svg"));
        plt::savefig(&file).unwrap();
        fs::read_to_string(file).unwrap()
    });
    let mut others = Vec::new();
    for (name, drawn) in &drawn {
        let file = golden.join(format!("{name}.svg"));
        if is_written {
            fs::write(file, drawn).unwrap();
            continue;
        }
        let before = fs::read_to_string(&file).unwrap_or_default();
        if before != *drawn {
            let line = before.lines().zip(drawn.lines()).take_while(|(before, now)| before == now).count();
            others.push(format!("{name}.svg, line {}", line + 1));
        }
    }
    assert!(
        others.is_empty(),
        "{others:#?}, now in {}; look at them: GOLDEN=write keeps them",
        new.display()
    );
    fs::remove_dir_all(new).unwrap();
    let files = fs::read_dir(golden).unwrap().count();
    assert_eq!(files, drawn.len(), "a figure in tests/golden/figures is drawn by nobody");
}

/// Our message begins with matplotlib's first words; the rest may differ.
fn what_is_wrong_is_said_in_matplotlibs_words(theirs: &[Value]) {
    let cube = torch::zeros([2, 2, 2]);
    type Wrong = (&'static str, Box<dyn Fn()>);
    let wrong: Vec<Wrong> = vec![
        ("lengths", Box::new(|| drop(plt::plot([1, 2], [1, 2, 3])))),
        ("columns", Box::new(|| drop(plt::plot([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]])))),
        ("dimensions", Box::new(move || drop(plt::plot(&cube, &cube)))),
        ("inhomogeneous", Box::new(|| drop(plt::plot_y([vec![1, 2], vec![3]])))),
        ("colour", Box::new(|| drop(plt::plot([1], [1]).color("nocolour")))),
        ("two styles", Box::new(|| drop(plt::plot([1], [1]).fmt("r--:")))),
        ("two markers", Box::new(|| drop(plt::plot([1], [1]).fmt("ox")))),
        ("two colours", Box::new(|| drop(plt::plot([1], [1]).fmt("rg")))),
        ("no number", Box::new(|| drop(plt::plot([1], [1]).fmt("C-")))),
        ("unknown", Box::new(|| drop(plt::plot([1], [1]).fmt("!")))),
        ("style", Box::new(|| drop(plt::plot([1], [1]).linestyle("wavy")))),
        ("marker", Box::new(|| drop(plt::plot([1], [1]).marker("circle")))),
        ("scatter", Box::new(|| drop(plt::scatter([1], [1, 2])))),
        ("bar", Box::new(|| drop(plt::bar([1, 2, 3], [1, 2])))),
        ("bins", Box::new(|| drop(plt::hist([1, 2]).bins(0)))),
        ("image", Box::new(|| drop(plt::imshow([1, 2, 3])))),
        ("contour", Box::new(|| drop(plt::contour([1, 2], [1, 2], [1, 2])))),
        ("grid", Box::new(|| drop(plt::contour([1, 2, 3], [1, 2], [[1, 2], [3, 4]])))),
        ("subplot", Box::new(|| drop(plt::subplot(2, 2, 5)))),
        ("limits", Box::new(|| plt::xlim(0, f64::INFINITY))),
        ("scale", Box::new(|| plt::xscale("cubic"))),
        ("colorbar", Box::new(|| drop(plt::colorbar()))),
    ];
    assert_eq!(wrong.len(), theirs.len());
    for ((name, wrong), theirs) in wrong.iter().zip(theirs) {
        let ours = torch::catch(std::panic::AssertUnwindSafe(wrong)).unwrap_err().to_string();
        let theirs_text = theirs["error"].as_str().unwrap_or("nothing is wrong");
        assert_eq!(theirs["name"], *name);
        assert!(
            !ours.is_empty() && (ours.starts_with(theirs_text) || theirs_text.starts_with(&ours)),
            "{name}: {ours:?}, {theirs_text:?}"
        );
        plt::close();
    }
}

/// Long lines lose the points that nobody can see, many markers are uses of one symbol: files are not larger than matplotlib's.
/// Images have its colours, contours its lines.
#[test]
fn what_is_drawn_is_as_in_matplotlib() {
    let theirs: Value = serde_json::from_str(&stdout(&mut python("drawn.py"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let size = |name: &str| {
        for end in ["svg", "png"] {
            plt::savefig(folder.path().join(format!("{name}.{end}"))).unwrap();
        }
        plt::close();
        fs::metadata(folder.path().join(format!("{name}.svg"))).unwrap().len()
    };
    let wave = |n: i64| (n as f64 / 500.0).sin() + ((n * n % 997) as f64).sin() / 10.0;
    plt::plot_y((0..100_000).map(wave).collect::<Vec<_>>());
    let line = size("line");
    plt::scatter(
        (0..20_000_i64).map(|n| n * 7919 % 20_011).collect::<Vec<_>>(),
        (0..20_000_i64).map(|n| n * 104_729 % 20_011).collect::<Vec<_>>(),
    );
    let points = size("points");
    assert!(line < theirs["line"].as_u64().unwrap(), "{line}, {theirs}");
    assert!(points < theirs["points"].as_u64().unwrap(), "{points}, {theirs}");
    // As many points are seen as before, in their places.
    let svg = fs::read_to_string(folder.path().join("points.svg")).unwrap();
    assert_eq!(svg.matches("<use ").count(), 20_000);
    let drawn = image::open(folder.path().join("points.png")).unwrap().to_rgb8();
    let blue = drawn.pixels().filter(|pixel| pixel.0 == [0x1f, 0x77, 0xb4]).count();
    assert!(blue > 100_000, "{blue} blue pixels");

    let middle = |name: &str| {
        size(name);
        let drawn = image::open(folder.path().join(format!("{name}.png"))).unwrap().to_rgb8();
        json!(drawn.get_pixel(drawn.width() / 2, drawn.height() / 2).0)
    };
    plt::imshow([[[2.0, 0.5, -1.0]]]);
    assert_eq!(middle("floats"), theirs["colors"][0]);
    plt::imshow([[[1_u8, 0, 1]]]);
    assert_eq!(middle("bytes"), theirs["colors"][1]);
    plt::imshow([[[200, 300, -5]]]);
    assert_eq!(middle("whole"), theirs["colors"][2]);

    plt::contour([0, 1, 2], [0, 1], [[-2, -1, 2], [1, -2, 3]]).levels(&[-1.5, 0.5]).colors("k");
    size("contour");
    let svg = fs::read_to_string(folder.path().join("contour.svg")).unwrap();
    let lines: Vec<&str> = svg.lines().filter(|line| line.contains("stroke-width=\"2.083\"")).collect();
    let count: usize = lines.iter().map(|line| line.matches("M ").count()).sum();
    let dashed: Vec<bool> = lines.iter().map(|line| line.contains("stroke-dasharray")).collect();
    assert_eq!(
        (json!(count), json!(dashed)),
        (theirs["lines"].clone(), theirs["dashed"].clone()),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.contains(" Z\"")), "a closed line: {lines:?}");
}

/// Nothing that is plotted stops the program.
#[test]
fn whatever_is_drawn_is_drawn() {
    let strange = [f64::NAN, f64::INFINITY, -f64::INFINITY, 0.0, -1e308, 1e308, 5e-324];
    for a in strange {
        for b in strange {
            plt::plot([a, b, 1.0], [b, 1.0, a]).fmt("o--").label("a $b^{");
            plt::scatter([a, b], [b, a]).c([a, b]);
            plt::bar([1, 2], [a, b]);
            let _ = torch::catch(|| drop(plt::hist([a, b, 1.0])));
            plt::imshow([[a, b], [1.0, 2.0]]);
            plt::contour([0, 1], [0, 1], [[a, b], [1.0, 2.0]]);
            plt::axhline(a);
            plt::text(a, b, "가\n$\\theta$");
            plt::legend();
            plt::gcf().record();
            let folder = tempfile::tempdir().unwrap();
            plt::savefig(folder.path().join("strange.png")).unwrap();
            plt::close();
            plt::semilogy([1, 2], [a, b]);
            plt::ylim(0, 10);
            plt::savefig(folder.path().join("strange.svg")).unwrap();
            plt::close();
        }
    }
    let path = std::path::Path::new("/nowhere/a.png");
    assert!(plt::savefig(path).unwrap_err().to_string().contains("/nowhere/a.png"));
    let folder = tempfile::tempdir().unwrap();
    plt::savefig(folder.path().join("figure.PNG")).unwrap();
    assert!(plt::savefig("a.pdf").unwrap_err().to_string().contains(".svg or .png"));
}

/// Where two figures' data differ, and how.
pub fn differences(path: &mut String, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    let length = path.len();
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                *path += &format!(".{name}");
                differences(
                    path,
                    a.get(name).unwrap_or(&Value::Null),
                    b.get(name).unwrap_or(&Value::Null),
                    found,
                );
                path.truncate(length);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                *path += &format!("[{index}]");
                differences(path, a, b, found);
                path.truncate(length);
            }
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        _ if ours == theirs => {}
        _ => found.push(format!("{path}: {ours} here, {theirs} there")),
    }
}
