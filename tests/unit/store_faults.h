/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FAULTS_H
#define STORE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

/*
 * A layer between SQLite and its usual file layer that lets the N-th change of a file fail
 * (https://www.sqlite.org/vfs.html). It hands everything else through.
 */
struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real;
};

struct faults {
	int remaining; /* changes until the first failure; 0: none fails */
	int code;
	bool lasting; /* all further ones fail too */
	bool happened;
	bool no_shared_memory;
};

static struct faults faults;
static sqlite3_vfs *real_vfs;

static inline bool fails(void)
{
	if (faults.happened && faults.lasting)
		return true;
	if (faults.remaining == 0 || --faults.remaining > 0)
		return false;
	faults.happened = true;
	return true;
}

static inline void *pun(void *pointer)
{
	return pointer;
}

static inline sqlite3_file *real_of(sqlite3_file *file)
{
	struct faulty_file *faulty = pun(file);

	return faulty->real;
}

static inline int faulty_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static inline int faulty_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}

/* A failing write leaves half of it behind, as a full disk does. */
static inline int faulty_write(sqlite3_file *file, const void *bytes, int size,
			       sqlite3_int64 offset)
{
	if (!fails())
		return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
	(void)real_of(file)->pMethods->xWrite(real_of(file), bytes, size / 2, offset);
	return faults.code;
}

static inline int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return fails() ? faults.code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

/* Nobody cuts the power here: what is written need not reach the disk, which takes its time. */
static inline int faulty_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return fails() ? faults.code : SQLITE_OK;
}

static inline int faulty_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static inline int faulty_lock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static inline int faulty_unlock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static inline int faulty_check_lock(sqlite3_file *file, int *result)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static inline int faulty_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static inline int faulty_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static inline int faulty_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static inline int faulty_map(sqlite3_file *file, int region, int size, int extend,
			     void volatile **memory)
{
	if (faults.no_shared_memory)
		return SQLITE_IOERR_SHMMAP;
	return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, memory);
}

static inline int faulty_map_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static inline void faulty_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static inline int faulty_unmap(sqlite3_file *file, int delete)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = faulty_close,
	.xRead = faulty_read,
	.xWrite = faulty_write,
	.xTruncate = faulty_truncate,
	.xSync = faulty_sync,
	.xFileSize = faulty_size,
	.xLock = faulty_lock,
	.xUnlock = faulty_unlock,
	.xCheckReservedLock = faulty_check_lock,
	.xFileControl = faulty_control,
	.xSectorSize = faulty_sector_size,
	.xDeviceCharacteristics = faulty_characteristics,
	.xShmMap = faulty_map,
	.xShmLock = faulty_map_lock,
	.xShmBarrier = faulty_barrier,
	.xShmUnmap = faulty_unmap,
};

static inline int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
			      int *got)
{
	struct faulty_file *faulty = pun(file);
	int status;

	(void)vfs;
	faulty->base.pMethods = NULL;
	faulty->real = pun(faulty + 1);
	if ((flags & SQLITE_OPEN_READWRITE) != 0 && fails())
		return SQLITE_CANTOPEN;
	status = real_vfs->xOpen(real_vfs, name, faulty->real, flags, got);
	if (status == SQLITE_OK)
		faulty->base.pMethods = &methods;
	return status;
}

static inline int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)sync;
	return fails() ? SQLITE_IOERR_DELETE : real_vfs->xDelete(real_vfs, name, 0);
}

/* SQLite has no use for this layer but as the default one. */
static inline void faulty_register(void)
{
	static sqlite3_vfs vfs;

	if (real_vfs)
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "faulty";
	vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
	vfs.xOpen = faulty_open;
	vfs.xDelete = faulty_delete;
	sqlite3_vfs_register(&vfs, 1);
}

#endif
