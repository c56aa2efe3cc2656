#!/usr/bin/env bash
# What can be known of the image without building it, in seconds, with whatever of the tools this machine has:
#   bash image/check.sh
# Tests in `tests/image.rs` look at the rest: how far services are closed in, rules of the packet filter, hosts named nowhere.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

passed=0 failed=0 skipped=0
TREE=$(mktemp -d)
trap 'rm -rf "$TREE"' EXIT

# look NAME PROGRAM COMMAND...: passes over what needs a program that is not here.
look() {
    local name=$1 needs=$2 said
    shift 2
    if ! command -v "$needs" >/dev/null; then
        printf 'SKIPPED %s: %s is not installed\n' "$name" "$needs"
        skipped=$((skipped + 1))
    elif said=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        printf 'FAILED %s:\n%s\n' "$name" "$said"
        failed=$((failed + 1))
    fi
}

SCRIPTS=(image/*.sh image/mkosi.finalize)
look "scripts parse" bash bash -n "${SCRIPTS[@]}"
look "scripts are sound" shellcheck shellcheck --severity=warning "${SCRIPTS[@]}"
# Into nowhere: no cache beside the files.
compile() { python3 - "$@" <<<'import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]'; }
look "Python parses" python3 compile image/mkosi.postinst image/test/*.py

# Units in a root that holds ours, and those of this machine that they refer to.
units() {
    local said
    mkdir -p "$TREE"/usr/{bin,sbin} "$TREE"/etc "$TREE"/var "$TREE"/run
    cp -r overlays/base/. "$TREE"
    # Ours, over those of this machine that they lean on.
    cp -rn /usr/lib/systemd/system/. "$TREE/usr/lib/systemd/system/"
    local program
    for program in beadle nft systemctl sleep; do install -m 755 /bin/true "$TREE/usr/bin/$program"; done
    ln -sfn bin "$TREE/usr/sbin.new" && rm -rf "$TREE/usr/sbin" && mv -T "$TREE/usr/sbin.new" "$TREE/usr/sbin"
    said=$(systemd-analyze verify --root="$TREE" --man=no "$TREE"/usr/lib/systemd/system/beadle*.* 2>&1)
    # Of other people's units nothing is asked.
    said=$(grep -E '/beadle[^:]*:|^beadle' <<<"$said" | grep -v 'Unknown key name')
    [ -z "$said" ] || { printf '%s\n' "$said"; return 1; }
}
look "units are whole" systemd-analyze units

# The partitions of a first boot, and of the image, on a disk of 12 GB that is not there.
partitions() {
    truncate -s 12G "$TREE/disk"
    systemd-repart --dry-run=yes --empty=force --definitions="$1" "$TREE/disk"
}
look "partitions of a first boot" systemd-repart partitions overlays/base/usr/lib/repart.d

# Every unit of ours is enabled, and what is enabled is there or comes from Debian.
enabled() {
    local unit wrong=0
    for unit in overlays/base/usr/lib/systemd/system/beadle*.service; do
        grep -qx "enable ${unit##*/}" overlays/base/usr/lib/systemd/system-preset/00-beadle.preset \
            || { printf '%s is in no preset\n' "${unit##*/}"; wrong=1; }
    done
    tail -1 overlays/base/usr/lib/systemd/system-preset/00-beadle.preset | grep -qx 'disable \*' \
        || { printf 'the preset does not switch the rest off\n'; wrong=1; }
    return "$wrong"
}
look "units are enabled" bash enabled

printf 'image, unbuilt: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
