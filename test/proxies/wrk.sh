#!/usr/bin/env bash
# Fetches wrk, which makes requests as fast as it can, for `npm run bench`: the package of this machine's own suite, unpacked
# below .proxies/wrk/ and never installed. Done once, the folder is used as it is; delete it to fetch again.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PROXYWRIGHT_PROXIES:-$top/.proxies}/wrk
if [ -f "$cache/fetched" ]; then exit 0; fi

work=$cache.unfinished
rm -rf "$work" "$cache"
mkdir -p "$work/debs"
trap 'rm -rf "$work"' EXIT
libraries=$(apt-cache depends --no-recommends --no-suggests wrk | awk '$1 == "Depends:" && $2 ~ /^lib(luajit|ssl)/ { print $2 }')
# shellcheck disable=SC2086 # several names
(cd "$work/debs" && apt-get -q download wrk $libraries) >"$work/log" 2>&1 || { tail -n 15 "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work"; done
rm -rf "$work/debs" "$work/log"
# shellcheck disable=SC2016 # expanded when it runs
printf '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nLD_LIBRARY_PATH=$(echo "$here"/usr/lib/*/) exec "$here/usr/bin/wrk" "$@"\n' >"$work/wrk"
chmod 755 "$work/wrk"
touch "$work/fetched"
mv "$work" "$cache"
