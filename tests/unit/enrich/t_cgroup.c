// SPDX-License-Identifier: BSD-2-Clause
/* Cgroup paths of all runtimes, and of none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "cmd/secmon-enrich/cgroup.h"
#include "common/compat.h"

#define H    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define I    "ffffffffabcdef0123456789abcdef0123456789abcdef0123456789abcdef01"
#define UID  "11111111-2222-3333-4444-555555555555"
#define UID_ "11111111_2222_3333_4444_555555555555"

static const struct {
	const char *path;
	enum runtime runtime;
	const char *id, *pod;
} cases[] = {
	{ "/docker/" H, RUNTIME_DOCKER, H, "" },
	{ "/system.slice/docker-" H ".scope", RUNTIME_DOCKER, H, "" },
	{ "/ecs/0a1b/" H, RUNTIME_DOCKER, H, "" },
	{ "/ecstasks.slice/ecstasks-1.slice/docker-" H ".scope", RUNTIME_DOCKER, H, "" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/docker-" H ".scope", RUNTIME_DOCKER, H, UID },
	{ "/default/" H, RUNTIME_CONTAINERD, H, "" },
	{ "/system.slice/nerdctl-" H ".scope", RUNTIME_CONTAINERD, H, "" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
	  ".slice/cri-containerd-" H ".scope",
	  RUNTIME_CONTAINERD, H, UID },
	{ "/kubepods-besteffort-pod" UID_ ".slice:cri-containerd:" H, RUNTIME_CONTAINERD, H, "" },
	{ "/kubepods/burstable/pod" UID "/" H, RUNTIME_UNKNOWN, H, UID },
	{ "/kubepods/pod0123456789abcdef0123456789abcdef/" H, RUNTIME_UNKNOWN, H,
	  "0123456789abcdef0123456789abcdef" },
	{ "/kubepods/besteffort/pod" UID "/crio-" H, RUNTIME_CRIO, H, UID },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_ ".slice/crio-" H
	  ".scope/container",
	  RUNTIME_CRIO, H, UID },
	{ "/machine.slice/libpod-" H ".scope", RUNTIME_PODMAN, H, "" },
	{ "/libpod_parent/libpod-" H, RUNTIME_PODMAN, H, "" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" H ".scope/container",
	  RUNTIME_PODMAN, H, "" },
	{ "/lxc/web1", RUNTIME_LXC, "web1", "" },
	{ "/lxc.payload.web1/system.slice/cron.service", RUNTIME_LXC, "web1", "" },
	{ "/lxc.payload/web1", RUNTIME_LXC, "web1", "" },
	{ "/machine.slice/systemd-nspawn@deb.service/payload/x", RUNTIME_NSPAWN, "deb", "" },
	{ "/machine.slice/machine-my\\x2dbox.scope", RUNTIME_NSPAWN, "my-box", "" },
	{ "/machine.slice/machine-lxc\\x2d7.scope", RUNTIME_LXC, "7", "" },
	/* the innermost one counts */
	{ "/docker/" H "/kubelet/kubepods/pod" UID "/" I, RUNTIME_UNKNOWN, I, UID },
	{ "/system.slice/docker-" H ".scope/libpod_parent/libpod-" I, RUNTIME_PODMAN, I, "" },
	/* no containers */
	{ "/", RUNTIME_HOST, "", "" },
	{ "", RUNTIME_HOST, "", "" },
	{ "/user.slice/user-0.slice/session-1.scope", RUNTIME_HOST, "", "" },
	{ "/system.slice/docker.service", RUNTIME_HOST, "", "" },
	{ "/docker", RUNTIME_HOST, "", "" },
	{ "/docker/0123", RUNTIME_HOST, "", "" },
	{ "/odd/" H, RUNTIME_HOST, "", "" },
	{ "/kubepods/burstable/pod" UID, RUNTIME_HOST, "", "" },
	{ "/machine.slice/libpod-conmon-" H ".scope", RUNTIME_HOST, "", "" },
	{ "/kubepods.slice/crio-conmon-" H ".scope", RUNTIME_HOST, "", "" },
	{ "/lxc.monitor.web1", RUNTIME_HOST, "", "" },
	{ "/machine.slice/systemd-nspawn@deb.service/supervisor", RUNTIME_HOST, "", "" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", RUNTIME_HOST, "", "" },
	{ "/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", RUNTIME_HOST,
	  "", "" },
	{ "/lxc/a-name-that-is-longer-than-any-name-of-a-container-may-be-which-is-64",
	  RUNTIME_HOST, "", "" },
};

static void paths(void **state)
{
	struct cgroup_name name;

	for (size_t i = 0; i < nitems(cases); i++) {
		bool found = cgroup_parse(cases[i].path, strlen(cases[i].path), &name);

		if (found != (cases[i].runtime != RUNTIME_HOST) ||
		    name.runtime != cases[i].runtime || strcmp(name.id, cases[i].id) != 0 ||
		    strcmp(name.pod, cases[i].pod) != 0)
			fail_msg("%s: runtime %d id '%s' pod '%s'", cases[i].path, name.runtime,
				 name.id, name.pod);
	}
}

static void every_prefix_of_a_path_is_safe(void **state)
{
	struct cgroup_name name;

	for (size_t i = 0; i < nitems(cases); i++) {
		for (size_t len = 0; len < strlen(cases[i].path); len++) {
			char *exact = test_malloc(len + 1); /* cmocka guards its end */

			memcpy(exact, cases[i].path, len);
			cgroup_parse(exact, len, &name);
			assert_true(strlen(name.id) <= CGROUP_ID_MAX);
			test_free(exact);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(every_prefix_of_a_path_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
