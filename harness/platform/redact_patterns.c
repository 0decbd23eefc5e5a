/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "platform_redact.h"

enum {
	MAC_PAIRS_MIN = 6,
	MAC_PAIRS_MAX = 20, /* InfiniBand's */
	IPV6_GROUPS = 8,
	LABEL_MAX = 64, /* of what follows "UUID=" */
	NAME_MAX_LENGTH = 64,
};

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_hex(char character)
{
	return is_digit(character) || (character >= 'a' && character <= 'f') ||
	       (character >= 'A' && character <= 'F');
}

bool nb_platform_is_word(char character)
{
	return is_digit(character) || (character >= 'a' && character <= 'z') ||
	       (character >= 'A' && character <= 'Z') || (unsigned char)character >= 0x80;
}

char nb_platform_fold(char character)
{
	if (character >= 'A' && character <= 'Z')
		return (char)(character + ('a' - 'A'));
	return character;
}

/* How many of the next characters are hexadecimal, at most max. */
static size_t hex_run(const char *text, size_t max)
{
	size_t length = 0;

	while (length < max && is_hex(text[length]))
		length++;
	return length;
}

static size_t uuid_length(const char *text)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };
	size_t at = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (i > 0 && text[at++] != '-')
			return 0;
		if (hex_run(text + at, groups[i]) != groups[i])
			return 0;
		at += groups[i];
	}
	return nb_platform_is_word(text[at]) ? 0 : at;
}

/* Machine, boot and container ids are UUIDs and hashes without dashes. */
static size_t id_length(const char *text)
{
	size_t length = hex_run(text, 65);

	return (length == 32 || length == 64) && !nb_platform_is_word(text[length]) ? length : 0;
}

/* File systems have shorter ids as well: "UUID=1A2B-3C4D", "PARTUUID=5e6f7a8b-02". */
static size_t label_length(const char *text, size_t at)
{
	static const char key[] = "uuid=";
	const size_t size = sizeof(key) - 1;
	size_t length = 0;

	if (at < size)
		return 0;
	for (size_t i = 0; i < size; i++) {
		if (nb_platform_fold(text[at - size + i]) != key[i])
			return 0;
	}
	while (length < LABEL_MAX &&
	       (nb_platform_is_word(text[at + length]) || text[at + length] == '-'))
		length++;
	return length;
}

static size_t mac_length(const char *text)
{
	size_t at = hex_run(text, 2);
	const char separator = text[at];
	int pairs = 1;

	if (at != 2 || (separator != ':' && separator != '-'))
		return 0;
	while (pairs < MAC_PAIRS_MAX && text[at] == separator && hex_run(text + at + 1, 2) == 2) {
		at += 3;
		pairs++;
	}
	return pairs >= MAC_PAIRS_MIN && !nb_platform_is_word(text[at]) ? at : 0;
}

/* Four numbers up to 255 with dots between them, whatever follows. */
static size_t dotted_length(const char *text)
{
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		int value = 0;
		size_t digits = 0;

		if (part > 0 && text[at++] != '.')
			return 0;
		for (; digits < 3 && is_digit(text[at]); digits++)
			value = value * 10 + (text[at++] - '0');
		if (digits == 0 || value > 255)
			return 0;
	}
	return nb_platform_is_word(text[at]) ? 0 : at;
}

/*
 * "5.15.153.1-microsoft" and "1.2.3.4.5" are versions; "10.0.0.1-10.0.0.9" is a range of addresses,
 * and the dot of "at 10.0.0.1." ends a sentence.
 */
static size_t ipv4_length(const char *text, size_t at)
{
	size_t length = dotted_length(text + at);
	const char *rest = text + at + length;

	if (length == 0 || (at >= 2 && text[at - 1] == '.' && nb_platform_is_word(text[at - 2])))
		return 0;
	if (rest[0] == '-' && dotted_length(rest + 1) > 0)
		return length;
	if (rest[0] != '\0' && strchr(".-+~", rest[0]) && nb_platform_is_word(rest[1]))
		return 0;
	return length;
}

