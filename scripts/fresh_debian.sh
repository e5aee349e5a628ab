#!/usr/bin/env bash
# Both commands of the README on a fresh Debian: makes a root with nothing but git in it, clones the last commit into it, runs
# ./run demo and ./run test there, each in a clone of its own, and keeps the transcript.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
scripts/fresh_debian.sh 12|13 [--slow] [--keep] [--ccache DIR] [COMMAND…]

  12|13         the Debian release (bookworm, trixie)
  COMMAND…      what to run, a word each: demo, test (default: both)
  --slow        ./run test --slow
  --data DIR    lend DIR (real prices and weather) to the tests; without it they skip those that need it
  --ccache DIR  lend the root a compiler cache: faster, but then its times say nothing
  --keep        leave the root where it is; the next call goes on with it
Needs root and mmdebstrap. Transcript: build/reports/debian-<release>.log
TEXT
}

release='' slow='' keep='' cache='' data='' commands=()
while (($#)); do
  case "$1" in
    12 | 13) release="$1" ;;
    --slow) slow=--slow ;;
    --keep) keep=1 ;;
    --ccache) cache="$(realpath "$2")"; shift ;;
    --data) data="$(realpath "$2")"; shift ;;
    demo | test) commands+=("$1") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ -n "$release" ]] || { usage >&2; exit 2; }
((${#commands[@]})) || commands=(demo test)
((EUID == 0)) || { echo "fresh_debian.sh: root is needed (mmdebstrap, chroot)" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { echo "fresh_debian.sh: mmdebstrap is needed: apt-get install mmdebstrap" >&2; exit 1; }

suites=([12]=bookworm [13]=trixie)
root="${BESS_FRESH_DIR:-${TMPDIR:-/tmp}}/bess-debian-$release"
log="$PWD/build/reports/debian-$release.log"
mkdir -p build/reports

unmount() {
  local mount
  for mount in proc dev/pts dev/shm dev root/.ccache home/shared; do
    mountpoint -q "$root/$mount" && umount "$root/$mount"
  done
  return 0
}
finish() {
  unmount
  [[ -n "$keep" ]] || rm -rf --one-file-system "$root"
}
trap finish EXIT

say() { printf '==> debian %s: %s\n' "$release" "$*"; }

main() {
  if [[ ! -x "$root/usr/bin/git" ]]; then
    say "making a root of ${suites[release]} with git"
    mmdebstrap --quiet --variant=apt --include=git,ca-certificates "${suites[release]}" "$root"
  fi
  local mount
  for mount in proc dev dev/pts dev/shm; do
    mkdir -p "$root/$mount"
    mountpoint -q "$root/$mount" || mount --bind "/$mount" "$root/$mount"
  done
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  if [[ -n "$cache" ]]; then
    chroot "$root" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends ccache >/dev/null'
    mkdir -p "$root/root/.ccache" "$cache"
    mount --bind "$cache" "$root/root/.ccache"
  fi
  if [[ -n "$data" ]]; then
    mkdir -p "$root/home/shared"
    mount --bind -o ro "$data" "$root/home/shared"
  fi
  local command code failed=0 start
  for command in "${commands[@]}"; do
    rm -rf "$root/home/$command"
    git clone --quiet --no-hardlinks . "$root/home/$command"
    say "$(. "$root/etc/os-release" && echo "$PRETTY_NAME"), $(nproc) processors, commit $(git rev-parse --short HEAD): ./run $command ${slow:+$slow}"
    start=$SECONDS code=0
    local words=("$command")
    [[ "$command" == test && -n "$slow" ]] && words+=("$slow")
    env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      chroot "$root" sh -c 'cd "/home/$1" && shift && ./run "$@"' sh "$command" "${words[@]}" </dev/null || code=$?
    say "./run $command ended with $code after $((SECONDS - start)) s"
    ((code == 0)) || failed=1
  done
  return "$failed"
}
code=0
main > >(tee "$log") 2>&1 || code=$?
exit "$code"
