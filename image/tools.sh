#!/usr/bin/env bash
# Runs a command in the tools tree: a small Debian 13 of fixed contents in which the image is built and tried, so that
# every developer and CI has one version of mkosi, systemd and QEMU, whatever their own machine carries.
#
#   bash image/tools.sh mkosi --version
#
# The tree is made once (about a minute, 1.1 GB) and named by a hash of what goes into it; it lies in
# $BEADLE_CACHE, by default ~/.cache/beadle-image. In it the project is /src and the cache /w.
# Packages come from wherever this machine's own apt fetches; no host is named here.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

CACHE="${BEADLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/beadle-image}"
SUITE=trixie
PACKAGES=(
    ca-certificates debian-archive-keyring apt-utils
    mkosi systemd systemd-repart systemd-ukify systemd-boot systemd-boot-efi systemd-boot-tools systemd-container udev
    erofs-utils dosfstools exfatprogs mtools e2fsprogs cryptsetup-bin fdisk kmod cpio zstd binutils
    bubblewrap uidmap openssl sbsigntool python3-pefile python3-cryptography
    qemu-system-x86 qemu-utils ovmf ipxe-qemu seabios swtpm swtpm-tools  # to try it
    console-setup  # ckbcomp, which writes the keyboard tables
    busybox-static # the shell that a test brings along: the image has none
)

stop() { printf 'image: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || stop "the image is built by root (file owners, mounts): sudo bash image/setup.sh image"

# Prints "URI KEYRING-LESS-COMPONENT" of Debian's own archive and of its security archive, as apt here knows them.
archive() {
    local codename="$1"
    apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(REPO_URI)' 'Created-By: Packages' \
        | awk -F'|' -v c="$codename" '$1 == "Debian" && $2 ~ c { print $3; exit }'
}

# The three lists of the suite that the image is made of, in apt's one-line form.
sources() {
    local here main security
    here=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    main=$(archive "^$here\$")
    security=$(archive "^$here-security\$")
    [ -n "$main" ] || stop "this machine's apt names no Debian archive: look at 'apt-get indextargets'"
    printf 'deb %s %s main\n' "$main" "$SUITE"
    printf 'deb %s %s-updates main\n' "$main" "$SUITE"
    [ -z "$security" ] || printf 'deb %s %s-security main\n' "$security" "$SUITE"
}

tree() {
    local hash dir
    hash=$(printf '%s\n' "$SUITE" "${PACKAGES[@]}" | sha256sum | cut -c1-12)
    dir="$CACHE/tools-$hash"
    if [ ! -e "$dir/.whole" ]; then
        command -v mmdebstrap >/dev/null || stop "mmdebstrap is missing: bash image/setup.sh image installs it"
        rm -rf "$CACHE"/tools-*
        mkdir -p "$dir"
        printf 'image: making the tools tree in %s (about a minute)\n' "$dir" >&2
        local lines
        mapfile -t lines < <(sources)
        # Where this machine's apt leaves dates unchecked (a mirror of the past), this one has to as well.
        local checks
        checks=$(apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' | sed 's/ /=/; s/[";]//g' || true)
        local -a options=(--aptopt='APT::Install-Recommends "false"')
        local check
        for check in $checks; do options+=(--aptopt="${check%%=*} \"${check#*=}\""); done
        mmdebstrap --quiet --mode=root --variant=apt "${options[@]}" \
            --dpkgopt='path-exclude=/usr/share/locale/*' \
            --include="$(IFS=,; printf '%s' "${PACKAGES[*]}")" "$SUITE" "$dir" "${lines[@]}" >&2 \
            || stop "mmdebstrap could not make it; its messages above say why"
        touch "$dir/.whole"
    fi
    printf '%s' "$dir"
}

if [ "${1:-}" = --sources ]; then sources; exit; fi
TREE=$(tree)
mkdir -p "$CACHE/work"
# No process namespace: a file that holds QEMU's process number is to hold the number that it has out here.
exec bwrap --bind "$TREE" / --proc /proc --dev-bind /dev /dev --bind /sys /sys --tmpfs /run --tmpfs /tmp \
    --bind "$CACHE/work" /w --bind "$PWD" /src --ro-bind /etc/resolv.conf /etc/resolv.conf --chdir /src \
    --clearenv --setenv HOME /root --setenv LANG C.UTF-8 --setenv TERM "${TERM:-dumb}" \
    --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cap-add ALL "$@"
