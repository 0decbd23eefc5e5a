/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"

#include "page_text.h"

/* Small pieces that several tables have: names, times, marks. */

/* A name may break behind each of its parts, and is still copied as it is. */
static void put_breakable(FILE *stream, const char *text)
{
	char part[sizeof(((struct nb_series *)0)->params) + 1];

	while (*text) {
		size_t length = strcspn(text, ",._");

		length += text[length] ? 1 : 0;
		snprintf(part, sizeof(part), "%.*s", (int)length, text);
		nb_page_text(stream, part);
		text += length;
		if (*text)
			fputs("<wbr/>", stream);
	}
}

void nb_page_series(FILE *stream, const struct nb_series *series, int level)
{
	fputs("<span class=\"name\">", stream);
	put_breakable(stream, series->benchmark);
	fputs("</span> <span class=\"sub\">", stream);
	fputs(nb_record_vantage_name(series->vantage), stream);
	if (level != NB_LEVEL_UNKNOWN)
		fprintf(stream, " L%d", level);
	if (series->params[0]) {
		fputs(" · ", stream);
		put_breakable(stream, series->params);
	}
	if (series->metric[0] && strcmp(series->metric, "latency") != 0) {
		fputs(" · ", stream);
		nb_page_text(stream, series->metric);
	}
	fputs("</span>", stream);
}

void nb_page_ratio(FILE *stream, double ratio, double low, double high)
{
	char text[NB_PAGE_NUMBER_SIZE];

	fputs("<td class=\"n\"", stream);
	nb_page_sort_key(stream, ratio);
	nb_page_factor(text, ratio);
	fprintf(stream, "><b>%s</b>", text);
	if (isfinite(low) && isfinite(high)) {
		nb_page_factor(text, low);
		fprintf(stream, "<span class=\"sub\">%s to ", text);
		nb_page_factor(text, high);
		fprintf(stream, "%s</span>", text);
	}
	fputs("</td>", stream);
}

void nb_page_time(FILE *stream, const char *timestamp)
{
	/* 2026-11-21T03:12:05.123Z; anything else is shown as it is. */
	if (strlen(timestamp) == NB_TIMESTAMP_SIZE - 1 && timestamp[10] == 'T')
		nb_page_textf(stream, "%.10s %.5s UTC", timestamp, timestamp + 11);
	else
		nb_page_text(stream, timestamp);
}

struct nb_page_mark nb_page_verdict_mark(enum nb_verdict verdict, bool indicative)
{
	static const struct nb_page_mark marks[] = {
		[NB_SAME] = { "same", "=", "same" },
		[NB_IMPROVED] = { "improved", "✓", "improved" },
		[NB_REGRESSED] = { "regressed", "✗", "regressed" },
		[NB_INCONCLUSIVE] = { "inconclusive", "?", "inconclusive" },
		[NB_INVALID] = { "invalid", "!", "invalid" },
	};

	if (indicative)
		return (struct nb_page_mark){ "indicative", "≈", "indicative" };
	return marks[verdict];
}

struct nb_page_mark nb_page_evidence_mark(enum nb_evidence evidence)
{
	static const struct nb_page_mark marks[] = {
		[NB_VERIFIED] = { "verified", "✓", "verified" },
		[NB_EMULATED] = { "emulated", "◆", "emulated" },
		[NB_UNVERIFIED] = { "unverified", "▲", "unverified" },
		[NB_UNAVAILABLE] = { "not counted", "–", "unavailable" },
	};

	return marks[evidence];
}

void nb_page_mark(FILE *stream, struct nb_page_mark mark)
{
	fprintf(stream, "<span class=\"mark %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
		mark.class, mark.symbol, mark.word);
}
