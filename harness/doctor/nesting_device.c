/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"

#include "doctor_private.h"

enum { PROBE_SIZE = 4096, ANSWER_SIZE = 160 };

/* In the order in which they are tried; keys of the probe "kvm". */
static const struct {
	const char *key, *doing;
} steps[NB_DEVICE_STEPS] = {
	{ "open", "opening /dev/kvm" },
	{ "api", "asking /dev/kvm for its version" },
	{ "vm", "creating a VM" },
	{ "vcpu", "creating a vCPU" },
	{ "run", "running an instruction in a VM" },
};

/* What the errors of open(2) mean here; any other is NB_DEVICE_BROKEN. */
static const struct {
	const char *name;
	enum nb_device_outcome outcome;
} open_errors[] = {
	{ "ENOENT", NB_DEVICE_ABSENT },	  { "ENODEV", NB_DEVICE_EMPTY },
	{ "ENXIO", NB_DEVICE_EMPTY },	  { "EACCES", NB_DEVICE_DENIED },
	{ "EPERM", NB_DEVICE_FORBIDDEN },
};

/* Of any step: these say that we ran short of something, not that KVM cannot. */
static const char *const short_errors[] = { "ENOMEM", "EMFILE", "ENFILE", "EINTR", "ETIMEDOUT" };

const char *nb_device_step(int step)
{
	return steps[step].doing;
}

/* "ENOENT: No such file or directory" is ENOENT, "ENOENTRY" is not. */
static bool is_error(const char *failure, const char *name)
{
	size_t length = strcspn(failure, ": ");

	return length == strlen(name) && memcmp(failure, name, length) == 0;
}

static enum nb_device_outcome classify(const struct nb_device_witness *device)
{
	for (size_t i = 0; i < sizeof(short_errors) / sizeof(short_errors[0]); i++)
		if (is_error(device->failure, short_errors[i]))
			return NB_DEVICE_SHORT;
	for (size_t i = 0; i < sizeof(open_errors) / sizeof(open_errors[0]); i++)
		if (device->passed == 0 && is_error(device->failure, open_errors[i].name))
			return open_errors[i].outcome;
	return NB_DEVICE_BROKEN;
}

/* A probe that ends before a vCPU and without an error has tried too little to count. */
static void read_steps(const char *text, struct nb_device_witness *device)
{
	for (int i = 0; i < NB_DEVICE_STEPS; i++) {
		char answer[ANSWER_SIZE];

		if (!nb_world_value(text, steps[i].key, answer, sizeof(answer)))
			break;
		if (strcmp(answer, "ok") != 0) {
			nb_base_copy(device->failure, sizeof(device->failure), answer);
			break;
		}
		device->passed++;
	}
	if (device->failure[0])
		device->outcome = classify(device);
	else if (device->passed >= NB_DEVICE_STEPS - 1)
		device->outcome = NB_DEVICE_WORKS;
	device->busy = is_error(device->failure, "EBUSY");
}

static void tell_untried(const struct nb_world *world, struct nb_findings *findings)
{
	bool there = world->exists(world->self, "/dev/kvm");

	nb_finding_how(nb_finding_add(findings, NB_SECTION_NESTING, NB_STATE_UNKNOWN, "kvm.device",
				      "/dev/kvm", "%s", there ? "there, not tried" : "not tried"),
		       "nobody tried it out, as in a recording without that answer");
}

static void tell_failure(const struct nb_device_witness *device, struct nb_findings *findings)
{
	static const char *const words[] = {
		[NB_DEVICE_ABSENT] = "not there",
		[NB_DEVICE_EMPTY] = "there, with no KVM behind it",
		[NB_DEVICE_DENIED] = "no permission",
		[NB_DEVICE_FORBIDDEN] = "not permitted",
		[NB_DEVICE_SHORT] = "could not be tried",
		[NB_DEVICE_BROKEN] = "fails",
	};
	struct nb_finding *finding =
		nb_finding_add(findings, NB_SECTION_NESTING,
			       device->outcome == NB_DEVICE_SHORT ? NB_STATE_UNKNOWN : NB_STATE_BAD,
			       "kvm.device", "/dev/kvm", "%s", words[device->outcome]);

	nb_finding_how(finding, "%s: %s", nb_device_step(device->passed), device->failure);
	nb_finding_advice(finding, "ls -l /dev/kvm");
}

static void tell(const struct nb_device_witness *device, struct nb_findings *findings)
{
	struct nb_finding *finding;

	if (device->outcome != NB_DEVICE_WORKS) {
		tell_failure(device, findings);
		return;
	}
	finding = nb_finding_add(findings, NB_SECTION_NESTING, NB_STATE_GOOD, "kvm.device",
				 "/dev/kvm", "opens, creates a VM and a vCPU%s",
				 device->passed == NB_DEVICE_STEPS ? ", runs an instruction" : "");
	nb_finding_how(finding, "tried out as this user; nothing of it stays");
}

void nb_nesting_ask_device(const struct nb_world *world, struct nb_device_witness *device,
			   struct nb_findings *findings)
{
	char text[PROBE_SIZE];

	*device = (struct nb_device_witness){ .outcome = NB_DEVICE_UNTRIED };
	if (world->probe(world->self, "kvm", text, sizeof(text)) >= 0)
		read_steps(text, device);
	if (device->outcome == NB_DEVICE_UNTRIED)
		tell_untried(world, findings);
	else
		tell(device, findings);
}
