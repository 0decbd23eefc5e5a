/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DOCTOR_PRIVATE_H
#define NB_DOCTOR_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/doctor.h"

/*
 * The witnesses of whether a machine can nest. Each looks at the world for itself, adds its own
 * findings and hands over what it saw; only nb_nesting_judge() puts them together, so that a
 * disagreement is seen and told.
 */

enum nb_answer { NB_ANSWER_UNKNOWN, NB_ANSWER_NO, NB_ANSWER_YES };

/* The CPU's virtualization extension. */
enum nb_extension {
	NB_EXTENSION_UNKNOWN,
	NB_EXTENSION_NONE,
	NB_EXTENSION_VMX, /* Intel, Zhaoxin */
	NB_EXTENSION_SVM, /* AMD, Hygon */
};

struct nb_cpu_witness {
	enum nb_extension cpuid;  /* as the CPU tells, or the hypervisor below on its behalf */
	enum nb_extension kernel; /* as the kernel left it in /proc/cpuinfo */
	enum nb_extension found;  /* the one to go by: the kernel's word where there is one */
	enum nb_extension usual;  /* what this maker's CPUs have, offered here or not */
	bool dropped;		  /* CPUID has it and the kernel does not */
	enum nb_answer paging;	  /* EPT or NPT is offered */
};

enum nb_module_state {
	NB_MODULE_UNKNOWN,
	NB_MODULE_ABSENT,   /* this kernel has none */
	NB_MODULE_LOADABLE, /* it lies in /lib/modules */
	NB_MODULE_BUILT_IN, /* which does not say that it found its CPU */
	NB_MODULE_LOADED,   /* and it did find its CPU */
};

enum { NB_MODULE_NAME_SIZE = 32 };

struct nb_module_witness {
	const char *name;		 /* the one that fits the CPU; NULL: not known which */
	enum nb_module_state state;	 /* its state */
	char other[NB_MODULE_NAME_SIZE]; /* another KVM that is there: "kvm_pvm"; "" none */
	bool visible;			 /* there is a /sys to see modules in */
	enum nb_answer nested, paging, shadow_vmcs, enlightened_vmcs; /* its parameters */
};

enum nb_device_outcome {
	NB_DEVICE_UNTRIED,
	NB_DEVICE_WORKS,
	NB_DEVICE_ABSENT,    /* ENOENT */
	NB_DEVICE_EMPTY,     /* ENODEV, ENXIO: udev makes the node whether or not KVM is there */
	NB_DEVICE_DENIED,    /* EACCES: not this user */
	NB_DEVICE_FORBIDDEN, /* EPERM: not this container */
	NB_DEVICE_SHORT,     /* we lacked memory, file descriptors or time */
	NB_DEVICE_BROKEN,    /* anything else */
};

enum { NB_DEVICE_STEPS = 5 }; /* open, api, vm, vcpu, run */

struct nb_device_witness {
	enum nb_device_outcome outcome;
	int passed;	   /* how many steps worked */
	bool busy;	   /* the failure is EBUSY */
	char failure[160]; /* what the next one said; "" if it did not fail */
};

struct nb_nesting_facts {
	const struct nb_machine *machine;
	const struct nb_identity *identity;
	struct nb_cpu_witness cpu;
	struct nb_module_witness module;
	struct nb_device_witness device;
};

void nb_nesting_ask_cpu(const struct nb_world *world, const struct nb_identity *identity,
			struct nb_cpu_witness *cpu, struct nb_findings *findings);
/* Needs facts->cpu. */
void nb_nesting_ask_module(const struct nb_world *world, struct nb_nesting_facts *facts,
			   struct nb_findings *findings);
void nb_nesting_ask_device(const struct nb_world *world, struct nb_device_witness *device,
			   struct nb_findings *findings);
/* Adds the findings of the parameters of facts->module.name, which is loaded or built in. */
void nb_nesting_read_parameters(const struct nb_world *world, struct nb_nesting_facts *facts,
				struct nb_findings *findings);

/* Puts the witnesses together. */
void nb_nesting_judge(const struct nb_nesting_facts *facts, struct nb_nesting *nesting);
/* Turns a yes into a partly where something makes VMs slow here. */
void nb_nesting_slow(const struct nb_nesting_facts *facts, struct nb_nesting *nesting);
/* What to do where the CPU offers nothing: the platform's switch. */
void nb_nesting_switch(const struct nb_nesting_facts *facts, char *advice, size_t size);

const char *nb_extension_name(enum nb_extension extension); /* "vmx" */
/* "opening /dev/kvm", "creating a VM", ...: what a step does; 0 <= step < NB_DEVICE_STEPS */
const char *nb_device_step(int step);
/* Neither loaded nor built in is what it takes; built in counts for a CPU that has the flag. */
bool nb_module_there(enum nb_module_state state);

/* The parts of nb_doctor_settings(), each with its own findings. */
void nb_settings_mitigations(const struct nb_world *world, struct nb_findings *findings);
void nb_settings_smt(const struct nb_world *world, struct nb_findings *findings);
void nb_settings_steal(const struct nb_world *world, const struct nb_machine *machine,
		       struct nb_findings *findings);
void nb_settings_memory(const struct nb_world *world, struct nb_findings *findings);
void nb_settings_pressure(const struct nb_world *world, struct nb_findings *findings);
void nb_settings_quota(const struct nb_world *world, struct nb_findings *findings);
void nb_settings_neighbours(const struct nb_world *world, const struct nb_machine *machine,
			    struct nb_findings *findings);
void nb_settings_polling(const struct nb_world *world, struct nb_findings *findings);

/* Formats into text[size]; what does not fit is cut and ends in "...". */
void nb_doctor_say(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The rest of the first line "key : value" of text, as in /proc/cpuinfo; NULL: no such line. */
const char *nb_doctor_field(const char *text, const char *key);
/* True if the line that begins at text has this word, between blanks. */
bool nb_doctor_has_word(const char *text, const char *word);

#endif
