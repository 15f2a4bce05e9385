// SPDX-License-Identifier: BSD-2-Clause
/*
 * Cgroup paths of container runtimes, component by component:
 *
 *	docker		/docker/ID  /ecs/TASK/ID  docker-ID.scope
 *	containerd	/default/ID (k8s.io, moby)  cri-containerd-ID.scope  nerdctl-ID.scope
 *	CRI-O		crio-ID  crio-ID.scope
 *	Podman		libpod-ID  libpod-ID.scope
 *	LXC		/lxc/NAME  lxc.payload.NAME  /lxc.payload/NAME
 *	nspawn		machine.slice/systemd-nspawn@NAME.service  machine-NAME.scope
 *	Kubernetes	.../podUID/ID  kubepods-*-podUID.slice/RUNTIME-ID.scope
 *
 * The monitors that runtimes run beside a container (crio-conmon-ID.scope,
 * lxc.monitor.NAME, nspawn's supervisor) are of the host.
 */
#include "cgroup.h"

#include <ctype.h>
#include <string.h>

#include "common/compat.h"

struct span {
	const char *s;
	size_t len;
};

const char *runtime_name(enum runtime r)
{
	static const char *const names[] = {
		[RUNTIME_HOST] = "host",
		[RUNTIME_DOCKER] = "docker",
		[RUNTIME_CONTAINERD] = "containerd",
		[RUNTIME_CRIO] = "cri-o",
		[RUNTIME_PODMAN] = "podman",
		[RUNTIME_LXC] = "lxc",
		[RUNTIME_NSPAWN] = "systemd-nspawn",
	};

	return (size_t)r < nitems(names) ? names[r] : NULL;
}

static bool is(struct span c, const char *text)
{
	return c.len == strlen(text) && memcmp(c.s, text, c.len) == 0;
}

static bool eat_head(struct span *c, const char *head)
{
	size_t n = strlen(head);

	if (c->len < n || memcmp(c->s, head, n) != 0)
		return false;
	c->s += n;
	c->len -= n;
	return true;
}

static bool eat_tail(struct span *c, const char *tail)
{
	size_t n = strlen(tail);

	if (c->len < n || memcmp(c->s + c->len - n, tail, n) != 0)
		return false;
	c->len -= n;
	return true;
}

static bool is_hex(struct span c, size_t len)
{
	if (c.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)c.s[i]) && (c.s[i] < 'a' || c.s[i] > 'f'))
			return false;
	return true;
}

static bool found(struct cgroup_name *name, enum runtime r, struct span id)
{
	if (id.len == 0 || id.len > CGROUP_ID_MAX)
		return false;
	name->runtime = r;
	memcpy(name->id, id.s, id.len);
	name->id[id.len] = '\0';
	return true;
}

/* systemd's \x2d and the like, in place of the bytes they stand for */
static bool found_escaped(struct cgroup_name *name, enum runtime r, struct span id)
{
	char buf[CGROUP_ID_MAX];
	size_t n = 0;

	for (size_t i = 0; i < id.len; i++) {
		char c = id.s[i];

		if (id.len - i >= 4 && memcmp(id.s + i, "\\x2d", 4) == 0) {
			c = '-';
			i += 3;
		}
		if (n == sizeof(buf))
			return false;
		buf[n++] = c;
	}
	return found(name, r, (struct span){ buf, n });
}

/* pod1234-…, kubepods-burstable-pod1234_….slice: the uid with its dashes */
static void pod(struct cgroup_name *name, struct span c)
{
	bool slice = eat_tail(&c, ".slice");

	if (slice && eat_head(&c, "kubepods-") && !eat_head(&c, "burstable-"))
		eat_head(&c, "besteffort-");
	if (!eat_head(&c, "pod"))
		return;
	if (c.len != CGROUP_POD_MAX && !is_hex(c, 32)) /* a static pod's is a hash */
		return;
	for (size_t i = 0; i < c.len; i++) {
		if (!isxdigit((unsigned char)c.s[i]) && c.s[i] != '-' && c.s[i] != '_')
			return;
		name->pod[i] = c.s[i] == '_' ? '-' : c.s[i];
	}
	name->pod[c.len] = '\0';
}

