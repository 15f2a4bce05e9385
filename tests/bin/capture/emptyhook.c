// SPDX-License-Identifier: BSD-2-Clause
/*
 * emptyhook COMMAND [ARGUMENT]...: run it with a BPF program that does nothing at the end of
 * every system call: what is left of secmon's price if secmon does nothing.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <err.h>
#include <linux/bpf.h>
#include <sys/wait.h>
#include <unistd.h>

static int attach_nothing(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_RAW_TP);
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "btf_trace_sys_exit", BTF_KIND_TYPEDEF) : -1;
	int prog;

	if (id <= 0)
		return -1;
	opts.attach_btf_id = (unsigned int)id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "GPL", nothing, 2, &opts);
	btf__free(btf);
	return prog < 0 ? -1 : bpf_raw_tracepoint_open(NULL, prog);
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2)
		errx(2, "usage: emptyhook COMMAND [ARGUMENT]...");
	if (attach_nothing() < 0)
		err(1, "attach a program to sys_exit");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		execvp(argv[1], argv + 1);
		err(1, "%s", argv[1]);
	}
	if (wait(&status) == -1)
		err(1, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
