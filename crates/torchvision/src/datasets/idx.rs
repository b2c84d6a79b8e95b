//! MNIST's file format, IDX: a magic number, the sizes as big-endian 32-bit words, the bytes
//! (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits").

use std::fs;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use tch::{Device, Kind};

use torch::error::{Error, Place, Result};
use torch::gunzip;
use torch::sys::shared as ffi;
use torch::tensor::Tensor;

/// The magic numbers of unsigned bytes in three dimensions, and in one.
const IMAGES_MAGIC: u32 = 0x0803;
const LABELS_MAGIC: u32 = 0x0801;
/// The largest file to accept. No file of this layout comes near it (EMNIST's largest has 547 MB), but a damaged header does.
const MAX_BYTES: u64 = 1 << 30;

/// How many bytes are read at a time.
const PIECE: usize = 1 << 24;

const COPY_AGAIN: &str = "the file is damaged or of another kind, copy it again";

/// Finds the file of the training or the test set below `root` whose name ends with `ending`: `images-idx3-ubyte`.
///
/// It looks in `MNIST/raw`, where torchvision puts the file, then in `raw` and in `root` itself, for users who name a folder one or
/// two levels too deep. The name may have a dot in place of its second hyphen, `.gz` after it, and, as with EMNIST, the name of a
/// set before it. It may also be a folder that contains the file. If a file exists plain and gzipped, the plain file is taken, as
/// in torchvision.
///
/// # Errors
/// When there are several sets. If there is none, the result is the name that torchvision would look for.
pub fn find(root: &Path, train: bool, ending: &str) -> Result<PathBuf> {
    let usual = root.join("MNIST").join("raw");
    for folder in [&usual, &root.join("raw"), root] {
        if let Some(path) = find_in(folder, train, ending, true)? {
            return Ok(path);
        }
    }
    Ok(usual.join(format!("{}-{ending}", if train { "train" } else { "t10k" })))
}

/// [`find`] in one folder; with `deeper`, also in its subfolders that have a file's name.
fn find_in(folder: &Path, train: bool, ending: &str, deeper: bool) -> Result<Option<PathBuf>> {
    let sets: &[&str] = if train { &["train"] } else { &["t10k", "test"] };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().replace('.', "-");
        let (name, packed) = match name.strip_suffix("-gz") {
            Some(name) => (name, true),
            None => (&*name, false),
        };
        let set = name.strip_suffix(ending).and_then(|set| set.strip_suffix('-')).and_then(|set| {
            let rest = sets.iter().find_map(|last| set.strip_suffix(last))?;
            if rest.is_empty() || rest.ends_with('-') { Some(rest.to_string()) } else { None }
        });
        let Some(set) = set else { continue };
        match path.is_dir() {
            false => found.push((set, packed, path)),
            true if deeper => {
                found.extend(find_in(&path, train, ending, false)?.map(|path| (set, packed, path)));
            }
            true => {}
        }
    }
    found.sort();
    found.dedup_by(|(set, ..), (before, ..)| set == before);
    match &found[..] {
        [(set, _, path), rest @ ..] if set.is_empty() || rest.is_empty() => Ok(Some(path.clone())),
        [] => Ok(None),
        several => {
            let names: Vec<&str> = several.iter().map(|(set, ..)| set.trim_end_matches('-')).collect();
            let problem = format!("several sets are here: {}", names.join(", "));
            Err(Error::file(folder, problem, "put the files of one of them into a folder of their own"))
        }
    }
}

/// Reads images `[N, H, W]`, uint8; with `side`, they must be so many pixels high and wide.
///
/// # Errors
/// When the file is missing, cut off, too long, damaged, or holds images of another size.
pub fn read_images(path: &Path, side: Option<u32>) -> Result<Tensor> {
    let mut file = IdxFile::open(path)?;
    let count = file.header(IMAGES_MAGIC, "images")?;
    let mut sides = [0; 2];
    for (side_found, what) in sides.iter_mut().zip(["rows", "columns"]) {
        *side_found = file.word()?;
        if side.is_some_and(|side| side != *side_found) || *side_found == 0 {
            let expected = format!("{} {what}", side.map_or("some".to_string(), |side| side.to_string()));
            let hint = "only sets of 28x28 pixels have MNIST's layout";
            return Err(file.error(4, expected, side_found.to_string(), hint));
        }
    }
    let [height, width] = sides;
    let images = file.body(count, u64::from(height) * u64::from(width))?;
    Ok(images.view([count, height, width].map(i64::from)))
}

