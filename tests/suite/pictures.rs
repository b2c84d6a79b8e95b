//! Pictures: in folders of classes against live torchvision, and whatever else is called a picture.

use std::path::Path;

use zerotoall::data::ImageFolder;

use crate::common::{cases, python};

#[test]
fn folders_of_pictures_are_torchvisions() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases(python("image_folder.py").arg(folder.path()));
    assert!(cases.len() > 40, "only {} pictures", cases.len());
    let ours = ImageFolder::new(folder.path()).unwrap();
    let labels: Vec<i64> = ours.set.targets.to_vec();
    let bytes: Vec<u8> = ours.set.data.view([-1]).to_vec();
    let mut largest = 0;
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
            true => assert_eq!(apart, 0, "{name:?}"),
            false => largest = largest.max(apart),
        }
    }
    assert_eq!(ours.samples.len(), cases.len());
    println!("JPEG and lossy WebP: at most {largest} of 255 apart");
    assert!(largest <= 3, "JPEG and lossy WebP: {largest} of 255 apart");
}
