/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are refused or are the one encoding of a sound histogram. A target of libFuzzer:
 * https://llvm.org/docs/LibFuzzer.html
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_sound(const struct nb_histogram *histogram)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < histogram->length; i++) {
		check(histogram->buckets[i].count > 0);
		check(histogram->buckets[i].count <= UINT64_MAX - sum);
		check(i == 0 || histogram->buckets[i - 1].index < histogram->buckets[i].index);
		sum += histogram->buckets[i].count;
	}
	check(sum == histogram->count);
	check(nb_stats_histogram_quantile(histogram, 0) >= histogram->min);
	check(nb_stats_histogram_quantile(histogram, 1) <= histogram->max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nb_histogram histogram;
	struct nb_error error = { 0 };
	uint8_t *bytes;
	size_t encoded;

	if (nb_stats_histogram_decode(&histogram, data, size, &error) < 0) {
		check(error.code > 0 && error.text[0] != '\0');
		return 0;
	}
	check_sound(&histogram);
	check(nb_stats_histogram_encode(&histogram, &bytes, &encoded, &error) == 0);
	check(encoded == size && memcmp(bytes, data, size) == 0);
	free(bytes);
	nb_stats_histogram_free(&histogram);
	return 0;
}
