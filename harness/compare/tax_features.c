/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "tax_private.h"

enum vendor { VENDOR_UNKNOWN, VENDOR_INTEL, VENDOR_AMD };
enum { SIGNS = 2, PARAMETERS = 2 };

/* Fewer exits an operation than this are those of something else, now and then. */
static const double exits_least = 0.5;

/* A benchmark that the feature spares its exits. */
struct sign {
	const char *benchmark; /* NULL: none */
	const char *params;    /* that it must have */
};

static enum vendor vendor_of(const struct nb_machine *machine)
{
	static const struct {
		const char *text;
		enum vendor vendor;
	} words[] = { { "kvm_intel", VENDOR_INTEL },	{ "kvm_amd", VENDOR_AMD },
		      { "GenuineIntel", VENDOR_INTEL }, { "CentaurHauls", VENDOR_INTEL },
		      { "AuthenticAMD", VENDOR_AMD },	{ "HygonGenuine", VENDOR_AMD } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(machine->kvm_module, words[i].text) == 0 ||
		    strcmp(machine->cpu_vendor, words[i].text) == 0)
			return words[i].vendor;
	return VENDOR_UNKNOWN;
}

/* Of two that speak about one session: who saw it needs nobody else. */
static enum nb_tax_state either(enum nb_tax_state a, enum nb_tax_state b)
{
	if (a == NB_TAX_SEEN || b == NB_TAX_SEEN)
		return NB_TAX_SEEN;
	return a != NB_TAX_UNKNOWN ? a : b;
}

/* Of two sessions. */
static enum nb_tax_state both(enum nb_tax_state a, enum nb_tax_state b)
{
	if (a == NB_TAX_UNKNOWN || b == NB_TAX_UNKNOWN || a == b)
		return a != NB_TAX_UNKNOWN ? a : b;
	return NB_TAX_MIXED;
}

static enum nb_tax_state judge(const struct nb_result *result)
{
	double exits = nb_record_exits(result);

	if (result->outcome != NB_OK || result->evidence == NB_EMULATED)
		return NB_TAX_UNKNOWN;
	if (exits < exits_least)
		return NB_TAX_SEEN;
	return exits >= exits_least ? NB_TAX_UNSEEN : NB_TAX_UNKNOWN;
}

static int read_sign(const struct nb_record *record, const struct sign *sign,
		     enum nb_tax_state *state, struct nb_error *error)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < record->count; i++) {
		const struct nb_series *series = &record->series[i].series;
		struct nb_result result;

		if (series->vantage != NB_GUEST ||
		    strcmp(series->benchmark, sign->benchmark) != 0 ||
		    !nb_tax_params_hold(series->params, sign->params))
			continue;
		status = nb_record_summarise(&record->session, &record->series[i], &result, error);
		if (status == 0)
			*state = either(*state, judge(&result));
	}
	return status;
}

/* "Y" of "kvm_intel.ept" in "kvm.halt_poll_ns=200000 kvm_intel.ept=Y" is seen. */
static enum nb_tax_state read_parameter(const char *parameters, const char *name)
{
	size_t length = strlen(name);

	for (const char *word = parameters; *word; word += strspn(word, " ")) {
		if (strncmp(word, name, length) == 0 && word[length] == '=') {
			char value = word[length + 1];

			if (value == 'Y' || value == '1')
				return NB_TAX_SEEN;
			return value == 'N' || value == '0' ? NB_TAX_UNSEEN : NB_TAX_UNKNOWN;
		}
		word += strcspn(word, " ");
	}
	return NB_TAX_UNKNOWN;
}

/* An inner guest ran with stage 2; or one ran without, and none that was to have it. */
static enum nb_tax_state look_at_paging(const struct nb_record *record)
{
	bool with = false, without = false, refused = false;

	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series_rounds *series = &record->series[i];
		bool wanted = nb_tax_params_hold(series->series.params, "stage2=on");
		bool flat = nb_tax_params_hold(series->series.params, "stage2=off");
		bool ran = series->count > 0 && series->rounds[0].outcome == NB_OK;

		if (nb_record_depth(&series->series) != NB_TAX_NESTED)
			continue;
		with = with || (wanted && ran);
		refused = refused || (wanted && !ran);
		without = without || (flat && ran);
	}
	if (with)
		return NB_TAX_SEEN;
	return without && refused ? NB_TAX_UNSEEN : NB_TAX_UNKNOWN;
}

/* A hypervisor that is not Microsoft's has none to offer. */
static enum nb_tax_state guess_enlightenment(const struct nb_machine *machine)
{
	if (!machine->hypervisor[0] || strncmp(machine->hypervisor, "Microsoft", 9) == 0)
		return NB_TAX_UNKNOWN;
	return NB_TAX_UNSEEN;
}

