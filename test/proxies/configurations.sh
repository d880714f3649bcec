#!/usr/bin/env bash
# Fetches hand-written nginx and Caddy configurations that Debian packages bring, for `test/real/configurations.test.ts`:
# the packages of this machine's own suite, unpacked below .proxies/configurations/ and never installed. Done once, the
# folder is used as it is; delete it to fetch again.
set -euo pipefail

readonly PACKAGES=(
  caddy fcgiwrap libnginx-mod-http-lua libnginx-mod-http-modsecurity libnginx-mod-nchan libnginx-mod-rtmp mailman3-web
  nginx-common nginx-doc python3-certbot-nginx radicale rss-bridge samizdat searx zabbix-frontend-php zoneminder
)

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PROXYWRIGHT_PROXIES:-$top/.proxies}/configurations
if [ -f "$cache/fetched" ]; then exit 0; fi

work=$cache.unfinished
rm -rf "$work" "$cache"
mkdir -p "$work/debs"
trap 'rm -rf "$work"' EXIT
for package in "${PACKAGES[@]}"; do
  # A suite need not have all of them.
  (cd "$work/debs" && apt-get -q download "$package") >"$work/log" 2>&1 || printf 'not there: %s\n' "$package" >&2
done
for deb in "$work"/debs/*.deb; do
  name=${deb##*/}
  mkdir "$work/${name%%_*}"
  dpkg -x "$deb" "$work/${name%%_*}"
done
rm -rf "$work/debs" "$work/log"
touch "$work/fetched"
mv "$work" "$cache"
