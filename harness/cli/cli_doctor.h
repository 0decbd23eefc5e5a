/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_DOCTOR_H
#define NB_CLI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/doctor_report.h"
#include "nestbench/redact.h"
#include "nestbench/world.h"

#include "cli_private.h"

/* Exit status of doctor beside the common ones: whether this machine can nest is not known. */
enum { NB_EXIT_UNKNOWN = 4 };

enum { NB_CLI_PROBES_MAX = 5, NB_CLI_PROBE_TEXT = 4096 };

/* Where a metadata service listens: an IPv4 address and its port. */
struct nb_cli_address {
	char host[16];
	uint16_t port;
};

/* What doctor was asked for, checked. */
struct nb_cli_examination {
	const char *kvm_device;
	bool imds, vmware; /* probes that only run where the user asks for them */
	struct nb_cli_address imds_address;
	const char *record, *replay; /* folders; NULL for none */
	bool record_secrets;	     /* the recording is not redacted */
	bool redact;
	const char *database; /* NULL: none to look for measured figures in */
};

/*
 * Looks at the world that was asked for and fills *report, which nb_cli_examined_free() frees in
 * any case. Returns an exit status, after saying what is wrong where it is not 0.
 */
int nb_cli_examine(const struct nb_cli_verb *verb, const struct nb_cli_examination *asked,
		   struct nb_doctor_report *report);
void nb_cli_examined_free(struct nb_doctor_report *report);

/* doctor_redact.c: takes the machine's secrets, as the world knows them, out of every text. */
void nb_cli_redact(const struct nb_world *world, struct nb_doctor_report *report);
void nb_cli_redact_report(const struct nb_redactor *redactor, struct nb_doctor_report *report);

/* doctor_pace.c: what a probe or a stored session of this machine says of its speed. */
void nb_cli_pace(const struct nb_cli_verb *verb, const struct nb_world *world,
		 const struct nb_machine *machine, const char *database, struct nb_pace *pace);

/* doctor_probes.c: those that were asked for; context is *asked, which must outlive them. */
size_t nb_cli_probes(struct nb_cli_examination *asked,
		     struct nb_world_probe probes[NB_CLI_PROBES_MAX]);

/* Each writes "key=value" lines and returns their length, or -errno. */
int nb_cli_probe_space(char *text, size_t size);
int nb_cli_probe_vmware(char *text, size_t size);

/* doctor_imds.c: "169.254.169.254:80"; false where it is not like that. */
bool nb_cli_imds_address(const char *text, struct nb_cli_address *address);
int nb_cli_probe_imds(const struct nb_cli_address *address, char *text, size_t size);

/* The JSON object that Azure answers with, as "key=value" lines; what is no text is left out. */
int nb_cli_imds_read(const char *body, size_t length, char *text, size_t size);

/*
 * Runs work in a process of its own, which may crash or hang: it is ended after limit_ms. Returns
 * what work returned, -ETIMEDOUT, or -EFAULT where a signal ended it.
 */
typedef int (*nb_cli_work)(void *context, char *text, size_t size);
int nb_cli_child(nb_cli_work work, void *context, unsigned limit_ms, char *text, size_t size);

/* Milliseconds of a clock that only goes forward. */
int64_t nb_cli_now_ms(void);

/* Appends "key=value\n"; control characters in the value become "?". */
void nb_cli_put_line(char *text, size_t size, const char *key, const char *value);

/* doctor_platforms.c: "--platform NAME" and "--platforms". Return an exit status. */
int nb_cli_print_platform(const struct nb_cli_verb *verb, const char *name, bool json);
int nb_cli_print_platforms(const struct nb_cli_verb *verb, bool json);

#endif
