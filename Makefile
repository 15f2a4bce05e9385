# SPDX-License-Identifier: BSD-2-Clause
# secmon: one non-recursive Makefile; everything is built below build/.
#
#	make			the four programs, into build/bin
#	sudo make run		install what is missing, build, watch this machine
#	sudo make check		every test that this machine can run

VERSION	:= 0.1.0
PROGRAMS := secmon-capture secmon-enrich secmon-match secmon-ship

PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
MANDIR	?= $(PREFIX)/share/man
DATADIR	?= $(PREFIX)/share/secmon
UNITDIR	?= $(PREFIX)/lib/systemd/system

# VARIANT=asan builds the same tree with sanitizers below build/asan
VARIANT	?=
B	:= build$(addprefix /,$(VARIANT))
CC	?= gcc
CLANG	?= clang
BPFTOOL	?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG	:= pkg-config
ARCH	:= $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')

CFLAGS	?= -O2 -g
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
WARN	:= -Wall -Wextra -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	   -Wno-unused-parameter -Wno-missing-field-initializers $(if $(CI),-Werror)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DSECMON_VERSION='"$(VERSION)"' -DSECMON_DATADIR='"$(DATADIR)"' \
	   -I. -I$(B)/gen $(WARN) $(if $(VARIANT),$(CFLAGS_$(VARIANT)),$(CFLAGS)) -MMD -MP
ALL_LDFLAGS = $(if $(VARIANT),$(CFLAGS_$(VARIANT))) $(LDFLAGS)

# msgpack's pkg-config name differs between distributions
MSGPACK	:= $(shell $(PKG) --exists msgpack-c && echo msgpack-c || echo msgpack)

LIBS_common  := libseccomp libcap-ng $(MSGPACK)
LIBS_secmon-capture := libbpf libelf libzstd zlib
LIBS_secmon-enrich  :=
LIBS_secmon-match   := yaml-0.1 libpcre2-8
LIBS_secmon-ship    := libcurl yaml-0.1 libzstd zlib
pkgs	= $(LIBS_common) $(foreach p,$(1),$(LIBS_$(p)))
libs	= $(shell $(PKG) --libs $(call pkgs,$(1))) $(EXTRA_LIBS_$(1))
ALL_CFLAGS += $(shell $(PKG) --cflags $(call pkgs,$(PROGRAMS)) 2>/dev/null)

COMMON	:= $(patsubst %.c,$(B)/obj/%.o,$(wildcard common/*.c))
objects	= $(patsubst %.c,$(B)/obj/%.o,$(wildcard cmd/$(1)/*.c))
# what a test of a program links: all of it but its main
parts	= $(filter-out %/main.o,$(call objects,$(1)))

all: $(PROGRAMS:%=$(B)/bin/%)

define program
$(B)/bin/$(1): $(call objects,$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,$(1))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# ---- the kernel side: one object, one skeleton

BPF_SRC	:= $(wildcard bpf/*.c bpf/*.h) $(wildcard common/*.def)
SKEL	:= $(B)/gen/capture.skel.h

$(B)/obj/bpf/capture.bpf.o: bpf/capture.bpf.c $(BPF_SRC)
	@mkdir -p $(@D)
	$(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Wno-missing-declarations -D__TARGET_ARCH_$(ARCH) -I. -c -o $@ $<

$(SKEL): $(B)/obj/bpf/capture.bpf.o
	@mkdir -p $(@D)
	$(BPFTOOL) gen object $(B)/obj/bpf/capture.o $<
	$(BPFTOOL) gen skeleton $(B)/obj/bpf/capture.o name capture_bpf > $@.tmp && mv $@.tmp $@

ifneq ($(wildcard bpf/capture.bpf.c),)
$(call objects,secmon-capture): | $(SKEL)
endif

# ---- tests: tests/unit/NAME/t_x.c links cmd/secmon-NAME without its main
# (NAME common: only common/); tests/fuzz and tests/bin the same way

TEST_KINDS := common capture enrich match ship
unit_src = $(wildcard tests/unit/$(1)/t_*.c)
fuzz_src = $(wildcard tests/fuzz/$(1)/fuzz_*.c)
bin_src	= $(wildcard tests/bin/$(1)/*.c)
UNIT	:= $(foreach k,$(TEST_KINDS),$(patsubst %.c,$(B)/%,$(call unit_src,$(k))))
FUZZ	:= $(foreach k,$(TEST_KINDS),$(patsubst %.c,$(B)/%,$(call fuzz_src,$(k))))
TBIN	:= $(foreach k,$(TEST_KINDS),$(patsubst %.c,$(B)/%,$(call bin_src,$(k))))

define test_kind
$(patsubst %.c,$(B)/%,$(call unit_src,$(1)) $(call bin_src,$(1))): $(B)/tests/%: $(B)/obj/tests/%.o $(call parts,secmon-$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,secmon-$(1)) -lcmocka
$(patsubst %.c,$(B)/%,$(call fuzz_src,$(1))): $(B)/tests/%: $(B)/obj/tests/%.o $(B)/obj/tests/fuzz/replay.o $(call parts,secmon-$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,secmon-$(1))
endef
$(foreach k,$(TEST_KINDS),$(eval $(call test_kind,$(k))))

tests: $(UNIT) $(FUZZ) $(TBIN)

# any more targets of one subject live beside that subject
-include $(sort $(wildcard tests/*/*.mk man/*.mk contrib/*.mk))

clean:
	rm -rf build

.PHONY: all tests clean
.DELETE_ON_ERROR:
-include $(shell find build -name '*.d' 2>/dev/null)
