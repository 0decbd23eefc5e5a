/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_PRIVATE_H
#define NB_CLI_PRIVATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "nestbench/record.h"
#include "nestbench/report.h"
#include "nestbench/run.h"
#include "nestbench/run_storage.h"
#include "nestbench/store.h"

/* Exit statuses, the same for every verb (DESIGN section 3). */
enum {
	NB_EXIT_FINE = 0,
	NB_EXIT_USAGE = 2,
	NB_EXIT_FAILED = 3,
	NB_EXIT_NOTHING = 77,
};

enum { NB_CLI_PATH_SIZE = 4096, NB_CLI_LIST_MAX = NB_LABEL_MAX };

/* Arguments of an option that may stand several times. */
struct nb_cli_list {
	const char *items[NB_CLI_LIST_MAX];
	size_t count;
};

/* What an option fills in the verb's own struct of choices: a bool, a const char * or a list. */
enum nb_cli_kind { NB_CLI_FLAG, NB_CLI_TEXT, NB_CLI_LIST };

struct nb_cli_option {
	const char *name; /* NULL ends the table */
	int letter;	  /* of the short form; 0: none */
	enum nb_cli_kind kind;
	size_t offset;	      /* in the struct of choices */
	const char *argument; /* as --help shows it; NULL for a flag */
	const char *help;
};

struct nb_cli_verb {
	const char *name;
	const char *arguments; /* "[PATTERN...]"; "" for none */
	const char *summary;   /* one line, for "nestbench --help" */
	const char *details;   /* paragraphs for "nestbench VERB --help", each line ended */
	const struct nb_cli_option *options;
	int (*run)(int argc, char **argv); /* returns the exit status */
};

#define NB_CLI_OPTION_HELP                                          \
	{                                                           \
		"help", 'h', NB_CLI_FLAG, 0, NULL, "show this text" \
	}
#define NB_CLI_OPTION_DB(type)                                                     \
	{                                                                          \
		"db", 0, NB_CLI_TEXT, offsetof(type, db), "FILE",                  \
			"database (default: results/nestbench.db in a checkout,\n" \
			"else $XDG_DATA_HOME/nestbench/nestbench.db)"              \
	}
#define NB_CLI_OPTION_JSON(type)                                                            \
	{                                                                                   \
		"json", 0, NB_CLI_FLAG, offsetof(type, json), NULL, "print one JSON object" \
	}
#define NB_CLI_OPTION_KVM(type)                                                   \
	{                                                                         \
		"kvm-device", 0, NB_CLI_TEXT, offsetof(type, kvm_device), "FILE", \
			"device of KVM (default: /dev/kvm)"                       \
	}
#define NB_CLI_OPTION_END                           \
	{                                           \
		NULL, 0, NB_CLI_FLAG, 0, NULL, NULL \
	}

/* options.c */

/* The words of a command line that are not options. */
struct nb_cli_words {
	const char *const *words;
	size_t count;
};

/*
 * Fills choices and words. False where the verb has nothing left to do: *status is its exit
 * status then, and help or the reason is printed.
 */
bool nb_cli_parse(const struct nb_cli_verb *verb, int argc, char **argv, void *choices,
		  struct nb_cli_words *words, int *status);
int nb_cli_print_help(FILE *stream, const struct nb_cli_verb *verb);

/* values.c: strict, without anything behind the number; false after printing what is wrong. */
bool nb_cli_integer(const struct nb_cli_verb *verb, const char *option, const char *text,
		    int64_t low, int64_t high, int64_t *value);
/* --seed; NULL, where it is absent, leaves *seed as it is. */
bool nb_cli_seed(const struct nb_cli_verb *verb, const char *text, uint64_t *seed);
bool nb_cli_seconds(const struct nb_cli_verb *verb, const char *option, const char *text,
		    double *seconds);
bool nb_cli_labels(const struct nb_cli_verb *verb, const struct nb_cli_list *list,
		   struct nb_label labels[NB_LABEL_MAX]);
/* Index of text among count words. */
bool nb_cli_word(const struct nb_cli_verb *verb, const char *option, const char *text,
		 const char *const *words, size_t count, size_t *index);

/* output.c */

