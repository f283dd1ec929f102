#!/usr/bin/env bash
# Makes a release of a built program: its archive, and the manifest that names and signs it.
#   eng/release.sh DIRECTORY VERSION URL KEY OUT [NOTES]
# DIRECTORY holds the program 'miner' and its libraries (such as artifacts/miner), URL is where the files of OUT will lie, KEY is a private
# Ed25519 key (openssl genpkey -algorithm ed25519 -out KEY), NOTES is a text file. The public key for --update.key:
#   openssl pkey -in KEY -pubout -outform DER | tail -c 32 | base64
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
directory=$1 version=$2 url=$3 key=$4 out=$5 notes=${6-/dev/null} rid=linux-x64
archive=miner-$version-$rid.tar.gz
mkdir -p "$out"
said=$("$directory/miner" --version)
[ "$said" = "miner $version" ] || { echo "the program in $directory says '$said', not 'miner $version'" >&2; exit 1; }
tar -C "$directory" --exclude='./.built' --exclude='*.pdb' --exclude='*.dbg' --exclude='*.xml' --owner=0 --group=0 --numeric-owner -czf "$out/$archive" .
escape() { sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/ /g' "$1" | awk '{ printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }'; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '{"version":"%s","published":"%s","notes":"%s","files":[{"rid":"%s","url":"%s","sha256":"%s","size":%s}]}' \
  "$version" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(escape "$notes")" "$rid" "${url%/}/$archive" \
  "$(sha256sum "$out/$archive" | cut -d' ' -f1)" "$(stat -c %s "$out/$archive")" >"$work/release"
openssl pkeyutl -sign -rawin -inkey "$key" -in "$work/release" -out "$work/signature"
printf '{"release":"%s","signature":"%s"}\n' "$(base64 -w0 "$work/release")" "$(base64 -w0 "$work/signature")" >"$out/manifest.json"
echo "$out/$archive and $out/manifest.json"
