#!/usr/bin/env bash
# Makes sure that the Debian packages the build needs are here: installs them as root or with sudo, or says how.
set -euo pipefail
wanted=(libsqlite3-dev libssl-dev libprotobuf-c-dev libzstd-dev libcairo2-dev libqrencode-dev libcurl4-openssl-dev libjpeg62-turbo-dev libpng-dev fonts-liberation2 binutils pkg-config)
# Tests read papers with other people's programs, and send mail to one.
wanted+=(poppler-utils zbar-tools python3-cryptography python3-aiosmtpd)
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
    echo "Missing Debian packages. Run this once, then again what you wanted:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
