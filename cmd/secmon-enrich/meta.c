// SPDX-License-Identifier: BSD-2-Clause
/* The state files of Docker, containerd, CRI-O and Podman. */
#include "meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/compat.h"
#include "json.h"

static void put(char *to, size_t size, const char *s, size_t len)
{
	if (len >= size)
		return; /* too long is not known: nothing is cut */
	memcpy(to, s, len);
	to[len] = '\0';
}

#define PUT(to, s, len) put(to, sizeof(to), s, len)

/* path_is(p, "a", "b", …, NULL): the keys from the outside in. */
static bool path_is(const struct json_path *p, unsigned int depth, const char *a, const char *b)
{
	return p->depth == depth && strcmp(p->key[0], a) == 0 &&
	       (depth < 2 || !b || strcmp(p->key[1], b) == 0);
}

/* labels as "k:v, k:v"; those of the runtimes themselves say nothing to people */
static void label(struct meta *m, const char *key, const char *v, size_t len)
{
	size_t room = sizeof(m->labels) - m->labels_len;
	int n;

	if (strncmp(key, "annotation.", 11) == 0 || strncmp(key, "io.kubernetes.", 14) == 0)
		return;
	n = snprintf(m->labels + m->labels_len, room, "%s%s:%.*s", m->labels_len ? ", " : "", key,
		     (int)len, v);
	if (n > 0 && (size_t)n < room)
		m->labels_len += (size_t)n;
	else
		m->labels[m->labels_len] = '\0';
}

static const struct {
	const char *key;
	size_t at, size;
} pod_keys[] = {
#define KEY(name, member)                                                                          \
	{                                                                                          \
		name, offsetof(struct meta, member), sizeof(((struct meta *)0)->member)            \
	}
	KEY("io.kubernetes.pod.name", pod_name),
	KEY("io.kubernetes.pod.namespace", pod_ns),
	KEY("io.kubernetes.pod.uid", pod_uid),
	KEY("io.kubernetes.container.name", name),
	KEY("io.kubernetes.cri.container-name", name),
	KEY("io.kubernetes.cri.image-name", image),
	KEY("io.kubernetes.cri.sandbox-id", sandbox),
	KEY("io.kubernetes.cri.sandbox-name", pod_name),
	KEY("io.kubernetes.cri.sandbox-namespace", pod_ns),
	KEY("io.kubernetes.cri.sandbox-uid", pod_uid),
	KEY("io.kubernetes.cri-o.ImageName", image),
	KEY("io.kubernetes.cri-o.ImageRef", image_id),
	KEY("io.kubernetes.cri-o.SandboxID", sandbox),
	KEY("io.kubernetes.cri-o.IP.0", ip),
	KEY("io.kubernetes.docker.type", labels), /* never a label of the user */
	KEY("nerdctl/name", name),
#undef KEY
};

/* a label or an annotation */
static void annotation(struct meta *m, const char *key, const char *v, size_t len)
{
	for (size_t i = 0; i < nitems(pod_keys); i++) {
		if (strcmp(pod_keys[i].key, key) != 0)
			continue;
		if (pod_keys[i].at != offsetof(struct meta, labels))
			put((char *)m + pod_keys[i].at, pod_keys[i].size, v, len);
		return;
	}
	label(m, key, v, len);
}

static struct meta_mount *mount_at(struct meta *m, unsigned int n)
{
	if (n >= META_MOUNTS)
		return NULL;
	if (m->nmounts <= n)
		m->nmounts = n + 1;
	return &m->mounts[n];
}

/* MountPoints is an object by destination: a new key begins a new mount */
static void docker_mount(struct meta *m, const struct json_path *p, enum json_type type,
			 const char *v, size_t len)
{
	const char *dest = p->key[1], *key = p->key[2];
	unsigned int n = m->nmounts;
	struct meta_mount *mnt;

	if (n && strcmp(m->mounts[n - 1].dest, dest) == 0)
		n--;
	mnt = mount_at(m, n);
	if (!mnt)
		return;
	PUT(mnt->dest, dest, strlen(dest));
	if (strcmp(key, "Source") == 0)
		PUT(mnt->source, v, len);
	else if (strcmp(key, "RW") == 0)
		mnt->rw = type == JSON_TRUE;
	else if (strcmp(key, "Mode") == 0 || strcmp(key, "Relabel") == 0)
		PUT(mnt->mode, v, len);
	else if (strcmp(key, "Propagation") == 0)
		PUT(mnt->propagation, v, len);
}

