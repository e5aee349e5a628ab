#!/usr/bin/env bash
# fuzz_coverage.sh [TARGET…]: what share of the lines of the modules each fuzz target reaches, over its seeds and what was kept of its last run
# (build/fuzz/runs). Names without "fuzz_" will do. ./run fuzz --coverage installs what this needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs="${BESS_JOBS:-$(nproc)}"
build=build/fuzz-coverage

# The files each target is about, as patterns below src/.
declare -A about=(
  [fuzz_market_csv]='importers/(csv_|market_|profile_csv|resolution|time_column|units)'
  [fuzz_weather_csv]='importers/weather_(columns|csv|curve|import|stamps|text)'
  [fuzz_zip]='importers/archive'
  [fuzz_json]='service/(json|option_json|options|window_file|sources)'
  [fuzz_netcdf]='importers/netcdf_'
  [fuzz_solver]='lp/(interior|scaling|staged|general|exact)'
)
order=(fuzz_market_csv fuzz_weather_csv fuzz_zip fuzz_json fuzz_netcdf fuzz_solver)

targets=()
for name in "${@:-${order[@]}}"; do targets+=("fuzz_${name#fuzz_}"); done
for name in "${targets[@]}"; do [[ -n "${about[$name]:-}" ]] || { echo "fuzz_coverage: no target $name" >&2; exit 2; }; done

mkdir -p build
cmake --preset fuzz-coverage >build/fuzz-coverage.configure.log 2>&1 || { cat build/fuzz-coverage.configure.log >&2; exit 1; }
cmake --build "$build" --target "${targets[@]}" -j "$jobs" >&2

for name in "${targets[@]}"; do
  work="$build/coverage/$name"
  rm -rf "$work" && mkdir -p "$work"
  corpora=("tests/fuzz/corpus/$name")
  [[ -d "build/fuzz/runs/$name/corpus" ]] && corpora+=("build/fuzz/runs/$name/corpus")
  inputs="$(find "${corpora[@]}" -type f | wc -l)"
  LLVM_PROFILE_FILE="$work/raw.%p" "$build/bin/$name" -runs=0 -rss_limit_mb=4096 "${corpora[@]}" >"$work/log" 2>&1 ||
    { tail -n 30 "$work/log" >&2; exit 1; }
  llvm-profdata-19 merge -sparse "$work"/raw.* -o "$work/profile"
  mapfile -t sources < <(find src -name '*.cpp' | grep -E "^src/${about[$name]}" | sort)
  echo "$name, $inputs inputs:"
  # columns of the report: regions, functions and lines, each as count, missed, share; then branches
  llvm-cov-19 report "$build/bin/$name" -instr-profile="$work/profile" "${sources[@]}" 2>/dev/null |
    awk '$1 ~ /\.cpp$|^TOTAL$/ { printf "  %-28s %5d of %5d lines  %s\n", $1, $8 - $9, $8, $10 }'
done
