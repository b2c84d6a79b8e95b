//! Writing files so that a crash, a full disk or a lost power line never leaves half of one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use torch::error::{Error, Result};

/// Writes `bytes` to `path`: first beside it, then to the disk, then under its name. Who reads `path` finds the old
/// content or the new one, whatever happens in between.
///
/// # Errors
/// When it cannot be written; `path` is as it was.
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
        writing(path, &error)
    })
}

/// Makes the names in the folder of `path` last. (Windows has no such call for a folder.)
pub fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// The error for a file that could not be written.
pub fn writing(path: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room on the disk, or choose another --out"
        }
        _ => "choose another --out, or make this one writable",
    };
    Error::file(path, format!("cannot be written ({error})"), hint)
}
