//! Checks libtorch before anything is compiled against it, compiles the shim and NCCL's part, and tells the packages above where
//! libtorch is: cargo has no way to give them link arguments.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

/// The pins are here: the torch whose libtorch tch binds, as its generated C++ compiles against no other; and tch.
const REQUIREMENTS: &str = include_str!("../../requirements.txt");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const INSTALLED: &str = "../../.venv/installed";
const VERSION_HEADER: &str = "include/torch/headeronly/version.h";

/// The text between `before` and `after` in the first line that begins with `before`.
fn pinned(text: &'static str, before: &str, after: char) -> &'static str {
    let rest = text.lines().find_map(|line| line.strip_prefix(before));
    rest.and_then(|rest| rest.split(after).next()).unwrap_or("of an unknown version").trim()
}

fn torch_version() -> &'static str {
    pinned(REQUIREMENTS, "torch==", ' ')
}

/// tch's version without the patch number: `0.26`.
fn tch_version() -> &'static str {
    let version = pinned(MANIFEST, "tch = { version = \"=", '"');
    version.rsplit_once('.').map_or(version, |(minor, _)| minor)
}

fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    for path in ["shim.cpp", "foreach.cpp", "guarded.h"] {
        println!("cargo:rerun-if-changed=src/sys/{path}");
    }
    let distributed = env::var_os("CARGO_FEATURE_DISTRIBUTED").is_some();
    if distributed {
        for path in ["c10d.cpp", "no_gloo.cpp", "nccl.cpp", "include"] {
            println!("cargo:rerun-if-changed=src/distributed/{path}");
        }
        // `make setup` brings the headers that NCCL's part needs, and writes this.
        if Path::new(INSTALLED).exists() {
            println!("cargo:rerun-if-changed={INSTALLED}");
        }
    }
    let libtorch = find_libtorch().unwrap_or_else(|message| {
        eprintln!("\n{message}\n");
        process::exit(1);
    });
    println!("cargo:rerun-if-changed={}", libtorch.join(VERSION_HEADER).display());

    let mut shim = compiler(&libtorch);
    shim.file("src/sys/shim.cpp").file("src/sys/foreach.cpp");
    if distributed {
        match compile_nccl(&libtorch) {
            Ok(path) => println!("cargo:rustc-env=ZTA_NCCL={}", path.display()),
            Err(reason) => println!("cargo:rustc-env=ZTA_NO_NCCL={reason}"),
        }
        let gloo = if has_gloo(&libtorch) { "c10d.cpp" } else { "no_gloo.cpp" };
        shim.include("src/distributed/include").file(format!("src/distributed/{gloo}"));
    }
    shim.compile("zta_shim");

    let lib = libtorch.join("lib");
    println!("cargo:rustc-link-search=native={}", lib.display());
    for library in ["torch_cpu", "c10"] {
        println!("cargo:rustc-link-lib={library}");
    }
    // Passed to the build scripts of the packages that depend on this package, as DEP_ZTA_TORCH_LIBTORCH.
    println!("cargo:libtorch={}", libtorch.display());
    // For the tests in this package when cargo does not start them.
    if env::var("CARGO_CFG_TARGET_FAMILY").as_deref() == Ok("unix") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", lib.display());
        if env::var("CARGO_CFG_TARGET_VENDOR").as_deref() != Ok("apple") {
            println!("cargo:rustc-link-arg=-Wl,--disable-new-dtags");
        }
    }
    link_for_cargo(&lib);
    println!("cargo:rustc-env=ZTA_LIBTORCH={}", libtorch.display());
    println!("cargo:rustc-env=ZTA_TORCH_VERSION={}", torch_version());
    println!("cargo:rustc-env=ZTA_TCH_VERSION={}", tch_version());
}

/// Makes a link to libtorch's libraries inside the target folder. Link arguments reach only this package's programs. But every
/// program that cargo runs, also of another crate or of rustdoc's tests, finds libraries in search paths inside the target folder.
#[cfg(unix)]
fn link_for_cargo(lib: &Path) {
    let link = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("libtorch");
    let _ = fs::remove_file(&link);
    if std::os::unix::fs::symlink(lib, &link).is_ok() {
        println!("cargo:rustc-link-search=native={}", link.display());
    }
}

#[cfg(not(unix))]
fn link_for_cargo(_lib: &Path) {}

fn compiler(libtorch: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .include("src/sys")
        .include(libtorch.join("include"))
        .include(libtorch.join("include/torch/csrc/api/include"));
    build
}

