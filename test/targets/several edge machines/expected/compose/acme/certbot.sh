#!/bin/sh
# Made by proxywright from a topology file; do not edit: change the topology and build again.
# Certificates for nginx. First a placeholder for each site, so that nginx starts with 80 and 443 at once; then real
# ones, when the edge answers; then renewals, twice a day and when the list of names changes. certbot calls this file
# again as its deploy hook.
#
# Environment: ACME_EMAIL (may be empty), ACME_SERVER (a directory URL; empty: production), EDGE_PROBE (http://nginx:80)
# -f: a `*` of a name is no pattern of files.
set -uf

here=${EDGE_ACME:-/etc/edge/acme}
tls=${EDGE_TLS:-/etc/edge/tls}
webroot=${EDGE_WEBROOT:-/var/www/acme}
letsencrypt=${EDGE_LETSENCRYPT:-/etc/letsencrypt}
# Seconds between two looks at what may have changed.
step=${EDGE_STEP:-10}
server=${ACME_SERVER:-https://acme-v02.api.letsencrypt.org/directory}
list=$here/certificates.txt

say() {
    echo "certificates: $*" >&2
}

# deploy FOLDER CHAIN KEY [NAMES]: both files become visible together, by one renamed link. NAMES: a placeholder's
deploy() {
    new=$(mktemp -d "$tls/.$1.XXXXXX") || return 1
    if ! cp "$2" "$new/fullchain.pem" || ! cp "$3" "$new/privkey.pem" ||
        [ "$(openssl x509 -noout -pubkey -in "$new/fullchain.pem")" != "$(openssl pkey -pubout -in "$new/privkey.pem")" ]; then
        say "$1: the new certificate and key do not fit, the old ones stay"
        rm -rf "$new"
        return 1
    fi
    [ -z "${4:-}" ] || echo "$4" >"$new/names"
    # nginx reads them as root, before its workers give that up.
    chmod 755 "$new" && chmod 600 "$new/privkey.pem"
    old=$(readlink "$tls/$1" || true)
    ln -s "$(basename "$new")" "$new.link" && mv -T "$new.link" "$tls/$1" || return 1
    case $old in ".$1."*) rm -rf "${tls:?}/$old" ;; esac
}

# placeholder FOLDER NAME...: a self-made certificate
placeholder() {
    folder=$1
    shift
    names=
    for name in "$@"; do
        case $name in *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) names=$names,IP:$name ;; *) names=$names,DNS:$name ;; esac
    done
    work=$(mktemp -d) || return 1
    if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/O=self-made" \
        -addext "subjectAltName=${names#,}" -keyout "$work/key.pem" -out "$work/chain.pem" 2>"$work/log"; then
        deploy "$folder" "$work/chain.pem" "$work/key.pem" "$*"
    else
        cat "$work/log" >&2
    fi
    rm -rf "$work"
    [ -e "$tls/$folder/privkey.pem" ]
}

# The deploy hook: certbot tells the folder of the new pair.
if [ "${1:-}" = deployed ]; then
    deploy "$(basename "$RENEWED_LINEAGE")" "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
    exit
fi

# have MODE FOLDER NAME...: what nginx needs to start, and what certbot has but did not hand over
have() {
    mode=$1 folder=$2
    shift 2
    live=$letsencrypt/live/$folder
    if [ "$mode" = internal ]; then
        [ "$(cat "$tls/$folder/names" 2>/dev/null)" = "$*" ] || placeholder "$folder" "$@"
    elif [ -e "$live/fullchain.pem" ]; then
        cmp -s "$live/fullchain.pem" "$tls/$folder/fullchain.pem" ||
            deploy "$folder" "$live/fullchain.pem" "$live/privkey.pem" ||
            [ -e "$tls/$folder/fullchain.pem" ] || placeholder "$folder" "$@"
    else
        [ -e "$tls/$folder/fullchain.pem" ] || placeholder "$folder" "$@"
    fi
}

# probe NAME: nothing is asked of the CA before the edge serves what we write, because failed validations are rationed
probe() {
    mkdir -p "$webroot/.well-known/acme-challenge"
    word=probe-$$
    echo "$word" >"$webroot/.well-known/acme-challenge/$word"
    answer=$(timeout 5 wget -q -O - --header "Host: $1" "$EDGE_PROBE/.well-known/acme-challenge/$word" 2>/dev/null)
    rm -f "$webroot/.well-known/acme-challenge/$word"
    [ "$answer" = "$word" ]
}

issue() {
    folder=$1
    shift
    count=$#
    for name in "$@"; do set -- "$@" -d "$name"; done
    shift "$count"
    if [ -n "${ACME_EMAIL:-}" ]; then
        set -- "$@" -m "$ACME_EMAIL" --no-eff-email
    else
        set -- "$@" --register-unsafely-without-email
    fi
    # A certificate of another CA, such as staging, is not kept because it is still valid.
    from=$(sed -n 's/^server = //p' "$letsencrypt/renewal/$folder.conf" 2>/dev/null)
    if [ "${from:-$server}" = "$server" ]; then
        set -- "$@" --keep-until-expiring
    else
        set -- "$@" --force-renewal --break-my-certs
    fi
    # shellcheck disable=SC2016 # the hook expands it
    certbot certonly --webroot -w "$webroot" --cert-name "$folder" "$@" --server "$server" --agree-tos \
        --non-interactive --renew-with-new-domains \
        --deploy-hook '/bin/sh "${EDGE_ACME:-/etc/edge/acme}/certbot.sh" deployed'
}

# all COMMAND: each line of the list. Fails when one of them failed.
all() {
    failed=0
    while read -r mode folder names; do
        case $mode in acme | internal) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # names are words: letters, digits, dots
        "$1" "$mode" "$folder" $names </dev/null || failed=1
    done <"$list"
    return "$failed"
}

# The edge is asked for every name: a new one waits for the reload that makes it known.
obtain() {
    [ "$1" = acme ] || return 0
    folder=$2
    shift 2
    for name in "$@"; do
        probe "$name" && continue
        say "$folder: the edge does not answer for $name on plain http yet"
        unserved=yes
        return 0
    done
    issue "$folder" "$@"
}

# rest SECONDS: until then, or until the list changes
rest() {
    left=$1
    while [ "$left" -gt 0 ] && [ "$(sha256sum <"$list")" = "$seen" ]; do
        sleep "$step" &
        wait "$!"
        left=$((left - step))
    done
}

trap 'exit 0' TERM INT
rm -f "$tls/.ready"
all have || exit 1
touch "$tls/.ready"
[ "${1:-}" = placeholders ] && exit

# The CA allows five failed validations an hour: waits grow until they stay below that, from a minute to an hour.
waits=6
while :; do
    seen=$(sha256sum <"$list")
    unserved=
    all have
    if ! all obtain; then
        say "trying again in $((waits * step)) s"
        rest "$((waits * step))"
        case $waits in 6) waits=30 ;; 30) waits=180 ;; *) waits=360 ;; esac
        continue
    fi
    all have
    if [ -n "$unserved" ]; then
        rest "$step"
    else
        waits=6
        rest 43200
    fi
done
