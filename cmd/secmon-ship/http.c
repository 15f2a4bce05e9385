// SPDX-License-Identifier: BSD-2-Clause
/* libcurl's transfers inside our loop. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/secmon-ship/http.h"
#include "cmd/secmon-ship/io.h"
#include "common/compat.h"
#include "common/loop.h"

static CURLM *multi;
static uint64_t deadline_ns = UINT64_MAX;

static void collect(void)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(multi, &left))) {
		CURLcode result = m->data.result;
		struct transfer *t;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		if (!t->keep) {
			curl_multi_remove_handle(multi, t->easy);
			t->under_way = false;
		}
		t->done(t, result);
	}
}

static void on_ready(struct io *io, uint32_t events)
{
	int running, mask = 0;

	if (events & (EPOLLIN | EPOLLHUP))
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(multi, io->fd, mask, &running);
	collect();
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct io *io = known;

	if (what == CURL_POLL_REMOVE) {
		if (io)
			io_forget(io);
		free(io);
		return 0;
	}
	if (!io) {
		io = calloc(1, sizeof(*io));
		if (!io)
			return -1;
		*io = (struct io){ .fd = fd, .ready = on_ready };
		curl_multi_assign(multi, fd, io);
	}
	return io_want(io,
		       (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0));
}

static int on_timer(CURLM *m, long ms, void *arg)
{
	deadline_ns = ms < 0 ? UINT64_MAX : clock_ns(CLOCK_MONOTONIC) + (uint64_t)ms * NS_PER_MS;
	return 0;
}

int http_open(bool tls)
{
	if (multi)
		return 0;
	if (curl_global_init(tls ? CURL_GLOBAL_DEFAULT : CURL_GLOBAL_NOTHING) != CURLE_OK)
		return -1;
	multi = curl_multi_init();
	if (!multi)
		return -1;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	return 0;
}

int http_start(struct transfer *t)
{
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	if (curl_multi_add_handle(multi, t->easy) != CURLM_OK)
		return -1;
	t->under_way = true;
	return 0;
}

void http_abandon(struct transfer *t)
{
	if (t->under_way)
		curl_multi_remove_handle(multi, t->easy);
	t->under_way = false;
}

void http_set_tls(CURL *easy, const char *ca_file, const char *cert, const char *key)
{
	if (ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	if (cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, cert);
	if (key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, key);
}

uint64_t http_deadline_ns(void)
{
	return deadline_ns;
}

void http_tick(uint64_t now)
{
	int running;

	if (now < deadline_ns)
		return;
	deadline_ns = UINT64_MAX;
	curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect();
}
