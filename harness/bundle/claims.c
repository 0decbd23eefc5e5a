/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_claims.h"
#include "bundle_private.h"

_Static_assert(NB_BUNDLE_DRAWS_MAX == 100000, "claims_get.c and the schema say so in words");

/* A margin below 0 or a confidence of 1 asks for no answer; one beyond 10 is 1 000 %. */
static bool margin_fits(double margin)
{
	return margin >= 0 && margin <= 10;
}

bool nb_bundle_options_fit(const struct nb_compare_options *options, const char **why)
{
	*why = NULL;
	if (!(options->rate > 0 && options->rate < 1))
		*why = "rate is not between 0 and 1";
	else if (!(options->confidence >= 0.5 && options->confidence <= 0.9999))
		*why = "confidence is not in 0.5 .. 0.9999";
	else if (options->permutations > NB_BUNDLE_DRAWS_MAX ||
		 options->replicates > NB_BUNDLE_DRAWS_MAX)
		*why = "more than 100000 permutations or replicates";
	else if (options->permutations > 0 && options->replicates == 0)
		*why = "permutations without replicates";
	else if (options->margin_count > NB_BUNDLE_MARGINS_MAX ||
		 options->asked_count > NB_BUNDLE_ASKED_MAX)
		*why = "more than 256 margins or 64 columns";
	else if (!margin_fits(options->margin))
		*why = "a margin is not in 0 .. 10";
	for (size_t i = 0; !*why && i < options->margin_count; i++)
		if (!margin_fits(options->margins[i].margin))
			*why = "a margin is not in 0 .. 10";
	return !*why;
}

const char *nb_bundle_figures_name(const char *base)
{
	static const char prefix[] = "baseline:";
	const char *name = base;

	if (strncmp(base, prefix, sizeof(prefix) - 1) == 0)
		name += sizeof(prefix) - 1;
	return nb_bundle_name_fault(name, NB_BUNDLE_NAME_SIZE / 2) || strchr(name, '/') ? NULL
											: name;
}

static void read_seed(struct nb_bundle_in *in, const json_t *tree, uint64_t *seed)
{
	const char *text = nb_bundle_in_text(in, tree, "seed", 21);

	errno = 0;
	*seed = strtoull(text, NULL, 10);
	if (in->status == 0 && (!*text || text[strspn(text, "0123456789")] || errno))
		nb_bundle_in_fault(in, "seed", "not a number below 2^64");
}

static void read_margins(struct nb_bundle_in *in, const json_t *tree,
			 struct nb_bundle_claims *claims)
{
	json_t *list = nb_bundle_in_member(in, tree, "margins", JSON_ARRAY);
	size_t count = json_array_size(list);

	if (count > NB_BUNDLE_MARGINS_MAX)
		nb_bundle_in_fault(in, "margins", "more than 256");
	if (in->status < 0)
		return;
	claims->margins = calloc(count + 1, sizeof(*claims->margins));
	if (!claims->margins) {
		in->status = nb_error_set(in->error, ENOMEM, "no memory for margins");
		return;
	}
	for (size_t i = 0; i < count && in->status == 0; i++) {
		struct nb_compare_margin *margin = &claims->margins[i];
		const json_t *entry = json_array_get(list, i);

		nb_base_copy(margin->pattern, sizeof(margin->pattern),
			     nb_bundle_in_text(in, entry, "pattern", sizeof(margin->pattern)));
		margin->margin = nb_bundle_in_number(in, entry, "margin");
	}
	claims->options.margins = claims->margins;
	claims->options.margin_count = count;
}

static void read_asked(struct nb_bundle_in *in, const json_t *tree, struct nb_bundle_claims *claims)
{
	json_t *list = nb_bundle_in_member(in, tree, "asked", JSON_ARRAY);
	size_t count = json_array_size(list);

	if (count > NB_BUNDLE_ASKED_MAX)
		nb_bundle_in_fault(in, "asked", "more than 64");
	if (in->status < 0)
		return;
	claims->asked = calloc(count + 1, sizeof(*claims->asked));
	if (!claims->asked) {
		in->status = nb_error_set(in->error, ENOMEM, "no memory for columns");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		claims->asked[i] = json_string_value(json_array_get(list, i));
		if (!claims->asked[i] || !nb_base_printable(claims->asked[i]))
			nb_bundle_in_fault(in, "asked", "not plain text");
	}
	claims->options.asked = claims->asked;
	claims->options.asked_count = count;
}

static void read_options(struct nb_bundle_in *in, const json_t *root,
			 struct nb_bundle_claims *claims)
{
	json_t *tree = nb_bundle_in_member(in, root, "options", JSON_OBJECT);
	struct nb_compare_options *options = &claims->options;
	const char *why;