/* Prints "nestbench: VERB: message" (verb may be NULL) and returns status. */
int nb_cli_fail(const struct nb_cli_verb *verb, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A second line on stderr that says what to type next. */
void nb_cli_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The word that is spelt most like it; NULL if there are none. */
const char *nb_cli_nearest(const char *word, const char *const *words, size_t count);
struct nb_report_style nb_cli_style(void);
/* Returns an exit status, after saying what is wrong where it is not 0. */
int nb_cli_print_grid(const struct nb_cli_verb *verb, FILE *stream, const char *align,
		      const char *const *cells, size_t rows);
/* Prints and releases tree (NULL: out of memory). Returns an exit status. */
int nb_cli_print_json(const struct nb_cli_verb *verb, json_t *tree);
json_t *nb_cli_params(const char *params);
json_t *nb_cli_number(double value);
json_t *nb_cli_text(const char *text);

/* paths.c */

/* Where sessions go without --db; false where there is no such place. */
bool nb_cli_default_database(char path[NB_CLI_PATH_SIZE]);
/* The database that choice names, or the default one; false after printing what is wrong. */
bool nb_cli_database(const struct nb_cli_verb *verb, const char *choice,
		     char path[NB_CLI_PATH_SIZE]);
/* Opens it; NULL after printing what is wrong and what to do. */
struct nb_store *nb_cli_open_store(const struct nb_cli_verb *verb, const char *path,
				   enum nb_store_mode mode);

/* sessions.c */

/* Loads the session that the first word names, or the latest; false after saying why not. */
bool nb_cli_load(const struct nb_cli_verb *verb, struct nb_store *store,
		 const struct nb_cli_words *words, struct nb_record *record, int *status);
/* A grid of them; returns an exit status. */
int nb_cli_print_entries(const struct nb_cli_verb *verb, const struct nb_store_entry *entries,
			 size_t count);
int nb_cli_print_sessions(const struct nb_cli_verb *verb, struct nb_store *store, bool json);

/* files.c */

/* Reads all of a file ("-": stdin) up to a limit; the caller frees *text. */
int nb_cli_read_file(const char *path, char **text, size_t *size, struct nb_error *error);

/*
 * A file that takes its name only once it is complete; a failure leaves the old one there, and a
 * database is never replaced.
 */
struct nb_cli_output {
	FILE *stream;
	char temporary[NB_CLI_PATH_SIZE]; /* "" where the stream is written directly */
	char target[NB_CLI_PATH_SIZE];	  /* what it replaces: the path without links */
};
int nb_cli_output_open(struct nb_cli_output *output, const char *path, struct nb_error *error);
int nb_cli_output_commit(struct nb_cli_output *output, const char *path, struct nb_error *error);
void nb_cli_output_abandon(struct nb_cli_output *output); /* safe at any time */
/* A file that is there is kept, and false, unless force is given; prints what to type then. */
bool nb_cli_output_allowed(const struct nb_cli_verb *verb, const char *path, bool force);

/* gather.c: what import and merge have in common. */
struct nb_cli_sums {
	size_t added, known; /* sessions */
};
/* Adds the sessions of one file; a line for each goes to stdout if print. <0: failed, and said. */
typedef int (*nb_cli_adder)(struct nb_store *store, const char *path, bool print,
			    struct nb_cli_sums *sums);
int nb_cli_gather(const struct nb_cli_verb *verb, nb_cli_adder add, int argc, char **argv);
extern const struct nb_cli_option nb_cli_gather_options[];

/* main.c */

/* From now on SIGINT, SIGTERM and SIGHUP only set this flag, once; a second one ends it all. */
const volatile sig_atomic_t *nb_cli_catch_signals(void);

/* measure.c */
int nb_cli_measure(const struct nb_cli_verb *verb, const struct nb_run_options *options,
		   struct nb_run_catalogue *catalogue, const char *database, bool json);
/* The same without a table: one of several sessions. */
int nb_cli_measure_quietly(const struct nb_cli_verb *verb, const struct nb_run_options *options,
			   struct nb_run_catalogue *catalogue, const char *database);

/* whereabouts.c: a hint where the results lie, and at a command that shows more of them. */
void nb_cli_print_whereabouts(const struct nb_record *record, const char *database);

/* plan.c */
int nb_cli_print_plan(const struct nb_cli_verb *verb, const struct nb_run_options *options,
		      const struct nb_run_catalogue *catalogue, bool json);
/* Prints what is the matter with the choice of benchmarks; returns the exit status. */
int nb_cli_catalogue_failed(const struct nb_cli_verb *verb, const struct nb_cli_words *words,
			    const struct nb_error *error);

/* progress.c */
struct nb_cli_progress {
	bool terminal;
	bool dumb;	/* a terminal that may not know how to erase */
	size_t drawn;	/* columns of the line that is there */
	double shown_s; /* when the line was last drawn */
};
void nb_cli_progress_init(struct nb_cli_progress *progress);
void nb_cli_progress_show(struct nb_cli_progress *progress, const struct nb_run_progress *now);
void nb_cli_progress_clear(struct nb_cli_progress *progress);

#define NB_VERB(verb) extern const struct nb_cli_verb nb_cli_##verb;
#include "verbs.def"
#undef NB_VERB

#endif