static void on_docker(void *arg, const struct json_path *p, enum json_type type, const char *v,
		      size_t len)
{
	struct meta *m = arg;

	if (path_is(p, 1, "Name", NULL) && type == JSON_STRING && len)
		PUT(m->name, v + (*v == '/'), len - (*v == '/'));
	else if (path_is(p, 1, "Image", NULL))
		PUT(m->image_id, v, len);
	else if (path_is(p, 2, "Config", "Image"))
		PUT(m->image, v, len);
	else if (path_is(p, 3, "Config", "Labels") && type == JSON_STRING)
		annotation(m, p->key[2], v, len);
	else if (path_is(p, 4, "NetworkSettings", "Networks") && !m->ip[0] &&
		 strcmp(p->key[3], "IPAddress") == 0)
		PUT(m->ip, v, len);
	else if (path_is(p, 3, "MountPoints", NULL))
		docker_mount(m, p, type, v, len);
}

static enum meta_flag is_host(const char *v, size_t len)
{
	return len == 4 && memcmp(v, "host", 4) == 0 ? META_YES : META_NO;
}

static void on_docker_host(void *arg, const struct json_path *p, enum json_type type, const char *v,
			   size_t len)
{
	struct meta *m = arg;

	if (path_is(p, 1, "Privileged", NULL))
		m->privileged = type == JSON_TRUE ? META_YES : META_NO;
	else if (path_is(p, 1, "PidMode", NULL))
		m->host_pid = is_host(v, len);
	else if (path_is(p, 1, "NetworkMode", NULL))
		m->host_net = is_host(v, len);
	else if (path_is(p, 1, "IpcMode", NULL))
		m->host_ipc = is_host(v, len);
}

static void oci_option(struct meta_mount *mnt, const char *v, size_t len)
{
	static const char *const propagations[] = { "private", "rprivate", "shared",
						    "rshared", "slave",	   "rslave" };

	if (len == 2 && memcmp(v, "ro", 2) == 0)
		mnt->rw = false;
	for (size_t i = 0; i < nitems(propagations); i++)
		if (strcmp(v, propagations[i]) == 0)
			PUT(mnt->propagation, v, len);
}

/* members of a mount come in any order; it is writable unless an option says otherwise */
static void oci_mount(struct meta *m, const struct json_path *p, const char *v, size_t len)
{
	unsigned int n = p->index[1];
	bool is_new = n >= m->nmounts;
	struct meta_mount *mnt = mount_at(m, n);

	if (!mnt)
		return;
	if (is_new)
		mnt->rw = true;
	if (p->depth == 3 && strcmp(p->key[2], "source") == 0)
		PUT(mnt->source, v, len);
	else if (p->depth == 3 && strcmp(p->key[2], "destination") == 0)
		PUT(mnt->dest, v, len);
	else if (p->depth == 4 && strcmp(p->key[2], "options") == 0)
		oci_option(mnt, v, len);
}

/* A namespace that is not listed is the host's. */
static void oci_namespace(struct meta *m, const char *v)
{
	if (strcmp(v, "pid") == 0)
		m->host_pid = META_NO;
	else if (strcmp(v, "network") == 0)
		m->host_net = META_NO;
	else if (strcmp(v, "ipc") == 0)
		m->host_ipc = META_NO;
}

static void on_oci(void *arg, const struct json_path *p, enum json_type type, const char *v,
		   size_t len)
{
	struct meta *m = arg;

	if (type != JSON_STRING)
		return;
	if (path_is(p, 2, "annotations", NULL))
		annotation(m, p->key[1], v, len);
	else if (p->depth >= 3 && strcmp(p->key[0], "mounts") == 0)
		oci_mount(m, p, v, len);
	else if (path_is(p, 4, "linux", "namespaces") && strcmp(p->key[3], "type") == 0)
		oci_namespace(m, v);
}

/* Podman's list: the members after the right "id" are ours. */
struct podman {
	struct meta *m;
	const char *id;
	unsigned int index;
	bool found;
};

static void on_podman_metadata(void *arg, const struct json_path *p, enum json_type type,
			       const char *v, size_t len)
{
	struct meta *m = arg;

	if (path_is(p, 1, "image-name", NULL))
		PUT(m->image, v, len);
	else if (path_is(p, 1, "image-id", NULL))
		PUT(m->image_id, v, len);
	else if (path_is(p, 1, "name", NULL))
		PUT(m->name, v, len);
}

