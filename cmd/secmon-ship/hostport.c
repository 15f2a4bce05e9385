// SPDX-License-Identifier: BSD-2-Clause
/* HOST:PORT as people write it. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-ship/hostport.h"
#include "common/parse.h"

int hostport_parse(struct hostport *hp, const char *text, const char *port)
{
	const char *end, *colon;
	uint64_t number;

	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		colon = end && end[1] == ':' ? end + 1 : NULL;
		if (!end || (end[1] && !colon))
			goto wrong;
	} else {
		colon = strrchr(text, ':');
		end = colon ? colon : text + strlen(text);
		if (memchr(text, ':', (size_t)(end - text)))
			goto wrong; /* IPv6 without brackets */
	}
	if ((size_t)(end - text) >= sizeof(hp->host))
		goto wrong;
	snprintf(hp->host, sizeof(hp->host), "%.*s", (int)(end - text), text);
	if (colon)
		port = colon + 1;
	if (!port || parse_uint(port, 0, 65535, &number) == -1)
		goto wrong;
	snprintf(hp->port, sizeof(hp->port), "%u", (unsigned int)number);
	return 0;
wrong:
	errno = EINVAL;
	return -1;
}
