/* SPDX-License-Identifier: BSD-2-Clause */
/* What is added to the outputs of rules from outside of them: Falco's append_output. */
#ifndef MATCH_APPEND_H
#define MATCH_APPEND_H

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/format.h"
#include "cmd/secmon-match/ruleset.h"

struct append_entry;

struct appends {
	struct arena arena;
	struct append_entry *v;
	size_t n;
};

/*
 * appends_load(a, path, err, errlen): the entries of a YAML file: a sequence, or
 * a map with the key append_output, such as falco.yaml. -1 with "FILE:LINE:COLUMN: ..."
 * in err and errno EINVAL if they are wrong or cannot be read, or with ENOMEM and no
 * text. They are kept for as long as the program runs.
 */
int appends_load(struct appends *a, const char *path, char *err, size_t errlen);

/*
 * appends_format(a, rule, arena, err): the format of the output of rule with all
 * that its entries add, in arena; NULL with errno and err as
 * format_compile(). a may be NULL.
 */
struct format *appends_format(const struct appends *a, const struct rule *rule, struct arena *arena,
			      struct check_error *err);

/* appends_each(a, fn, arg): fn(arg, text) for each output and each field that is added. */
void appends_each(const struct appends *a, void (*fn)(void *arg, const char *text), void *arg);

#endif
