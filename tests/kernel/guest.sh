#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What check.sh runs on the kernel in question: a tar of what came of it, to stdout.
tmp=$(mktemp -d /tmp/secmon-guest.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

secmon-capture --check >"$tmp/check.said" 2>&1 && : >"$tmp/check.ok"
for hooks in preferred fallback; do
	secmon-capture --hooks $hooks -o "$tmp/$hooks.mp" -- deeds /etc/passwd 4242 \
		>"$tmp/$hooks.said" 2>&1 && : >"$tmp/$hooks.ok"
done
busybox tar -c -C "$tmp" .
