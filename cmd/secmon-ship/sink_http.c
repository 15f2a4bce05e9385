// SPDX-License-Identifier: BSD-2-Clause
/* Sinks http:// and https://: each delivery a POST. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "cmd/secmon-ship/compress.h"
#include "cmd/secmon-ship/falco.h"
#include "cmd/secmon-ship/http.h"
#include "cmd/secmon-ship/kinds.h"
#include "cmd/secmon-ship/secret.h"

enum {
	ANSWER_KEPT = 256 * 1024, /* bytes of an answer that we look at */
	ANSWER_MAX = 1024 * 1024, /* an answer that goes on past this is broken off */
	HTTP_BATCH_BYTES = 1024 * 1024,
};

struct http {
	char *url;
	struct curl_slist *headers;
	char *password;
	CURLU *parsed;
};

/* What a batch keeps between deliveries. */
struct post {
	struct transfer t;
	struct batch *b;
	struct buf packed; /* the compressed body */
	char *answer;	   /* ANSWER_KEPT bytes, made when an answer has a body */
	size_t answer_len, answer_seen;
	char error[CURL_ERROR_SIZE];
};

static size_t on_answer(char *data, size_t size, size_t n, void *arg)
{
	struct post *p = arg;
	size_t room;

	n *= size;
	p->answer_seen += n;
	if (p->answer_seen > ANSWER_MAX)
		return 0;
	if (!p->answer)
		p->answer = malloc(ANSWER_KEPT);
	room = p->answer ? ANSWER_KEPT - p->answer_len : 0;
	if (room > n)
		room = n;
	memcpy(p->answer + p->answer_len, data, room);
	p->answer_len += room;
	return n;
}

/* "HTTP 503: the beginning of the answer" */
static const char *describe(const struct post *p, long status, char *buf, size_t len)
{
	struct buf b = buf_wrap(buf, len - 1);

	buf_printf(&b, "HTTP %ld", status);
	if (p->answer_len) {
		buf_str(&b, ": ");
		text_safe(&b, p->answer, p->answer_len < 100 ? p->answer_len : 100);
	}
	return buf_cstr(&b);
}

static bool is_final(long status)
{
	return status == 400 || status == 413 || status == 415 || status == 422;
}

static void on_success(struct post *p, const char *why)
{
	const struct format *f = p->b->sink->conf->format;
	enum answer answer = ANSWER_OK;
	unsigned int failed = 0;

	if (f->answer)
		answer = f->answer(p->answer ? p->answer : "", p->answer_len, &failed);
	sink_done(p->b,
		  answer == ANSWER_OK	   ? SINK_DELIVERED
		  : answer == ANSWER_AGAIN ? SINK_AGAIN
					   : SINK_REFUSED,
		  failed, why);
}

static void on_done(struct transfer *t, CURLcode result)
{
	struct post *p = (struct post *)t;
	curl_off_t pause = 0;
	long status = 0;
	char why[200];

	if (result != CURLE_OK) {
		const char *text = p->answer_seen > ANSWER_MAX ? "the answer does not end"
				   : p->error[0]	       ? p->error
							       : curl_easy_strerror(result);

		sink_done(p->b, SINK_AGAIN, 0, text);
		return;
	}
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	describe(p, status, why, sizeof(why));
	if (status >= 200 && status < 300) {
		on_success(p, why);
		return;
	}
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &pause);
	if (pause > 0)
		sink_retry_after(p->b, (uint64_t)(pause < 3600 ? pause : 3600) * 1000);
	sink_done(p->b, is_final(status) ? SINK_REFUSED : SINK_AGAIN, 0, why);
}

static void set_options(struct post *p, const struct sink *s)
{
	const struct sink_conf *conf = s->conf;
	const struct http *h = s->priv;
	CURL *c = p->t.easy;

	curl_easy_setopt(c, CURLOPT_URL, h->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "secmon-ship/" SECMON_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)conf->connect_ms);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)conf->timeout_ms);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, p->error);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, p);
	curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L);
	if (conf->user)
		curl_easy_setopt(c, CURLOPT_USERNAME, conf->user);
	if (h->password)
		curl_easy_setopt(c, CURLOPT_PASSWORD, h->password);
	if (conf->proxy)
		curl_easy_setopt(c, CURLOPT_PROXY, conf->proxy);
	http_set_tls(c, conf->ca_file, conf->cert, conf->key);
}

static struct post *post_of(struct sink *s, struct batch *b)
{
	struct post *p = b->priv;

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->b = b;
	p->t.done = on_done;
	p->t.easy = curl_easy_init();
	if (!p->t.easy || (s->conf->compress != COMPRESS_NONE &&
			   buf_init(&p->packed, compress_bound(s->conf->compress, b->body.cap)))) {
		curl_easy_cleanup(p->t.easy);
		free(p);
		return NULL;
	}
	set_options(p, s);
	b->priv = p;
	return p;
}

static void send_batch(struct sink *s, struct batch *b)
{
	struct post *p = post_of(s, b);
	const struct buf *body = &b->body;

	if (!p) {
		sink_done(b, SINK_AGAIN, 0, "no memory");
		return;
	}
	if (s->conf->compress != COMPRESS_NONE) {
		/* once for all tries: sent is of no other use here */
		if (!b->sent && compress_body(s->conf->compress, body, &p->packed) == -1) {
			sink_done(b, SINK_REFUSED, 0, "it cannot be compressed");
			return;
		}
		b->sent = 1;
		body = &p->packed;
	}
	p->answer_len = p->answer_seen = 0;
	p->error[0] = '\0';
	curl_easy_setopt(p->t.easy, CURLOPT_POSTFIELDS, body->p);
	curl_easy_setopt(p->t.easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	if (http_start(&p->t) == -1)
		sink_done(b, SINK_AGAIN, 0, "libcurl refused the transfer");
}

/* ---- opening */

static int wrong(char *err, size_t len, const char *why)
{
	snprintf(err, len, "%s", why);
	errno = EINVAL;
	return -1;
}

static bool has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK && *text;

	curl_free(text);
	return has;
}

