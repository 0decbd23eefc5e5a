/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "platform_mountinfo.h"
#include "platform_world.h"

enum { OCTAL_DIGITS = 3, NAME_SIZE = 64 };

static bool is_octal(char character)
{
	return character >= '0' && character <= '7';
}

/*
 * Takes one character off the piece, which must not be empty. The kernel writes "\040" for a
 * blank (seq_escape()); a backslash before anything else stands for itself, as in the options of
 * 9p, which kernels before 6.x did not escape.
 */
static char take(struct nb_platform_piece *piece)
{
	const char *at = piece->start;
	size_t used = 1;
	char character = *at;

	/* "\400" and above are no byte. */
	if (piece->length > OCTAL_DIGITS && *at == '\\' && at[1] <= '3' && is_octal(at[1]) &&
	    is_octal(at[2]) && is_octal(at[3])) {
		character = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
		used += OCTAL_DIGITS;
	}
	piece->start += used;
	piece->length -= used;
	return character;
}

/* Takes text off the piece's front; false where it does not begin so. */
static bool take_text(struct nb_platform_piece *piece, const char *text)
{
	for (; *text; text++) {
		if (piece->length == 0 || take(piece) != *text)
			return false;
	}
	return true;
}

bool nb_platform_piece_begins(struct nb_platform_piece piece, const char *text)
{
	return take_text(&piece, text);
}

bool nb_platform_piece_is(struct nb_platform_piece piece, const char *text)
{
	return take_text(&piece, text) && piece.length == 0;
}

bool nb_platform_piece_copy(struct nb_platform_piece piece, char *text, size_t size)
{
	size_t length = 0;

	while (piece.length > 0 && length + 1 < size)
		text[length++] = take(&piece);
	text[length] = '\0';
	return piece.length == 0;
}

/* Takes the piece's first word and the blank behind it; empty at the end. */
static struct nb_platform_piece take_word(struct nb_platform_piece *line)
{
	const char *blank = memchr(line->start, ' ', line->length);
	struct nb_platform_piece word = {
		.start = line->start,
		.length = blank ? (size_t)(blank - line->start) : line->length,
	};
	size_t used = word.length + (blank ? 1 : 0);

	line->start += used;
	line->length -= used;
	return word;
}

static bool is_number(struct nb_platform_piece piece)
{
	for (size_t i = 0; i < piece.length; i++) {
		if (piece.start[i] < '0' || piece.start[i] > '9')
			return false;
	}
	return piece.length > 0;
}

/*
 * "36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue": identity,
 * parent, device, root, point, options, any number of tags, "-", type, source, super options. The
 * source may be empty; two blanks stand side by side then.
 */
static bool parse(struct nb_platform_piece line, struct nb_platform_mount *mount)
{
	struct nb_platform_piece identity = take_word(&line);
	struct nb_platform_piece parent = take_word(&line);
	struct nb_platform_piece word;

	if (!is_number(identity) || !is_number(parent))
		return false;
	mount->device = take_word(&line);
	mount->root = take_word(&line);
	mount->point = take_word(&line);
	mount->options = take_word(&line);
	do {
		if (line.length == 0)
			return false;
		word = take_word(&line);
	} while (!nb_platform_piece_is(word, "-"));
	mount->type = take_word(&line);
	mount->source = take_word(&line);
	mount->super = take_word(&line);
	return mount->point.length > 0 && *mount->point.start == '/' && mount->type.length > 0;
}

/* By hand: a sanitizer's strcspn() reads on to the end of the text, line after line. */
static size_t line_length(const char *text)
{
	size_t length = 0;

	while (text[length] && text[length] != '\n')
		length++;
	return length;
}

bool nb_platform_mount_next(const char **at, struct nb_platform_mount *mount)
{
	while (**at) {
		struct nb_platform_piece line = { .start = *at, .length = line_length(*at) };

		*at += line.length;
		*at += **at == '\n';
		if (parse(line, mount))
			return true;
	}
	return false;
}

