//! `torchvision.datasets.ImageFolder` with the transforms `Grayscale`, `Resize((28, 28))` and `ToTensor`.

use std::fs;
use std::path::{Path, PathBuf};

use image::DynamicImage;
use tch::{Device, Kind};
use torch::error::{Error, Result};
use torch::sys::shared as ffi;

use super::mnist::MNIST;
use crate::pictures::decode;
use crate::pillow;

/// Height and width that a picture is brought to, in pixels.
const SIDE: usize = 28;

/// torchvision's `IMG_EXTENSIONS`.
const EXTENSIONS: [&str; 9] = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

/// Folders that programs make among those of the classes, and the programs.
const FOREIGN: [(&str, &str); 3] =
    [(".ipynb_checkpoints", "Jupyter"), ("__MACOSX", "macOS"), ("@eaDir", "a Synology disk")];

/// Pictures in folders, one folder for each class.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    /// The pictures, grey and 28x28, as bytes; a batch of them is what `ToTensor` makes.
    pub set: MNIST,
    /// The names of the folders, in Python's order; the labels are their places in it.
    pub classes: Vec<String>,
    /// Each picture's file and label.
    pub samples: Vec<(PathBuf, i64)>,
}

impl ImageFolder {
    /// The pictures below `root`, in torchvision's order: class by class, in each folder by name, folders in folders too.
    /// Pixels are Pillow's to the byte for PNG, BMP, PNM, TIFF and lossless WebP; decoders of JPEG and lossy WebP differ among
    /// each other, by a few levels of 255.
    ///
    /// # Errors
    /// When there are no folders of classes, one of them has no picture in it, or a picture cannot be read.
    pub fn new(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let classes = Self::find_classes(root)?;
        let mut samples = Vec::new();
        for (label, class) in classes.iter().enumerate() {
            let mut files = Vec::new();
            walk(&root.join(class), 0, &mut files)?;
            if files.is_empty() {
                return Err(no_picture(&root.join(class), class));
            }
            // Python sorts the folders by their whole names, then the names in each.
            files.sort_by(|a, b| (folder(a), a.file_name()).cmp(&(folder(b), b.file_name())));
            samples.extend(files.into_iter().map(|path| (path, label as i64)));
        }
        let pixels = SIDE * SIDE;
        let size = [samples.len() as i64, SIDE as i64, SIDE as i64];
        let mut data = tch::Tensor::zeros(size, (Kind::Uint8, Device::Cpu));
        // SAFETY: the tensor is new, and this is the only handle on it.
        let images = unsafe { ffi::bytes_mut(&mut data) }.chunks_exact_mut(pixels);
        for (image, (path, _)) in images.zip(&samples) {
            let (picture, _) = decode(path)?;
            let (width, height) = (picture.width() as usize, picture.height() as usize);
            let grey = pillow::grayscale(&rgb(picture));
            image.copy_from_slice(&pillow::resize(&grey, [height, width], [SIDE, SIDE]));
        }
        let labels: Vec<i64> = samples.iter().map(|(_, label)| *label).collect();
        let set = MNIST::of(data.into(), tch::Tensor::from_slice(&labels).into());
        Ok(ImageFolder { set, classes, samples })
    }

    /// The names of the folders in `root`, in Python's order.
    ///
    /// # Errors
    /// When there are none, or one without a picture that is no class: that another program has made.
    pub fn find_classes(root: &Path) -> Result<Vec<String>> {
        let entries = fs::read_dir(root).map_err(|error| Error::reading(root, &error))?;
        let folders = entries.flatten().filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> =
            folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        for name in names.iter().filter(|name| maker(name).is_some()) {
            let mut files = Vec::new();
            walk(&root.join(name), 0, &mut files)?;
            if files.is_empty() {
                return Err(no_picture(&root.join(name), name));
            }
        }
        match names.is_empty() {
            true => Err(Error::file(root, "no folder in it", "each class is a folder of pictures")),
            false => Ok(names),
        }
    }
}

/// The program that makes folders of this name.
fn maker(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(folder, _)| *folder == name).map(|(_, maker)| *maker)
}

fn no_picture(folder: &Path, name: &str) -> Error {
    let hint = match maker(name) {
        Some(maker) => format!("{maker} has made this folder, which is no class: rm -r {}", folder.display()),
        None if name.starts_with('.') => {
            format!("a hidden folder: if it is no class, rm -r {}", folder.display())
        }
        None => format!("put a picture into it: {}", EXTENSIONS.map(|extension| &extension[1..]).join(", ")),
    };
    Error::file(folder, "no picture in it", hint)
}

fn folder(path: &Path) -> Option<&std::ffi::OsStr> {
    path.parent().map(Path::as_os_str)
}

/// All pictures below `folder`, `depth` folders down: a link may lead round in a circle.
fn walk(folder: &Path, depth: u32, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| Error::reading(folder, &error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() && depth < 20 {
            walk(&path, depth + 1, files)?;
        } else if EXTENSIONS.iter().any(|extension| name.ends_with(extension)) {
            files.push(path);
        }
    }
    Ok(())
}

/// `Image.convert("RGB")`: what is transparent keeps its colour. Of 16 bits the upper eight stay, but a grey without
/// transparency is cut off at 255.
fn rgb(picture: DynamicImage) -> Vec<u8> {
    let upper = |samples: &[u16]| -> Vec<u8> { samples.iter().map(|sample| (sample >> 8) as u8).collect() };
    let thrice = |greys: Vec<u8>| greys.into_iter().flat_map(|grey| [grey; 3]).collect();
    match picture {
        DynamicImage::ImageRgb8(image) => image.into_raw(),
        DynamicImage::ImageLuma8(image) => thrice(image.into_raw()),
        DynamicImage::ImageLumaA8(image) => thrice(image.pixels().map(|pixel| pixel.0[0]).collect()),
        DynamicImage::ImageLuma16(image) => {
            thrice(image.into_raw().into_iter().map(|grey| grey.min(255) as u8).collect())
        }
        DynamicImage::ImageLumaA16(image) => {
            thrice(image.pixels().map(|pixel| (pixel.0[0] >> 8) as u8).collect())
        }
        DynamicImage::ImageRgb16(image) => upper(image.as_raw()),
        DynamicImage::ImageRgba16(image) => {
            upper(image.as_raw()).chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
        }
        other => other.to_rgba8().pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect(),
    }
}
