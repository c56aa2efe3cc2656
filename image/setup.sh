#!/usr/bin/env bash
# Makes a developer's machine: installs what a bare Debian 12 with a Rust toolchain lacks, then runs `just WORD`.
#
#   bash image/setup.sh demo      cameras, recorder and console in one command
#   bash image/setup.sh test      everything that has to hold before a change is taken
#   bash image/setup.sh image     the boot image; `image configs/clere.kdl` bakes a site's file in
#   bash image/setup.sh           only installs
#
# Works from any folder, any number of times: a second run asks dpkg once and goes on at once.
# Packages come from wherever this machine's own apt, pip and cargo are set up to fetch; no host is named here.
set -euo pipefail
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"  # a service's shell may lack it
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

PACKAGES=(
    gcc libc6-dev pkg-config binutils  # SQLite is compiled from source; readelf shows what `beadle` links
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev  # to build beadle-pictures
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad  # rtspsrc, parsers, appsrc
    gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-tools  # x264enc, decoders, gst-inspect
    gir1.2-gst-rtsp-server-1.0 python3-gi  # a camera that is not ours, for the tests
    ffmpeg  # a player that is not ours, for the tests and the bench
    openssl  # the certificate of a foreign camera that speaks TLS
    python3 python3-venv ca-certificates  # `just` comes as a Python package, as does a second foreign camera
    sqlite3 jq tmux  # what scripts ask the index, read --json with, and drive the console in
    e2fsprogs mount util-linux procps iproute2 git  # power cuts on a real ext4; the usual tools
)

# Only for the tests: the page of an evidence package, its signature and its archive, in the eyes of others; a TPM.
TEST_PACKAGES=(chromium openssh-client 7zip swtpm)
# Only for the papers: the eyes of others on their pages and codes.
PAPER_PACKAGES=(poppler-utils zbar-tools)
# Only for the boot image: the tools tree is made with these, everything else of it lies in there.
IMAGE_PACKAGES=(mmdebstrap bubblewrap uidmap debian-archive-keyring openssl)

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# Prints the packages that are not installed, one a line. One call of dpkg-query: 20 ms for the whole list.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null \
        | sed -n 's/^installed //p' || true)
    comm -23 <(printf '%s\n' "${PACKAGES[@]}" | sort -u) <(printf '%s\n' "$installed" | sort -u)
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "${#missing[@]} Debian packages are missing, and only root may install them. Run this, then start again:"
        printf '\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n\n' "${missing[*]}" >&2
        exit 1
    fi
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    # Another apt (unattended upgrades, at boot) holds the lock for minutes at most: wait for it.
    local apt=(apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
    export DEBIAN_FRONTEND=noninteractive
    # `update` takes its own lock and gives up at once where it is taken, so it is tried again.
    local try
    for try in 1 2 3 4 5 6; do
        "${apt[@]}" update >&2 && break
        [ "$try" -lt 6 ] || stop "apt-get update failed six times; its messages above say why"
        say "apt-get update failed; trying again in 10 s"
        sleep 10
    done
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >&2 \
        || stop "apt-get could not install them; its messages above say why"
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -eq 0 ] || stop "apt-get ended without a fault, yet these are missing: ${missing[*]}"
}

# A toolchain is the one thing that is not fetched: which one, and from where, is the machine owner's choice.
check_toolchain() {
    [ -d "$HOME/.cargo/bin" ] && PATH="$PATH:$HOME/.cargo/bin"
    command -v cargo >/dev/null \
        || stop "there is no Rust toolchain: cargo is not on the PATH. Install Rust $(wanted_rust) or later, then start again"
    local have
    have=$(rustc --version | awk '{print $2}')
    [ "$(printf '%s\n' "$(wanted_rust)" "${have%%-*}" | sort -V | head -1)" = "$(wanted_rust)" ] \
        || stop "Rust $have is too old: Cargo.toml asks for $(wanted_rust)"
}

wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# `just` as a Python package takes 7 s; through cargo it is compiled for 2 minutes, so that is the second choice.
install_just() {
    local tools="${XDG_DATA_HOME:-$HOME/.local/share}/beadle-tools"
    PATH="$PATH:$tools/bin:$HOME/.cargo/bin"
    command -v just >/dev/null && return 0
    say "installing just into $tools"
    if /usr/bin/python3 -m venv "$tools" >&2 && "$tools/bin/pip" install --quiet rust-just >&2; then
        hash -r
        command -v just >/dev/null && return 0
    fi
    say "pip could not install it; compiling it with cargo instead"
    cargo install --locked just >&2 || stop "neither pip nor cargo could install just; their messages above say why"
    hash -r
}

main() {
    command -v dpkg-query >/dev/null || stop "this is not a Debian machine: dpkg-query is missing"
    case "${1:-}" in
        test | slow) PACKAGES+=("${TEST_PACKAGES[@]}") ;;
        paper) PACKAGES+=("${PAPER_PACKAGES[@]}") ;;
        image*) PACKAGES+=("${IMAGE_PACKAGES[@]}") ;;
    esac
    check_toolchain  # first, because it takes no time and the packages a minute and a half
    install_packages
    install_just
    [ "$#" -gt 0 ] || { just --list; return 0; }
    exec just "$@"
}

main "$@"
