# shellcheck shell=bash
# Tries the axon's request path with inputs nobody thought of, in two ways at once. Sourced after eng/machine.sh in the repository root.
# Both stop at the first request that throws, is answered with a wrong status, or is accepted without a good signature.

FUZZING=artifacts/bin/Fuzzing/release/Fuzzing
FUZZ=artifacts/fuzz

# fuzz_both <seconds>: notes one result for each.
fuzz_both() {
  mkdir -p "$FUZZ"
  printf '== Fuzzing, %s s\n' "$1"
  "$FUZZING" generate "$1" >"$FUZZ/generated.log" 2>&1 &
  local generating=$!
  fuzz_by_coverage "$1"
  wait "$generating"
  fuzz_note generated $? "$FUZZ/generated.log"
}

fuzz_note() {
  tail -n 3 "$3"
  if [ "$2" -eq 0 ]; then note "Fuzzing, $1" 1 0 0; else note "Fuzzing, $1" 0 1 0; fi
}

# AFL++ drives the instrumented library; what it finds that fails is kept for `Fuzzing replay`.
fuzz_by_coverage() {
  local log=$FUZZ/coverage.log out=$FUZZ/out target=$FUZZ/target
  need afl-fuzz afl++ || { echo "afl++ is missing" >"$log"; fuzz_note coverage 1 "$log"; return; }
  rm -rf "$out" "$target"
  cp -r "$(dirname "$FUZZING")" "$target"
  {
    dotnet tool restore && dotnet sharpfuzz "$target/Bittensor.dll" \
      && AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
        DOTNET_TieredPGO=0 afl-fuzz -i fuzz/Corpus -o "$out" -t 10000 -m none -V "$1" -- "$target/Fuzzing" afl
  } >"$log" 2>&1
  local status=$? stats=$out/default/fuzzer_stats
  if [ "$status" -eq 0 ] && [ -f "$stats" ]; then
    grep -Eq '^saved_crashes +: 0$' "$stats" || status=1
    sed -n 's/^\(execs_done\|edges_found\|corpus_count\|saved_crashes\) *: /\1 /p' "$stats" | tr '\n' ' ' >>"$log"
    echo >>"$log"
  fi
  fuzz_note coverage "$status" "$log"
}
