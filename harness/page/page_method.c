/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "page_private.h"

static void write_measuring(FILE *stream)
{
	fputs("<dt>p50</dt><dd>A round is a fresh process (guest vantage: a fresh VM) that times an "
	      "operation many times, net of the median of the empty operation, timed in the same "
	      "round. The p50 of a session is the median of the medians of its rounds; of several "
	      "sessions it is the median of theirs. Rounds run in random order.</dd>\n"
	      "<dt>Intervals of p50</dt><dd>95 %, from order statistics and without assuming a "
	      "distribution: of the rounds' medians within one session, of the sessions' medians "
	      "from six sessions on. Of two to five sessions the least and the largest are shown "
	      "and called <i>spread</i>.</dd>\n"
	      "<dt>Percentiles</dt><dd>From all samples of a session together, each stored with an "
	      "error of at most 0.1 %; p95 takes 72 samples, p99 368, p99.9 3 688. Of several "
	      "sessions: the median of theirs, and the largest maximum.</dd>\n"
	      "<dt>Evidence</dt><dd>KVM's own counters, read before and after the timed loop, say "
	      "how many exits an operation took. <i>Verified</i>: as many as the benchmark "
	      "expects; <i>unverified</i>: others; <i>emulated</i>: the hypervisor interpreted the "
	      "guest's code. User mode has no such counters.</dd>\n"
	      "<dt>Guards</dt><dd>Steal, involuntary switches, migration, clock trouble, stalls, "
	      "swapping and pressure mark a round; none is dropped. Over 20 % marked rounds make a "
	      "session invalid.</dd>\n",
	      stream);
}

static void write_changes(FILE *stream, const struct nb_compare_options *options)
{
	fprintf(stream,
		"<dt>Change</dt><dd>Candidate over base on the medians of sessions: the shift of "
		"Hodges and Lehmann on logarithms, with its %.3g %% interval. One session against "
		"one, or against published figures, is <i>indicative</i>: a ratio that decides "
		"nothing.</dd>\n",
		100 * options->confidence);
	fprintf(stream,
		"<dt>Verdict</dt><dd><i>regressed</i> and <i>improved</i> need a significant p, an "
		"interval clear of 1 and a change of more than %.3g %%%s; <i>same</i> needs the "
		"interval inside of that margin; all else is <i>inconclusive</i>. p is of the exact "
		"test of Mann and Whitney, adjusted over all series as Benjamini and Hochberg "
		"(q = %.3g). ",
		100 * options->margin,
		options->margin_count > 0 ? " (some series have their own)" : "", options->rate);
	if (options->permutations > 0)
		fprintf(stream,
			"The p99 is tested by %u permutations and %u bootstrap replicates, seed "
			"%" PRIu64 ", with a margin of at least 10 %%, and never gates.",
			options->permutations, options->replicates, options->seed);
	fputs("</dd>\n", stream);
	if (options->include_invalid)
		fputs("<dt>Invalid sessions</dt><dd>were asked to count, too.</dd>\n", stream);
}

static void write_own_margins(FILE *stream, const struct nb_compare_options *options)
{
	if (options->margin_count == 0)
		return;
	fputs("<dt>Margins of their own</dt><dd>", stream);
	for (size_t i = 0; i < options->margin_count; i++) {
		fputs(i > 0 ? "; <code>" : "<code>", stream);
		nb_page_text(stream, options->margins[i].pattern);
		fprintf(stream, "</code> %.3g %%", 100 * options->margins[i].margin);
	}
	fputs("</dd>\n", stream);
}

void nb_page_write_method(const struct nb_page_out *out)
{
	FILE *stream = out->stream;

	nb_page_open_section(stream, "method", "Method");
	fputs("<dl class=\"method\">\n", stream);
	write_measuring(stream);
	if (out->compared) {
		write_changes(stream, out->options);
		write_own_margins(stream, out->options);
	}
	fputs("</dl>\n</section>\n", stream);
}
