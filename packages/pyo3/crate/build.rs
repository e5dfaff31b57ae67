//! Ties the addon to one interpreter: the one that `PYO3_PYTHON` names, else the `python3` that is found.

fn main() {
    napi_build::setup();
    pyo3_build_config::use_pyo3_cfgs();

    let python = pyo3_build_config::get();
    let executable = python.executable().unwrap_or_default();
    if !python.shared() {
        // Linked in statically, its symbols could not be seen by the C extensions of the standard library.
        println!(
            "cargo::error=Cannot build for {executable}: this Python has no shared libpython. \
             Name one that has it: xcodex hooks build pyo3 --python <path>."
        );
    }
    // libpython is found again where it is now, which may be a folder that no loader looks into.
    pyo3_build_config::add_libpython_rpath_link_args();
    // What Python takes for its own program at run time, so that it finds its standard library, its
    // site-packages, and the virtual environment it belongs to.
    println!("cargo:rustc-env=XCODEX_PYTHON={executable}");
    println!("cargo:rerun-if-env-changed=PYO3_PYTHON");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=python/bootstrap.py");
}
