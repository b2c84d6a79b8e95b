//! Bad input files: one line that says what is wrong and where, exit code 2, no C++ text.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::common::{data_copy, lab, raw, root, stderr};
use flate2::{Compression, write::GzEncoder};
use zerotoall::torchvision::datasets::MNIST;

/// Runs a lab on `data`, checks what every message must have, and returns the message.
fn message(name: &str, data: &Path) -> String {
    let output = lab(name).args(["--epochs=1", "--data-dir"]).arg(data).output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    assert!(message.starts_with(name), "{message}");
    assert!(!message.contains("panicked") && !message.contains("a bug"), "{message}");
    message
}

/// The message of lab 5 for a diabetes file with this content.
fn csv(content: impl AsRef<[u8]>) -> String {
    let data = data_copy();
    fs::write(data.path().join("data-03-diabetes.csv"), content).unwrap();
    let message = message("lab5_logistic", data.path());
    assert!(message.contains("data-03-diabetes.csv"), "{message}");
    message
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no {part:?} in {message}");
    }
}

const ROW: &str = "1,2,3,4,5,6,7,8,0\n";

#[test]
fn csv_missing() {
    let data = data_copy();
    fs::remove_file(data.path().join("data-03-diabetes.csv")).unwrap();
    assert_says(
        &message("lab5_logistic", data.path()),
        &["data-03-diabetes.csv", "no such file", "--data-dir"],
    );
}

#[test]
fn csv_too_short_for_its_windows() {
    let data = data_copy();
    let file = data.path().join("data-02-stock_daily.csv");
    fs::write(&file, "1,2,3,4,5\n".repeat(23)).unwrap();
    let said = message("lab11_4_timeseries", data.path());
    assert_says(&said, &["data-02-stock_daily.csv", "expected 24 rows or more, found 23"]);
}

#[test]
fn csv_is_a_folder() {
    let data = data_copy();
    fs::remove_file(data.path().join("data-03-diabetes.csv")).unwrap();
    fs::create_dir(data.path().join("data-03-diabetes.csv")).unwrap();
    assert_says(&message("lab5_logistic", data.path()), &["data-03-diabetes.csv", "folder"]);
}

#[test]
fn csv_empty() {
    assert_says(&csv(""), &["no data"]);
    assert_says(&csv("# only a comment\n\n"), &["no data"]);
}

#[test]
fn csv_binary() {
    assert_says(&csv([ROW.as_bytes(), b"1,2,\xff\xfe\x00"].concat()), &["line 2, column 3", "UTF-8", "0xff"]);
}

#[test]
fn csv_ragged() {
    assert_says(&csv(format!("{ROW}1,2,3\n")), &["line 2", "9 fields", "found 3"]);
    assert_says(&csv(format!("{ROW}\n\n1,2,3,4,5,6,7,8,0,1\n")), &["line 4", "9 fields", "found 10"]);
}

#[test]
fn csv_text_in_a_number() {
    assert_says(&csv(format!("{ROW}1,2,3,four,5,6,7,8,0\n")), &["line 2, column 4", "number", "\"four\""]);
    assert_says(&csv(format!("{ROW}1,2,3,,5,6,7,8,0\n")), &["line 2, column 4", "number", "\"\""]);
}

#[test]
fn csv_nan_and_inf() {
    for word in ["nan", "inf", "-Infinity", "1e39"] {
        assert_says(&csv(format!("1,2,{word},4,5,6,7,8,0\n")), &["line 1, column 3", "finite", word]);
    }
}

#[test]
fn csv_of_another_table() {
    assert_says(&csv("73,80,75,152\n"), &["line 1", "9 fields", "found 4"]);
}