/*
 * What was measured tells most; the hypervisor's own parameters tell where nothing was.
 */
static const struct feature {
	const char *name;
	enum vendor vendor;					   /* VENDOR_UNKNOWN: of both */
	enum nb_tax_state (*look)(const struct nb_record *record); /* at the series; or NULL */
	struct sign signs[SIGNS];
	const char *parameters[PARAMETERS]; /* of KVM's modules; NULL: none */
	enum nb_tax_state (*guess)(
		const struct nb_machine *machine); /* if nothing tells; or NULL */
} features[] = {
	{ .name = "nested paging",
	  .look = look_at_paging,
	  .parameters = { "kvm_intel.ept", "kvm_amd.npt" } },
	{ .name = "VMCS shadowing",
	  .vendor = VENDOR_INTEL,
	  .signs = { { "nested.vmread", "field=shadowed" } },
	  .parameters = { "kvm_intel.enable_shadow_vmcs" } },
	{ .name = "APICv",
	  .vendor = VENDOR_INTEL,
	  .signs = { { "exit.apic_eoi", "" } },
	  .parameters = { "kvm_intel.enable_apicv" } },
	{ .name = "enlightened VMCS",
	  .vendor = VENDOR_INTEL,
	  .parameters = { "kvm_intel.enlightened_vmcs" },
	  .guess = guess_enlightenment },
	{ .name = "virtual VMLOAD and VMSAVE",
	  .vendor = VENDOR_AMD,
	  .signs = { { "nested.vmload", "" }, { "nested.vmsave", "" } },
	  .parameters = { "kvm_amd.vls" } },
	{ .name = "virtual GIF",
	  .vendor = VENDOR_AMD,
	  .signs = { { "nested.stgi", "" }, { "nested.clgi", "" } },
	  .parameters = { "kvm_amd.vgif" } },
	{ .name = "AVIC",
	  .vendor = VENDOR_AMD,
	  .signs = { { "exit.apic_eoi", "" } },
	  .parameters = { "kvm_amd.avic" } },
};

enum { FEATURES = sizeof(features) / sizeof(features[0]) };
_Static_assert(FEATURES <= (int)NB_TAX_FEATURES, "a tax has room for all features");

static int look(const struct nb_record *record, const struct feature *feature,
		enum nb_tax_state *state, struct nb_error *error)
{
	const struct nb_machine *machine = &record->session.machine;
	int status = 0;

	*state = feature->look ? feature->look(record) : NB_TAX_UNKNOWN;
	for (size_t i = 0; status == 0 && i < SIGNS && feature->signs[i].benchmark; i++)
		status = read_sign(record, &feature->signs[i], state, error);
	for (size_t i = 0; i < PARAMETERS && feature->parameters[i]; i++)
		if (*state == NB_TAX_UNKNOWN)
			*state = read_parameter(machine->kvm_parameters, feature->parameters[i]);
	if (*state == NB_TAX_UNKNOWN && feature->guess)
		*state = feature->guess(machine);
	return status;
}

int nb_tax_look(const struct nb_record *const *records, size_t count, struct nb_tax *tax,
		struct nb_error *error)
{
	enum vendor vendor = vendor_of(&records[0]->session.machine);
	int status = 0;

	for (size_t i = 0; i < FEATURES; i++) {
		struct nb_tax_feature *made = &tax->features[tax->feature_count];

		if (vendor != VENDOR_UNKNOWN && features[i].vendor != VENDOR_UNKNOWN &&
		    features[i].vendor != vendor)
			continue;
		made->name = features[i].name;
		for (size_t j = 0; status == 0 && j < count; j++) {
			enum nb_tax_state state;

			status = look(records[j], &features[i], &state, error);
			made->state = both(made->state, state);
		}
		tax->feature_count++;
	}
	return status;
}

static void join(char *text, size_t size, const char *separator, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used > 0 ? separator : "", word);
}

void nb_tax_explain(const struct nb_tax *tax, char *text, size_t size)
{
	static const char *const words[] = {
		[NB_TAX_SEEN] = "seen: ",
		[NB_TAX_MIXED] = "seen in some of the sessions: ",
		[NB_TAX_UNSEEN] = "not seen: ",
		[NB_TAX_UNKNOWN] = "not known: ",
	};
	static const enum nb_tax_state order[] = { NB_TAX_SEEN, NB_TAX_MIXED, NB_TAX_UNSEEN,
						   NB_TAX_UNKNOWN };

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		bool first = true;

		for (size_t j = 0; j < tax->feature_count; j++) {
			if (tax->features[j].state != order[i])
				continue;
			if (first)
				join(text, size, "; ", words[order[i]]);
			join(text, size, first ? "" : ", ", tax->features[j].name);
			first = false;
		}
	}
}
