/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "record_check.h"

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const char word_alphabet[] = DIGITS LOWER UPPER "._-+/%";
static const char key_alphabet[] = DIGITS LOWER UPPER "._-";

enum { LEVEL_MAX = 9, CPU_MAX = 65535 };

static bool consists_of(const char *text, const char *alphabet)
{
	return text[0] != '\0' && text[strspn(text, alphabet)] == '\0';
}

bool nb_record_word_valid(const char *word)
{
	return consists_of(word, word_alphabet);
}

bool nb_record_label_valid(const struct nb_label *label)
{
	return consists_of(label->key, key_alphabet) && label->value[0] != '\0' &&
	       nb_base_printable(label->value);
}

/* 2026-11-21T03:12:05.123Z, with a digit for each 0 of the pattern. */
static bool is_timestamp(const char *text)
{
	static const char pattern[] = "0000-00-00T00:00:00.000Z";

	for (size_t i = 0; i < sizeof(pattern); i++) {
		if (pattern[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != pattern[i])
			return false;
	}
	return true;
}

static bool is_profile(const char *text)
{
	return strcmp(text, "quick") == 0 || strcmp(text, "standard") == 0 ||
	       strcmp(text, "thorough") == 0;
}

static int check_labels(const struct nb_session *session, struct nb_error *error)
{
	if (session->label_count > NB_LABEL_MAX)
		return nb_error_set(error, EINVAL, "labels: more than %d", NB_LABEL_MAX);
	for (size_t i = 0; i < session->label_count; i++) {
		const struct nb_label *label = &session->labels[i];

		if (!consists_of(label->key, key_alphabet))
			return nb_error_set(error, EINVAL,
					    "labels: a name is not of letters, digits, '.', '_' "
					    "and '-'");
		if (!nb_record_label_valid(label))
			return nb_error_set(error, EINVAL,
					    "labels.%s: empty, or not UTF-8 without control "
					    "characters",
					    label->key);
		for (size_t j = 0; j < i; j++)
			if (strcmp(session->labels[j].key, label->key) == 0)
				return nb_error_set(error, EINVAL, "labels.%s: a second time",
						    label->key);
	}
	return 0;
}

int nb_record_check_session(const struct nb_session *session, struct nb_error *error)
{
	if (!nb_base_ulid_valid(session->id))
		return nb_error_set(error, EINVAL, "id: not a ULID");
	if (!is_timestamp(session->started))
		return nb_error_set(error, EINVAL,
				    "started: not a UTC time like 2026-11-21T03:12:05.123Z");
	if (!nb_record_word_valid(session->version))
		return nb_error_set(error, EINVAL, "version: not a plain word");
	if (!is_profile(session->profile))
		return nb_error_set(error, EINVAL, "profile: no such word");
	if (session->level < NB_LEVEL_UNKNOWN || session->level > LEVEL_MAX)
		return nb_error_set(error, EINVAL, "level: not in 0 .. %d", LEVEL_MAX);
	if (session->cpu < -1 || session->cpu > CPU_MAX)
		return nb_error_set(error, EINVAL, "cpu: not in 0 .. %d", CPU_MAX);
	if (check_labels(session, error) < 0)
		return -EINVAL;
	return nb_record_check_targets(session, error);
}

/* "exit.cpuid" */
static bool is_benchmark(const char *text)
{
	size_t family = strspn(text, DIGITS LOWER);

	return family > 0 && text[family] == '.' &&
	       consists_of(text + family + 1, DIGITS LOWER "_");
}

static bool ascends(const char *before, size_t before_length, const char *key, size_t length)
{
	int order = memcmp(before, key, before_length < length ? before_length : length);

	return order < 0 || (order == 0 && before_length < length);
}

/* "match=data,ring=3" with its keys in order, so that equal params are equal texts. */
static bool are_params(const char *text)
{
	const char *before = "";
	size_t before_length = 0;

	if (*text == '\0')
		return true;
	for (;;) {
		size_t key = strspn(text, word_alphabet);
		size_t value = text[key] == '=' ? strspn(text + key + 1, word_alphabet) : 0;
		const char *end = text + key + 1 + value;

		if (value == 0 || !ascends(before, before_length, text, key))
			return false;
		if (*end != ',')
			return *end == '\0';
		before = text;
		before_length = key;
		text = end + 1;
	}
}

int nb_record_check_series(const struct nb_series *series, struct nb_error *error)
{
	if (!is_benchmark(series->benchmark))
		return nb_error_set(error, EINVAL, "benchmark: not a name like exit.cpuid");
	if (series->vantage != NB_USER && series->vantage != NB_GUEST)
		return nb_error_set(error, EINVAL, "vantage: no such word");
	if (!are_params(series->params))
		return nb_error_set(error, EINVAL,
				    "params: not plain words in order of their keys");
	if (!nb_record_word_valid(series->metric))
		return nb_error_set(error, EINVAL, "metric: not a plain word");
	if (!nb_record_word_valid(series->unit))
		return nb_error_set(error, EINVAL, "unit: not a plain word");
	return 0;
}