#[test]
fn csv_as_loadtxt_reads_it() {
    let plain = fs::read_to_string(root().join("data/data-03-diabetes.csv")).unwrap();
    let expected = lab("lab5_logistic").arg("--epochs=1").output().unwrap().stdout;
    let odd = format!(
        "\u{feff}# a comment\r\n\r\n{}",
        plain.trim_end().replace('\n', " # comment\r\n").replace(',', " , ")
    );
    let data = data_copy();
    fs::write(data.path().join("data-03-diabetes.csv"), odd).unwrap();
    let output = lab("lab5_logistic").args(["--epochs=1", "--data-dir"]).arg(data.path()).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    assert_eq!(output.stdout, expected);
}

#[test]
fn csv_of_fewer_rows_than_are_shown() {
    let data = data_copy();
    let table = data.path().join("data-03-diabetes.csv");
    fs::write(&table, format!("{ROW}{}", ROW.replace(",0", ",1"))).unwrap();
    let output = lab("lab5_logistic").args(["--epochs=1", "--data-dir"]).arg(data.path()).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    // With one row, or without a positive label, the notebook stops, too.
    fs::write(&table, ROW).unwrap();
    assert_says(
        &message("lab5_logistic", data.path()),
        &["expected 2 rows or more, found 1", "NumPy makes no table"],
    );
    fs::write(&table, ROW.repeat(2)).unwrap();
    assert_says(&message("lab5_logistic", data.path()), &["In[34]: float division by zero"]);
}

#[test]
fn csv_with_labels_of_no_class() {
    assert_says(&csv(format!("{ROW}{}", ROW.replace(",0", ",2"))), &["row 2", "label 2", "from 0 to 1"]);
    assert_says(&csv(format!("{}{ROW}", ROW.replace(",0", ",0.5"))), &["row 1", "label 0.5", "from 0 to 1"]);
}

#[test]
fn csv_that_is_none() {
    assert_says(&csv("<!DOCTYPE html>\n"), &["line 1", "web page"]);
    assert_says(&csv("version https://git-lfs.github.com/spec/v1\n"), &["line 1", "git lfs pull"]);
    assert_says(&csv(ROW.replace(',', ";")), &["line 1", "commas separate"]);
    assert_says(&csv(format!("a,b,c,d,e,f,g,h,i\n{ROW}")), &["line 1, column 1", "header"]);
    assert_says(&csv("PK\u{3}\u{4}\u{80}".as_bytes()), &["line 1"]);
    assert_says(&csv(ROW.repeat(3).replace("\n", "\r").replace('7', "x")), &["line 1, column 7", "\"x\""]);
}

/// The big-endian header of an IDX file, then its body.
fn idx(header: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.extend(body);
    bytes
}

fn images(count: u32) -> Vec<u8> {
    idx(&[0x803, count, 28, 28], &vec![7; count as usize * 784])
}

