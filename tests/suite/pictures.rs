//! Pictures: in folders of classes against live torchvision, and whatever else is called a picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma, Rgba};
use serde_json::Value;
use zerotoall::torchvision::datasets::{ImageFolder, MNIST};

use crate::common::{cases, lab, python, root, skipped, stderr, stdout};

#[test]
fn folders_of_pictures_are_torchvisions() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases(python("image_folder.py").arg(folder.path()));
    assert!(cases.len() > 40, "only {} pictures", cases.len());
    let ours = ImageFolder::new(folder.path()).unwrap();
    let labels: Vec<i64> = ours.set.targets.to_vec();
    let bytes: Vec<u8> = ours.set.data.view([-1]).to_vec();
    let (mut largest, mut wrong) = (0, Vec::new());
    for (index, case) in cases.iter().enumerate() {
        let (path, label) = &ours.samples[index];
        let name = path.strip_prefix(folder.path()).unwrap();
        assert_eq!(
            (Some(name), *label),
            (case["file"].as_str().map(Path::new), labels[index]),
            "place {index}"
        );
        assert_eq!(
            (case["label"].as_i64(), case["class"].as_str()),
            (Some(*label), Some(&*ours.classes[*label as usize]))
        );
        let theirs: Vec<u8> = serde_json::from_value(case["bytes"].clone()).unwrap();
        let pixels = &bytes[index * 784..][..784];
        let apart = pixels.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        match case["exact"].as_bool().unwrap() {
            true if apart > 0 => wrong.push(format!("{name:?}: {apart} of 255 apart")),
            true => {}
            false => largest = largest.max(apart),
        }
    }
    assert_eq!(ours.samples.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let wide = ours.samples.iter().filter(|(path, _)| path.parent().unwrap().ends_with("wide")).count();
    assert!(wide > 20, "{wide} pictures of more than eight bits");
    println!("JPEG and lossy WebP: at most {largest} of 255 apart");
    assert!(largest <= 3, "JPEG and lossy WebP: {largest} of 255 apart");
}

/// What Jupyter, macOS or a disk leaves among the folders of classes is named; torchvision takes it for a class, too.
#[test]
fn a_folder_that_is_no_class_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let class = folder.path().join("seven");
    fs::create_dir(&class).unwrap();
    GrayImage::new(3, 3).save(class.join("a.png")).unwrap();
    for (name, words) in [
        (".ipynb_checkpoints", "no picture in it; Jupyter has made this folder, which is no class: rm -r "),
        ("__MACOSX", "macOS has made this folder"),
        (".cache", "no picture in it; a hidden folder: if it is no class, rm -r "),
        ("eight", "no picture in it; put a picture into it: jpg, jpeg, png"),
    ] {
        let other = folder.path().join(name);
        fs::create_dir(&other).unwrap();
        let error = ImageFolder::new(folder.path()).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains(name), "{error}");
        GrayImage::new(3, 3).save(other.join("a.png")).unwrap();
        assert!(ImageFolder::new(folder.path()).unwrap().classes.contains(&name.to_string()));
        fs::remove_dir_all(&other).unwrap();
    }
}

/// A model trained for a few epochs, and a place for pictures.
struct Reader {
    folder: tempfile::TempDir,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        stdout(lab("lab6_softmax").args(["train", "--epochs=5", "--quiet", "--out"]).arg(&run));
        Reader { folder }
    }

    fn predict(&self, file: &Path) -> Command {
        let mut command = lab("lab6_softmax");
        command
            .args(["predict", "--json", "--model"])
            .arg(self.folder.path().join("run/model.safetensors"))
            .arg(file);
        command
    }

    /// The answer to a picture that is written into a file of this name.
    fn answer(&self, name: &str, write: impl FnOnce(&Path)) -> Value {
        let path = self.folder.path().join(name);
        write(&path);
        serde_json::from_str(&stdout(&mut self.predict(&path))).unwrap()
    }

    /// The line about a file that is refused.
    fn refusal(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let start = Instant::now();
        let output = self.predict(&path).output().unwrap();
        assert!(start.elapsed().as_secs() < 5, "{name}: {:?}", start.elapsed());
        let message = stderr(&output);
        assert_eq!((output.status.code(), message.trim_end().lines().count()), (Some(2), 1), "{message}");
        assert!(message.contains(name), "{message}");
        message
    }
}

