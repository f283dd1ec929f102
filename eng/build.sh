# shellcheck shell=bash
# Publishes the program into artifacts/miner/ when its sources are newer. Sourced after eng/machine.sh in the repository root.

STAMP=artifacts/miner/.built

# Folders count too: a deleted file changes nothing else.
is_current() {
  [ -f "$STAMP" ] && [ -x artifacts/miner/miner ] \
    && [ -z "$(find src Directory.Build.props Directory.Packages.props global.json -newer "$STAMP" -print -quit)" ]
}

publish_miner() {
  local begun=artifacts/.begun log=artifacts/publish.log aot=() start=$SECONDS
  mkdir -p artifacts
  exec 9>artifacts/.lock
  flock 9
  is_current && return
  need_dotnet || return 1
  if ! need_linker; then
    say "note: clang and zlib1g-dev are missing; building for the .NET runtime instead of native code, which starts more slowly"
    aot=(-p:PublishAot=false)
  fi
  say "building the miner; the first time takes a minute or two …"
  # What changes while this builds counts as newer.
  touch "$begun"
  rm -rf artifacts/miner
  if ! dotnet publish src/ComputeMiner/ComputeMiner.csproj -c Release -o artifacts/miner --nologo -v quiet "${aot[@]}" >"$log" 2>&1; then
    { grep -E '(error|warning) [A-Z]+[0-9]+' "$log" || cat "$log"; } | sort -u >&2
    say "the build failed; all of it is in $log"
    return 1
  fi
  mv "$begun" "$STAMP"
  say "built in $((SECONDS - start)) s"
  flock -u 9
}
