/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "nestbench/redact.h"

#include "../../harness/platform/platform_redact.h"
#include "test_platform_tree.h"

/* What tells whose machine it is goes, and everything else stays. */

#define DMI "/sys/class/dmi/id/"

struct expectation {
	const char *text, *redacted;
};

static void expect_all(const struct nb_redactor *redactor, const struct expectation *list,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[256];
		bool changes = strcmp(list[i].text, list[i].redacted) != 0;

		snprintf(text, sizeof(text), "%s", list[i].text);
		assert_int_equal(nb_redact(redactor, text, sizeof(text)) > 0, changes);
		assert_string_equal(text, list[i].redacted);
	}
}

#define EXPECT(redactor, ...)                                             \
	expect_all(redactor, (const struct expectation[]){ __VA_ARGS__ }, \
		   sizeof((const struct expectation[]){ __VA_ARGS__ }) /  \
			   sizeof(struct expectation))

static void learn(struct nb_redactor *redactor, const char *root)
{
	struct nb_world world = tree_world(root);

	nb_redactor_init(redactor, &world);
	nb_world_close(&world);
}

static void ids_are_known_by_their_look(void **state)
{
	static const struct nb_redactor nothing;

	(void)state;
	EXPECT(&nothing,
	       { "root=UUID=0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e10 ro", "root=UUID=<uuid> ro" },
	       { "{F8615163-DF3E-46C5-913F-F2D2F965ED0E}", "{<uuid>}" },
	       { "root=PARTUUID=5e6f7a8b-02", "root=PARTUUID=<uuid>" },
	       { "id 3f1d4b58b0c43f1d4b58b0c43f1d4b58", "id <uuid>" },
	       { "0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e1", "0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e1" },
	       { "ffffffff,ffffffff", "ffffffff,ffffffff" },
	       { "7783-7084-3265-9085-8269-3286-77", "7783-7084-3265-9085-8269-3286-77" });
}

static void mac_addresses_are_known_by_their_look(void **state)
{
	static const struct nb_redactor nothing;

	(void)state;
	EXPECT(&nothing, { "00:15:5D:aa:bb:cc", "<mac>" },
	       { "mac=00-15-5d-aa-bb-cc,", "mac=<mac>," },
	       { "80:00:00:48:fe:80:00:00:00:00:00:00:00:02:c9:03:00:00:00:01", "<mac>" },
	       { "at 06:15:00 and 0000:00:1f.2", "at 06:15:00 and 0000:00:1f.2" });
}

static void ip_addresses_are_known_by_their_look(void **state)
{
	static const struct nb_redactor nothing;

	(void)state;
	EXPECT(&nothing, { "10.0.0.1", "<ip>" },
	       { "ip=10.0.0.2::10.0.0.1:255.0.0.0:", "ip=<ip>::<ip>:<ip>:" },
	       { "10.0.0.1-10.0.0.9, 10.1.0.0/16.", "<ip>-<ip>, <ip>/16." },
	       { "fe80::1 [2001:db8::1]:443", "<ip> [<ip>]:443" }, { "::ffff:10.0.0.1", "<ip>" },
	       { "2001:db8:1:2:3:4:5:6/64", "<ip>/64" }, { "2001:db8::: odd", "<ip>: odd" },
	       { "a 1:2:3:4:5:6:7 b", "a 1:2:3:4:5:6:7 b" },
	       { "127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0" });
}

static void versions_are_no_addresses(void **state)
{
	static const struct nb_redactor nothing;

	(void)state;
	EXPECT(&nothing, { "6.12.113", "6.12.113" },
	       { "5.15.153.1-microsoft-standard-WSL2", "5.15.153.1-microsoft-standard-WSL2" },
	       { "1.2.3.4.5", "1.2.3.4.5" }, { "v1.2.3.4", "v1.2.3.4" },
	       { "Hyper-V 10.0.20348.1", "Hyper-V 10.0.20348.1" }, { "1.2.3.400", "1.2.3.400" },
	       { "std::vector kvm::add", "std::vector kvm::add" });
}