/// Test image `index`, `times` as large: ink on 0.
fn large(index: i64, times: u32) -> GrayImage {
    let set = MNIST::new(root().join("data"), false).unwrap();
    let pixels: Vec<u8> = set.data.i(index).view([-1]).to_vec();
    let image = GrayImage::from_raw(28, 28, pixels).unwrap();
    imageops::resize(&image, 28 * times, 28 * times, FilterType::CatmullRom)
}

/// Paper of 480 x 640 with ink on it, at this place: `shade` says how dark the ink makes the paper.
fn paper(ink: &GrayImage, at: (i64, i64), shade: impl Fn(u8) -> u8) -> GrayImage {
    let mut layer = GrayImage::new(480, 640);
    imageops::overlay(&mut layer, ink, at.0, at.1);
    GrayImage::from_fn(480, 640, |x, y| Luma([240 - shade(layer.get_pixel(x, y).0[0])]))
}

#[test]
fn pictures_of_every_kind_are_read() {
    let reader = Reader::new();
    let drawn = paper(&large(0, 10), (120, 150), |ink| ink / 2);
    let plain = reader.answer("plain.png", |path| drawn.save(path).unwrap());
    assert_eq!((&plain["digit"], &plain["doubts"]), (&7.into(), &Value::Null), "{plain}");
    for kind in ["bmp", "gif", "tiff", "pgm", "webp"] {
        let picture = imageops::resize(&drawn, 480, 640, FilterType::Nearest);
        let picture = image::DynamicImage::from(picture);
        let picture = if kind == "pgm" { picture } else { image::DynamicImage::from(picture.to_rgb8()) };
        let answer = reader.answer(&format!("kind.{kind}"), |path| picture.save(path).unwrap());
        assert_eq!(answer["probabilities"], plain["probabilities"], "{kind}");
    }
    // Twelve bits in sixteen, pencil, white on nothing, white on black, a shadow over half of it, a frame.
    let says_7 = |name: &str, picture: image::DynamicImage| {
        let answer = reader.answer(name, |path| picture.save(path).unwrap());
        assert_eq!(answer["digit"], 7, "{name}: {answer}");
    };
    let sixteen = |x, y| Luma([u16::from(drawn.get_pixel(x, y).0[0]) * 4]);
    says_7("12-bits.png", image::ImageBuffer::<Luma<u16>, _>::from_fn(480, 640, sixteen).into());
    says_7("pencil.png", paper(&large(0, 10), (100, 90), |ink| ink / 14).into());
    says_7("rotated-place.jpg", paper(&large(0, 6), (290, 440), |ink| ink / 2).into());
    let ink = large(0, 10);
    let clear = image::RgbaImage::from_fn(280, 280, |x, y| Rgba([255, 255, 255, ink.get_pixel(x, y).0[0]]));
    says_7("white-on-nothing.png", clear.into());
    says_7("white-on-black.png", ink.into());
    let light = |x: u32| 45 + 55 * x.clamp(180, 320).saturating_sub(180) / 140;
    let shadow = |x, y| Luma([(u32::from(drawn.get_pixel(x, y).0[0]) * light(x) / 100) as u8]);
    says_7("shadow.png", GrayImage::from_fn(480, 640, shadow).into());
    let framed = |x, y| if x < 12 || y < 15 || x > 470 { Luma([20]) } else { *drawn.get_pixel(x, y) };
    says_7("frame.png", GrayImage::from_fn(480, 640, framed).into());
    let chalk = |x: u32, y: u32| {
        Luma([(60 + x / 12 + y / 16 + u32::from(240 - drawn.get_pixel(x, y).0[0]) * 2 / 3) as u8])
    };
    says_7("chalk.jpg", GrayImage::from_fn(480, 640, chalk).into());
    let ruled = |x, y: u32| {
        if y % 40 < 2 { Luma([drawn.get_pixel(x, y).0[0].min(140)]) } else { *drawn.get_pixel(x, y) }
    };
    says_7("ruled.png", GrayImage::from_fn(480, 640, ruled).into());
    // Two digits: an answer, and a word about it.
    let mut two = GrayImage::new(480, 640);
    imageops::overlay(&mut two, &large(0, 7), 10, 200);
    imageops::overlay(&mut two, &large(2, 7), 260, 200);
    let answer = reader.answer("two.png", |path| two.save(path).unwrap());
    assert_eq!(answer["doubts"][0], "more than one thing on it", "{answer}");
    let show = reader.folder.path().join("seen.png");
    stdout(reader.predict(&reader.folder.path().join("plain.png")).arg("--show").arg(&show));
    assert_eq!(image::open(&show).unwrap().to_luma8().dimensions(), (280, 280));
}

