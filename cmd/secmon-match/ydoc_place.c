// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where a byte of a scalar was written. Folding, chomping and escapes make the
 * value differ from what the file says, but never in the order of the
 * characters that are not blank: so both are walked together.
 */
#include <string.h>
#include <yaml.h>

#include "cmd/secmon-match/ydoc.h"

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* bytes that one escape of a double-quoted scalar takes in the file */
static size_t escape_bytes(const char *raw, const char *end)
{
	size_t n = 2;

	if (raw + 1 < end)
		n += raw[1] == 'x' ? 2 : raw[1] == 'u' ? 4 : raw[1] == 'U' ? 8 : 0;
	return raw + n <= end ? n : (size_t)(end - raw);
}

/* the body of the scalar: after the quote or after the line of "|" or ">" */
static const char *body(const struct ynode *n, const char *raw, const char *end)
{
	if (n->style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
	    n->style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return raw < end ? raw + 1 : raw;
	if (n->style == YAML_LITERAL_SCALAR_STYLE || n->style == YAML_FOLDED_SCALAR_STYLE) {
		while (raw < end && *raw != '\n')
			raw++;
		return raw < end ? raw + 1 : raw;
	}
	return raw;
}

static const char *skip_white(const char *raw, const char *end)
{
	while (raw < end && is_white(*raw))
		raw++;
	return raw;
}

static const char *walk(const struct ynode *n, size_t i, const char *raw, const char *end)
{
	bool escapes = n->style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;

	raw = body(n, raw, end);
	for (size_t at = 0; raw < end; at++) {
		bool white = at < n->len && is_white(n->text[at]);

		/* "\n" and a line continued by "\": an escape that means a blank or nothing */
		while (escapes && raw + 1 < end && *raw == '\\' && raw[1] == '\n')
			raw = skip_white(raw + 1, end);
		if (!white && at < n->len && (!escapes || *raw != '\\'))
			raw = skip_white(raw, end);
		if (at >= i || at >= n->len || raw == end)
			break;
		if (white && !is_white(*raw) && !(escapes && *raw == '\\'))
			continue;
		if (escapes && *raw == '\\')
			raw += escape_bytes(raw, end);
		else if (n->style == YAML_SINGLE_QUOTED_SCALAR_STYLE && *raw == '\'')
			raw += 2;
		else
			raw++;
	}
	return raw < end ? raw : end;
}

void ynode_place(const struct ynode *n, size_t i, struct place *place)
{
	const char *start = n->file->content + n->start, *end = n->file->content + n->end;
	const char *at = n->kind == YNODE_SCALAR ? walk(n, i, start, end) : start;
	size_t line_start = n->start - (n->column - 1);

	*place = (struct place){ n->file, at - n->file->content, n->line, 0 };
	for (const char *p = start; p < at; p++)
		if (*p == '\n') {
			place->line++;
			line_start = p + 1 - n->file->content;
		}
	place->column = place->offset - line_start + 1;
}
