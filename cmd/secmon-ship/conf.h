/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user said about sinks. */
#ifndef SHIP_CONF_H
#define SHIP_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum overflow { OVERFLOW_UNSET, OVERFLOW_OLDEST, OVERFLOW_NEWEST, OVERFLOW_BLOCK, OVERFLOW_SPOOL };
enum compress { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };
enum fsync_policy { FSYNC_NEVER, FSYNC_ALWAYS };

enum { SINKS_MAX = 32 };

struct list {
	char **v;
	size_t n;
};

struct format;

/* Numbers that were not set are 0 until sink_new() puts in what fits the sink's kind. */
struct sink_conf {
	char *to;    /* the sink as it was written, "https://host/path" */
	char *where; /* file:line of a configuration file, or NULL */
	char *name;
	const struct format *format;
	enum overflow overflow;
	uint64_t queue_bytes, batch_bytes;
	uint64_t batch_max, parallel, retries, breaker;
	bool retries_set, breaker_set, linger_set;
	uint64_t linger_ms, connect_ms, timeout_ms, backoff_ms, backoff_max_ms, breaker_ms;
	int priority; /* least urgent that passes */
	struct list rules, tags, sources;
	char *spool;
	uint64_t spool_bytes, spool_age_ms, spool_segment;
	bool spool_sync;
	struct list headers;
	char *token_file, *token_env, *user, *password_file, *password_env;
	char *ca_file, *cert, *key, *proxy;
	enum compress compress;
	char *template, *index;
	struct list labels, writable, properties;
	uint64_t rotate_bytes, keep;
	enum fsync_policy fsync;
	char *facility;
	bool rfc3164;
	uint64_t max_message;
};

struct conf {
	struct sink_conf *sinks[SINKS_MAX];
	size_t nsinks;
	char *metrics; /* ADDR:PORT */
	char *metrics_file;
	uint64_t grace_ms;     /* for sinks to take what is left at the end */
	uint64_t heartbeat_ms; /* 0: none */
	uint64_t loss_ms;      /* at most one alert about the same loss in this time */
};

/* conf_init(c): with the defaults. */
void conf_init(struct conf *c);
void conf_fini(struct conf *c);

/* conf_sink(c, to): one more sink, or NULL with E2BIG (SINKS_MAX) or ENOMEM. */
struct sink_conf *conf_sink(struct conf *c, const char *to);

/*
 * conf_set(s, name, value, err, errlen): an option of options.def. A list takes
 * one more item. 0, or -1 with EINVAL and in err what is wrong.
 */
int conf_set(struct sink_conf *s, const char *name, const char *value, char *err, size_t errlen);

/* conf_is_option(name): whether options.def has it. */
bool conf_is_option(const char *name);

/* conf_is_list(name): whether that option takes several values. */
bool conf_is_list(const char *name);

/* conf_read(c, path, err, errlen): a YAML file. 0, or -1 with "FILE:LINE:COLUMN: what" in err. */
int conf_read(struct conf *c, const char *path, char *err, size_t errlen);

/* conf_describe(fp): every sink option with its help, for --help. */
void conf_describe(void *fp);

#endif
