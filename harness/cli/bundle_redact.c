/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_bundle.h"

/* Bytes of a character that the end of a buffer may have cut. */
enum { SEQUENCE_MAX = 3 };
/* A word in brackets is no more times longer than what it stands for (nb_redact()). */
enum { GROWTH = 8 };

void nb_cli_redact_text(const struct nb_redactor *redactor, char *text, size_t size)
{
	size_t length;

	if (!redactor || nb_redact(redactor, text, size) == 0)
		return;
	/* What is longer now may have lost half a character at its end. */
	for (int i = 0; i < SEQUENCE_MAX && !nb_base_printable(text); i++) {
		length = strlen(text);
		if (length > 0)
			text[length - 1] = '\0';
	}
}

/* A key has no room for brackets, and is there once. */
static void redact_label(const struct nb_redactor *redactor, struct nb_label *label, size_t index)
{
	char key[sizeof(label->key)];

	nb_base_copy(key, sizeof(key), label->key);
	if (redactor && nb_redact(redactor, key, sizeof(key)) > 0)
		snprintf(label->key, sizeof(label->key), "redacted-%zu", index + 1);
	nb_cli_redact_text(redactor, label->value, sizeof(label->value));
}

static void redact_target(const struct nb_redactor *redactor, struct nb_target *target)
{
	/* The others are words of the kernel's, or part of series' names. */
	nb_cli_redact_text(redactor, target->path, sizeof(target->path));
	nb_cli_redact_text(redactor, target->options, sizeof(target->options));
	nb_cli_redact_text(redactor, target->device, sizeof(target->device));
	nb_cli_redact_text(redactor, target->disk, sizeof(target->disk));
}

void nb_cli_redact_record(const struct nb_redactor *redactor, struct nb_record *record)
{
	struct nb_session *session = &record->session;

	for (size_t i = 0; i < session->label_count; i++)
		redact_label(redactor, &session->labels[i], i);
	for (size_t i = 0; i < session->target_count; i++)
		redact_target(redactor, &session->targets[i]);
#define REDACT(field, size) nb_cli_redact_text(redactor, session->machine.field, size);
	NB_MACHINE_TEXTS(REDACT)
#undef REDACT
	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++) {
			struct nb_round *round = &record->series[i].rounds[j];

			nb_cli_redact_text(redactor, round->reason, sizeof(round->reason));
		}
	}
}

/* One text of a file, up to a NUL or its end; it may become longer. */
static int redact_piece(const struct nb_redactor *redactor, const char *piece, size_t length,
			FILE *stream)
{
	size_t size = length * GROWTH + NB_CLI_WORD_SIZE;
	char *text = malloc(size);

	if (!text)
		return -ENOMEM;
	memcpy(text, piece, length);
	text[length] = '\0';
	nb_redact(redactor, text, size);
	fputs(text, stream);
	free(text);
	return 0;
}

int nb_cli_redact_bytes(const struct nb_redactor *redactor, char **bytes, size_t *size,
			struct nb_error *error)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	int status = stream ? 0 : -ENOMEM;

	for (size_t at = 0; status == 0 && at < *size; at++) {
		size_t piece = strnlen(*bytes + at, *size - at);

		status = redact_piece(redactor, *bytes + at, piece, stream);
		at += piece;
		if (at < *size)
			fputc('\0', stream);
	}
	if (stream && fclose(stream) != 0)
		status = -ENOMEM;
	if (status < 0) {
		free(text);
		return nb_error_set(error, ENOMEM, "no memory to redact a file");
	}
	free(*bytes);
	*bytes = text;
	*size = length;
	return 0;
}
