/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_private.h"

struct line {
	char digest[NB_BUNDLE_DIGEST_SIZE];
	char name[NB_BUNDLE_NAME_SIZE];
};

/* "DIGEST  NAME", as the writer makes it and in no other of the ways that sha256sum(1) takes. */
static bool parse(const char *text, size_t length, struct line *line)
{
	const size_t digits = NB_BUNDLE_DIGEST_SIZE - 1, start = digits + 2;

	if (length <= start || length - start >= sizeof(line->name) || memchr(text, '\0', length))
		return false;
	memcpy(line->digest, text, digits);
	line->digest[digits] = '\0';
	memcpy(line->name, text + start, length - start);
	line->name[length - start] = '\0';
	return strspn(line->digest, "0123456789abcdef") == digits && text[digits] == ' ' &&
	       text[digits + 1] == ' ' && !nb_bundle_name_fault(line->name, sizeof(line->name));
}

static int check_line(const struct nb_bundle_files *files, const struct line *line, bool *seen,
		      struct nb_error *error)
{
	const struct nb_bundle_file *file = nb_bundle_find(files, line->name);
	char digest[NB_BUNDLE_DIGEST_SIZE];
	size_t index;

	if (!file)
		return nb_error_set(error, EBADMSG,
				    "%s is not there, but " NB_BUNDLE_MANIFEST " lists it",
				    line->name);
	index = (size_t)(file - files->files);
	if (seen[index])
		return nb_error_set(error, EBADMSG, NB_BUNDLE_MANIFEST " lists %s twice",
				    line->name);
	seen[index] = true;
	SHA256Data((const uint8_t *)file->bytes, file->size, digest);
	if (strcmp(digest, line->digest) != 0)
		return nb_error_set(
			error, EBADMSG,
			"%s was changed: its SHA-256 begins with %.8s, in " NB_BUNDLE_MANIFEST
			" with %.8s",
			line->name, digest, line->digest);
	return 0;
}

static int check_lines(const struct nb_bundle_files *files, const struct nb_bundle_file *manifest,
		       bool *seen, struct nb_error *error)
{
	const char *text = manifest->bytes, *end = text + manifest->size;

	for (int number = 1; text < end; number++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct line line;
		int result;

		if (!stop || !parse(text, (size_t)(stop - text), &line))
			return nb_error_set(error, EBADMSG,
					    NB_BUNDLE_MANIFEST ", line %d: not \"DIGEST  NAME\"",
					    number);
		result = check_line(files, &line, seen, error);
		if (result < 0)
			return result;
		text = stop + 1;
	}
	return 0;
}

static int check_all(const struct nb_bundle_files *files, const struct nb_bundle_file *manifest,
		     struct nb_error *error)
{
	bool *seen = calloc(files->count, sizeof(*seen));
	int result;

	if (!seen)
		return nb_error_set(error, ENOMEM, "no memory for a manifest");
	result = check_lines(files, manifest, seen, error);
	for (size_t i = 0; result == 0 && i < files->count; i++)
		if (!seen[i] && &files->files[i] != manifest)
			result = nb_error_set(error, EBADMSG,
					      "%s is not listed in " NB_BUNDLE_MANIFEST,
					      files->files[i].name);
	free(seen);
	return result;
}

int nb_bundle_check_manifest(struct nb_bundle_files *files, struct nb_error *error)
{
	const struct nb_bundle_file *manifest = nb_bundle_find(files, NB_BUNDLE_MANIFEST);
	size_t index, behind;
	int result;

	if (!manifest)
		return nb_error_set(error, EBADMSG, NB_BUNDLE_MANIFEST " is missing");
	if (files->count == 1)
		return nb_error_set(error, EBADMSG, "there is nothing but a manifest in it");
	result = check_all(files, manifest, error);
	if (result < 0)
		return result;
	index = (size_t)(manifest - files->files);
	behind = files->count - index - 1;
	free(files->files[index].bytes);
	memmove(&files->files[index], &files->files[index + 1], behind * sizeof(*files->files));
	files->count--;
	return 0;
}
