//! MNIST's file format, IDX: a magic number, the sizes as big-endian 32-bit words, the bytes
//! (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits").

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tch::{Device, Kind};

use crate::error::{Error, Place, Result};
use crate::sys::ffi;
use crate::tensor::Tensor;

/// Unsigned bytes in three dimensions, and in one.
const IMAGES_MAGIC: u32 = 0x0803;
const LABELS_MAGIC: u32 = 0x0801;
/// Height and width of an image in pixels.
const SIDE: u32 = 28;
const CLASSES: u8 = 10;
/// No file of this layout comes near it (EMNIST's largest has 547 MB); a damaged header does.
const MAX_BYTES: u64 = 1 << 30;

const COPY_AGAIN: &str = "the file is damaged or of another kind, copy it again";

/// Images `[N, 28, 28]`, uint8, from `path` or `path.gz`.
///
/// # Errors
/// When the file is missing, cut off, too long, damaged, or holds no images of 28x28 pixels.
pub fn read_images(path: &Path) -> Result<Tensor> {
    let mut file = IdxFile::open(path)?;
    let count = file.header(IMAGES_MAGIC, "images")?;
    for side in ["rows", "columns"] {
        let found = file.word()?;
        if found != SIDE {
            let hint = "only sets of 28x28 pixels have MNIST's layout";
            return Err(file.error(4, format!("{SIDE} {side}"), found.to_string(), hint));
        }
    }
    let images = file.body(count, u64::from(SIDE * SIDE))?;
    let side = i64::from(SIDE);
    Ok(images.view([i64::from(count), side, side]))
}

/// Labels `[N]`, int64 in 0..=9, from `path` or `path.gz`.
///
/// # Errors
/// When the file is missing, cut off, too long, damaged, or has a label above 9.
pub fn read_labels(path: &Path) -> Result<Tensor> {
    let mut file = IdxFile::open(path)?;
    let count = file.header(LABELS_MAGIC, "labels")?;
    let start = file.position;
    let labels = file.body(count, 1)?;
    let bytes: Vec<u8> = labels.to_vec();
    if let Some(index) = bytes.iter().position(|&label| label >= CLASSES) {
        file.position = start + index as u64 + 1;
        return Err(file.error(1, "a label from 0 to 9".into(), bytes[index].to_string(), COPY_AGAIN));
    }
    Ok(labels.long())
}

/// An IDX file being read, plain or gzipped.
struct IdxFile {
    path: PathBuf,
    reader: Box<dyn Read>,
    /// Bytes read so far, after decompression.
    position: u64,
}

impl IdxFile {
    /// Opens `path`, or `path.gz` when there is no such file.
    fn open(path: &Path) -> Result<Self> {
        let mut gz = path.as_os_str().to_owned();
        gz.push(".gz");
        let gz = PathBuf::from(gz);
        let path = if !path.exists() && gz.exists() { gz } else { path.to_path_buf() };
        let failed = |error| Error::reading(&path, &error);
        if fs::metadata(&path).map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let file = File::open(&path).map_err(failed)?;
        let reader: Box<dyn Read> = match path.extension().is_some_and(|extension| extension == "gz") {
            true => Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file))),
            false => Box::new(file),
        };
        Ok(IdxFile { path, reader, position: 0 })
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
        self.fill(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    /// Reads `count` items of `size` bytes, which must be all that is left; `[count * size]`, uint8.
    fn body(&mut self, count: u32, size: u64) -> Result<Tensor> {
        let length = u64::from(count) * size;
        if length > MAX_BYTES {
            let (expected, found) = (format!("at most {MAX_BYTES} bytes"), format!("a header for {length}"));
            return Err(self.error(0, expected, found, COPY_AGAIN));
        }
        let mut tensor = tch::Tensor::zeros([length as i64], (Kind::Uint8, Device::Cpu));
        // SAFETY: the tensor is new, and this is the only handle on it.
        self.fill(unsafe { ffi::bytes_mut(&mut tensor) })?;
        // Reading on to the end also makes the gzip decoder check its checksum.
        match self.read(&mut [0])? {
            0 => Ok(tensor.into()),
            _ => Err(self.error(1, "the end of the file".into(), "more bytes".into(), COPY_AGAIN)),
        }
    }

    /// Reads exactly `buffer.len()` bytes.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        let end = self.position + buffer.len() as u64;
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
        Error::new(format!("expected {expected}, found {found}")).at(place).hint(hint)
    }
}
