# Shortcuts; `just` lists them.
default:
    @just --list

# The made-up prefecture, live.
demo:
    cargo run --release -- demo

# Every test that needs no browser.
test:
    cargo nextest run --workspace

# The fast loop: proof and kernel.
quick:
    cargo test -p weal-proof -p weal-kernel

# Formats, lints, and the tests that read the repository.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test -p weal-tidy

# Everything, as the build server does it.
ci:
    bash .ci/run

# Rewrites checked-in files that are generated.
bless:
    WEAL_BLESS=1 cargo test -p weal-proof -p weal-kernel -p weal
