# SPDX-License-Identifier: BSD-2-Clause
# Man pages whose tables are those of common/*.def.

MAN_GENERATED := $(patsubst man/%.in,build/man/%,$(wildcard man/*.in))

build/man/gendoc: man/gendoc.c $(wildcard common/*.def common/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -I. $(WARN) -o $@ $<

build/man/%: man/%.in build/man/gendoc
	$(call say,MAN,$@)
	$(Q)build/man/gendoc $< > $@.tmp && mv $@.tmp $@

tests: $(MAN_GENERATED)
