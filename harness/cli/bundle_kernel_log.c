/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/klog.h>

#include "cli_bundle.h"

/* Of syslog(2), which has no header for them. */
enum { READ_ALL = 3, SIZE_BUFFER = 10 };
enum { LOG_SIZE_MAX = 16 << 20, LINE_SIZE = 1024, REDACTED_SIZE = 4 * LINE_SIZE };

#define WORDS "kvm|tsc|clocksource|hypervisor|svm|vmx|microcode"
static const char *const words[] = { "kvm", "tsc", "clocksource", "hypervisor",
				     "svm", "vmx", "microcode" };

/* The whole log, terminated; the caller frees it. -errno. */
static int read_log(char **text)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0);
	int length;
	char *log;

	if (size < 0)
		return -errno;
	if (size > LOG_SIZE_MAX)
		size = LOG_SIZE_MAX;
	log = malloc((size_t)size + 1);
	if (!log)
		return -ENOMEM;
	length = klogctl(READ_ALL, log, size);
	if (length < 0) {
		length = -errno;
		free(log);
		return length;
	}
	log[length] = '\0';
	*text = log;
	return 0;
}

static bool is_wanted(const char *line)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(line, words[i]))
			return true;
	}
	return false;
}

/* "<6>[    0.000000] tsc: ...": the level in front is for the kernel itself. */
static void put_line(FILE *stream, const struct nb_redactor *redactor, const char *line)
{
	char text[REDACTED_SIZE];
	char plain[REDACTED_SIZE];

	if (line[0] == '<')
		line += strcspn(line, ">") + (strchr(line, '>') != NULL);
	nb_base_copy(text, LINE_SIZE, line);
	if (redactor)
		nb_redact(redactor, text, sizeof(text));
	nb_report_plain(plain, sizeof(plain), text);
	fprintf(stream, "%s\n", plain);
}

static void put_lines(FILE *stream, const struct nb_redactor *redactor, char *log)
{
	size_t all = 0, wanted = 0;
	char *rest = NULL;

	for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		all++;
		if (!is_wanted(line))
			continue;
		put_line(stream, redactor, line);
		wanted++;
	}
	fprintf(stream, "# %zu of %zu lines\n", wanted, all);
}

int nb_cli_bundle_kernel_log(FILE *stream, const struct nb_cli_bundle *bundle,
			     struct nb_error *error)
{
	char *log = NULL;
	int result = bundle->here == NB_CLI_ELSEWHERE ? -ENODATA : read_log(&log);

	(void)error;
	fputs("# Lines of the kernel's log on " WORDS "\n", stream);
	if (bundle->here == NB_CLI_SAME_KIND)
		fputs("# They are of another boot than the sessions.\n", stream);
	if (bundle->here == NB_CLI_ELSEWHERE)
		fputs("# Not read: this bundle was made on another machine than the one that was "
		      "measured.\n",
		      stream);
	else if (result < 0)
		fprintf(stream, "# Not read: %s.\n", strerror(-result));
	if (result < 0)
		fputs("# On that machine, as root: dmesg | grep -iE '" WORDS "'\n", stream);
	else
		put_lines(stream, bundle->redactor, log);
	free(log);
	return 0;
}