/* True where the mount's point is the path or a folder above it. */
static bool covers(struct nb_platform_piece point, const char *path)
{
	/* Of "/" nothing is left to compare, and every path is below. */
	if (nb_platform_piece_is(point, "/"))
		return *path == '/';
	while (point.length > 0) {
		if (!*path || take(&point) != *path++)
			return false;
	}
	return *path == '\0' || *path == '/';
}

static size_t unescaped_length(struct nb_platform_piece piece)
{
	size_t length = 0;

	for (; piece.length > 0; length++)
		take(&piece);
	return length;
}

bool nb_platform_mount_of(const char *text, const char *path, struct nb_platform_mount *mount)
{
	struct nb_platform_mount next;
	size_t longest = 0;

	while (nb_platform_mount_next(&text, &next)) {
		size_t length;

		if (!covers(next.point, path))
			continue;
		length = unescaped_length(next.point);
		if (length < longest)
			continue;
		longest = length;
		*mount = next;
	}
	return longest > 0;
}

/* Half a line could be taken for a whole one. */
static void cut_last_line(char *text)
{
	char *end = strrchr(text, '\n');

	if (end)
		end[1] = '\0';
}

char *nb_platform_mountinfo(const struct nb_world *world)
{
	struct nb_platform_mount root;
	char *text = malloc(NB_WORLD_TEXT_MAX);
	int length;

	if (!text)
		return NULL;
	length = world->read(world->self, "/proc/self/mountinfo", text, NB_WORLD_TEXT_MAX);
	if (length < 0) {
		free(text);
		return NULL;
	}
	if (length == NB_WORLD_TEXT_MAX - 1)
		cut_last_line(text);
	if (nb_platform_is_live(world) && !nb_platform_mount_of(text, "/", &root))
		(void)nb_platform_root_mount(text + strlen(text), NB_WORLD_TEXT_MAX - strlen(text));
	return text;
}

/* Takes the first of the options, which only a bare comma divides. */
static struct nb_platform_piece take_option(struct nb_platform_piece *options)
{
	const char *comma = memchr(options->start, ',', options->length);
	struct nb_platform_piece option = {
		.start = options->start,
		.length = comma ? (size_t)(comma - options->start) : options->length,
	};
	size_t used = option.length + (comma ? 1 : 0);

	options->start += used;
	options->length -= used;
	return option;
}

bool nb_platform_option_next(struct nb_platform_piece *options, struct nb_platform_piece *option)
{
	while (options->length > 0) {
		*option = take_option(options);
		if (option->length > 0)
			return true;
	}
	return false;
}

static bool find_option(struct nb_platform_piece options, const char *name,
			struct nb_platform_piece *value)
{
	while (options.length > 0) {
		struct nb_platform_piece option = take_option(&options);

		if (!take_text(&option, name))
			continue;
		if (option.length > 0 && take(&option) != '=')
			continue;
		*value = option;
		return true;
	}
	return false;
}

bool nb_platform_mount_option(const struct nb_platform_mount *mount, const char *name, char *value,
			      size_t size)
{
	struct nb_platform_piece found;

	*value = '\0';
	if (!find_option(mount->super, name, &found) && !find_option(mount->options, name, &found))
		return false;
	nb_platform_piece_copy(found, value, size);
	return true;
}

bool nb_platform_mount_is_drive(const struct nb_platform_mount *mount)
{
	char name[NAME_SIZE];

	if (nb_platform_piece_is(mount->type, "drvfs"))
		return true;
	if (nb_platform_piece_is(mount->type, "virtiofs"))
		return nb_platform_piece_begins(mount->source, "drvfs");
	return nb_platform_piece_is(mount->type, "9p") &&
	       nb_platform_mount_option(mount, "aname", name, sizeof(name)) &&
	       strncmp(name, "drvfs", strlen("drvfs")) == 0;
}