#[test]
fn what_is_no_picture_is_named() {
    let reader = Reader::new();
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert!(
        reader.refusal("a.heic", heic).contains("a HEIC picture, which is not read here; export it as JPEG")
    );
    assert!(reader.refusal("a.avif", b"\0\0\0\x18ftypavif\0\0\0\0").contains("an AVIF picture"));
    let svg = br#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>"#;
    assert!(reader.refusal("a.svg", svg).contains("an SVG drawing, not a picture of pixels; save it as PNG"));
    assert!(reader.refusal("page.png", b"<!DOCTYPE html>").contains("a web page, not a picture"));
    assert!(reader.refusal("a.pdf", b"%PDF-1.7").contains("a PDF, not a picture"));
    assert!(reader.refusal("empty.png", b"").contains("an empty file"));
    assert!(reader.refusal("text.png", b"seven").contains("PNG, JPEG"));
    let file = |picture: &GrayImage, format: image::ImageFormat| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(picture.clone()).to_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let drawn = paper(&large(0, 10), (120, 150), |ink| ink / 2);
    for format in
        [image::ImageFormat::Jpeg, image::ImageFormat::Png, image::ImageFormat::Gif, image::ImageFormat::Bmp]
    {
        let whole = file(&drawn, format);
        for length in [whole.len() / 3, whole.len() - 2 - whole.len() / 50] {
            reader.refusal("cut.picture", &whole[..length]);
        }
    }
    assert!(reader.refusal("cut.jpg", &file(&drawn, image::ImageFormat::Jpeg)[..3000]).contains("cut off"));
    // 60,000 x 60,000 pixels in a few bytes.
    let mut bomb = file(&GrayImage::new(1, 1), image::ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let mut crc = flate2::Crc::new();
    crc.update(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    assert!(reader.refusal("bomb.png", &bomb).contains("60000x60000 pixels"));
    // A photograph of paper alone: grain, and a slope in the light.
    let mut state = 1_u32;
    let photograph = GrayImage::from_fn(500, 400, |x, y| {
        let mut noise = 0;
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise += state >> 28;
        }
        Luma([(150 + x / 10 + y / 10 + noise / 3) as u8])
    });
    assert!(
        reader.refusal("paper.png", &file(&photograph, image::ImageFormat::Png)).contains("nothing on it")
    );
    assert!(
        reader.refusal("paper.jpg", &file(&photograph, image::ImageFormat::Jpeg)).contains("nothing on it")
    );
    for (name, side, grey) in
        [("blank-28.png", 28, 0), ("white-28.png", 28, 255), ("blank.png", 200, 128), ("one.png", 1, 9)]
    {
        let blank = GrayImage::from_pixel(side, side, Luma([grey]));
        assert!(
            reader.refusal(name, &file(&blank, image::ImageFormat::Png)).contains("nothing on it"),
            "{name}"
        );
    }
}

/// A tenth of what the numbers in docs/training.md were measured with.
#[test]
fn photographs_are_read() {
    let reader = Reader::new();
    let folder = reader.folder.path();
    stdout(python("photographs.py").arg(folder).arg(root().join("data")).arg("10"));
    for (part, least) in [("clean", 0.75), ("photo", 0.75), ("mnist", 0.75)] {
        let entries = fs::read_dir(folder.join(part)).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<PathBuf> = entries.collect();
        let text = stdout(reader.predict(&files[0]).args(&files[1..]));
        let digits =
            text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["digit"].to_string());
        let label = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap()[..1].to_string();
        let right = digits.zip(&files).filter(|(digit, path)| *digit == label(path)).count();
        println!("{part}: {right} of {}", files.len());
        assert!(right as f64 >= least * files.len() as f64, "{part}: {right} of {}", files.len());
    }
}

