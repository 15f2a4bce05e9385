# SPDX-License-Identifier: BSD-2-Clause
# make arm64: that all of it compiles for arm64. The kernel side is built, with its
# skeleton; the user side is checked by the compiler's front end, with that architecture's
# C library and this machine's headers of the others.

A	:= build/arm64
ARM64_INCLUDE = -isystem /usr/aarch64-linux-gnu/include \
	-isystem /usr/include/$(shell $(CC) -print-multiarch)
ARM64_CHECKS := $(patsubst %.c,$(A)/%.ok,$(wildcard common/*.c cmd/*/*.c))

$(A)/capture.bpf.o: bpf/capture.bpf.c $(BPF_SRC)
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Werror -Wno-missing-declarations \
		-D__TARGET_ARCH_arm64 -I. -c -o $@ $<

$(A)/gen/capture.skel.h: $(A)/capture.bpf.o
	@mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen object $(A)/capture.o $<
	$(Q)$(BPFTOOL) gen skeleton $(A)/capture.o name capture_bpf > $@.tmp && mv $@.tmp $@

$(A)/%.ok: %.c $(A)/gen/capture.skel.h $(wildcard common/*.h common/*.def cmd/*/*.h cmd/*/*.def bpf/*.h)
	@mkdir -p $(@D)
	$(Q)$(CLANG) --target=aarch64-linux-gnu $(ARM64_INCLUDE) -I$(A)/gen -Werror -fsyntax-only \
		$(filter-out -MMD -MP -I$(B)/gen,$(ALL_CFLAGS)) $< && touch $@

arm64: $(ARM64_CHECKS)
	@echo "arm64: the kernel side and $(words $(ARM64_CHECKS)) files of the user side compile"

.PHONY: arm64
