#!/bin/sh
# Made by proxywright from a topology file; do not edit: change the topology and build again.
# Certificates for nginx. First a placeholder for each site, so that nginx starts with 80 and 443 at once; then real
# ones, when the edge answers; then renewals, twice a day. certbot calls this file again as its deploy hook.
#
# Environment: ACME_EMAIL (may be empty), ACME_SERVER (a directory URL; empty: production), EDGE_PROBE (http://nginx:80)
# -f: a `*` of a name is no pattern of files.
set -uf

here=${EDGE_ACME:-/etc/edge/acme}
tls=${EDGE_TLS:-/etc/edge/tls}
webroot=${EDGE_WEBROOT:-/var/www/acme}
list=$here/certificates.txt

# deploy FOLDER CHAIN KEY: both files become visible together, by one renamed link
deploy() {
    new=$(mktemp -d "$tls/.$1.XXXXXX") || return 1
    if ! cp "$2" "$new/fullchain.pem" || ! cp "$3" "$new/privkey.pem"; then
        rm -rf "$new"
        return 1
    fi
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
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/O=self-made" \
        -addext "subjectAltName=${names#,}" -keyout "$work/key.pem" -out "$work/chain.pem" 2>/dev/null &&
        deploy "$folder" "$work/chain.pem" "$work/key.pem"
    status=$?
    rm -rf "$work"
    return $status
}

# The deploy hook: certbot tells the folder of the new pair.
if [ "${1:-}" = deployed ]; then
    deploy "$(basename "$RENEWED_LINEAGE")" "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
    exit
fi

lines() {
    grep -v '^#' "$list"
}

lines | while read -r mode folder names; do
    [ -e "$tls/$folder/fullchain.pem" ] && continue
    live=/etc/letsencrypt/live/$folder
    if [ "$mode" = acme ] && [ -e "$live/fullchain.pem" ]; then
        deploy "$folder" "$live/fullchain.pem" "$live/privkey.pem"
    else
        # shellcheck disable=SC2086 # names are words: letters, digits, dots
        placeholder "$folder" $names
    fi
done
touch "$tls/.ready"
[ "${1:-}" = placeholders ] && exit

# Nothing is asked of the CA before the edge really serves what we write: failed validations are rationed.
probe() {
    mkdir -p "$webroot/.well-known/acme-challenge"
    word=probe-$$
    echo "$word" >"$webroot/.well-known/acme-challenge/$word"
    answer=$(wget -q -T 5 -O - --header "Host: $1" "$EDGE_PROBE/.well-known/acme-challenge/$word" 2>/dev/null)
    rm -f "$webroot/.well-known/acme-challenge/$word"
    [ "$answer" = "$word" ]
}

issue() {
    folder=$1
    shift
    domains=
    for name in "$@"; do domains="$domains -d $name"; done
    if [ -n "${ACME_EMAIL:-}" ]; then who="-m $ACME_EMAIL --no-eff-email"; else who=--register-unsafely-without-email; fi
    # shellcheck disable=SC2086 # names and the address are words
    certbot certonly --webroot -w "$webroot" --cert-name "$folder" $domains $who ${ACME_SERVER:+--server "$ACME_SERVER"} \
        --agree-tos --non-interactive --keep-until-expiring --renew-with-new-domains --deploy-hook "/bin/sh $0 deployed"
}

# The CA allows five failed validations an hour: waits grow until they stay below that.
wait=60
while :; do
    failed=
    while read -r mode folder names; do
        [ "$mode" = acme ] || continue
        # shellcheck disable=SC2086
        set -- $names
        until probe "$1"; do sleep 2; done
        issue "$folder" "$@" </dev/null || failed=yes
    done <<LIST
$(lines)
LIST
    if [ -z "$failed" ]; then
        wait=60
        sleep 43200
    else
        sleep "$wait"
        case $wait in 60) wait=300 ;; 300) wait=1800 ;; *) wait=3600 ;; esac
    fi
done
