/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl's transfers inside our loop: its sockets in io.h, its timer in http_deadline_ns(). */
#ifndef SHIP_HTTP_H
#define SHIP_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* What wants to know how its transfer ended. */
struct transfer {
	CURL *easy;
	bool under_way;
	bool keep; /* a connection to be used after done: http_abandon() ends it */
	void (*done)(struct transfer *t, CURLcode result);
};

/* http_open(tls): once for all sinks, before the sandbox; tls if one of them needs it. 0 or -1. */
int http_open(bool tls);

/* http_start(t): begin the transfer that t->easy is set up for; done is called later. 0 or -1. */
int http_start(struct transfer *t);

/* http_set_tls(easy, ca_file, cert, key): those that are not NULL. */
void http_set_tls(CURL *easy, const char *ca_file, const char *cert, const char *key);

/* http_abandon(t): stop it; done is not called. */
void http_abandon(struct transfer *t);

/* http_deadline_ns(): when http_tick() must be called, monotonic; UINT64_MAX: no need. */
uint64_t http_deadline_ns(void);
void http_tick(uint64_t now);

#endif