/* The groups of an IPv6 address (RFC 4291, section 2.2), as far as they were read. */
struct ipv6 {
	size_t at;
	int groups;
	bool gap; /* "::" was there */
};

/* Reads what is between two groups; false where no other group follows. */
static bool take_colons(const char *text, struct ipv6 *address)
{
	const char *here = text + address->at;

	if (here[0] == ':' && here[1] == ':' && !address->gap) {
		address->gap = true;
		address->at += 2;
		return is_hex(here[2]);
	}
	if (address->groups == 0 || here[0] != ':' || !is_hex(here[1]))
		return false;
	address->at++;
	return true;
}

/* Reads groups as long as there are any; false for what no group looks like. */
static bool take_groups(const char *text, struct ipv6 *address)
{
	bool more = is_hex(text[0]) || take_colons(text, address);

	while (more && address->groups < IPV6_GROUPS) {
		size_t run = hex_run(text + address->at, 5);

		if (run > 4)
			return false;
		if (text[address->at + run] == '.' && dotted_length(text + address->at) > 0) {
			address->at += dotted_length(text + address->at);
			address->groups += 2;
			break;
		}
		address->at += run;
		address->groups++;
		more = take_colons(text, address);
	}
	return true;
}

static size_t ipv6_length(const char *text)
{
	struct ipv6 address = { 0 };
	const char *rest;

	if (!take_groups(text, &address))
		return 0;
	rest = text + address.at;
	if (nb_platform_is_word(rest[0]) || (rest[0] == ':' && (rest[1] == ':' || is_hex(rest[1]))))
		return 0;
	if (address.gap)
		return address.groups > 0 && address.groups < IPV6_GROUPS ? address.at : 0;
	return address.groups == IPV6_GROUPS ? address.at : 0;
}

static bool ends_with(const char *text, size_t length, const char *folder)
{
	size_t size = strlen(folder);

	if (length < size)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (nb_platform_fold(text[length - size + i]) != folder[i])
			return false;
	}
	return true;
}

/*
 * A user's folder, of Linux or, as in the mounts of WSL, of Windows: who is in a directory service
 * is not in /etc/passwd.
 */
static size_t home_length(const char *text, size_t at)
{
	char name[NAME_MAX_LENGTH + 1];
	size_t length = 0;

	if (!ends_with(text, at, "/home/") && !ends_with(text, at, "/users/") &&
	    !ends_with(text, at, "\\users\\"))
		return 0;
	while (length < NAME_MAX_LENGTH && text[at + length] &&
	       !strchr("/\\ \t\n,;:\"'", text[at + length])) {
		name[length] = nb_platform_fold(text[at + length]);
		length++;
	}
	name[length] = '\0';
	return nb_platform_is_generic(name) ? 0 : length;
}

/* The addresses that every machine has. */
static bool may_stay(const char *text, size_t length)
{
	static const char *const same[] = { "127.0.0.1", "0.0.0.0", "::1" };

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (strlen(same[i]) == length && memcmp(same[i], text, length) == 0)
			return true;
	}
	return false;
}

static size_t match_id(const char *text, size_t at)
{
	size_t length = uuid_length(text + at);

	if (length == 0)
		length = id_length(text + at);
	return length > 0 ? length : label_length(text, at);
}

size_t nb_platform_match_pattern(const char *text, size_t at, const char **word)
{
	size_t length;

	if (at > 0 && nb_platform_is_word(text[at - 1]))
		return 0;
	*word = "<user>";
	length = home_length(text, at);
	if (length > 0)
		return length;
	*word = "<uuid>";
	length = match_id(text, at);
	if (length > 0)
		return length;
	*word = "<mac>";
	length = mac_length(text + at);
	if (length > 0)
		return length;
	length = ipv4_length(text, at);
	if (length == 0)
		length = ipv6_length(text + at);
	*word = may_stay(text + at, length) ? NULL : "<ip>";
	return length;
}
