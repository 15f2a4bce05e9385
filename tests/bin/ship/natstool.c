// SPDX-License-Identifier: BSD-2-Clause
/*
 * natstool: JetStream for tests of secmon-ship.
 *
 *	natstool make URL STREAM SUBJECT REPLICAS	a stream, when the cluster can
 *	natstool count URL STREAM			the messages in it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_NATS
#include <nats/nats.h>

static natsStatus make(jsCtx *js, char **argv)
{
	const char *subjects[] = { argv[4] };
	jsStreamConfig c;

	jsStreamConfig_Init(&c);
	c.Name = argv[3];
	c.Subjects = subjects;
	c.SubjectsLen = 1;
	c.Replicas = atoi(argv[5]);
	return js_AddStream(NULL, js, &c, NULL, NULL);
}

static natsStatus count(jsCtx *js, const char *stream)
{
	jsStreamInfo *info = NULL;
	natsStatus r = js_GetStreamInfo(&info, js, stream, NULL, NULL);

	if (r == NATS_OK)
		printf("%llu\n", (unsigned long long)info->State.Msgs);
	jsStreamInfo_Destroy(info);
	return r;
}

int main(int argc, char **argv)
{
	natsConnection *nc = NULL;
	jsCtx *js = NULL;
	natsStatus r;

	if (argc < 4)
		return 2;
	r = natsConnection_ConnectTo(&nc, argv[2]);
	if (r == NATS_OK)
		r = natsConnection_JetStream(&js, nc, NULL);
	if (r == NATS_OK)
		r = strcmp(argv[1], "make") == 0 && argc == 6 ? make(js, argv) : count(js, argv[3]);
	if (r != NATS_OK)
		fprintf(stderr, "natstool: %s\n", natsStatus_GetText(r));
	jsCtx_Destroy(js);
	natsConnection_Destroy(nc);
	return r != NATS_OK;
}
#else
int main(void)
{
	fprintf(stderr, "natstool: built without libnats\n");
	return 77;
}
#endif
