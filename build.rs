//! Lets the programs here find libtorch where the build found it, without LD_LIBRARY_PATH and outside cargo.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // crates/torch/build.rs has found and checked libtorch; without libtorch it has stopped the build.
    let libtorch = env::var_os("DEP_ZTA_TORCH_LIBTORCH").map(PathBuf::from).unwrap_or_default();
    // Passed to the build script of a crate that depends on this package, as DEP_ZEROTOALL_LIBTORCH.
    println!("cargo:libtorch={}", libtorch.display());
    if env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("unix") {
        return;
    }
    let is_apple = env::var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple");
    let origin = if is_apple { "@loader_path" } else { "$ORIGIN" };
    // The project's own libtorch first by its place relative to the programs (target/debug, and a folder in it), because the
    // project can be moved.
    if env::var_os("CARGO_MANIFEST_DIR")
        .is_some_and(|project| libtorch == Path::new(&project).join("libtorch"))
    {
        for up in ["../..", "../../.."] {
            println!("cargo:rustc-link-arg=-Wl,-rpath,{origin}/{up}/libtorch/lib");
        }
    }
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", libtorch.join("lib").display());
    if !is_apple {
        // As RPATH, not RUNPATH, so that another libtorch in LD_LIBRARY_PATH does not come first.
        println!("cargo:rustc-link-arg=-Wl,--disable-new-dtags");
    }
}
