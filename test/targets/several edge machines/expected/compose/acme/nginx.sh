#!/bin/sh
# Made by proxywright from a topology file; do not edit: change the topology and build again.
# Starts nginx, and reloads it when a certificate changes. No docker socket, no signal from outside.
set -u

conf=${EDGE_CONF:-/etc/edge/nginx/nginx.conf}
tls=${EDGE_TLS:-/etc/edge/tls}
step=${EDGE_STEP:-10}

state() {
    cat "$tls"/*/fullchain.pem 2>/dev/null | sha256sum
}

# As long as nginx runs, which keeps the number of this process.
watch() {
    while sleep "$step" && kill -0 "$$" 2>/dev/null; do
        now=$(state)
        [ "$now" = "$last" ] && continue
        # A configuration that does not load keeps the old one running, and is tried again.
        if nginx -t -q -c "$conf" && nginx -s reload -c "$conf"; then
            last=$now
        fi
    done
}

# Before nginx reads them: a change in between is seen.
last=$(state)
watch &
exec nginx -c "$conf" -g 'daemon off;'
