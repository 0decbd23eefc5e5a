/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/report.h"

#include "formats_rounds.h"

int64_t nb_rounds_operations(const struct nb_round *round)
{
	if (round->ops > 0)
		return round->ops;
	return round->samples > 0 ? round->samples : 1;
}

const char *nb_rounds_caveat(enum nb_evidence evidence)
{
	if (evidence != NB_EMULATED && evidence != NB_UNVERIFIED)
		return NULL;
	return nb_record_evidence_name(evidence);
}

void nb_rounds_put_word(FILE *stream, const char *text, size_t length, const char *taken)
{
	for (size_t i = 0; i < length; i++) {
		bool plain = text[i] > ' ' && text[i] < 127 && !strchr(taken, text[i]);

		fputc(plain ? text[i] : '_', stream);
	}
}

void nb_rounds_put_line(FILE *stream, const char *text)
{
	char plain[NB_FORMATS_TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	fputs(plain, stream);
}

bool nb_rounds_next_pair(const char **text, struct nb_rounds_pair *pair)
{
	size_t length = strcspn(*text, ",");

	if (length == 0)
		return false;
	pair->key = *text;
	pair->key_length = strcspn(*text, "=,");
	pair->value = pair->key + pair->key_length;
	pair->value_length = length - pair->key_length;
	if (pair->value_length > 0) {
		pair->value++;
		pair->value_length--;
	}
	*text += length;
	*text += **text == ',';
	return true;
}
