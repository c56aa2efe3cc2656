#!/usr/bin/env bash
# Boots the image that was built last under QEMU, and looks on:  bash image/test.sh [NAME...]   (`list` names the scenarios)
#
# The cameras play on this machine, on $BEADLE_CAMERA_PORT (18554); the box reaches them at 10.0.2.2 through QEMU's own network.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

PROGRAM="${BEADLE_SIMULATE:-}"
if [ -z "$PROGRAM" ]; then
    cargo build --quiet --locked --bins
    PROGRAM=target/debug/beadle
fi
SAID=$(mktemp)
PORT="${BEADLE_CAMERA_PORT:-18554}"
WORK="${BEADLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/beadle-image}/work"
SITE="$WORK/site.kdl"
sed "s/:18554/:$PORT/" image/test/site.kdl > "$SITE"
"$PROGRAM" simulate --kdl "$SITE" --port "$PORT" --loops target/loops >"$SAID" 2>&1 &
CAMERAS=$!
trap 'kill "$CAMERAS" 2>/dev/null || true; rm -f "$SAID"' EXIT
# The first time their pictures are encoded, a minute long.
for _ in $(seq 600); do
    ! grep -q '^rtsp://' "$SAID" || break
    kill -0 "$CAMERAS" 2>/dev/null || { cat "$SAID" >&2; exit 1; }
    sleep 0.5
done
bash image/tools.sh python3 -B /src/image/test/run.py "$@"
