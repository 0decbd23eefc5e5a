/* SPDX-License-Identifier: Apache-2.0 */
#include "report_doctor.h"
#include "report_json.h"

static int put_known(json_t *tree, const char *name, const char *text)
{
	if (text[0])
		return nb_json_put_text(tree, name, text);
	return json_object_set_new(tree, name, json_null());
}

static json_t *slugs_tree(const struct nb_identity *identity)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < NB_IDENTITY_SLUGS && identity->slugs[i][0]; i++)
		bad |= json_array_append_new(tree, json_string(identity->slugs[i]));
	return nb_json_complete(tree, bad);
}

static json_t *identity_tree(const struct nb_identity *identity, const struct nb_machine *machine)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_text(tree, "hypervisor", nb_hypervisor_slug(identity->hypervisor));
	bad |= nb_json_put_text(tree, "name", nb_hypervisor_name(identity->hypervisor));
	bad |= nb_json_put_flag(tree, "hidden", identity->hidden);
	bad |= nb_json_put_flag(tree, "conflict", identity->conflict);
	bad |= json_object_set_new(tree, "slugs", slugs_tree(identity));
	bad |= put_known(tree, "cloud", machine->cloud);
	bad |= put_known(tree, "size", identity->size);
	bad |= put_known(tree, "security", identity->security);
	bad |= nb_json_put_count(tree, "wsl", identity->wsl > 0 ? identity->wsl : -1);
	bad |= nb_json_put_count(tree, "level", identity->level);
	bad |= put_known(tree, "container", machine->container);
	bad |= nb_json_put_flag(tree, "enlightened_vmcs", identity->enlightened_vmcs);
	bad |= nb_json_put_flag(tree, "enlightened_msr_bitmap", identity->enlightened_msr_bitmap);
	return nb_json_complete(tree, bad);
}

static json_t *nesting_tree(const struct nb_nesting *nesting)
{
	static const char *const words[] = {
		[NB_NESTING_UNKNOWN] = "unknown",
		[NB_NESTING_YES] = "yes",
		[NB_NESTING_PARTLY] = "partly",
		[NB_NESTING_NO] = "no",
	};
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_text(tree, "verdict", words[nesting->verdict]);
	bad |= put_known(tree, "reason", nesting->reason);
	bad |= put_known(tree, "note", nesting->note);
	bad |= put_known(tree, "advice", nesting->advice);
	return nb_json_complete(tree, bad);
}

static json_t *finding_tree(const struct nb_finding *finding)
{
	static const char *const sections[] = {
		[NB_SECTION_MACHINE] = "machine",
		[NB_SECTION_NESTING] = "nesting",
		[NB_SECTION_READINESS] = "readiness",
		[NB_SECTION_SETTINGS] = "settings",
	};
	static const char *const states[] = {
		[NB_STATE_INFO] = "info", [NB_STATE_GOOD] = "good",	  [NB_STATE_WARN] = "warn",
		[NB_STATE_BAD] = "bad",	  [NB_STATE_UNKNOWN] = "unknown",
	};
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_text(tree, "section", sections[finding->section]);
	bad |= nb_json_put_text(tree, "key", finding->key);
	bad |= nb_json_put_text(tree, "label", finding->label);
	bad |= nb_json_put_text(tree, "value", finding->value);
	bad |= put_known(tree, "how", finding->how);
	bad |= put_known(tree, "advice", finding->advice);
	bad |= nb_json_put_text(tree, "state", states[finding->state]);
	return nb_json_complete(tree, bad);
}

static json_t *findings_tree(const struct nb_findings *findings)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < findings->count; i++)
		bad |= json_array_append_new(tree, finding_tree(&findings->items[i]));
	return nb_json_complete(tree, bad);
}

static json_t *support_tree(const struct nb_doctor_report *report)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < report->row_count; i++)
		bad |= json_array_append_new(tree, nb_report_platform_tree(report->rows[i]));
	return nb_json_complete(tree, bad);
}

static int put_figure(json_t *tree, const struct nb_figure *figure)
{
	int bad = 0;

	bad |= put_known(tree, "kind", figure ? nb_figure_kind_name(figure->kind) : "");
	bad |= put_known(tree, "source", figure ? figure->source_title : "");
	return bad | put_known(tree, "address", figure ? figure->source_address : "");
}

static json_t *fit_rows_tree(const struct nb_fit_table *table)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct nb_fit_row *row = &table->rows[i];
		json_t *entry = json_object();

		bad |= nb_json_put_text(entry, "metric", row->metric);
		bad |= nb_json_put_text(entry, "label", row->label);
		bad |= nb_json_put_text(entry, "wanted", row->wanted);
		bad |= nb_json_put_text(entry, "have", row->have);
		bad |= nb_json_put_flag(entry, "counted", row->counted);
		bad |= nb_json_put_text(entry, "verdict", nb_report_fit_name(row->fit));
		bad |= put_known(entry, "note", row->note);
		bad |= put_figure(entry, row->figure);
		bad |= json_array_append_new(tree, entry);
	}
	return nb_json_complete(tree, bad);
}

static json_t *fits_tree(const struct nb_doctor_report *report)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < report->fit_count; i++) {
		const struct nb_doctor_fit *fit = &report->fits[i];
		json_t *entry = json_object();

		bad |= nb_json_put_text(entry, "baseline", fit->baseline.name);
		bad |= nb_json_put_text(entry, "title", fit->baseline.title);
		bad |= nb_json_put_text(entry, "verdict", nb_report_fit_name(fit->table.verdict));
		bad |= nb_json_put_text(entry, "summary", fit->table.summary);
		bad |= json_object_set_new(entry, "rows", fit_rows_tree(&fit->table));
		bad |= json_array_append_new(tree, entry);
	}
	return nb_json_complete(tree, bad);
}

static json_t *pace_tree(const struct nb_pace *pace)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_number(tree, "vm_boot_ms", pace->vm_boot_ms);
	bad |= nb_json_put_number(tree, "exit_ns", pace->exit_ns);
	return nb_json_complete(tree, bad);
}

int nb_report_doctor_json(FILE *stream, const struct nb_doctor_report *report,
			  struct nb_error *error)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);
	bad |= put_known(tree, "recording", report->origin);
	bad |= json_object_set_new(tree, "identity",
				   identity_tree(&report->identity, &report->machine));
	bad |= json_object_set_new(tree, "machine", nb_json_machine(&report->machine));
	bad |= json_object_set_new(tree, "nesting", nesting_tree(&report->nesting));
	bad |= json_object_set_new(tree, "pace", pace_tree(&report->pace));
	bad |= json_object_set_new(tree, "findings", findings_tree(&report->findings));
	bad |= json_object_set_new(tree, "support", support_tree(report));
	bad |= json_object_set_new(tree, "fit", fits_tree(report));
	return nb_json_print(stream, nb_json_complete(tree, bad), error);
}