fn labels(count: u32) -> Vec<u8> {
    idx(&[0x801, count], &vec![3; count as usize])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A data folder with small, sound MNIST files; the test damages one of them.
fn small_mnist() -> (tempfile::TempDir, PathBuf) {
    let data = data_copy();
    let raw = raw(data.path());
    for set in ["train", "t10k"] {
        fs::write(raw.join(format!("{set}-images-idx3-ubyte")), images(20)).unwrap();
        fs::write(raw.join(format!("{set}-labels-idx1-ubyte")), labels(20)).unwrap();
    }
    (data, raw)
}

/// The message of lab 4-2 when `file` of the training set has this content; gzipped if the name ends with `.gz`.
fn mnist(file: &str, content: impl AsRef<[u8]>) -> String {
    let (data, raw) = small_mnist();
    fs::remove_file(raw.join(file.trim_end_matches(".gz"))).unwrap();
    fs::write(raw.join(file), content).unwrap();
    let message = message("lab4_2_load_data", data.path());
    assert!(message.contains(file), "{message}");
    message
}

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

#[test]
fn small_mnist_is_sound() {
    let (data, raw) = small_mnist();
    let run = || {
        let output =
            lab("lab4_2_load_data").args(["--epochs=1", "--data-dir"]).arg(data.path()).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
        output.stdout
    };
    let plain = run();
    for file in [IMAGES, LABELS] {
        fs::write(raw.join(format!("{file}.gz")), gzip(&fs::read(raw.join(file)).unwrap())).unwrap();
        fs::remove_file(raw.join(file)).unwrap();
    }
    assert_eq!(run(), plain, "gzipped files give another output");
}

#[test]
fn idx_missing() {
    let (data, raw) = small_mnist();
    fs::remove_file(raw.join(IMAGES)).unwrap();
    assert_says(&message("lab4_2_load_data", data.path()), &[IMAGES, "no such file", "--data-dir"]);
}

#[test]
fn idx_truncated() {
    assert_says(&mnist(IMAGES, &images(20)[..1000]), &["byte 1000", "14696 bytes more", "end of the file"]);
    assert_says(&mnist(IMAGES, b""), &["byte 0", "end of the file"]);
    assert_says(&mnist(LABELS, &labels(20)[..6]), &["byte 6", "end of the file"]);
}

#[test]
fn idx_too_long() {
    assert_says(
        &mnist(IMAGES, [images(20), vec![0]].concat()),
        &["byte 15696", "the end of the file", "more"],
    );
    assert_says(&mnist(LABELS, [labels(20), vec![0]].concat()), &["byte 28", "the end of the file", "more"]);
}

#[test]
fn idx_wrong_magic() {
    assert_says(&mnist(IMAGES, labels(20)), &["byte 0", "0x00000803", "0x00000801"]);
    assert_says(&mnist(LABELS, b"label,5\nlabel,0\n"), &["byte 0", "0x00000801", "0x6c616265"]);
}

#[test]
fn idx_images_and_labels_disagree() {
    assert_says(&mnist(LABELS, labels(19)), &["20 labels", "found 19"]);
}

#[test]
fn idx_count_of_4_gigabytes() {
    let header = idx(&[0x803, 5_478_275, 28, 28], &[0; 100]);
    assert_says(&mnist(IMAGES, &header), &["at most", "4294967600"]);
    assert_says(&mnist(&format!("{IMAGES}.gz"), gzip(&header)), &["at most", "4294967600"]);
    assert_says(&mnist(IMAGES, idx(&[0x803, u32::MAX, 28, 28], &[])), &["at most"]);
    // More bytes than a word of 64 bits can count.
    let (data, raw) = small_mnist();
    fs::write(raw.join(IMAGES), idx(&[0x803, u32::MAX, u32::MAX, u32::MAX], &[])).unwrap();
    let error = MNIST::of_any_size(data.path(), true).unwrap_err();
    assert_says(&error.to_string(), &["byte 16", "at most"]);
}

#[test]
fn idx_no_images() {
    assert_says(&mnist(IMAGES, images(0)), &["at least one"]);
}

#[test]
fn idx_corrupt_gzip() {
    let name = format!("{IMAGES}.gz");
    let sound = gzip(&images(20));
    let mut flipped = sound.clone();
    let middle = sound.len() / 2;
    flipped[middle] ^= 0xff;
    assert_says(&mnist(&name, &flipped), &["byte"]);
    assert_says(&mnist(&name, &sound[..sound.len() - 20]), &["byte"]);
    let mut checksum = sound.clone();
    let at = sound.len() - 6;
    checksum[at] ^= 1;
    assert_says(&mnist(&name, &checksum), &["byte"]);
    assert_says(&mnist(&name, [&sound[..], b"rubbish"].concat()), &["byte"]);
}

#[test]
fn idx_that_is_none() {
    assert_says(&mnist(IMAGES, "\n<!DOCTYPE html><html>"), &["byte 0", "web page"]);
    assert_says(
        &mnist(LABELS, "version https://git-lfs.github.com/spec/v1\noid sha256:00"),
        &["byte 0", "git lfs pull"],
    );
    let (data, raw) = small_mnist();
    fs::write(raw.join(format!("{IMAGES}.gz")), gzip(&images(20))).unwrap();
    fs::write(raw.join(IMAGES), &images(20)[..500]).unwrap();
    assert_says(&message("lab4_2_load_data", data.path()), &["byte 500", "delete it", ".gz beside it"]);
    let (data, raw) = small_mnist();
    fs::rename(raw.join(IMAGES), raw.join(format!("emnist-letters-{IMAGES}"))).unwrap();
    fs::write(raw.join(format!("emnist-digits-{IMAGES}.gz")), gzip(&images(20))).unwrap();
    assert_says(
        &message("lab4_2_load_data", data.path()),
        &["several sets", "emnist-digits, emnist-letters"],
    );
}

/// Lab 4-2's output for small sound files that `change` has moved or packed; `change` gets MNIST/raw.
fn small_mnist_as(change: impl Fn(&Path)) -> Vec<u8> {
    let (data, raw) = small_mnist();
    change(&raw);
    let root = [data.path(), &data.path().join("MNIST"), &raw].map(|folder| {
        let output = lab("lab4_2_load_data").args(["--epochs=1", "--data-dir"]).arg(folder).output().unwrap();
        // Only the first folder has the CSV file.
        (output.status.code(), stderr(&output), output.stdout)
    });
    let [(code, errors, stdout), deeper @ ..] = root;
    assert_eq!((code, errors), (Some(0), String::new()));
    deeper.iter().for_each(|(_, errors, _)| assert!(errors.contains("test-score.csv"), "{errors}"));
    stdout
}

#[test]
fn idx_as_people_have_it() {
    let plain = small_mnist_as(|_| {});
    let dotted = |name: &str| name.replace("-idx", ".idx");
    let same = |what: &str, change: &dyn Fn(&Path)| assert!(small_mnist_as(change) == plain, "{what}");
    same("a dot in the name", &|raw| fs::rename(raw.join(IMAGES), raw.join(dotted(IMAGES))).unwrap());
    same("a folder of that name", &|raw| {
        fs::rename(raw.join(LABELS), raw.join("labels")).unwrap();
        fs::create_dir(raw.join(LABELS)).unwrap();
        fs::rename(raw.join("labels"), raw.join(LABELS).join(dotted(LABELS))).unwrap();
    });
    same("gzipped without .gz", &|raw| fs::write(raw.join(IMAGES), gzip(&images(20))).unwrap());
    same("gzipped twice", &|raw| fs::write(raw.join(IMAGES), gzip(&gzip(&images(20)))).unwrap());
    same("zeros behind it", &|raw| {
        fs::write(raw.join(IMAGES), [gzip(&images(20)), vec![0; 700]].concat()).unwrap();
    });
    same("two members", &|raw| {
        let (first, second) = (&images(20)[..999], &images(20)[999..]);
        fs::write(raw.join(IMAGES), [gzip(first), gzip(second)].concat()).unwrap();
    });
    same("not gzipped, though its name says so", &|raw| {
        fs::rename(raw.join(IMAGES), raw.join(format!("{IMAGES}.gz"))).unwrap();
    });
    same("EMNIST's names", &|raw| {
        for file in [IMAGES, LABELS] {
            fs::rename(raw.join(file), raw.join(format!("emnist-mnist-{file}"))).unwrap();
        }
    });
}

#[test]
fn idx_label_above_9() {
    let mut bytes = labels(20);
    bytes[8 + 5] = 10;
    assert_says(&mnist(LABELS, bytes), &["byte 13", "0 to 9", "found 10"]);
}

#[test]
fn idx_of_another_size() {
    assert_says(
        &mnist(IMAGES, idx(&[0x803, 20, 32, 32], &[0; 20 * 1024])),
        &["byte 8", "28 rows", "found 32"],
    );
    assert_says(
        &mnist(IMAGES, idx(&[0x803, 20, 28, 32], &[0; 20 * 896])),
        &["byte 12", "28 columns", "found 32"],
    );
}
