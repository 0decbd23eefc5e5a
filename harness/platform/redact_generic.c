/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "platform_redact.h"

enum {
	LENGTH_MIN = 3,
	NUMBER_LENGTH_MIN = 6, /* a shorter number is too likely to mean something else */
};

/* Names that tell nothing about anyone, and words that the rest of a text is made of. */
/* clang-format off */
static const char *const generic[] = {
	"(none)", "0123456789", "123456789", "admin", "alpine", "amazon ec2", "amd", "arch",
	"azure", "azureuser", "base", "centos", "chassis serial number", "chassis", "container",
	"cpu", "debian", "default string", "default", "desktop", "docker", "docker-desktop",
	"ec2-user", "empty", "fedora", "guest", "home", "host", "hostname", "hyper-v", "intel",
	"invalid", "kubernetes", "kvm", "linux", "local", "localdomain", "localhost",
	"localhost.localdomain", "machine", "microsoft", "n/a", "nestbench", "nobody", "none",
	"not applicable", "not available", "not specified", "oem", "qemu", "root", "serial",
	"server", "standard", "system serial number", "system", "test", "to be filled by o.e.m.",
	"ubuntu", "unknown", "user", "vagrant", "virtual", "virtualbox", "vm", "vmware",
	"windows", "wsl", "xen",
};
/* clang-format on */

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_number(const char *text)
{
	while (is_digit(*text))
		text++;
	return *text == '\0';
}

/* "0000000000", "..........": filled in by nobody */
static bool is_filling(const char *text)
{
	for (size_t i = 1; text[i] != '\0'; i++) {
		if (text[i] != text[0] && nb_platform_is_word(text[i]))
			return false;
	}
	return true;
}

/* '<': a recording that was redacted has the words in brackets already. */
bool nb_platform_is_generic(const char *text)
{
	size_t length = strlen(text);

	if (length < LENGTH_MIN || text[0] == '<' || is_filling(text) ||
	    (length < NUMBER_LENGTH_MIN && is_number(text)))
		return true;
	for (size_t i = 0; i < sizeof(generic) / sizeof(generic[0]); i++) {
		if (strcmp(generic[i], text) == 0)
			return true;
	}
	return false;
}
