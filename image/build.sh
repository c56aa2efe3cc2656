#!/usr/bin/env bash
# Builds the image of a version:  bash image/build.sh VERSION [SITE.kdl]
#
# What comes out lies in the folder `work/out` of $BEADLE_CACHE: beadle_VERSION.raw (to be written to a disk) and the update set.
# Keys: $BEADLE_KEYS holds boot.key, boot.crt and release.pub (release.key to sign updates); without it keys for trying are made once, and the image says so.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

VERSION="${1:?which version?}"
SITE="${2:-}"
CACHE="${BEADLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/beadle-image}"
WORK="$CACHE/work"
export BEADLE_CACHE="$CACHE"

say() { printf 'image: %s\n' "$*" >&2; }

keys() {
    mkdir -p "$WORK/keys"
    if [ -n "${BEADLE_KEYS:-}" ]; then
        install -m 600 "$BEADLE_KEYS"/boot.{key,crt} "$WORK/keys/"
    elif [ ! -e "$WORK/keys/boot.key" ]; then
        say "making keys for trying: a box that carries them trusts whoever reads $WORK/keys"
        openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Beadle, for trying/" \
            -keyout "$WORK/keys/boot.key" -out "$WORK/keys/boot.crt" 2>/dev/null
    fi
    # Signs update sets. Of the release key the image needs the public half alone: `release.pub` is enough where others sign.
    if [ -n "${BEADLE_KEYS:-}" ]; then
        install -m 644 "$BEADLE_KEYS/release.pub" "$WORK/keys/release.key.pub"
        [ ! -e "$BEADLE_KEYS/release.key" ] || install -m 600 "$BEADLE_KEYS/release.key" "$WORK/keys/release.key"
    elif [ ! -e "$WORK/keys/release.key" ]; then
        ssh-keygen -q -t ed25519 -N '' -C 'Beadle, for trying' -f "$WORK/keys/release.key"
    fi
}

# mkosi would add archives of its own, of which mirrors carry some and some not.
sources() {
    mkdir -p "$WORK/sandbox/etc/apt/sources.list.d" "$WORK/sandbox/etc/apt/apt.conf.d"
    bash image/tools.sh --sources | sed 's#^deb #deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] #' \
        > "$WORK/sandbox/etc/apt/sources.list.d/mkosi.list"
    : > "$WORK/sandbox/etc/apt/sources.list.d/mkosi.sources"
    apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' > "$WORK/sandbox/etc/apt/apt.conf.d/dates" || true
}

programs() {
    local bin="${BEADLE_BIN:-}"
    if [ -z "$bin" ]; then
        cargo build --quiet --release --locked --no-default-features --features pictures,paper --bins
        bin=target/release
    fi
    rm -rf "$WORK/programs"
    install -D -m 755 -t "$WORK/programs/usr/bin" "$bin/beadle" "$bin/beadle-pictures"
    strip "$WORK"/programs/usr/bin/*
    install -D -m 644 src/console/recorder/parts.txt "$WORK/programs/usr/share/beadle/crates.txt"
    # Type and key, without whose it is.
    install -d "$WORK/programs/usr/share/beadle"
    cut -d' ' -f1,2 "$WORK/keys/release.key.pub" > "$WORK/programs/usr/share/beadle/update-keys"
    [ -z "$SITE" ] || install -D -m 644 "$SITE" "$WORK/programs/usr/share/beadle/site.kdl"
}

mkdir -p "$WORK"/{out,tmp,cache,packages}
keys
sources
programs
# The date of the commit: two builds of it are alike.
EPOCH=$(git log -1 --format=%ct)
rm -f "$WORK"/out/beadle_"$VERSION"* "$WORK"/out/initrd*
bash image/tools.sh mkosi --directory /src/image --image-version "$VERSION" --source-date-epoch "$EPOCH" -f build
ls -l "$WORK/out"
