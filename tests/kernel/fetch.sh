#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# fetch.sh KERNEL: have the kernel of that line of the file "kernels" as
# $SECMON_KERNELS/KERNEL/vmlinuz and print this path. Debian's own package,
# checked with Debian's own keys by apt in a configuration of our own, unpacked
# and not installed. What was fetched once is used again (rm -r it for a newer one).
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}"

kernel=${1:?usage: fetch.sh KERNEL}
cache=${SECMON_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/secmon-kernels}
dir=$cache/$kernel
if [ -s "$dir/vmlinuz" ]; then
	echo "$dir/vmlinuz"
	exit 0
fi
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
[ ! -s "$dir/vmlinuz" ] || { echo "$dir/vmlinuz"; exit 0; }

read -r _ suite archive < <(awk -v k="$kernel" '$1 == k' kernels) || {
	echo "fetch.sh: no kernel '$kernel' in tests/kernel/kernels" >&2
	exit 2
}
rm -rf "$dir"
mkdir -p "$dir"/apt/{state/lists/partial,cache/archives/partial,tmp}
trap 'rm -rf "$dir/apt"' EXIT
: >"$dir/apt/status"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $archive $suite main" >"$dir/apt/sources.list"

apt=(-qq -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
	-o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$dir/apt/state"
	-o Dir::State::status="$dir/apt/status" -o Dir::Cache="$dir/apt/cache"
	-o APT::Sandbox::User=root -o Acquire::Languages=none)
depends() { apt-cache "${apt[@]}" depends "$1" | awk -v re="$2" '$1 == "Depends:" && $2 ~ re { print $2; exit }'; }

apt-get "${apt[@]}" update >&2
package=$(depends linux-image-cloud-amd64 '^linux-image-.*-cloud-amd64$')
# newer packaging keeps the image itself in a package of its own
binary=$(depends "$package" '^linux-binary-')
cd "$dir/apt/tmp"
apt-get "${apt[@]}" download "${binary:-$package}" >&2
dpkg-deb --fsys-tarfile ./*.deb | tar -x --wildcards './boot/vmlinuz*' './usr/lib/modules/*/vmlinuz' 2>/dev/null || true
image=$(find . -name 'vmlinuz*' -type f | head -1)
[ -n "$image" ] || { echo "fetch.sh: no kernel image in ${binary:-$package}" >&2; exit 1; }
mv "$image" "$dir/vmlinuz"
echo "${binary:-$package}" >"$dir/package"
echo "$dir/vmlinuz"
