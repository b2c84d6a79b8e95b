//! Files, read and written so that a crash, a full disk or a lost power line never leaves half of one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use torch::error::Error;

use crate::fault::{Fault, Result};

/// The largest file that is read into memory; a model has 31 kB.
const MAX_BYTES: u64 = 1 << 30;

/// The content of a file that can be a model or a checkpoint. `hint` says what to do when there is none.
///
/// # Errors
/// When the file is missing, too large or cannot be read.
pub fn read(path: &Path, hint: &str) -> torch::error::Result<Vec<u8>> {
    let failed = |error: io::Error| {
        let problem = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_string(),
            _ => format!("cannot be read ({error})"),
        };
        Error::file(path, problem, hint)
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > MAX_BYTES {
        return Err(Error::file(path, format!("{size} bytes are too many for this model"), hint));
    }
    fs::read(path).map_err(failed)
}

/// Writes `bytes` to `path`: first to a file beside it, then to the disk, then under its name. Whoever reads `path` finds
/// the old content or the new one, whatever happens in between.
///
/// # Errors
/// When the file cannot be written; `path` is as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    let written = (|| -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        sync_folder(path)
    })();
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        Fault::unwritable(path, error)
    })
}

/// Brings the names in the folder of `path` to the disk. (Windows has no such call for a folder.)
///
/// # Errors
/// When the folder cannot be opened or synced.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