static void names_of_the_machine_are_learnt_from_it(void **state)
{
	struct nb_redactor redactor;

	tree_write(*state, "/proc/sys/kernel/hostname", "Web01.corp.example.com\n");
	tree_write(*state, "/etc/machine-id", "not-quite-an-id\n");
	tree_write(*state, DMI "product_serial", "VMware-56 4d aa bb cc dd\n");
	tree_write(*state, DMI "board_asset_tag", "i-0abc12345\n");
	tree_write(*state, "/sys/class/net/enx02aabbccdd0f/address", "02:aa:bb:cc:dd:0f\n");
	learn(&redactor, *state);
	EXPECT(&redactor, { "web01", "<hostname>" }, { "WEB01.corp.example.com:1", "<hostname>:1" },
	       { "db.corp.example.com", "db.<domain>" }, { "web012 myweb01", "web012 myweb01" },
	       { "id Not-Quite-An-Id.", "id <machine-id>." },
	       { "serial vmware-56 4d aa bb cc dd!", "serial <serial>!" },
	       { "i-0abc12345", "<asset-tag>" }, { "enx02aabbccdd0f up", "<mac> up" },
	       { "0x02AABBCCDD0F 02aabbccdd0f", "0x02AABBCCDD0F <mac>" });
}

static void users_are_learnt_from_their_accounts(void **state)
{
	static const char variables[] = "PATH=/bin\0USER=root\0HOME=/home/dieter\0SUDO_USER=ellen";
	struct nb_redactor redactor;

	tree_write(*state, "/etc/passwd",
		   "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/sh\n"
		   "alice:x:1000:1000:Alice Example,,,:/home/al1ce:/bin/sh\nbroken\n"
		   "nobody:x:65534:65534:nobody:/nonexistent:/bin/sh\nbert:x:1001:1001::/srv/bert");
	tree_write_bytes(*state, "/proc/self/environ", variables, sizeof(variables));
	learn(&redactor, *state);
	EXPECT(&redactor, { "/home/alice/x /home/al1ce", "/home/<user>/x /home/<user>" },
	       { "by Alice Example, root and daemon", "by <user>, root and daemon" },
	       { "bert dieter ellen", "<user> <user> <user>" }, { "PATH=/bin", "PATH=/bin" });
}

static void users_of_a_directory_service_are_known_by_their_folders(void **state)
{
	struct nb_redactor redactor;

	learn(&redactor, *state);
	EXPECT(&redactor, { "path=/home/ldapbob/x", "path=/home/<user>/x" },
	       { "1 1 0:1 / /home/j.doe rw - nfs4 nas:/home/j.doe rw",
		 "1 1 0:1 / /home/<user> rw - nfs4 nas:/home/<user> rw" },
	       { "/mnt/host/c/Users/Alice.B/x", "/mnt/host/c/Users/<user>/x" },
	       { "path=C:\\Users\\Alice;uid=1000", "path=C:\\Users\\<user>;uid=1000" },
	       { "/home/ubuntu/x /home/ /home", "/home/ubuntu/x /home/ /home" },
	       { "/home/<user>/x", "/home/<user>/x" });
}

static void put_record(char *record, const char *key, const char *value)
{
	strcpy(record, key);
	strcpy(record + 512, value);
}

static void the_physical_host_is_learnt_from_hyperv(void **state)
{
	static char pool[3 * 2560];
	struct nb_redactor redactor;

	put_record(pool, "HostName", "NODE-0042");
	put_record(pool + 2560, "VirtualMachineName", "payroll");
	put_record(pool + 5120, "OtherKey", "other-value");
	tree_write_bytes(*state, "/var/lib/hyperv/.kvp_pool_3", pool, sizeof(pool));
	learn(&redactor, *state);
	EXPECT(&redactor, { "on node-0042: payroll", "on <physical-host>: <vm-name>" },
	       { "other-value", "other-value" });
	assert_int_equal(nb_platform_redact_bytes(&redactor, pool, sizeof(pool) - 1, sizeof(pool)),
			 sizeof(pool) - 1);
	assert_string_equal(pool + 512, "<physical-host>");
	assert_string_equal(pool + 2560, "VirtualMachineName");
	assert_string_equal(pool + 2560 + 512, "<vm-name>");
	assert_string_equal(pool + 5120 + 512, "other-value");
}

static void names_that_tell_nothing_are_no_secrets(void **state)
{
	static const char *const names[] = { "localhost",
					     "None",
					     "To Be Filled By O.E.M.",
					     "root",
					     "debian",
					     "ab",
					     "12345",
					     "0000000000",
					     "........",
					     "<hostname>",
					     "Not Specified",
					     " ",
					     "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct nb_redactor redactor;

		tree_write(*state, "/proc/sys/kernel/hostname", names[i]);
		tree_write(*state, DMI "product_serial", names[i]);
		learn(&redactor, *state);
		assert_int_equal(redactor.count, 0);
	}
}