/// Compiles NCCL's part, a shared library (nccl.cpp says why), or says what is missing for that.
fn compile_nccl(libtorch: &Path) -> Result<PathBuf, String> {
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return Err("libtorch has NCCL on Linux only".to_string());
    }
    let lib = libtorch.join("lib");
    if !lib.join("libtorch_cuda.so").exists() {
        return Err("libtorch is CPU-only".to_string());
    }
    // The headers of NCCL and CUDA lie beside torch's own package, or where CUDA's installer and Debian put them.
    let nvidia = libtorch.canonicalize().unwrap_or_default().join("../nvidia");
    let folders = [
        nvidia.join("nccl/include"),
        nvidia.join("cu13/include"),
        nvidia.join("cu13/include/cccl"),
        PathBuf::from("/usr/local/cuda/include"),
        PathBuf::from("/usr/local/cuda/include/cccl"),
        PathBuf::from("/usr/include"),
    ];
    let mut build = compiler(libtorch);
    for header in ["nccl.h", "cuda_runtime.h", "crt/host_config.h", "nv/target"] {
        let folder = folders.iter().find(|folder| folder.join(header).exists());
        let folder = folder.ok_or_else(|| format!("{header} was not found"))?;
        if !folder.starts_with("/usr/include") {
            build.include(folder);
        }
    }
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("libzta_nccl.so");
    let mut command = build.get_compiler().to_command();
    command.args(["-shared", "-fPIC", "src/distributed/nccl.cpp", "-o"]).arg(&out).arg("-L").arg(&lib);
    command.args(["-ltorch_cuda", "-ltorch_cpu", "-lc10", "-Wl,--no-undefined"]);
    command.arg(format!("-Wl,-rpath,{}", lib.display()));
    match command.status() {
        Ok(status) if status.success() => Ok(out),
        _ => {
            println!(
                "cargo:warning=NCCL's part was not built: the compiler refused it (its messages: cargo build -vv)"
            );
            Err("the compiler refused its part".to_string())
        }
    }
}

/// The libtorch folder that LIBTORCH names (.cargo/config.toml: ./libtorch), or what is wrong with the folder.
fn find_libtorch() -> Result<PathBuf, String> {
    let wanted = torch_version();
    let hint =
        "`make setup` installs it into ./libtorch; build.md tells how to use one of your own (LIBTORCH).";
    let folder = env::var_os("LIBTORCH").map(PathBuf::from).ok_or_else(|| {
        format!(
            "libtorch {wanted} not found: LIBTORCH is not set and .cargo/config.toml was not read.\n{hint}"
        )
    })?;
    let header = folder.join(VERSION_HEADER);
    let text = fs::read_to_string(&header).map_err(|error| {
        format!("libtorch {wanted} not found: looked for {} ({error}).\n{hint}", header.display())
    })?;
    match version_in(&text) {
        Some(found) if found == wanted => check_library(&folder, hint).map(|()| folder),
        found => Err(format!(
            "libtorch {wanted} wanted, {} found in {}.\n{hint}",
            found.unwrap_or("no version"),
            folder.display()
        )),
    }
}

/// The text between the quotes after `#define TORCH_VERSION` in libtorch's version header.
fn version_in(header: &str) -> Option<&str> {
    header.split("#define TORCH_VERSION ").nth(1)?.split('"').nth(1)
}

/// Whether this libtorch was built with Gloo. Every libtorch has the headers, but only one with Gloo has the class in the library's
/// type information. Without grep the linker will tell. (Visual C++ spells names differently; nobody has tried it.)
fn has_gloo(libtorch: &Path) -> bool {
    let search =
        Command::new("grep").args(["-qaF", "N4c10d16ProcessGroupGlooE"]).arg(library(libtorch)).status();
    search.map_or(!cfg!(windows), |status| status.success())
}

/// By the name that it has on the machine that the programs are for, which may be another than this one.
fn library(libtorch: &Path) -> PathBuf {
    let name = match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("windows") => "torch_cpu.dll",
        Ok("macos") => "libtorch_cpu.dylib",
        _ => "libtorch_cpu.so",
    };
    libtorch.join("lib").join(name)
}

/// Refuses headers without libraries, that is, a half-copied libtorch. The linker's error would not say so.
fn check_library(folder: &Path, hint: &str) -> Result<(), String> {
    let library = library(folder);
    match library.exists() {
        true => Ok(()),
        false => Err(format!("libtorch is incomplete: {} is missing.\n{hint}", library.display())),
    }
}
