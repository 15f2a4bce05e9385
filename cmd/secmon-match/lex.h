/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of a condition. Which word may stand at a place depends on the
 * grammar, so there is no stream of tokens: the parser asks for one, and
 * the text moves on only if it is there.
 */
#ifndef MATCH_LEX_H
#define MATCH_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/secmon-match/arena.h"
#include "cmd/secmon-match/ast.h"

struct lexer {
	const char *text;
	size_t len, at;
	struct arena *arena; /* unescaped strings are made here */
	struct text last;    /* the last word taken, for messages */
};

/* lex_blank(l): true if there was at least one blank; all of them are taken. */
bool lex_blank(struct lexer *l);

/* lex_word(l, "and"): the bytes, whatever comes after them. */
bool lex_word(struct lexer *l, const char *word);

/* These give the bytes taken, as a view into the text. */
bool lex_identifier(struct lexer *l, struct text *t);
bool lex_field_name(struct lexer *l, struct text *t);
bool lex_bare(struct lexer *l, struct text *t);
bool lex_bare_arg(struct lexer *l, struct text *t); /* within [ ] */
bool lex_number(struct lexer *l, struct text *t);

/*
 * lex_quoted(l, &t, &bad): a 'string' or "string", unescaped into the arena.
 * 1 taken, 0 there is none, -1 an escape in it is wrong (bad: the message) or
 * memory is out (bad NULL, errno ENOMEM).
 */
int lex_quoted(struct lexer *l, struct text *t, const char **bad);

/* lex_function(l): a transformer's name with its "(", or -1. */
int lex_function(struct lexer *l);

/* lex_operator(l): an operator, with the blanks it must have after it taken; or -1. */
int lex_operator(struct lexer *l);

#endif
