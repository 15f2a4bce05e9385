/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for a few things in JSON that a server answered; it may lie in every way. */
#ifndef SHIP_JSONSCAN_H
#define SHIP_JSONSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * jsonscan(text, len, found, arg): walk through the text and call found for every
 * scalar member of an object, wherever it is: its key, and the value as it is
 * written (strings with their quotes). False if the text is no JSON or is cut off.
 */
bool jsonscan(const char *text, size_t len,
	      void (*found)(void *arg, const char *key, size_t key_len, const char *value,
			    size_t value_len),
	      void *arg);

#endif
