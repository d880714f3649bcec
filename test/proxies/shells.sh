#!/usr/bin/env bash
# Fetches zsh and fish for `test/real/completion.test.ts`: the packages of this machine's own suite, unpacked below
# .proxies/shells/ and never installed. Done once, the folder is used as it is; delete it to fetch again.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PROXYWRIGHT_PROXIES:-$top/.proxies}/shells
if [ -f "$cache/fetched" ]; then exit 0; fi

work=$cache.unfinished
rm -rf "$work" "$cache"
mkdir -p "$work/debs"
trap 'rm -rf "$work"' EXIT
# What fish is linked with is not on every machine.
libraries=$(apt-cache depends --no-recommends --no-suggests fish | awk '$1 == "Depends:" && $2 ~ /^lib(pcre2|tinfo)/ { print $2 }')
# shellcheck disable=SC2086 # several names
(cd "$work/debs" && apt-get -q download zsh zsh-common fish fish-common $libraries) >"$work/log" 2>&1 ||
  { tail -n 15 "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work"; done
rm -rf "$work/debs" "$work/log"
touch "$work/fetched"
mv "$work" "$cache"