static void the_tags_of_clouds_are_no_secrets(void **state)
{
	static const char *const tags[] = { "7783-7084-3265-9085-8269-3286-77", "Amazon EC2",
					    "OracleCloud.com", "No Asset Tag" };

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		struct nb_redactor redactor;

		tree_write(*state, DMI "chassis_asset_tag", tags[i]);
		learn(&redactor, *state);
		assert_int_equal(redactor.count, 0);
	}
}

static void the_longest_secret_wins(void **state)
{
	struct nb_redactor redactor;

	tree_write(*state, "/proc/sys/kernel/hostname", "node\n");
	tree_write(*state, DMI "product_serial", "node-7\n");
	tree_write(*state, DMI "board_serial", "node-7 rack 4\n");
	learn(&redactor, *state);
	EXPECT(&redactor, { "node-7 rack 4", "<serial>" }, { "node-7 rack 45", "<serial> rack 45" },
	       { "node-78", "<hostname>-78" }, { "node-7", "<serial>" });
}

static void what_does_not_fit_is_cut_and_no_secret_is_left(void **state)
{
	struct nb_redactor redactor;

	tree_write(*state, "/proc/sys/kernel/hostname", "bob\n");
	learn(&redactor, *state);
	for (size_t size = 1; size < 40; size++) {
		char text[40] = "bob and bob";
		char *exact = malloc(size);

		assert_non_null(exact);
		memcpy(exact, text, size);
		nb_redact(&redactor, exact, size);
		assert_true(strnlen(exact, size) < size);
		assert_null(size > 4 ? strstr(exact, "bob") : NULL);
		free(exact);
	}
}

static void a_table_that_is_full_keeps_what_it_has(void **state)
{
	static char accounts[200 * 64];
	struct nb_redactor redactor;
	size_t length = 0;

	for (int i = 0; i < 200; i++)
		length += (size_t)snprintf(accounts + length, sizeof(accounts) - length,
					   "person%03d:x:%d:100::/x:/bin/sh\n", i, 1000 + i);
	tree_write(*state, "/proc/sys/kernel/hostname", "zebra9\n");
	tree_write(*state, "/etc/passwd", accounts);
	learn(&redactor, *state);
	assert_int_equal(redactor.count, NB_REDACT_SECRETS_MAX);
	EXPECT(&redactor, { "zebra9 person000 person062", "<hostname> <user> <user>" });
}

/* Quadratic work on a megabyte would not end within the test's time limit. */
static void a_megabyte_of_beginnings_is_redacted_in_one_pass(void **state)
{
	static const char *const beginnings[] = {
		"a ", "0", "::", "00:", "1.", "a:", "00000000-0000-", "UUID="
	};
	enum { SIZE = 1 << 20 };
	struct nb_redactor redactor = { 0 };
	char *text = malloc(SIZE);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < NB_REDACT_SECRETS_MAX; i++) {
		/* All of them begin like the text and differ in their last character. */
		for (size_t at = 0; at < 120; at++)
			redactor.secrets[i].text[at] = at % 2 ? ' ' : 'a';
		redactor.secrets[i].text[120] = (char)('!' + i);
		redactor.secrets[i].word = "<x>";
	}
	redactor.count = NB_REDACT_SECRETS_MAX;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t length = strlen(beginnings[i]);

		for (size_t at = 0; at < SIZE - 1; at++)
			text[at] = beginnings[i][at % length];
		text[SIZE - 1] = '\0';
		nb_redact(&redactor, text, SIZE);
		assert_true(strnlen(text, SIZE) < SIZE);
	}
	free(text);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_known_by_their_look),
		cmocka_unit_test(mac_addresses_are_known_by_their_look),
		cmocka_unit_test(ip_addresses_are_known_by_their_look),
		cmocka_unit_test(versions_are_no_addresses),
		IN_TREE(names_of_the_machine_are_learnt_from_it),
		IN_TREE(users_are_learnt_from_their_accounts),
		IN_TREE(users_of_a_directory_service_are_known_by_their_folders),
		IN_TREE(the_physical_host_is_learnt_from_hyperv),
		IN_TREE(names_that_tell_nothing_are_no_secrets),
		IN_TREE(the_tags_of_clouds_are_no_secrets),
		IN_TREE(the_longest_secret_wins),
		IN_TREE(what_does_not_fit_is_cut_and_no_secret_is_left),
		IN_TREE(a_table_that_is_full_keeps_what_it_has),
		cmocka_unit_test(a_megabyte_of_beginnings_is_redacted_in_one_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