/* The URL as it will be used: with the path of the format where the user gave none. */
static int make_url(struct http *h, const struct sink *s, char *err, size_t len)
{
	char *path = NULL, *url = NULL;

	h->parsed = curl_url();
	if (!h->parsed || curl_url_set(h->parsed, CURLUPART_URL, s->conf->to, 0) != CURLUE_OK)
		return wrong(err, len, "this is no URL");
	if (has_part(h->parsed, CURLUPART_PASSWORD) || has_part(h->parsed, CURLUPART_USER))
		return wrong(err, len,
			     "no user or password in the URL: others can see command "
			     "lines and logs; use user, password-file, password-env");
	curl_url_get(h->parsed, CURLUPART_PATH, &path, 0);
	if (s->conf->format->path && path && strcmp(path, "/") == 0 &&
	    !has_part(h->parsed, CURLUPART_QUERY)) {
		char whole[1024];
		size_t host;

		format_path(s->conf->format, s->conf, whole, sizeof(whole));
		curl_url_set(h->parsed, CURLUPART_PATH, NULL, 0);
		host = strlen("https://") + strcspn(s->conf->to + strlen("https://"), "/");
		if (asprintf(&h->url, "%.*s%s", (int)host, s->conf->to, whole) == -1)
			h->url = NULL;
	} else if (curl_url_get(h->parsed, CURLUPART_URL, &url, 0) == CURLUE_OK) {
		h->url = strdup(url);
	}
	curl_free(path);
	curl_free(url);
	return h->url ? 0 : wrong(err, len, "this is no URL");
}

static int add_header(struct http *h, const char *text)
{
	struct curl_slist *l = curl_slist_append(h->headers, text);

	if (!l)
		return -1;
	h->headers = l;
	return 0;
}

static int add_token(struct http *h, const struct sink_conf *c, char *err, size_t len)
{
	char *token = secret_read(c->token_file, c->token_env, "token", err, len);
	char line[SECRET_MAX + 64];
	int r;

	if (!token)
		return errno ? -1 : 0;
	snprintf(line, sizeof(line), "Authorization: %s %s",
		 c->format->auth ? c->format->auth : "Bearer", token);
	r = add_header(h, line);
	explicit_bzero(line, sizeof(line));
	secret_free(token);
	return r;
}

static int add_headers(struct http *h, const struct sink_conf *c, char *err, size_t len)
{
	char line[256];

	snprintf(line, sizeof(line), "Content-Type: %s", c->format->content_type);
	if (add_header(h, line) == -1 || add_header(h, "Expect:") == -1)
		return -1;
	if (c->compress != COMPRESS_NONE) {
		snprintf(line, sizeof(line), "Content-Encoding: %s", compress_name(c->compress));
		if (add_header(h, line) == -1)
			return -1;
	}
	for (size_t i = 0; i < c->headers.n; i++) {
		if (!strchr(c->headers.v[i], ':') || strpbrk(c->headers.v[i], "\r\n"))
			return wrong(err, len, "headers: NAME: VALUE is how each is written");
		if (strncasecmp(c->headers.v[i], "authorization:", strlen("authorization:")) == 0)
			return wrong(err, len,
				     "headers: not Authorization; use token-file or "
				     "token-env");
		if (add_header(h, c->headers.v[i]) == -1)
			return -1;
	}
	return add_token(h, c, err, len);
}

static int open_http(struct sink *s, char *err, size_t len)
{
	struct http *h = calloc(1, sizeof(*h));
	struct sink_conf *c = s->conf;

	s->priv = h;
	snprintf(err, len, "no memory");
	errno = ENOMEM;
	if (!h || http_open(strncasecmp(c->to, "https", 5) == 0 || c->proxy) == -1 ||
	    make_url(h, s, err, len) == -1 || add_headers(h, c, err, len) == -1)
		return -1;
	h->password = secret_read(c->password_file, c->password_env, "password", err, len);
	if (!h->password && errno)
		return -1;
	return 0;
}

static void close_http(struct sink *s)
{
	struct http *h = s->priv;

	for (size_t i = 0; s->batches && i < s->conf->parallel; i++) {
		struct post *p = s->batches[i].priv;

		if (!p)
			continue;
		http_abandon(&p->t);
		curl_easy_cleanup(p->t.easy);
		buf_fini(&p->packed);
		free(p->answer);
		free(p);
		s->batches[i].priv = NULL;
	}
	if (!h)
		return;
	curl_url_cleanup(h->parsed);
	curl_slist_free_all(h->headers);
	secret_free(h->password);
	free(h->url);
	free(h);
	s->priv = NULL;
}

const struct sink_kind sink_http = {
	.name = "http",
	.overflow = OVERFLOW_OLDEST,
	.format = &format_json,
	.batch_max = 1,
	.parallel = 4,
	.batch_bytes = HTTP_BATCH_BYTES,
	.linger_ms = 200,
	.open = open_http,
	.send = send_batch,
	.close = close_http,
};
