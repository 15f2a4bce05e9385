/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Descriptors: what file or socket one is, from the kernel's own table. */
#ifndef BPF_NET_H
#define BPF_NET_H

enum { UNIX_PATH_MAX = 108, SUN_FAMILY = 2, AT_FDCWD = -100 };

static __always_inline void fill_inet(struct item_sock *s, struct sock *sk)
{
	struct inet_sock *inet = (void *)sk;
	__u32 addr;

	s->lport = bpf_ntohs(READ(inet, inet_sport));
	s->rport = bpf_ntohs(READ(sk, __sk_common.skc_dport));
	if (s->family == AF_INET6) {
		bpf_core_read(s->laddr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(s->raddr, 16, &sk->__sk_common.skc_v6_daddr);
		return;
	}
	addr = READ(inet, inet_saddr);
	__builtin_memcpy(s->laddr, &addr, 4);
	addr = READ(sk, __sk_common.skc_daddr);
	__builtin_memcpy(s->raddr, &addr, 4);
}

/* put_unix(r, arg, sk): the name a Unix socket is bound to. False if it has none. */
static __always_inline bool put_unix(struct record *r, __u8 arg, struct sock *sk)
{
	struct unix_sock *u = (void *)sk;
	struct unix_address *addr = READ(u, addr);
	struct item *it;
	__u32 len;

	if (!addr)
		return false;
	it = item_room(r, 128);
	if (!it)
		return false;
	len = READ(addr, len) - SUN_FAMILY;
	barrier_var(len);
	if (len == 0 || len > UNIX_PATH_MAX)
		return false;
	if (bpf_probe_read_kernel(it + 1, len & 127,
				  (void *)addr + bpf_core_field_offset(addr->name) +
					  bpf_core_field_offset(struct sockaddr_un, sun_path)))
		return false;
	item_end(r, it, ITEM_UNIX, arg, len, len);
	return true;
}

/* put_sock(slot, arg, file): the socket behind a file. */
__noinline int put_sock(__u32 slot, __u32 arg, __u64 file_addr)
{
	struct socket *sock = READ((struct file *)file_addr, private_data);
	struct sock *sk = READ(sock, sk);
	struct record *r = scratch(slot);
	struct item_sock *s;
	struct item *it;

	if (!r || !sk)
		return 0;
	it = item_room(r, sizeof(*s));
	if (!it)
		return 0;
	s = (void *)(it + 1);
	__builtin_memset(s, 0, sizeof(*s));
	s->family = READ(sk, __sk_common.skc_family);
	s->type = READ(sock, type);
	s->proto = READ(sk, sk_protocol);
	s->state = READ(sk, __sk_common.skc_state);
	if (s->family == AF_INET || s->family == AF_INET6)
		fill_inet(s, sk);
	if (s->family == AF_UNIX) {
		s->sk = (__u64)sk;
		s->peer = (__u64)READ((struct unix_sock *)sk, peer);
	}
	item_end(r, it, ITEM_SOCK, arg, sizeof(*s), sizeof(*s));
	if (s->family == AF_UNIX && !put_unix(r, arg, sk) && s->peer)
		put_unix(r, arg, (struct sock *)s->peer);
	return 0;
}

/* put_file(slot, arg, file): the file or socket that a file is. */
__noinline int put_file(__u32 slot, __u32 arg, __u64 file_addr)
{
	struct file *file = (void *)file_addr;
	struct record *r = scratch(slot);
	struct item_file *f;
	struct item *it;

	if (!r || !file)
		return 0;
	it = item_room(r, sizeof(*f));
	if (!it)
		return 0;
	f = (void *)(it + 1);
	fill_file_short(f, file);
	item_end(r, it, ITEM_FILE, arg, sizeof(*f), sizeof(*f));
	if ((f->mode & S_IFMT) == S_IFSOCK && f->magic == MAGIC_SOCKFS)
		return put_sock(slot, arg, file_addr);
	if (identity && watching)
		identify(slot, arg, (__u64)READ(file, f_inode));
	put_path(slot, ITEM_FILEPATH | arg << 8, (__u64)READ(file, f_path.dentry),
		 (__u64)READ(file, f_path.mnt));
	return 0;
}

/* put_fd(slot, arg, fd): the file or socket that a descriptor of the current process is. */
static __always_inline int put_fd(__u32 slot, __u32 arg, __u32 fd)
{
	return put_file(slot, arg, (__u64)current_file(fd));
}

/* put_queue(slot, arg, fd): who waits at a listening socket. */
__noinline int put_queue(__u32 slot, __u32 arg, __u32 fd)
{
	struct file *file = current_file(fd);
	struct record *r = scratch(slot);
	struct socket *sock;
	struct item *it;
	struct sock *sk;
	__u32 *queue;

	if (!r || !file || READ(file, f_inode, i_sb, s_magic) != MAGIC_SOCKFS)
		return 0;
	sock = READ(file, private_data);
	sk = READ(sock, sk);
	it = item_room(r, 2 * sizeof(*queue));
	if (!it || !sk)
		return 0;
	queue = (void *)(it + 1);
	queue[0] = READ(sk, sk_ack_backlog);
	queue[1] = READ(sk, sk_max_ack_backlog);
	item_end(r, it, ITEM_BUF, arg, 2 * sizeof(*queue), 2 * sizeof(*queue));
	return 0;
}

/* put_base(slot, arg, fd): the directory a relative path begins at; fd AT_FDCWD stands for
 * the working directory. */
__noinline int put_base(__u32 slot, __u32 arg, __s32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file;
	struct path path;

	if (fd == AT_FDCWD) {
		path.dentry = READ(task, fs, pwd.dentry);
		path.mnt = READ(task, fs, pwd.mnt);
	} else {
		file = current_file(fd);
		if (!file)
			return 0;
		path.dentry = READ(file, f_path.dentry);
		path.mnt = READ(file, f_path.mnt);
	}
	put_path(slot, ITEM_BASE | arg << 8, (__u64)path.dentry, (__u64)path.mnt);
	return 0;
}

#endif
