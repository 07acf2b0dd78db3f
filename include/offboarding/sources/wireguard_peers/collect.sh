#!/bin/sh
# Tells which peers a WireGuard server lets in: what the offboarding checker's source `wireguard_peers` reads
# (docs/permissions/wireguard_peers.md). Run it as root. It changes nothing, and writes to its standard output alone.
#
# Nothing secret is told: `wg` is asked for public keys, handshakes and allowed IPs, never for its dump or a file of its
# making, which hold private and preshared keys; of files the lines with a peer's public key are told. Each line begins
# with a word that says what it is; the last is `end`, and what lacks it was cut off.
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
SECONDS_TO_READ=10

say() {
    printf '%s\n' "$*"
}

refuse() {
    say "refused $1"
    say end
    exit 1
}

ask() {
    timeout "$SECONDS_TO_READ" wg "$@"
}

# Each by itself: of `all`, wg leaves out what it can't read, and calls that success.
tell_interfaces() {
    for interface in $1; do
        handshakes=$(ask show "$interface" latest-handshakes) && addresses=$(ask show "$interface" allowed-ips) || return
        printf '%s\n\n%s\n' "$handshakes" "$addresses" | I="$interface" awk '
            $0 == "" { second = 1; next }
            !second { seen[$1] = $2; next }
            { print "peer " ENVIRON["I"] " " $1 " " seen[$1] + 0 " " ($2 == "(none)" ? 0 : NF - 1) }' || return
    done
}

# wg-quick's, systemd-networkd's and NetworkManager's, and what netplan makes of its own for those two: by these a peer
# comes back when its interface starts.
tell_files() {
    for file in /etc/wireguard/*.conf \
        /etc/systemd/network/*.netdev /etc/systemd/network/*.netdev.d/*.conf \
        /run/systemd/network/*.netdev /run/systemd/network/*.netdev.d/*.conf \
        /etc/NetworkManager/system-connections/* /run/NetworkManager/system-connections/*; do
        [ -e "$file" ] || continue
        # A pipe would keep us for good.
        [ -f "$file" ] || return
        F="$file" timeout "$SECONDS_TO_READ" awk '
            function tell(key) {
                if (length(key) == 44 && key ~ /^[A-Za-z0-9+\/]+=$/) print "kept " key " " ENVIRON["F"]
                else print "odd " ENVIRON["F"]
            }
            { sub(/#.*/, ""); gsub(/[ \t\r]/, ""); word = tolower($0) }
            word ~ /^\[/ { peer = word == "[peer]" || word == "[wireguardpeer]" }
            word ~ /^\[wireguard-peer\./ { tell(substr($0, 17, length($0) - 17)) }
            peer && word ~ /^publickey[a-z]*=/ { tell(substr($0, index($0, "=") + 1)) }' "$file" || return
    done
}

say 'offboarding wireguard_peers 1'
say "at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
say "name $(uname -n)"
[ "$(id -u)" = 0 ] || refuse 'it was not run as root'
for tool in wg awk sha256sum timeout; do
    command -v "$tool" >/dev/null || refuse "there is no $tool on this machine"
done
id=$(cat /etc/machine-id 2>/dev/null)
[ ${#id} = 32 ] || refuse 'there is no /etc/machine-id: make one by systemd-machine-id-setup or dbus-uuidgen --ensure'
# The id itself is nobody else's business (machine-id(5)).
say "machine $(printf 'offboarding wireguard_peers %s' "$id" | sha256sum | cut -c1-32)"
interfaces=$(ask show interfaces) || refuse 'wg could not list the interfaces'
[ -n "$interfaces" ] || refuse 'no WireGuard interface is up'
peers=$(tell_interfaces "$interfaces") || refuse 'wg could not tell of every interface'
kept=$(tell_files) || refuse 'a file that lists peers could not be read'
told=$(printf '%s\n%s\n' "$peers" "$kept" | grep .)
say "lines $(say "$told" | grep -c .)"
[ -z "$told" ] || say "$told"
say end
