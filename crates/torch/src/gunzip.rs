//! Reads files that may be gzipped, as Python's gzip module and gunzip do.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;

use crate::error::{Error, Result};

/// The first bytes of a gzip member.
pub const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that was gzipped twice is unpacked, too. Nobody gzips files more often.
const DEEPEST: usize = 2;

/// The name of the gzipped file beside `path`.
pub fn packed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    name.into()
}

/// The content of the file, unpacked if its first bytes say that it is gzipped, whatever its name.
///
/// # Errors
/// When the file cannot be opened, or is a folder.
pub fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    let failed = |error| Error::reading(path, &error);
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut reader: Box<dyn BufRead> =
        Box::new(BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?));
    for _ in 0..DEEPEST {
        if !reader.fill_buf().is_ok_and(|bytes| bytes.starts_with(&GZIP)) {
            break;
        }
        reader = Box::new(BufReader::with_capacity(1 << 16, Gunzip { member: Some(GzDecoder::new(reader)) }));
    }
    Ok(reader)
}

/// The members of a gzipped file, one after the other. Zeros after the last one, a tape's padding, are skipped.
struct Gunzip<R> {
    /// `None` at the end.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.member =
                self.member.take().map(GzDecoder::into_inner).map(next_member).transpose()?.flatten();
        }
        Ok(0)
    }
}

/// The member after the one that has ended, if there is one.
fn next_member<R: BufRead>(mut rest: R) -> io::Result<Option<GzDecoder<R>>> {
    loop {
        let bytes = rest.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        match (bytes.len(), zeros) {
            (0, _) => return Ok(None),
            (_, 0) => return Ok(Some(GzDecoder::new(rest))),
            _ => rest.consume(zeros),
        }
    }
}