	in->where = "options.";
	options->margin = nb_bundle_in_number(in, tree, "margin");
	options->rate = nb_bundle_in_number(in, tree, "rate");
	options->confidence = nb_bundle_in_number(in, tree, "confidence");
	options->permutations = nb_bundle_in_count(in, tree, "permutations");
	options->replicates = nb_bundle_in_count(in, tree, "replicates");
	read_seed(in, tree, &options->seed);
	options->include_invalid = nb_bundle_in_flag(in, tree, "include_invalid");
	read_margins(in, tree, claims);
	read_asked(in, tree, claims);
	in->where = "";
	if (in->status == 0 && !nb_bundle_options_fit(options, &why))
		nb_bundle_in_fault(in, "options", why);
}

static void read_figures(struct nb_bundle_in *in, const json_t *tree,
			 struct nb_bundle_claims *claims)
{
	const char *name, *own = nb_bundle_figures_name(claims->base);

	if (json_is_null(json_object_get(tree, "figures"))) {
		if (claims->base_count == 0)
			nb_bundle_in_fault(in, "sessions", "none, and no figures");
		return;
	}
	name = nb_bundle_in_text(in, tree, "figures", NB_BUNDLE_NAME_SIZE);
	if (in->status == 0 && (!own || strcmp(name, own) != 0))
		nb_bundle_in_fault(in, "figures", "not the base that was asked for");
	if (claims->base_count > 0)
		nb_bundle_in_fault(in, "figures", "beside sessions");
	claims->figures = name;
}

static void read_base(struct nb_bundle_in *in, const json_t *root, struct nb_bundle_claims *claims)
{
	json_t *tree;

	if (json_is_null(json_object_get(root, "base")))
		return;
	tree = nb_bundle_in_member(in, root, "base", JSON_OBJECT);
	in->where = "base.";
	claims->has_base = true;
	claims->base = nb_bundle_in_text(in, tree, "asked", NB_BUNDLE_TEXT_MAX);
	claims->provenance = nb_bundle_in_text(in, tree, "provenance", NB_BUNDLE_TEXT_MAX);
	nb_bundle_in_ids(in, tree, claims->base_ids, &claims->base_count, NB_BUNDLE_BASE_MAX);
	if (in->status == 0)
		read_figures(in, tree, claims);
	in->where = "";
}

static void read_groups(struct nb_bundle_in *in, const json_t *root,
			struct nb_bundle_claims *claims)
{
	json_t *list = nb_bundle_in_member(in, root, "groups", JSON_ARRAY);

	if (json_array_size(list) > NB_VIEW_GROUPS_MAX)
		nb_bundle_in_fault(in, "groups", "too many");
	in->where = "groups.";
	for (size_t i = 0; i < json_array_size(list) && in->status == 0; i++)
		nb_bundle_in_ids(in, json_array_get(list, i), claims->ids, &claims->count,
				 NB_VIEW_SESSIONS_MAX);
	in->where = "";
	if (claims->count == 0)
		nb_bundle_in_fault(in, "groups", "no session");
}

static void read_root(struct nb_bundle_in *in, struct nb_bundle_claims *claims)
{
	const json_t *root = claims->root;

	if (strcmp(nb_bundle_in_text(in, root, "schema", NB_BUNDLE_TEXT_MAX), NB_BUNDLE_SCHEMA) !=
	    0)
		nb_bundle_in_fault(in, "schema",
				   "not \"" NB_BUNDLE_SCHEMA "\", so perhaps of a later nestbench");
	claims->version = nb_bundle_in_text(in, root, "version",
					    sizeof(((struct nb_bundle_result *)0)->version));
	read_options(in, root, claims);
	read_base(in, root, claims);
	read_groups(in, root, claims);
}

/* The parser's words may quote the file. */
static int refuse_json(const json_error_t *fault, struct nb_error *error)
{
	char quote[NB_BUNDLE_QUOTE_SIZE];

	/* Without words it had no memory for any. */
	if (json_error_code(fault) == json_error_out_of_memory || !fault->text[0])
		return nb_error_set(error, ENOMEM, "no memory for " NB_BUNDLE_VERDICTS);
	nb_bundle_quote(quote, fault->text);
	return nb_error_set(error, EBADMSG, NB_BUNDLE_VERDICTS ", line %d: %s", fault->line, quote);
}

int nb_bundle_claims_read(const struct nb_bundle_file *file, struct nb_bundle_claims *claims,
			  struct nb_error *error)
{
	struct nb_bundle_in in = { .error = error, .where = "" };
	struct nb_bundle_claims read = { .count = 0 };
	json_error_t fault;

	if (file->size > NB_BUNDLE_VERDICTS_MAX)
		return nb_error_set(error, EBADMSG,
				    NB_BUNDLE_VERDICTS ": larger than any that nestbench writes");
	read.root = json_loadb(file->bytes, file->size, JSON_REJECT_DUPLICATES, &fault);
	if (!read.root)
		return refuse_json(&fault, error);
	read_root(&in, &read);
	if (in.status < 0)
		nb_bundle_claims_free(&read);
	else
		*claims = read;
	return in.status;
}

void nb_bundle_claims_free(struct nb_bundle_claims *claims)
{
	free(claims->margins);
	free(claims->asked);
	json_decref(claims->root);
	*claims = (struct nb_bundle_claims){ .count = 0 };
}
