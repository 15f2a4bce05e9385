/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of sinks that there are. */
#ifndef SHIP_KINDS_H
#define SHIP_KINDS_H

#include "cmd/secmon-ship/sink.h"

extern const struct sink_kind sink_stdout, sink_file, sink_http, sink_unix, sink_exec,
	sink_syslog_dgram, sink_syslog_tcp, sink_journal, sink_nats, sink_kafka;

/* kinds_list(fp): how each is written, for --help. */
void kinds_list(void *fp);

#endif
