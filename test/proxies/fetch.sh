#!/usr/bin/env bash
# Fetches the proxies that the `real` tests run: nginx and caddy of an old and of the newest Debian suite, the newest
# docker-compose, and a curl that speaks HTTP/3. They come as Debian packages from the mirror that this machine uses
# itself, are unpacked into a private folder and never installed; no step needs root. Done once, the folder is used as it
# is, also offline; delete it to fetch again. See `usage` below for the settings.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: fetch.sh
  Unpacks old and new nginx and caddy, docker-compose and curl into .proxies/ at the project top and prints their versions.

  PROXYWRIGHT_PROXIES  another folder instead of .proxies/
  PROXYWRIGHT_MIRROR   a Debian mirror (URI), where this machine's own package sources name none
  PROXYWRIGHT_KEYRING  the keyring file that goes with that mirror
TEXT
}

readonly OLD_SUITE=bookworm NEW_SUITE=sid
# Raise it when the layout below changes: a folder with another number is fetched anew.
readonly LAYOUT=2

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "fetch.sh: $*"
  exit 1
}

# Prints "URI<tab>KEYRING" of the first Debian archive in the machine's package sources. Security archives hold no whole
# suite, disabled entries count for nothing, and KEYRING is `-` where the entry names no file.
machine_mirror() {
  local list parts file
  eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
  {
    # Each file is followed by an empty line: it ends the last entry.
    for file in "$parts"*.sources; do if [ -f "$file" ]; then cat "$file" && echo; fi; done | awk '
      function flush() {
        if (uri != "" && types ~ /(^| )deb( |$)/ && enabled != "no") print uri "\t" (key == "" ? "-" : key)
        uri = types = key = enabled = ""
      }
      /^#/ { next }
      /^[[:space:]]*$/ { flush(); next }
      tolower($1) == "types:" { types = $0 }
      tolower($1) == "uris:" { uri = $2 }
      tolower($1) == "enabled:" { enabled = tolower($2) }
      tolower($1) == "signed-by:" && $2 ~ /^\// { key = $2 }'
    cat "$list" "$parts"*.list 2>/dev/null | awk '
      $1 == "deb" {
        key = "-"; rest = $0; sub(/^[[:space:]]*deb[[:space:]]+/, "", rest)
        if (rest ~ /^\[/) {
          options = rest; sub(/\].*/, "", options); sub(/^[^]]*\][[:space:]]*/, "", rest)
          if (match(options, /signed-by=\/[^ ,]+/)) key = substr(options, RSTART + 10, RLENGTH - 10)
        }
        split(rest, word, /[[:space:]]+/); print word[1] "\t" key
      }' || true
  } | awk -F '\t' '!found && $1 ~ /\/debian(\/|\.list|$)/ { found = 1; print } END { exit !found }'
}

# Writes apt's settings for one suite: own lists, own cache, own source, an empty list of installed packages, and none of
# the machine's hooks or pins. The machine's proxy and login settings stay in force.
apt_settings() { # SUITE FOLDER
  local suite=$1 folder=$2 options="arch=$ARCHITECTURE target=Packages"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/debs"
  : >"$folder/status"
  [ "$KEYRING" = - ] || options="$options signed-by=$KEYRING"
  printf 'deb [%s] %s %s main\n' "$options" "$MIRROR" "$suite" >"$folder/sources.list"
  cat >"$folder/apt.conf" <<CONF
Dir::State "$folder";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::State::extended_states "$folder/extended_states";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "$ARCHITECTURE";
#clear APT::Architectures;
APT::Architectures { "$ARCHITECTURE"; };
APT::Sandbox::User "$(id -un)";
APT::Default-Release "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# Prints the library packages that the given packages need, themselves not included. Only libraries: a maintainer
# script's tools are never run here.
libraries_of() { # APT.CONF PACKAGE...
  local conf=$1 seen=' ' name next
  shift
  local -a queue=("$@")
  while [ ${#queue[@]} -gt 0 ]; do
    name=${queue[0]}
    queue=("${queue[@]:1}")
    while read -r next; do
      case $next in libnginx-mod-* | lib*-tools) continue ;; lib* | zlib*) ;; *) continue ;; esac
      case $seen in *" $next "*) continue ;; esac
      seen="$seen$next "
      queue+=("$next")
      printf '%s\n' "$next"
    done < <(apt-cache -c "$conf" depends --no-recommends --no-suggests "$name" 2>/dev/null |
      awk '$1 ~ /^\|?(Pre)?Depends:$/ && $2 !~ /</ { sub(/:.*/, "", $2); print $2 }')
  done
}

# Downloads packages with the libraries they need and unpacks them all into one root.
unpack_suite() { # SUITE ROOT PACKAGE...
  local suite=$1 root=$2 state="$WORK/apt-$1" conf file
  shift 2
  apt_settings "$suite" "$state"
  conf="$state/apt.conf"
  say "reading the package list of $suite"
  apt-get -c "$conf" -q -o APT::Update::Error-Mode=any update >"$state/log" 2>&1 ||
    { tail -n 15 "$state/log" >&2; fail "apt-get update failed for $suite (the mirror must hold Debian's $suite)"; }
  local -a libraries
  mapfile -t libraries < <(libraries_of "$conf" "$@")
  say "downloading $* and ${#libraries[@]} libraries of $suite"
  (cd "$state/debs" && apt-get -c "$conf" -q download "$@" "${libraries[@]}") >"$state/log" 2>&1 ||
    { tail -n 15 "$state/log" >&2; fail "apt-get download failed for $suite"; }
  # The older suite still ships libc below /lib: with these links all libraries come to lie in one folder.
  mkdir -p "$root/usr/lib" "$root/usr/lib64"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  for file in "$state"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --keep-directory-symlink --no-same-owner \
      --exclude=./usr/share --exclude=./etc
  done
}

