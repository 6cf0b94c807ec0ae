//! Lists the files the binary carries: `web/` for the pages, `docs/` and README for the manual.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let root = here.join("../..");
    let web = files(&root.join("web"), &["css", "js", "svg", "png"])?;
    fs::write(out.join("web_files.rs"), list("WEB_FILES", "&[u8]", "include_bytes", &web))?;
    let mut docs = files(&root.join("docs"), &["md"])?;
    let readmes = ["README.md", "README.zh.md"].map(|name| root.join(name));
    for readme in readmes {
        // A watched file that does not exist would run this script at every build.
        if readme.exists() {
            println!("cargo::rerun-if-changed={}", readme.display());
            docs.push(readme);
        }
    }
    fs::write(out.join("doc_files.rs"), list("DOC_FILES", "&str", "include_str", &docs))
}

/// Files of these kinds directly in a folder, by name; none if there is no such folder.
fn files(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if endings.contains(&ending) {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn list(name: &str, kind: &str, include: &str, paths: &[PathBuf]) -> String {
    let mut text = format!("const {name}: &[(&str, {kind})] = &[\n");
    for path in paths {
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        let _ = writeln!(text, "    ({file:?}, {include}!({:?})),", path.display().to_string());
    }
    text + "];\n"
}
