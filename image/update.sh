#!/usr/bin/env bash
# Makes the update set of a version that `image/build.sh` built:  bash image/update.sh VERSION
#
# The folder `beadle-update` beside the image goes onto a stick as it is. What a box takes is signed with the release key:
# $BEADLE_KEYS/release.key, or the key for trying that build.sh made; the image carries its public half.
set -euo pipefail
VERSION="${1:?which version?}"
WORK="${BEADLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/beadle-image}/work"
OUT="$WORK/out" SET="$WORK/out/beadle-update"
rm -rf "$SET"
mkdir -p "$SET"
shopt -s nullglob
for part in root root-verity; do
    files=("$OUT/beadle_$VERSION.$part."*.raw)
    [ "${#files[@]}" -eq 1 ] || { printf 'image: %s partitions %s of version %s\n' "${#files[@]}" "$part" "$VERSION" >&2; exit 1; }
    uuid=${files[0]%.raw}
    # -n: no name and no time inside, so that two sets of one version are alike.
    gzip -6 -n -c "${files[0]}" > "$SET/beadle_${VERSION}_${uuid##*.}.$part.gz"
done
cp "$OUT/beadle_$VERSION.efi" "$SET/"
cd "$SET"
sha256sum beadle_* > SHA256SUMS
ssh-keygen -q -Y sign -n beadle-update -f "$WORK/keys/release.key" SHA256SUMS
du -sh "$SET"
