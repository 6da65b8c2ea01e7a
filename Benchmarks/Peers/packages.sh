#!/usr/bin/env bash
# Installs the Debian packages that the peers need: as root or with sudo, or says how. Usage: packages.sh [all]
# Without "all", what the table of aims needs; with it, also nginx, wrk and PostgreSQL for the runs by hand.
set -euo pipefail
wanted=(g++ gcc pkg-config python3 openssl libssl-dev libsqlite3-dev
    libgrpc++-dev protobuf-compiler-grpc protobuf-compiler libprotobuf-dev golang-go golang-google-grpc-dev
    nats-server dbus-daemon dbus-broker libsystemd-dev nghttp2-client)
[ "${1:-}" != all ] || wanted+=(nginx-light wrk postgresql-15)
missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "Peers need Debian packages: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
