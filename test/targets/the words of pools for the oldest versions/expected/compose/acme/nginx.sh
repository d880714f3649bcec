#!/bin/sh
# Made by proxywright from a topology file; do not edit: change the topology and build again.
# Starts nginx, and reloads it when a certificate changes. No docker socket, no signal from outside.
set -eu

conf=/etc/edge/nginx/nginx.conf
tls=/etc/edge/tls

state() {
    cat "$tls"/*/fullchain.pem 2>/dev/null | cksum
}

watch() {
    last=$(state)
    while sleep 10; do
        now=$(state)
        [ "$now" = "$last" ] && continue
        # A configuration that does not load keeps the old one running, and is tried again.
        if nginx -t -q -c "$conf" && nginx -s reload -c "$conf"; then
            last=$now
        fi
    done
}

watch &
exec nginx -c "$conf" -g 'daemon off;'