/// Reads labels `[N]`, int64; with `classes`, they must be below it.
///
/// # Errors
/// When the file is missing, cut off, too long, damaged, or has a label that is too large.
pub fn read_labels(path: &Path, classes: Option<u8>) -> Result<Tensor> {
    let mut file = IdxFile::open(path)?;
    let count = file.header(LABELS_MAGIC, "labels")?;
    let start = file.position;
    let labels = file.body(count, 1)?;
    let bytes: Vec<u8> = labels.to_vec();
    if let Some(classes) = classes
        && let Some(index) = bytes.iter().position(|&label| label >= classes)
    {
        file.position = start + index as u64 + 1;
        let expected = format!("a label from 0 to {}", classes - 1);
        return Err(file.error(1, expected, bytes[index].to_string(), COPY_AGAIN));
    }
    Ok(labels.long())
}

/// An IDX file being read, plain or gzipped.
struct IdxFile {
    path: PathBuf,
    reader: Box<dyn BufRead>,
    /// Bytes read so far, after decompression.
    position: u64,
    /// What to do about a file that is something else altogether.
    instead: Option<&'static str>,
}

impl IdxFile {
    fn open(path: &Path) -> Result<Self> {
        let mut reader = gunzip::open(path)?;
        let start = reader.fill_buf().unwrap_or_default().trim_ascii_start();
        let instead = match start {
            _ if start.starts_with(b"<") => Some("it is a web page: download the file itself"),
            _ if start.starts_with(b"version https://git-lfs") => {
                Some("it is a pointer of Git LFS: git lfs pull gets the file")
            }
            _ if gunzip::packed(path).exists() => Some("delete it: the .gz beside it is then read instead"),
            _ => None,
        };
        Ok(IdxFile { path: path.to_path_buf(), reader, position: 0, instead })
    }

    /// Reads the magic number and the count of `what`.
    fn header(&mut self, magic: u32, what: &str) -> Result<u32> {
        let found = self.word()?;
        if found != magic {
            let expected = format!("the magic number {magic:#010x} of {what}");
            return Err(self.error(4, expected, format!("{found:#010x}"), COPY_AGAIN));
        }
        match self.word()? {
            0 => Err(self.error(4, format!("at least one of {what}"), "none".into(), COPY_AGAIN)),
            count => Ok(count),
        }
    }

    /// A big-endian word of four bytes.
    fn word(&mut self) -> Result<u32> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes, 0)?;
        Ok(u32::from_be_bytes(bytes))
    }

    /// Reads `count` items of `size` bytes, which must be all that is left; `[count * size]`, uint8.
    fn body(&mut self, count: u32, size: u64) -> Result<Tensor> {
        let length = u64::from(count).saturating_mul(size);
        if length > MAX_BYTES {
            let (expected, found) = (format!("at most {MAX_BYTES} bytes"), format!("a header for {length}"));
            return Err(self.error(0, expected, found, COPY_AGAIN));
        }
        // A damaged header may claim much, so memory is taken piece by piece, as the file provides bytes.
        let tensor = tch::Tensor::empty([length as i64], (Kind::Uint8, Device::Cpu));
        for start in (0..length).step_by(PIECE) {
            let size = (length - start).min(PIECE as u64);
            let mut piece = tensor.narrow(0, start as i64, size as i64).zero_();
            // SAFETY: the tensor is new, and no other handle on it is used here.
            self.fill(unsafe { ffi::bytes_mut(&mut piece) }, length - start - size)?;
        }
        // Reading to the end also makes the gzip decoder check its checksum.
        match self.read(&mut [0])? {
            0 => Ok(tensor.into()),
            _ => Err(self.error(1, "the end of the file".into(), "more bytes".into(), COPY_AGAIN)),
        }
    }

    /// Reads exactly `buffer.len()` bytes, after which `more` bytes are expected.
    fn fill(&mut self, buffer: &mut [u8], more: u64) -> Result<()> {
        let end = self.position + buffer.len() as u64 + more;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => {
                    let expected = format!("{} bytes more", end - self.position);
                    return Err(self.error(0, expected, "the end of the file".into(), COPY_AGAIN));
                }
                read => filled += read,
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self.reader.read(buffer) {
            Ok(read) => {
                self.position += read as u64;
                Ok(read)
            }
            Err(error) => {
                Err(self.error(0, "readable data".into(), format!("an error ({error})"), COPY_AGAIN))
            }
        }
    }

    /// An error about the last `back` bytes read.
    fn error(&self, back: u64, expected: String, found: String, hint: &'static str) -> Error {
        let place = Place::Byte { path: self.path.clone(), byte: self.position - back };
        Error::new(format!("expected {expected}, found {found}")).at(place).hint(self.instead.unwrap_or(hint))
    }
}
