// SPDX-License-Identifier: BSD-2-Clause
/*
 * kafkamock BOOTSTRAP_FILE TOPIC COUNT SECONDS [DOWN_AFTER]: librdkafka's mock
 * cluster of three brokers on loopback, and a consumer of it. Ends with status 0
 * when COUNT different keys have arrived, 1 after SECONDS. Broker 1 goes down when
 * DOWN_AFTER messages were read, and comes back two seconds later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_KAFKA
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

static unsigned char *seen;
static unsigned long want, distinct, read_in_all;

static void write_bootstrap(const char *path, const char *text)
{
	char temporary[4096];
	FILE *fp;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fp = fopen(temporary, "w");
	if (!fp)
		exit(2);
	fprintf(fp, "%s", text);
	fclose(fp);
	rename(temporary, path);
}

static rd_kafka_t *consumer(const char *bootstrap, const char *topic)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_topic_partition_list_t *parts = rd_kafka_topic_partition_list_new(4);
	char err[512];
	rd_kafka_t *rk;

	rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, err, sizeof(err));
	rd_kafka_conf_set(conf, "group.id", "test", err, sizeof(err));
	/* the mock keeps 5 MB of a partition: what is read too late is gone */
	rd_kafka_conf_set(conf, "reconnect.backoff.max.ms", "200", err, sizeof(err));
	rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", err, sizeof(err));
	rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, err, sizeof(err));
	rd_kafka_poll_set_consumer(rk);
	for (int i = 0; i < 4; i++)
		rd_kafka_topic_partition_list_add(parts, topic, i)->offset =
			RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_assign(rk, parts);
	rd_kafka_topic_partition_list_destroy(parts);
	return rk;
}

static void take(const rd_kafka_message_t *m)
{
	char key[64];
	unsigned long n;

	if (m->err)
		return;
	read_in_all++;
	snprintf(key, sizeof(key), "%.*s", (int)m->key_len, (const char *)m->key);
	n = strncmp(key, "gen-", 4) == 0 ? strtoul(key + 4, NULL, 10) : 0;
	if (n >= 1 && n <= want && !seen[n]++)
		distinct++;
}

int main(int argc, char **argv)
{
	unsigned long down_after = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	rd_kafka_mock_cluster_t *cluster;
	time_t end, up = 0;
	char err[512];
	rd_kafka_t *owner, *rk;

	if (argc < 5)
		return 2;
	want = strtoul(argv[3], NULL, 10);
	seen = calloc(want + 1, 1);
	owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), err, sizeof(err));
	cluster = rd_kafka_mock_cluster_new(owner, 3);
	rd_kafka_mock_topic_create(cluster, argv[2], 4, 3);
	write_bootstrap(argv[1], rd_kafka_mock_cluster_bootstraps(cluster));
	rk = consumer(rd_kafka_mock_cluster_bootstraps(cluster), argv[2]);
	for (end = time(NULL) + atoi(argv[4]); distinct < want && time(NULL) < end;) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);

		if (m) {
			take(m);
			rd_kafka_message_destroy(m);
		}
		if (down_after && read_in_all >= down_after) {
			rd_kafka_mock_broker_set_down(cluster, 1);
			down_after = 0;
			up = time(NULL) + 2;
		}
		if (up && time(NULL) >= up) {
			rd_kafka_mock_broker_set_up(cluster, 1);
			up = 0;
		}
	}
	printf("%lu of %lu, %lu messages\n", distinct, want, read_in_all);
	fflush(stdout);
	_Exit(distinct == want ? 0 : 1); /* the cluster needs no tidying up */
}
#else
int main(void)
{
	fprintf(stderr, "kafkamock: built without librdkafka\n");
	return 77;
}
#endif