/* PREFIX-ID.scope, PREFIX-ID; kubepods….slice:PREFIX:ID where systemd's driver is half set up */
static bool by_prefix(struct cgroup_name *name, struct span c)
{
	static const struct {
		const char *prefix;
		enum runtime r;
	} known[] = {
		{ "docker", RUNTIME_DOCKER },	   { "cri-containerd", RUNTIME_CONTAINERD },
		{ "nerdctl", RUNTIME_CONTAINERD }, { "crio", RUNTIME_CRIO },
		{ "libpod", RUNTIME_PODMAN },
	};
	const char *colon = memchr(c.s, ':', c.len);

	if (colon) {
		c.len -= (size_t)(colon + 1 - c.s);
		c.s = colon + 1;
	}
	eat_tail(&c, ".scope");
	for (size_t i = 0; i < nitems(known); i++) {
		struct span id = c;

		if (eat_head(&id, known[i].prefix) && eat_head(&id, colon ? ":" : "-") &&
		    is_hex(id, 64))
			return found(name, known[i].r, id);
	}
	return false;
}

/* What a bare ID is, by what stands before it. */
static bool by_parent(struct cgroup_name *name, struct span c, struct span parent,
		      struct span first)
{
	if (is(parent, "lxc") || is(parent, "lxc.payload"))
		return found(name, RUNTIME_LXC, c);
	if (!is_hex(c, 64))
		return false;
	if (is(parent, "docker") || is(first, "ecs"))
		return found(name, RUNTIME_DOCKER, c);
	if (is(parent, "default") || is(parent, "k8s.io") || is(parent, "moby"))
		return found(name, RUNTIME_CONTAINERD, c);
	if (name->pod[0])
		return found(name, RUNTIME_UNKNOWN, c);
	return false;
}

static bool machine(struct cgroup_name *name, struct span c)
{
	if (eat_head(&c, "systemd-nspawn@"))
		return eat_tail(&c, ".service") && found_escaped(name, RUNTIME_NSPAWN, c);
	if (!eat_head(&c, "machine-") || !eat_tail(&c, ".scope"))
		return false;
	if (eat_head(&c, "lxc\\x2d"))
		return found_escaped(name, RUNTIME_LXC, c);
	/* libvirt's virtual machines are machines of systemd too */
	return !eat_head(&c, "qemu\\x2d") && !eat_head(&c, "libvirt") &&
	       found_escaped(name, RUNTIME_NSPAWN, c);
}

static void component(struct cgroup_name *name, struct span c, struct span parent,
		      struct span first)
{
	struct span rest = c;

	if (c.len == 0)
		return;
	pod(name, c);
	if (by_prefix(name, c) || by_parent(name, c, parent, first))
		return;
	if (eat_head(&rest, "lxc.payload."))
		found(name, RUNTIME_LXC, rest);
	else if (is(parent, "machine.slice"))
		machine(name, c);
	else if (is(c, "supervisor") && name->runtime == RUNTIME_NSPAWN)
		name->runtime = RUNTIME_HOST;
}

bool cgroup_parse(const char *path, size_t len, struct cgroup_name *name)
{
	struct span parent = { path, 0 }, first = { path, 0 };
	const char *end = path + len;

	*name = (struct cgroup_name){ .runtime = RUNTIME_HOST };
	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		struct span c = { path, (size_t)((slash ? slash : end) - path) };

		component(name, c, parent, first);
		if (first.len == 0)
			first = c;
		parent = c;
		path += c.len + 1;
	}
	if (name->runtime == RUNTIME_HOST)
		name->id[0] = name->pod[0] = '\0';
	return name->runtime != RUNTIME_HOST;
}