static void on_podman(void *arg, const struct json_path *p, enum json_type type, const char *v,
		      size_t len)
{
	struct podman *l = arg;
	char *copy;

	if (p->depth < 2 || type != JSON_STRING)
		return;
	if (p->depth == 2 && strcmp(p->key[1], "id") == 0 && strcmp(v, l->id) == 0) {
		l->found = true;
		l->index = p->index[0];
	}
	if (!l->found || l->index != p->index[0] || p->depth != 2 ||
	    strcmp(p->key[1], "metadata") != 0)
		return;
	copy = strndup(v, len);
	if (copy)
		json_walk(copy, strlen(copy), on_podman_metadata, l->m);
	free(copy);
}

int meta_parse(struct meta *m, enum reader_what what, const char *id, char *text, size_t len)
{
	struct podman list = { .m = m, .id = id };

	switch (what) {
	case READ_DOCKER:
		return json_walk(text, len, on_docker, m);
	case READ_DOCKER_HOST:
		return json_walk(text, len, on_docker_host, m);
	case READ_PODMAN_LIST:
		return json_walk(text, len, on_podman, &list);
	default:
		m->host_pid = m->host_net = m->host_ipc = META_YES;
		m->nmounts = 0;
		return json_walk(text, len, on_oci, m);
	}
}

static void text(struct wire *w, unsigned int field, const char *s)
{
	if (*s)
		wire_cstr(w, field, s);
}

static void flag(struct wire *w, unsigned int field, enum meta_flag f)
{
	if (f != META_UNSAID)
		wire_bool(w, field, f == META_YES);
}

/* registry:5000/a/b:tag@sha256:… */
static void write_image(const struct meta *m, struct wire *w)
{
	const char *at = strchr(m->image, '@'), *end = m->image + strlen(m->image);
	const char *stop = at ? at : end;
	const char *slash = memrchr(m->image, '/', (size_t)(stop - m->image));
	const char *from = slash ? slash : m->image;
	const char *colon = memchr(from, ':', (size_t)(stop - from));
	const char *repo_end = colon ? colon : stop;

	if (m->image[0] == '\0' || strncmp(m->image, "sha256:", 7) == 0)
		return;
	wire_cstr(w, F_CONTAINER_IMAGE, m->image);
	wire_text(w, F_CONTAINER_IMAGE_REPOSITORY, m->image, (size_t)(repo_end - m->image));
	if (colon)
		wire_text(w, F_CONTAINER_IMAGE_TAG, colon + 1, (size_t)(stop - colon - 1));
	if (at)
		wire_text(w, F_CONTAINER_IMAGE_DIGEST, at + 1, (size_t)(end - at - 1));
}

static void write_mounts(const struct meta *m, struct wire *w)
{
	char buf[3 * META_TEXT];

	wire_array(w, F_CONTAINER_MOUNTS, m->nmounts);
	for (unsigned int i = 0; i < m->nmounts; i++) {
		const struct meta_mount *n = &m->mounts[i];
		int len = snprintf(buf, sizeof(buf), "%s:%s:%s:%s:%s", n->source, n->dest, n->mode,
				   n->rw ? "true" : "false", n->propagation);

		wire_item_text(w, buf, (size_t)len < sizeof(buf) ? (size_t)len : sizeof(buf) - 1);
	}
}

void meta_write(const struct meta *m, bool pod, struct wire *w)
{
	text(w, F_CONTAINER_NAME, m->name);
	write_image(m, w);
	text(w, F_CONTAINER_IMAGE_ID, m->image_id);
	flag(w, F_CONTAINER_PRIVILEGED, m->privileged);
	flag(w, F_CONTAINER_HOST_PID, m->host_pid);
	flag(w, F_CONTAINER_HOST_NETWORK, m->host_net);
	flag(w, F_CONTAINER_HOST_IPC, m->host_ipc);
	text(w, F_CONTAINER_IP, m->ip);
	text(w, F_CONTAINER_LABELS, m->labels);
	write_mounts(m, w);
	text(w, F_K8S_POD_NAME, m->pod_name);
	text(w, F_K8S_NS_NAME, m->pod_ns);
	if (!pod) {
		text(w, F_K8S_POD_UID, m->pod_uid);
		text(w, F_K8S_POD_ID, m->pod_uid);
	}
	text(w, F_K8S_POD_FULL_SANDBOX_ID, m->sandbox);
	if (m->sandbox[0])
		wire_text(w, F_K8S_POD_SANDBOX_ID, m->sandbox, strnlen(m->sandbox, 12));
}
