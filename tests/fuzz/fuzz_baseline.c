/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are refused with a reason of one printable line, or are a baseline of which every
 * figure keeps what baseline.h promises. A target of libFuzzer:
 * https://llvm.org/docs/LibFuzzer.html
 */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_refusal(const struct nb_error *error, const struct nb_baseline *baseline)
{
	check(error->code == EBADMSG && error->text[0] != '\0');
	for (const char *byte = error->text; *byte; byte++)
		check(*byte >= ' ' && *byte <= '~');
	check(baseline->figures == NULL && baseline->tree == NULL);
}

static void check_figure(const struct nb_baseline *baseline, const struct nb_figure *figure)
{
	check(*figure->metric && *figure->unit && *figure->source_title);
	check(*figure->source_address && figure->level && figure->hardware && figure->note);
	check((figure->text != NULL) == (strcmp(figure->unit, "text") == 0));
	check(figure->text ? isnan(figure->value) : isfinite(figure->value) && figure->value >= 0);
	check(*nb_figure_kind_name(figure->kind));
	check(nb_baseline_figure(baseline, figure->metric) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	if (nb_baseline_parse((const char *)data, size, &baseline, &error) < 0) {
		check_refusal(&error, &baseline);
		return 0;
	}
	check(*baseline.name && *baseline.title && *baseline.summary && baseline.count > 0);
	for (size_t i = 0; i < baseline.count; i++)
		check_figure(&baseline, &baseline.figures[i]);
	nb_baseline_free(&baseline);
	return 0;
}
