#!/usr/bin/env bash
# Makes a release of a built program: its archive, and the manifest that names and signs it.
#   eng/release.sh DIRECTORY VERSION URL KEY OUT [NOTES]
#   eng/release.sh --renew MANIFEST KEY
# DIRECTORY holds the program 'miner' and its libraries (such as artifacts/miner), URL is where the files of OUT will lie, KEY is a private
# Ed25519 key (openssl genpkey -algorithm ed25519 -out KEY), NOTES is a text file. The public key for --update.key:
#   openssl pkey -in KEY -pubout -outform DER | tail -c 32 | base64
# A manifest is believed for DAYS days (a variable of the environment, 90 when absent); --renew signs one again from now on, in its place.
set -euo pipefail
fail() { echo "$1" >&2; exit "${2-1}"; }
days=${DAYS-90}
[[ $days =~ ^[1-9][0-9]{0,3}$ ]] || fail "DAYS is '$days', not a number of days from 1 to 9999" 2
expires=$(date -u -d "+$days days" +%Y-%m-%dT%H:%M:%SZ)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# sign KEY MANIFEST: what lies in $work/release, and only a manifest that is whole takes the place of an older one.
sign() {
  openssl pkeyutl -sign -rawin -inkey "$1" -in "$work/release" -out "$work/signature"
  printf '{"release":"%s","signature":"%s"}\n' "$(base64 -w0 "$work/release")" "$(base64 -w0 "$work/signature")" >"$work/manifest"
  [ "$(stat -c %s "$work/manifest")" -le 65536 ] || fail "the manifest is longer than a miner reads (64 KiB): shorten the notes"
  cp "$work/manifest" "$2.new"
  mv "$2.new" "$2"
}
if [ "${1-}" = --renew ]; then
  [ $# -eq 3 ] || { sed -n '2,8s/^# //p' "$0" >&2; exit 2; }
  sed -n 's/^{"release":"\([^"]*\)".*/\1/p' "$2" | base64 -d >"$work/old"
  # The key that signed it: another's manifest is not made ours.
  sed -n 's/.*"signature":"\([^"]*\)".*/\1/p' "$2" | base64 -d >"$work/signature"
  openssl pkeyutl -verify -rawin -inkey "$3" -in "$work/old" -sigfile "$work/signature" >/dev/null 2>&1 || fail "$2 was not signed with $3"
  sed -e 's/^{"expires":"[^"]*",/{/' -e "s/^{/{\"expires\":\"$expires\",/" "$work/old" >"$work/release"
  sign "$3" "$2"
  echo "$2, good until $expires"
  exit
fi
[ $# -ge 5 ] || { sed -n '2,8s/^# //p' "$0" >&2; exit 2; }
directory=$1 version=$2 url=$3 key=$4 out=$5 notes=${6-/dev/null} rid=linux-x64
archive=miner-$version-$rid.tar.gz
mkdir -p "$out"
said=$("$directory/miner" --version)
[ "$said" = "miner $version" ] || fail "the program in $directory says '$said', not 'miner $version'"
tar -C "$directory" --exclude='./.built' --exclude='*.pdb' --exclude='*.dbg' --exclude='*.xml' --owner=0 --group=0 --numeric-owner -czf "$out/$archive" .
escape() {
  iconv -c -f utf-8 -t utf-8 "$1" | tr '\t' ' ' | tr -d '\000-\011\013-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
    | awk '{ printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }'
}
printf '{"expires":"%s","version":"%s","published":"%s","notes":"%s","files":[{"rid":"%s","url":"%s","sha256":"%s","size":%s}]}' \
  "$expires" "$version" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(escape "$notes")" "$rid" "${url%/}/$archive" \
  "$(sha256sum "$out/$archive" | cut -d' ' -f1)" "$(stat -c %s "$out/$archive")" >"$work/release"
sign "$key" "$out/manifest.json"
echo "$out/$archive and $out/manifest.json, good until $expires"
