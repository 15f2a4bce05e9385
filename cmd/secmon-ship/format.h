/* SPDX-License-Identifier: BSD-2-Clause */
/* The shapes that alerts are sent in. */
#ifndef SHIP_FORMAT_H
#define SHIP_FORMAT_H

#include "cmd/secmon-ship/alert.h"
#include "cmd/secmon-ship/conf.h"

/* What a format needs to know of its sink. */
struct format_context {
	const struct sink_conf *conf;
	bool colour;   /* the other end is a terminal */
	bool json;     /* syslog: the message is the JSON */
	bool local;    /* syslog: to a socket of this machine */
	bool datagram; /* syslog: a message has a largest size */
};

/* How many alerts of a delivery a server's answer says it took. */
enum answer { ANSWER_OK, ANSWER_AGAIN, ANSWER_REFUSED };

struct format {
	const char *name;
	const char *help;
	const char *content_type; /* of an HTTP body */
	const char *path;	  /* of a URL that has none; %s is the index. Or NULL */
	const char *auth;	  /* word before a token, if it is not Bearer */
	unsigned int batch;	  /* alerts in one delivery unless the user says otherwise */
	bool lines;		  /* each alert stands for itself: good for files */
	/* the parts of a delivery; NULL where there is nothing to write */
	void (*begin)(struct buf *b, const struct format_context *c);
	void (*add)(struct buf *b, const struct alert *a, const struct format_context *c);
	void (*between)(struct buf *b);
	void (*end)(struct buf *b, const struct format_context *c);
	/*
	 * A body of a 2xx answer: *failed alerts of the delivery were refused for
	 * good. NULL: a 2xx means that all were taken.
	 */
	enum answer (*answer)(const char *body, size_t len, unsigned int *failed);
	const char *(*check)(const struct sink_conf *conf); /* see format_check() */
};

/* format_by_name(name): the format, or NULL. */
const struct format *format_by_name(const char *name);

/* format_path(f, conf, buf, len): its path with the sink's index filled in. */
void format_path(const struct format *f, const struct sink_conf *conf, char *buf, size_t len);

/* format_list(fp): name and help of each, for --list-formats. */
void format_list(void *fp);

/* format_check(f, conf): a reason why the sink cannot use the format, or NULL. */
const char *format_check(const struct format *f, const struct sink_conf *conf);

extern const struct format format_text, format_json, format_ndjson, format_msgpack,
	format_elasticsearch, format_loki, format_alertmanager, format_splunk, format_otlp,
	format_clickhouse, format_webhook;

#endif
