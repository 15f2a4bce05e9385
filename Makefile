# SPDX-License-Identifier: BSD-2-Clause
# secmon: one non-recursive Makefile; everything is built below build/.
#
#	make			the four programs, into build/bin
#	sudo make run		install what is missing, build, watch this machine
#	sudo make check		every test that this machine can run
#	make help		the rest

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
CFLAGS_fuzz := $(CFLAGS_asan) -fsanitize=fuzzer-no-link
WARN	:= -Wall -Wextra -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	   -Wno-unused-parameter -Wno-missing-field-initializers $(if $(CI),-Werror)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DSECMON_VERSION='"$(VERSION)"' -DSECMON_DATADIR='"$(DATADIR)"' \
	   -I. -I$(B)/gen $(WARN) $(if $(VARIANT),$(CFLAGS_$(VARIANT)),$(CFLAGS)) -MMD -MP
ALL_LDFLAGS = $(if $(VARIANT),$(CFLAGS_$(VARIANT))) $(LDFLAGS)

# msgpack's pkg-config name differs between distributions
MSGPACK	:= $(shell $(PKG) --exists msgpack-c && echo msgpack-c || echo msgpack)

LIBS_common  := libseccomp libcap-ng $(MSGPACK)
LIBS_secmon-capture := libbpf libelf libzstd zlib yaml-0.1
LIBS_secmon-enrich  :=
LIBS_secmon-match   := yaml-0.1 libpcre2-8
# the engines that fleets run on are sinks of ship where their libraries are
NATS	:= $(shell $(PKG) --exists libnats && echo libnats)
KAFKA	:= $(shell $(PKG) --exists rdkafka && echo rdkafka)
LIBS_secmon-ship    := libcurl yaml-0.1 libzstd zlib $(NATS) $(KAFKA)
pkgs	= $(LIBS_common) $(foreach p,$(1),$(LIBS_$(p)))
libs	= $(shell $(PKG) --libs $(call pkgs,$(1))) $(EXTRA_LIBS_$(1))
ALL_CFLAGS += $(if $(NATS),-DHAVE_NATS) $(if $(KAFKA),-DHAVE_KAFKA)
ALL_CFLAGS += $(shell $(PKG) --cflags $(call pkgs,$(PROGRAMS)) 2>/dev/null)

COMMON	:= $(patsubst %.c,$(B)/obj/%.o,$(wildcard common/*.c))
objects	= $(patsubst %.c,$(B)/obj/%.o,$(wildcard cmd/$(1)/*.c))
# what a test of a program links: all of it but its main
parts	= $(filter-out %/main.o,$(call objects,$(1)))

# V=1 shows the commands
Q	:= $(if $(V),,@)
say	= @$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-4s %s\n' $(1) $(2))

all: $(patsubst cmd/%/main.c,$(B)/bin/%,$(wildcard cmd/*/main.c))

define program
$(B)/bin/$(1): $(call objects,$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,$(1))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# other flags than last time: everything again (but not for CI's -Werror)
flags	= $(CC) $(filter-out -Werror,$(ALL_CFLAGS)) $(ALL_LDFLAGS)
quote	= '$(subst ','\'',$(1))'
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@$(PKG) --exists --print-errors '$(call pkgs,$(PROGRAMS))' || \
		{ echo "libraries are missing: sudo make deps" >&2; exit 1; }
	@echo $(call quote,$(flags)) | cmp -s - $@ || echo $(call quote,$(flags)) > $@

# ---- the kernel side: one object, one skeleton

