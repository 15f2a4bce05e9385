/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* What a struct file is: inode, device, layer, seals, and who may write. */
#ifndef BPF_FILE_H
#define BPF_FILE_H

enum {
	S_IFMT = 0170000,
	S_IFSOCK = 0140000,
	MAGIC_OVERLAY = 0x794c7630,
	MAGIC_TMPFS = 0x01021994,
	MAGIC_SOCKFS = 0x534f434b,
	CAP_DAC_OVERRIDE = 1,
	FMODE_CREATED = 0x100000
};

static __always_inline __u16 overlay_layer(struct inode *inode)
{
	struct ovl_inode *oi;

	if (!bpf_core_type_exists(struct ovl_inode))
		return 0;
	oi = (void *)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);
	return READ(oi, __upperdentry) ? FILE_UPPER : FILE_LOWER;
}

/* Whether the mode bits, or a capability over them, let the user of task write. */
static __always_inline bool inode_writable(struct inode *inode, __u16 mode,
					   struct task_struct *task)
{
	struct cred *cred = READ(task, cred);
	__u64 caps = 0;

	bpf_core_read(&caps, sizeof(caps), &cred->cap_effective);
	if (caps & 1ULL << CAP_DAC_OVERRIDE)
		return true;
	if (READ(inode, i_uid.val) == READ(cred, fsuid.val))
		return mode & 0200;
	if (READ(inode, i_gid.val) == READ(cred, fsgid.val))
		return mode & 0020;
	return mode & 0002;
}

/* what an event about a file needs of it; fill_file() has the rest as well */
static __always_inline void fill_file_short(struct item_file *f, struct file *file)
{
	struct inode *inode = READ(file, f_inode);
	struct super_block *sb = READ(inode, i_sb);

	f->ino = READ(inode, i_ino);
	f->dev = READ(sb, s_dev);
	f->magic = READ(sb, s_magic);
	f->mode = READ(inode, i_mode);
	f->flags = READ(file, f_mode) & FMODE_CREATED ? FILE_CREATED : 0;
	f->mtime = f->ctime = 0;
	f->open_flags = f->seals = f->nlink = 0;
	if (f->magic == MAGIC_OVERLAY)
		f->flags |= overlay_layer(inode);
	if (f->magic == MAGIC_TMPFS && !READ(inode, i_nlink)) {
		struct dentry *dentry = READ(file, f_path.dentry);

		if (READ(dentry, d_parent) == dentry)
			f->flags |= FILE_MEMFD;
	}
}

static __always_inline void fill_file(struct item_file *f, struct file *file,
				      struct task_struct *task)
{
	struct dentry *dentry = READ(file, f_path.dentry);
	struct inode *inode = READ(file, f_inode);
	struct shmem_inode_info *shm;

	f->ino = READ(inode, i_ino);
	f->dev = READ(inode, i_sb, s_dev);
	f->magic = READ(inode, i_sb, s_magic);
	f->mode = READ(inode, i_mode);
	f->nlink = READ(inode, i_nlink);
	f->open_flags = READ(file, f_flags);
	f->ctime = inode_ctime(inode);
	f->mtime = inode_mtime(inode);
	f->flags = 0;
	f->seals = 0;
	if (f->magic == MAGIC_OVERLAY)
		f->flags |= overlay_layer(inode);
	if (READ(dentry, d_parent) == dentry && f->magic == MAGIC_TMPFS && !f->nlink)
		f->flags |= FILE_MEMFD;
	if (f->flags & FILE_MEMFD) {
		shm = (void *)inode - bpf_core_field_offset(struct shmem_inode_info, vfs_inode);
		f->seals = READ(shm, seals);
	}
	if (!READ(dentry, d_hash.pprev) && READ(dentry, d_parent) != dentry)
		f->flags |= FILE_DELETED;
	if (READ(file, f_mode) & FMODE_CREATED)
		f->flags |= FILE_CREATED;
	if (inode_writable(inode, f->mode, task))
		f->flags |= FILE_WRITABLE;
}

/* current_file(fd): what is behind a descriptor of the current process, or NULL. */
static __always_inline struct file *current_file(__u32 fd)
{
	struct file *file = NULL, **table;
	struct task_struct *task;
	struct fdtable *fdt;
	__u32 max;

	if (has_typed_task()) {
		fdt = typed_task()->files->fdt;
		max = fdt->max_fds;
		table = fdt->fd;
	} else {
		task = (struct task_struct *)bpf_get_current_task();
		fdt = READ(task, files, fdt);
		max = READ(fdt, max_fds);
		table = READ(fdt, fd);
	}
	if (fd >= max)
		return NULL;
	if (has_cast())
		return (struct file *)WORD(table + fd, 0);
	bpf_probe_read_kernel(&file, sizeof(file), table + fd);
	return file;
}

#endif
