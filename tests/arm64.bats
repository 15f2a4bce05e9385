# SPDX-License-Identifier: BSD-2-Clause
# The other architecture: that nothing of it is x86's only.
load lib

@test "all of it compiles for arm64, the kernel side into a skeleton" {
	need cmd clang
	need cmd bpftool
	[ -d /usr/aarch64-linux-gnu/include ] || skip "needs libc6-dev-arm64-cross"
	run -0 make -C "$REPO" --no-print-directory arm64
	says "files of the user side compile"
}
