/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <errno.h>

/*
 * In a static link libarchive's writer brings all of its formats, and that of xar alone libxml2 and
 * ICU with 30 MB of tables. Nobody here writes xar.
 */
int archive_write_set_format_xar(struct archive *archive)
{
	archive_set_error(archive, ENOTSUP, "xar is left out of this program");
	return ARCHIVE_FATAL;
}
