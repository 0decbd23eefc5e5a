/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/compare_report.h"

#include "report_model.h"

static void print_session(FILE *stream, const char *label, const struct nb_session *session)
{
	const struct nb_digest digest = { .session = *session };
	const struct nb_compare_group group = { &digest, 1 };
	char about[NB_COMPARE_TEXT_SIZE];

	nb_compare_print_side(stream, label, session->id, &group);
	nb_report_machines(about, sizeof(about), &group);
	nb_compare_print_label(stream, "", about);
}

static void print_heading(const struct nb_model_view *view)
{
	const struct nb_model *model = view->model;
	char plain[sizeof(model->warnings[0])];

	print_session(view->stream, model->deep.id[0] ? "Shallow" : "Model of", &model->shallow);
	if (model->deep.id[0])
		print_session(view->stream, "Deep", &model->deep);
	for (size_t i = 0; i < model->warning_count; i++) {
		nb_report_plain(plain, sizeof(plain), model->warnings[i]);
		nb_compare_print_label(view->stream, i == 0 ? "Note" : "", plain);
	}
}

static int print_nothing(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;

	nb_compare_print_title(view->stream, view->style, "What one more level costs: unknown");
	fprintf(view->stream, "  %s\n  what would tell: %s\n", model->reason, model->advice);
	return nb_model_print_steps(view, error);
}

static int print_parts(const struct nb_model_view *view, struct nb_error *error)
{
	int status;

	if (view->model->used_count == 0)
		return print_nothing(view, error);
	status = nb_model_print_steps(view, error);
	if (status == 0)
		status = nb_model_print_levels(view, error);
	if (status == 0)
		status = nb_model_print_traps(view, error);
	if (status == 0)
		status = nb_model_print_rows(view, error);
	if (status == 0)
		status = nb_model_print_bounds(view, error);
	return status < 0 ? status : nb_model_print_depths(view, error);
}

static void print_legend(const struct nb_model_view *view)
{
	fputs("\nmeasured      by the sessions; its CI is of 95 %, within a session\n"
	      "fitted        b: instructions that trap while one exit is handled, in exits one "
	      "level up and with\n"
	      "              the handler's own work in it; R = 1 + b: from one level to the next; f: "
	      "the same as b,\n"
	      "              where an exit is only passed on\n"
	      "extrapolated  by the recurrence from there. Intervals hold the noise of what was "
	      "measured, not that\n"
	      "              a deeper level may be built in another way\n",
	      view->stream);
}

int nb_report_model(FILE *stream, const struct nb_model *model, bool all,
		    const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_model_view view = { stream, model, style, all };
	int status;

	print_heading(&view);
	status = print_parts(&view, error);
	nb_model_print_left_out(&view);
	if (model->used_count > 0)
		print_legend(&view);
	return status < 0 ? status : nb_report_finish(stream, error);
}
