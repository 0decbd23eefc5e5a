/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cli_bundle.h"

enum { NAME_WIDTH = 20, MODULES = 16, PARAMETER_SIZE = 2 * NB_WORLD_NAME_SIZE };

static void put_text(FILE *stream, const char *name, const char *text)
{
	char plain[2048];

	nb_report_plain(plain, sizeof(plain), text);
	fprintf(stream, "  %-*s %s\n", NAME_WIDTH, name, plain[0] ? plain : "unknown");
}

static void put_number(FILE *stream, const char *name, int64_t value)
{
	if (value < 0)
		put_text(stream, name, "");
	else
		fprintf(stream, "  %-*s %" PRId64 "\n", NAME_WIDTH, name, value);
}

static void put_machine(FILE *stream, const struct nb_machine *machine)
{
#define PUT(field, size) put_text(stream, #field, machine->field);
	NB_MACHINE_TEXTS(PUT)
#undef PUT
#define PUT(field) put_number(stream, #field, machine->field);
	NB_MACHINE_NUMBERS(PUT)
#undef PUT
}

static void put_target(FILE *stream, const struct nb_target *target)
{
	fprintf(stream, "  storage \"%s\"\n", target->name);
#define PUT(field, size) put_text(stream, "  " #field, target->field);
	NB_TARGET_TEXTS(PUT)
#undef PUT
#define PUT(field) put_number(stream, "  " #field, target->field);
	NB_TARGET_NUMBERS(PUT)
#undef PUT
}

static void put_session(FILE *stream, const struct nb_session *session)
{
	fprintf(stream, "Session %s\n", session->id);
	put_text(stream, "started", session->started);
	put_text(stream, "nestbench", session->version);
	put_text(stream, "profile", session->profile);
	fprintf(stream, "  %-*s %" PRIu64 "\n", NAME_WIDTH, "seed", session->seed);
	put_number(stream, "level", session->level);
	put_number(stream, "cpu", session->cpu);
	put_text(stream, "scheduler", session->fifo ? "SCHED_FIFO" : "SCHED_OTHER");
	put_text(stream, "memory locked", session->locked ? "yes" : "no");
	put_text(stream, "complete", session->partial ? "no" : "yes");
	for (size_t i = 0; i < session->label_count; i++) {
		char label[sizeof(struct nb_label) + 1];

		snprintf(label, sizeof(label), "%s=%s", session->labels[i].key,
			 session->labels[i].value);
		put_text(stream, "label", label);
	}
	for (size_t i = 0; i < session->target_count; i++)
		put_target(stream, &session->targets[i]);
}

/* A machine that is the one before in every fact is not told again. */
static void put_one(FILE *stream, const struct nb_session *session, const char *side,
		    const struct nb_machine **last)
{
	if (!*last || memcmp(*last, &session->machine, sizeof(session->machine)) != 0) {
		fprintf(stream, "Machine of %s\n", side);
		put_machine(stream, &session->machine);
		fputc('\n', stream);
	}
	*last = &session->machine;
	put_session(stream, session);
	fputc('\n', stream);
}

static void put_group(FILE *stream, const struct nb_view_group *group)
{
	const struct nb_machine *last = NULL;
	char title[sizeof(group->title)];
	char side[sizeof(title) + 16];

	nb_report_plain(title, sizeof(title), group->title);
	snprintf(side, sizeof(side), "%s: %s", group->name, title);
	for (size_t i = 0; i < group->count; i++)
		put_one(stream, &group->records[i]->session, side, &last);
}

int nb_cli_bundle_environment(FILE *stream, const struct nb_cli_bundle *bundle,
			      struct nb_error *error)
{
	const struct nb_machine *last = NULL;

	(void)error;
	fputs("What was recorded with the sessions of this bundle, for reading; sessions/ID.json\n"
	      "has the same for programs. Sizes are in bytes.\n\n",
	      stream);
	for (size_t i = 0; i < bundle->view->count; i++)
		put_group(stream, &bundle->view->groups[i]);
	for (size_t i = 0; i < bundle->base_count; i++)
		put_one(stream, &bundle->base[i].session, "the base", &last);
	return 0;
}

/* Whether a list of words has this one. */
static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(words, word); at; at = strstr(at + 1, word)) {
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	}
	return false;
}

static void put_parameter(FILE *stream, const struct nb_world *world,
			  const struct nb_cli_bundle *bundle, const char *module, const char *name)
{
	char path[PARAMETER_SIZE + 64];
	char value[256], word[PARAMETER_SIZE + sizeof(value)];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module, name);
	if (!nb_world_line(world, path, value, sizeof(value)))
		nb_base_copy(value, sizeof(value), "(cannot be read)");
	nb_cli_redact_text(bundle->redactor, value, sizeof(value));
	snprintf(word, sizeof(word), "%s.%s=%s", module, name, value);
	if (!has_word(bundle->newest->machine.kvm_parameters, word))
		fprintf(stream, "%s\n", word);
}

static void put_module(FILE *stream, const struct nb_world *world,
		       const struct nb_cli_bundle *bundle, const char *module)
{
	struct nb_world_names names;
	char path[NB_WORLD_NAME_SIZE + 64];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters", module);
	world->names(world->self, path, "", &names);
	for (size_t i = 0; i < names.count; i++)
		put_parameter(stream, world, bundle, module, names.name[i]);
}

/* "kvm.halt_poll_ns=200000 kvm_intel.ept=Y": one a line. */
static void put_recorded(FILE *stream, const struct nb_machine *machine)
{
	char text[sizeof(machine->kvm_parameters)];
	char *rest = NULL;

	nb_report_plain(text, sizeof(text), machine->kvm_parameters);
	if (!text[0])
		fputs("# None: no module of KVM was loaded, or what it is set to is not known.\n",
		      stream);
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		fprintf(stream, "%s\n", word);
}

int nb_cli_bundle_modules(FILE *stream, const struct nb_cli_bundle *bundle, struct nb_error *error)
{
	struct nb_world_names modules;
	struct nb_world world;

	(void)error;
	fprintf(stream, "# As recorded with session %s\n", bundle->newest->id);
	put_recorded(stream, &bundle->newest->machine);
	if (bundle->here == NB_CLI_ELSEWHERE)
		return 0;
	fputs("\n# Beside these, or other than then, in /sys/module/kvm*/parameters when the bundle "
	      "was made\n",
	      stream);
	nb_world_live(&world, NULL, 0);
	world.names(world.self, "/sys/module", "kvm", &modules);
	for (size_t i = 0; i < modules.count && i < MODULES; i++)
		put_module(stream, &world, bundle, modules.name[i]);
	return 0;
}
