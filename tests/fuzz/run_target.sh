#!/usr/bin/env bash
# run_target.sh PROGRAM SOURCES RUNS SECONDS: one libFuzzer target for so long, from a scratch copy of its seeds. What it finds stays in
# RUNS/<target>, with the log; the last line printed says how far it came.
set -euo pipefail
program="$1" sources="$2" seconds="$4"
name="$(basename "$program")"
work="$3/$name"
rm -rf "$work"
mkdir -p "$work/corpus"
cp "$sources/corpus/$name/"*.seed "$work/corpus/" 2>/dev/null || { echo "$name has no seeds in $sources/corpus"; exit 1; }
words=()
[[ -f "$sources/$name.dict" ]] && words=("-dict=$sources/$name.dict")
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$sources/../lsan.supp:print_suppressions=0}"
code=0
"$program" "-max_total_time=$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 "-artifact_prefix=$work/" -print_final_stats=1 \
  "${words[@]}" "$work/corpus" >"$work/log" 2>&1 || code=$?
if ((code != 0)); then
  tail -n 60 "$work/log"
  for found in "$work"/{crash,leak,oom,timeout}-*; do
    [[ -f "$found" ]] && echo "$name failed; once more: $program -timeout=20 -rss_limit_mb=2048 $found"
  done
fi
count() { sed -n "s/^stat::$1: *//p" "$work/log" | tail -n 1; }
reached="$(grep -o 'cov: [0-9]* ft: [0-9]*' "$work/log" | tail -n 1 || true)"
line="$name: $(count number_of_executed_units) inputs in $seconds s, ${reached:-nothing reached}, $(ls "$work/corpus" | wc -l) inputs kept"
echo "$line" | tee "$work/summary"
exit "$code"
