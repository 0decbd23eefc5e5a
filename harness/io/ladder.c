/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "io_private.h"

/*
 * Direct I/O is believed in the end by what it does and not by what a file system says of itself:
 * tmpfs accepts O_DIRECT and is nothing but cache, old 9p accepts it and fails the first read.
 */

const char *nb_io_mode_name(enum nb_io_mode mode)
{
	static const char *const names[] = { [NB_IO_BUFFERED] = "buffered",
					     [NB_IO_DIRECT] = "direct",
					     [NB_IO_DIRECT_REMOTE] = "guest-direct-remote" };

	return names[mode];
}

#ifdef STATX_DIOALIGN
uint64_t nb_io_direct_align(int fd)
{
	struct statx facts;

	/* Linux 6.1, and even there only some file systems tell. */
	if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &facts) < 0 ||
	    !(facts.stx_mask & STATX_DIOALIGN))
		return NB_IO_BLOCK;
	if (facts.stx_dio_mem_align > facts.stx_dio_offset_align)
		return facts.stx_dio_mem_align;
	return facts.stx_dio_offset_align;
}
#else
uint64_t nb_io_direct_align(int fd)
{
	(void)fd;
	return NB_IO_BLOCK;
}
#endif

static bool is_refusal(int code)
{
	return code == EINVAL || code == EOPNOTSUPP || code == ENOSYS;
}

/* 0 or a positive errno. */
static int try_out(int fd, uint8_t *buffer)
{
	ssize_t moved = pwrite(fd, buffer, NB_IO_BLOCK, 0);

	if (moved == NB_IO_BLOCK)
		moved = pread(fd, buffer, NB_IO_BLOCK, 0);
	if (moved < 0)
		return errno;
	return moved == NB_IO_BLOCK ? 0 : EIO;
}

int nb_io_direct_open(int folder, uint8_t *buffer)
{
	int fd = openat(folder, NB_IO_DATA, O_RDWR | O_DIRECT | O_NOFOLLOW | O_CLOEXEC);
	uint64_t align;
	int code;

	if (fd < 0)
		return is_refusal(errno) ? -EOPNOTSUPP : -errno;
	align = nb_io_direct_align(fd);
	code = align == 0 || align > NB_IO_BLOCK ? EOPNOTSUPP : try_out(fd, buffer);
	if (code == 0)
		return fd;
	close(fd);
	return is_refusal(code) ? -EOPNOTSUPP : -code;
}

/* Past our cache there is somebody else's: a server's, or that of the host that shares a folder. */
static bool is_remote(int fd)
{
	static const uint32_t remote[] = {
		0x01021997, /* 9p */
		0x65735546, /* fuse, virtiofs among them */
		0x00006969, /* nfs */
		0xff534d42, /* cifs */
		0xfe534d42, /* smb2 */
		0x0000517b, /* smb */
		0x00c36400, /* ceph */
		0x786f4256, /* VirtualBox's shared folders */
	};
	struct statfs facts;

	if (fstatfs(fd, &facts) < 0)
		return false;
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		if ((uint32_t)facts.f_type == remote[i])
			return true;
	}
	return false;
}

int nb_io_direct_judge(int direct, int buffered, uint8_t *buffer, enum nb_io_mode *mode)
{
	ssize_t got;

	*mode = NB_IO_BUFFERED;
	if (nb_io_cache_drop(buffered, 0, NB_IO_BLOCK) < 0)
		return 0;
	got = pread(direct, buffer, NB_IO_BLOCK, 0);
	if (got != NB_IO_BLOCK)
		return got < 0 ? -errno : -EIO;
	if (nb_io_cache_count(buffered, 0, NB_IO_BLOCK) == 0)
		*mode = is_remote(direct) ? NB_IO_DIRECT_REMOTE : NB_IO_DIRECT;
	return 0;
}
