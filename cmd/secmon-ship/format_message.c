// SPDX-License-Identifier: BSD-2-Clause
/* Messages with ids, for systems that keep and hand on messages. */
#include <string.h>

#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/framed.h"

struct head {
	uint32_t id_len, json_len;
};

static void add_message(struct buf *b, const struct alert *a, const struct format_context *c)
{
	struct head head = { .id_len = (uint32_t)(a->id.len < ALERT_ID_MAX ? a->id.len
									   : ALERT_ID_MAX) };
	size_t at = b->len, json;

	buf_put(b, &head, sizeof(head));
	buf_put(b, a->id.s, head.id_len);
	buf_c(b, '\0');
	json = b->len;
	falco_json(b, a);
	if (b->full)
		return;
	head.json_len = (uint32_t)(b->len - json);
	memcpy(b->p + at, &head, sizeof(head));
}

bool message_next(const struct buf *body, size_t *at, struct span *id, struct span *json)
{
	struct head head;

	if (body->len - *at < sizeof(head))
		return false;
	memcpy(&head, body->p + *at, sizeof(head));
	*id = (struct span){ body->p + *at + sizeof(head), head.id_len };
	*json = (struct span){ id->s + head.id_len + 1, head.json_len };
	*at += sizeof(head) + head.id_len + 1 + head.json_len;
	return true;
}

const struct format format_message = {
	.name = "message",
	.batch = 500,
	.lines = true,
	.add = add_message,
};