BPF_SRC	:= $(wildcard bpf/*.c bpf/*.h) $(wildcard common/*.def)
SKEL	:= $(B)/gen/capture.skel.h

$(B)/obj/bpf/capture.bpf.o: bpf/capture.bpf.c $(BPF_SRC)
	@mkdir -p $(@D)
	$(call say,BPF,$<)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Wno-missing-declarations -D__TARGET_ARCH_$(ARCH) -I. -c -o $@ $<

$(SKEL): $(B)/obj/bpf/capture.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen object $(B)/obj/bpf/capture.o $<
	$(Q)$(BPFTOOL) gen skeleton $(B)/obj/bpf/capture.o name capture_bpf > $@.tmp && mv $@.tmp $@

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

# VARIANT=fuzz links libFuzzer; any other, a main that runs the corpus once
ifeq ($(VARIANT),fuzz)
FUZZ_LDFLAGS := -fsanitize=fuzzer
else
FUZZ_MAIN := $(B)/obj/tests/fuzz/replay.o
endif

define test_kind
$(patsubst %.c,$(B)/%,$(call unit_src,$(1)) $(call bin_src,$(1))): $(B)/tests/%: $(B)/obj/tests/%.o $(call parts,secmon-$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(call libs,secmon-$(1)) -lcmocka
$(patsubst %.c,$(B)/%,$(call fuzz_src,$(1))): $(B)/tests/%: $(B)/obj/tests/%.o $(FUZZ_MAIN) $(call parts,secmon-$(1)) $(COMMON)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) $$(FUZZ_LDFLAGS) -o $$@ $$^ $$(call libs,secmon-$(1))
endef
$(foreach k,$(TEST_KINDS),$(eval $(call test_kind,$(k))))

tests: $(UNIT) $(FUZZ) $(TBIN)
fuzzers: $(FUZZ)

# ---- make check T=ship: only tests whose name contains "ship"; V=1 shows each

JOBS	?= $(shell nproc)
SUDO_ONLY = @[ "$$(id -u)" -eq 0 ] || { echo "make $@: run it as root" >&2; exit 2; }

check: deps
	+@$(MAKE) --no-print-directory -j$(JOBS) all tests
	+@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=asan all tests
	@tests/run $(if $(V),-v) $(T)

check-kernels: all tests
	@tests/run -v -j1 kernel/ $(T)

# FUZZ_TIME seconds for each target; finds are kept in build/fuzz
FUZZ_TIME ?= 60
fuzz:
	+@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=fuzz CC=$(CLANG) fuzzers
	@tests/fuzz/run $(FUZZ_TIME) $(T)

bench: all tests
	@tests/bench/run $(T)

lint:
	@tests/lint

# ---- what secmon needs, from tests/deps; the only target that asks the network

deps:
	@tests/install-deps build test unpack
deps-build:
	@tests/install-deps build

# ---- live, with the shipped rules, until Ctrl-C

run: deps-build
	$(SUDO_ONLY)
	+@$(MAKE) --no-print-directory -j$(JOBS) all
	@BIN=$(B)/bin contrib/run

# any more targets of one subject live beside that subject
-include $(sort $(wildcard tests/*/*.mk man/*.mk contrib/*.mk))

# ---- to and from a system; DESTDIR for packages

INSTALL	?= install
MAN	:= $(wildcard man/*.[1-8])
COMPLETION := $(PREFIX)/share/bash-completion/completions
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
UNITS	:= $(wildcard contrib/systemd/*)
installed = $(PROGRAMS:%=$(BINDIR)/%) \
	$(foreach m,$(notdir $(MAN) $(MAN_GENERATED)),$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(m)) \
	$(patsubst rules/%,$(DATADIR)/rules/%,$(wildcard rules/*.yaml)) \
	$(UNITS:contrib/systemd/%=$(UNITDIR)/%) $(SYSUSERSDIR)/secmon.conf \
	$(addprefix $(COMPLETION)/,secmon $(PROGRAMS))

# completion is found by the name of the program, units get our directories
install: all $(MAN_GENERATED)
	$(INSTALL) -d $(addprefix $(DESTDIR),$(sort $(dir $(installed))))
	$(INSTALL) -m 755 $(PROGRAMS:%=$(B)/bin/%) $(DESTDIR)$(BINDIR)
	for m in $(MAN) $(MAN_GENERATED); do \
		$(INSTALL) -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.}/ || exit 1; done
	$(INSTALL) -m 644 rules/*.yaml $(DESTDIR)$(DATADIR)/rules
	for u in $(UNITS); do \
		sed 's,@BINDIR@,$(BINDIR),; s,@DATADIR@,$(DATADIR),' $$u > $(B)/unit && \
		$(INSTALL) -m 644 $(B)/unit $(DESTDIR)$(UNITDIR)/$${u##*/} || exit 1; done
	$(INSTALL) -m 644 contrib/sysusers.d/secmon.conf $(DESTDIR)$(SYSUSERSDIR)
	$(INSTALL) -m 644 contrib/completion/secmon.bash $(DESTDIR)$(COMPLETION)/secmon
	for p in $(PROGRAMS); do ln -sf secmon $(DESTDIR)$(COMPLETION)/$$p || exit 1; done

# the files, and the directories that are only ours
uninstall:
	rm -f $(addprefix $(DESTDIR),$(installed))
	-rmdir $(DESTDIR)$(DATADIR)/rules $(DESTDIR)$(DATADIR) 2>/dev/null

dist:
	@mkdir -p build
	git archive --prefix=secmon-$(VERSION)/ -o build/secmon-$(VERSION).tar.gz HEAD
	@echo build/secmon-$(VERSION).tar.gz

clean:
	rm -rf build

help:
	@sed -n 's/^#H //p' $(firstword $(MAKEFILE_LIST))
#H make [all]         the four programs, into build/bin
#H make run           (root) install what is missing, build, watch this machine until Ctrl-C
#H make check         (root) every test this machine can run; T=WORD some, V=1 each
#H make check-kernels the kernel matrix only: 5.10 6.1 6.12 7.2, in QEMU
#H make tests         build the tests, run nothing
#H make fuzz          libFuzzer on every target, FUZZ_TIME=60 seconds each; T=WORD some
#H make bench         what secmon costs and carries on this machine
#H make arm64         that all of it compiles for arm64
#H make lint          clang-format, cppcheck, man pages, sizes
#H make deps          (root) apt-get install what is missing of tests/deps
#H make install       PREFIX=/usr/local, DESTDIR; and make uninstall
#H make dist          build/secmon-$(VERSION).tar.gz of HEAD
#H make VARIANT=asan  the same with sanitizers, into build/asan

FORCE:
.PHONY: all tests fuzzers check check-kernels fuzz bench lint deps deps-build run install \
	uninstall dist clean help FORCE
.DELETE_ON_ERROR:
-include $(shell find build -name '*.d' 2>/dev/null)
