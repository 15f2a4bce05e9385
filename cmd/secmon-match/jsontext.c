// SPDX-License-Identifier: BSD-2-Clause
/* Text as JSON writes it. */
#include <string.h>

#include "cmd/secmon-match/jsontext.h"

/* bytes of the UTF-8 sequence at s, 0 if it is none (too long, surrogate, cut) */
static size_t sequence(const unsigned char *s, size_t len)
{
	size_t n = *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void control(FILE *f, unsigned char c)
{
	static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
	const char *p = c ? strchr(from, c) : NULL;

	if (p)
		fprintf(f, "\\%c", to[p - from]);
	else
		fprintf(f, "\\u%04x", c);
}

void json_text(FILE *f, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	putc('"', f);
	for (size_t i = 0; i < len; i += n) {
		n = 1;
		if (s[i] < 0x20 || s[i] == 0x7f) {
			control(f, s[i]);
		} else if (s[i] == '"' || s[i] == '\\') {
			fprintf(f, "\\%c", s[i]);
		} else if (s[i] < 0x80) {
			putc(s[i], f);
		} else if ((n = sequence(s + i, len - i))) {
			fwrite(s + i, 1, n, f);
		} else {
			fputs("\xef\xbf\xbd", f);
			n = 1;
		}
	}
	putc('"', f);
}

void json_str(FILE *f, const char *s)
{
	json_text(f, s ? s : "", s ? strlen(s) : 0);
}