/// The page's script does to a drawing what the program does, to the pixel; and a hand can draw on it.
#[test]
fn a_page_reads_a_drawing_as_the_program_does() {
    let on_path = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).exists())
    };
    if !on_path("chromedriver") {
        return skipped("no Chromium with chromedriver (scripts/setup-tests installs them)", false);
    }
    let reader = Reader::new();
    let place = |name: &str| reader.folder.path().join(name);
    let page = place("draw.html");
    let model = place("run/model.safetensors");
    stdout(lab("lab6_softmax").args(["predict", "--model"]).arg(&model).arg("--html").arg(&page));
    // Of several sizes and strengths, tall ones and small ones, white on black and black on white, two things, a thin pen.
    let mut drawings = Vec::new();
    for index in 0..40 {
        let ink = large(index, 4 + index as u32 % 5);
        let (width, height) = (240 + 10 * (index as u32 % 7), 280);
        let mut drawing = GrayImage::new(width, height);
        imageops::overlay(&mut drawing, &ink, 5 + index % 11, 3 * (index % 9));
        if index % 6 == 0 {
            imageops::overlay(&mut drawing, &large(index + 1, 2), i64::from(width) - 60, 215);
        }
        let thin = |ink: u8| if ink > 250 { 200 } else { 0 };
        for (x, y, pixel) in drawing.enumerate_pixels_mut() {
            let Luma([value]) = *pixel;
            let border = x == 0 || y == 0 || x + 1 == width || y + 1 == height;
            // A drawing has one ground: what rings around the ink is none of it.
            let value = if border || value < 30 { 0 } else { value };
            let value = if index % 4 == 1 { thin(value) } else { value };
            *pixel = Luma([if index % 3 == 2 { 255 - value } else { value }]);
        }
        let path = place(&format!("drawing-{index:02}.png"));
        drawing.save(&path).unwrap();
        drawings.push(path);
    }
    let drawn = place("drawn.png");
    let mut cases = cases(python("draw_page.py").arg(&page).arg(&drawn).args(&drawings));
    let hand = cases.pop().unwrap();
    assert_eq!(cases.len(), drawings.len());
    let mut apart = 0.0_f64;
    for (path, case) in drawings.iter().zip(&cases) {
        let show = place("show.png");
        let answer: Value =
            serde_json::from_str(&stdout(reader.predict(path).arg("--show").arg(&show))).unwrap();
        let large = image::open(&show).unwrap().to_luma8();
        let ours: Vec<u8> =
            (0..784).map(|i| large.get_pixel(i % 28 * 10 + 5, i / 28 * 10 + 5).0[0]).collect();
        assert_eq!(serde_json::from_value::<Vec<u8>>(case["pixels"].clone()).unwrap(), ours, "{path:?}");
        for (a, b) in floats(&case["probabilities"]).iter().zip(floats(&answer["probabilities"])) {
            apart = apart.max((a - b).abs());
        }
    }
    println!("probabilities: at most {apart:e} apart");
    assert!(apart < 1e-5, "{apart:e}");
    let answer: Value = serde_json::from_str(&stdout(&mut reader.predict(&drawn))).unwrap();
    let said: Vec<String> = floats(&answer["probabilities"]).iter().map(|p| format!("{p:.4}")).collect();
    assert_eq!((&hand["shown"], &hand["faults"]), (&said.into(), &serde_json::json!([])), "{hand}");
    assert!(hand["answer"].as_str().unwrap().starts_with(&answer["digit"].to_string()), "{hand} {answer}");
}

fn floats(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
