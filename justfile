# One word for everything that is done to this tree. `bash image/setup.sh WORD` does the same on a machine that lacks tools.

set shell := ["bash", "-euo", "pipefail", "-c"]

# nextest where it is installed: it stops a test that hangs (`.config/nextest.toml`); cargo's own runner otherwise.
runner := `command -v cargo-nextest >/dev/null && echo nextest run || echo test`

# What there is to say.
default:
    @just --list --unsorted

# Simulated cameras, recorder and console in one command; `q` ends all. `just demo --for 20s` ends by itself.
demo *ARGS:
    cargo build --quiet --locked --bins
    cargo run --quiet --locked --bin beadle -- demo {{ARGS}}

# What has to hold before a change is taken: format, clippy, the fast tests, tidy and the ledger of rows.
test: lint
    cargo {{runner}} --locked

# Does it compile: library, programs, tests, bench.
check:
    cargo check --locked --all-targets

# Format, clippy, and links in doc comments that lead nowhere.
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --lib --document-private-items

# The tests that take minutes (SLOW=1), one at a time because they measure. Some want root: they say so and pass over.
# Only those that have a slow side: the others were just run by `test`.
slow_ones := "binary(crash) + binary(power) + binary(rebuild) + test(/::slow::/) + test(ledger::index::year) + (binary(office) & test(/kills|rude/)) + test(/an_edit_reaches_its_camera|gets_it|whole_segment_of_each_codec|serving_512_cameras|however_the_children_die|proof_stick|a_stick_is_shown|thirty_two_cameras/)"
slow *ARGS:
    SLOW=1 cargo {{ if runner == "test" { "test --locked " + ARGS + " -- --test-threads 1 --nocapture" } else { "nextest run --locked --profile slow -E '" + slow_ones + "' " + ARGS } }}

# No part of what is run before a landing (`.ci`): compiling the typesetter takes 20 minutes of a processor the first time, ten on two idle cores;
# the tests themselves half a minute. `BEADLE_PAGES=/tmp/pages just paper` keeps the pages.
# Signs, notices and folders as pages, looked at with other people's programs.
paper *ARGS:
    cargo test --locked --features paper --test paper -- --nocapture {{ARGS}}

# Weeks of the whole supervisor on a simulated clock, disk and cameras. `just sim 42` replays seed 42.
sim SEED="":
    {{ if SEED == "" { "" } else { "BEADLE_SEED=" + SEED } }} cargo test --locked --test simulate -- --nocapture

# The page of licences on the screen Box, after a dependency was added or changed.
licences:
    cargo metadata --locked --features paper --filter-platform x86_64-unknown-linux-gnu --format-version 1 | jq -r '.packages[] | select(.source) | "\(.name) \(.version) \(.license // "see its files")"' | LC_ALL=C sort > src/console/recorder/parts.txt

# Against the floor program, ffmpeg and GStreamer on this machine; prints the table of ratios.
bench *ARGS:
    cargo build --release --locked --bins
    cargo bench --locked --bench bench -- {{ARGS}}

# The boot image of this version, and the set that updates a box to it; with a site's file it is baked in.
image SITE="":
    bash image/build.sh {{ `sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1` }} {{SITE}}

# `list` names the scenarios, `all` runs them.
# The image that was built last, booted under QEMU: the short scenarios, or those that are named.
image-test *NAMES:
    bash image/test.sh {{NAMES}}
