#!/usr/bin/env bash
# Fetches what certificates are tested with: certbot, and pebble, a CA for tests; and busybox and shellcheck for the
# scripts of the output. Packages of this machine's own suite, unpacked below .proxies/acme/ and never installed. Done
# once, the folder is used as it is; delete it to fetch again.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PROXYWRIGHT_PROXIES:-$top/.proxies}/acme
mkdir -p "$(dirname "$cache")"
exec 9>"$cache.lock"
flock 9
if [ -f "$cache/fetched" ]; then exit 0; fi

work=$cache.unfinished
rm -rf "$work" "$cache"
root=$work/root
mkdir -p "$work/debs" "$work/bin" "$root"
trap 'rm -rf "$work"' EXIT

# What they need, but for the system itself, which every machine has, and what only an installation uses.
wanted() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    certbot pebble shellcheck busybox openssl | awk '/^[a-z0-9]/ && !/:/ && !seen[$1]++' |
    grep -vxE 'libc6|libgcc-s1|gcc-.*|debconf.*|cdebconf|libdebian-installer4|dpkg|tar|perl.*|libperl.*|install-info|lsb-.*|libnewt.*|libslang.*|libtextwrap.*|mime-support|mailcap|readline-common'
}
wanted >"$work/packages"
# shellcheck disable=SC2046 # several names
(cd "$work/debs" && apt-get -q download $(cat "$work/packages")) >"$work/log" 2>&1 ||
  { tail -n 15 "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" |
    tar -x -C "$root" --keep-directory-symlink --no-same-owner --exclude=./usr/share/doc --exclude=./usr/share/man
done
rm -rf "$work/debs" "$work/log"

# Relative to the launcher, so that the folder can be moved. With its own libraries: the machine may lack Python.
# shellcheck disable=SC2016 # the launcher expands these, not this script
launcher() { # NAME PATH...
  local name=$1
  shift
  {
    printf '#!/bin/sh\nroot=$(dirname "$(readlink -f "$0")")/../root\nexport LD_LIBRARY_PATH="%s" PYTHONHOME="$root/usr" PYTHONNOUSERSITE=1\nexec' \
      "$libraries"
    printf ' "$root/%s"' "$@"
    printf ' "$@"\n'
  } >"$work/bin/$name"
  chmod 755 "$work/bin/$name"
}
# shellcheck disable=SC2016 # the launcher expands it
libraries='$root/usr/lib/'$(cd "$root/usr/lib" && echo ?*-linux-gnu*)':$root/lib/'$(cd "$root/lib" && echo ?*-linux-gnu*)
python=usr/bin/$(readlink "$root/usr/bin/python3")
launcher certbot "$python" usr/bin/certbot
launcher pebble usr/bin/pebble
launcher shellcheck usr/bin/shellcheck
launcher openssl usr/bin/openssl
ln -s ../root/bin/busybox "$work/bin/busybox"

for program in 'certbot --version' 'shellcheck --version' 'openssl version'; do
  # shellcheck disable=SC2086 # a program and its argument
  "$work/bin/"$program 2>&1 | grep -m 1 -E '[0-9]\.[0-9]'
done
touch "$work/fetched"
mv "$work" "$cache"
