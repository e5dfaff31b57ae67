//! A hook that does nothing.

use xcodex_hooks::run;

fn main() {
    run(|_| {});
}