# Writes one launcher for the first of some paths that exists. A dynamic program starts through the loader of its own
# root, because it may need a newer libc than this machine has; a static one starts as it is. Paths are relative to the
# launcher, so that the folder can be moved.
launcher() { # NAME SUITE PATH-IN-ROOT...
  local name=$1 suite=$2 root="$WORK/$2" program='' libraries loader path
  shift 2
  for path in "$@"; do [ -n "$program" ] || [ ! -x "$root/$path" ] || program=$path; done
  [ -n "$program" ] || fail "the packages of $suite hold none of: $*"
  libraries=$(cd "$root" && find usr/lib -name libc.so.6 | head -n 1)
  libraries=${libraries%/*}
  loader=$(cd "$root" && find "$libraries" -maxdepth 1 -name 'ld-linux*.so.*' | head -n 1)
  mkdir -p "$WORK/bin"
  # shellcheck disable=SC2016 # the launcher expands these, not this script
  {
    printf '#!/bin/sh\nroot=$(dirname "$(readlink -f "$0")")/../%s\n' "$suite"
    if "$root/$loader" --verify "$root/$program" >/dev/null 2>&1; then
      printf 'exec "$root/%s" --library-path "$root/%s" "$root/%s" "$@"\n' "$loader" "$libraries" "$program"
    else
      printf 'exec "$root/%s" "$@"\n' "$program"
    fi
  } >"$WORK/bin/$name"
  chmod 755 "$WORK/bin/$name"
}

# Prints "PROGRAM AGE VERSION" and so proves that the program starts.
version_line() { # PROGRAM AGE ARGUMENT...
  local program=$1 age=$2 output version
  shift 2
  output=$("$WORK/bin/$program-$age" "$@" 2>&1) || fail "$program-$age does not start: $output"
  version=$(printf '%s\n' "$output" | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1) ||
    fail "$program-$age tells no version: $output"
  printf '%s %s %s\n' "$program" "$age" "$version"
}

case ${1-} in '') ;; -h | --help) usage && exit 0 ;; *) usage >&2 && exit 1 ;; esac

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${PROXYWRIGHT_PROXIES:-$TOP/.proxies}
STAMP=$CACHE/fetched

finished() { [ -x "$CACHE/bin/nginx-old" ] && [ -f "$STAMP" ] && [ "$(head -n 1 "$STAMP")" = "layout $LAYOUT" ]; }

if finished; then
  tail -n +2 "$STAMP"
  exit 0
fi

for tool in apt-get apt-cache apt-config dpkg dpkg-deb tar flock; do
  command -v "$tool" >/dev/null || fail "needs $tool: the proxies come from Debian's packages"
done
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)
STAMP=$CACHE/fetched
exec 9>"$CACHE/lock"
flock 9
# Another run may have finished while this one waited for the lock.
if finished; then
  tail -n +2 "$STAMP"
  exit 0
fi

ARCHITECTURE=$(dpkg --print-architecture)
if [ -n "${PROXYWRIGHT_MIRROR-}" ]; then
  MIRROR=$PROXYWRIGHT_MIRROR
  KEYRING=${PROXYWRIGHT_KEYRING:--}
else
  IFS=$'\t' read -r MIRROR KEYRING < <(machine_mirror) ||
    fail 'found no Debian archive in the package sources of this machine; set PROXYWRIGHT_MIRROR'
fi
# Where the source names no keyring, Debian's own package has put one here.
[ "$KEYRING" != - ] || [ ! -f /usr/share/keyrings/debian-archive-keyring.gpg ] ||
  KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

WORK=$CACHE/unfinished
rm -rf "$WORK" "$STAMP"
mkdir -p "$WORK/$OLD_SUITE" "$WORK/$NEW_SUITE"
trap 'rm -rf "$WORK"' EXIT

unpack_suite "$OLD_SUITE" "$WORK/$OLD_SUITE" nginx caddy
unpack_suite "$NEW_SUITE" "$WORK/$NEW_SUITE" nginx caddy docker-compose curl

launcher nginx-old "$OLD_SUITE" usr/sbin/nginx
launcher nginx-new "$NEW_SUITE" usr/sbin/nginx
launcher caddy-old "$OLD_SUITE" usr/bin/caddy
launcher caddy-new "$NEW_SUITE" usr/bin/caddy
launcher docker-compose-new "$NEW_SUITE" usr/bin/docker-compose usr/libexec/docker/cli-plugins/docker-compose \
  usr/lib/docker/cli-plugins/docker-compose

launcher curl-new "$NEW_SUITE" usr/bin/curl

say 'starting each of them once'
{
  printf 'layout %s\n' "$LAYOUT"
  version_line nginx old -v
  version_line nginx new -v
  version_line caddy old version
  version_line caddy new version
  version_line docker-compose new version
  version_line curl new --version
} >"$WORK/fetched"

rm -rf "${CACHE:?}/bin" "${CACHE:?}/$OLD_SUITE" "${CACHE:?}/$NEW_SUITE"
mv "$WORK/bin" "$WORK/$OLD_SUITE" "$WORK/$NEW_SUITE" "$CACHE/"
# The stamp comes last: a folder without it is fetched anew.
mv "$WORK/fetched" "$STAMP"
tail -n +2 "$STAMP"
