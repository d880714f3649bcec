#!/usr/bin/env bash
# Fetches hand-written nginx and Caddy configurations that packages bring, for `test/real/configurations.test.ts`: Debian's
# of this machine's own suite, and npm's. They are unpacked below .proxies/configurations/ and never installed, and no
# script of theirs is run. Done once, the folders are used as they are; delete them to fetch again.
set -euo pipefail

readonly DEBIAN=(
  caddy fcgiwrap libnginx-mod-http-lua libnginx-mod-http-modsecurity libnginx-mod-nchan libnginx-mod-rtmp mailman3-web
  nginx-common nginx-doc python3-certbot-nginx radicale rss-bridge samizdat searx zabbix-frontend-php zoneminder
)
readonly NPM=(
  @lando/drupal@0.5.3 @lando/laravel@0.5.2 @lando/nginx@1.6.0 @lando/wordpress@1.11.0 generator-jhipster-docker@2.5.0
  nginx-linter@0.7.0 strong-nginx-controller@1.0.2
)

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PROXYWRIGHT_PROXIES:-$top/.proxies}/configurations
work=$cache.unfinished
trap 'rm -rf "$work"' EXIT

# A suite, or a registry, need not have all of them.
lacking() { printf 'not there: %s\n' "$1" >&2; }

debian() {
  mkdir "$work/debs"
  for package in "${DEBIAN[@]}"; do
    (cd "$work/debs" && apt-get -q download "$package") >"$work/log" 2>&1 || lacking "$package"
  done
  for deb in "$work"/debs/*.deb; do
    name=${deb##*/}
    mkdir "$work/${name%%_*}"
    dpkg -x "$deb" "$work/${name%%_*}"
  done
  rm -rf "$work/debs"
}

npm_packages() {
  mkdir "$work/npm"
  for package in "${NPM[@]}"; do
    folder=$work/npm/$(printf '%s' "${package%@*}" | tr -d @ | tr / -)
    mkdir "$folder"
    if (cd "$folder" && npm pack --silent --ignore-scripts "$package" && tar -xzf ./*.tgz) >"$work/log" 2>&1; then
      rm -f "$folder"/*.tgz
    else
      lacking "$package"
      rm -rf "$folder"
    fi
  done
}

# One kind of packages at a time: what is there stays.
fetch() {
  [ ! -f "$cache/fetched$2" ] || return 0
  rm -rf "$work"
  mkdir -p "$work" "$cache"
  "$1"
  rm -f "$work/log"
  for folder in "$work"/*; do
    [ -e "$folder" ] || continue
    rm -rf "$cache/${folder##*/}"
    mv "$folder" "$cache"
  done
  touch "$cache/fetched$2"
}

fetch debian ''
fetch npm_packages -npm
