/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text is mounts or lines that are skipped: every part lies inside the text, the search ends,
 * and what a path is on covers it. A target of libFuzzer: https://llvm.org/docs/LibFuzzer.html
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../harness/platform/platform_mountinfo.h"

enum { COPY_SIZE = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_piece(struct nb_platform_piece piece, const char *text, size_t size)
{
	char copy[COPY_SIZE];
	bool whole;

	check(piece.start >= text && piece.length <= size &&
	      (size_t)(piece.start - text) <= size - piece.length);
	whole = nb_platform_piece_copy(piece, copy, sizeof(copy));
	check(memchr(copy, '\0', sizeof(copy)) != NULL);
	/* A NUL can come from "\000" only, and is no part of any text one compares with. */
	if (whole && strlen(copy) == piece.length)
		check(nb_platform_piece_is(piece, copy) && nb_platform_piece_begins(piece, copy));
}

static void check_mount(const struct nb_platform_mount *mount, const char *text, size_t size)
{
	char value[COPY_SIZE];

	check_piece(mount->device, text, size);
	check_piece(mount->root, text, size);
	check_piece(mount->point, text, size);
	check_piece(mount->options, text, size);
	check_piece(mount->type, text, size);
	check_piece(mount->source, text, size);
	check_piece(mount->super, text, size);
	nb_platform_mount_option(mount, "aname", value, sizeof(value));
	check(memchr(value, '\0', sizeof(value)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exactly as large as the text, so that a byte read behind it is seen. */
	char *text = malloc(size + 1);
	struct nb_platform_mount mount;
	const char *at = text;

	check(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	while (nb_platform_mount_next(&at, &mount))
		check_mount(&mount, text, size);
	check(*at == '\0');
	if (nb_platform_mount_of(text, "/mnt/c", &mount)) {
		check_mount(&mount, text, size);
		check(nb_platform_piece_begins(mount.point, "/"));
	}
	free(text);
	return 0;
}
