/* SPDX-License-Identifier: BSD-2-Clause */
/* The value of a field on one event, typed. */
#ifndef MATCH_XVAL_H
#define MATCH_XVAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/events.h"
#include "common/fields.h"

enum xkind { X_NONE, X_INT, X_UINT, X_BOOL, X_DOUBLE, X_TEXT, X_IP, X_ITEMS };

/* What several values mean to a comparison. */
enum quant {
	Q_ONE,
	Q_LIST,	   /* a list: in, intersects, exists */
	Q_ANY,	   /* true if true for any of them; printed joined by blanks */
	Q_PRINTED, /* shown in outputs, but no value to a comparison */
	Q_ENDS	   /* the two ends of a connection: any of them, != none of them */
};

/*
 * Texts and addresses are views, good until the next event. A number keeps the
 * sign and width of its type: X_INT sign-extended, X_UINT zero-extended.
 */
struct xval {
	uint8_t kind;  /* enum xkind */
	uint8_t type;  /* enum type */
	uint8_t quant; /* enum quant, of X_ITEMS */
	uint8_t fmt;   /* enum param_fmt, FMT_NA for the type's own */
	uint32_t len;  /* bytes of X_TEXT; 4 or 16 of X_IP; items of X_ITEMS */
	union {
		int64_t i;
		uint64_t u;
		double d;
		bool b;
		const char *s;
		const uint8_t *ip;
		const struct xval *items;
	};
};

static inline bool xval_text(struct xval *v, const char *s, uint32_t len)
{
	v->kind = X_TEXT;
	v->type = TYPE_CHARBUF;
	v->s = s;
	v->len = len;
	return s != NULL;
}

static inline bool xval_cstr(struct xval *v, const char *s)
{
	return xval_text(v, s, s ? strlen(s) : 0);
}

static inline bool xval_uint(struct xval *v, enum type type, uint64_t u)
{
	v->kind = X_UINT;
	v->type = type;
	v->u = u;
	return true;
}

static inline bool xval_int(struct xval *v, enum type type, int64_t i)
{
	v->kind = X_INT;
	v->type = type;
	v->i = i;
	return true;
}

static inline bool xval_bool(struct xval *v, bool b)
{
	v->kind = X_BOOL;
	v->type = TYPE_BOOL;
	v->b = b;
	return true;
}

/* type_kind(type): how values of a type are held. */
enum xkind type_kind(enum type type);

/* type_bits(type): width of a number type in bits, 0 for others. */
unsigned int type_bits(enum type type);

/*
 * xval_number(v, type, n): make v that number, cut to the width of its type; n is the
 * two's complement of a negative one. False for a type that is no number.
 */
bool xval_number(struct xval *v, enum type type, uint64_t n);

#endif
