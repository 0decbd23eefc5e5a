/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "platform_files.h"
#include "platform_kvp.h"

enum {
	/* Layout of struct kvp_record in Linux tools/hv/hv_kvp_daemon.c; texts end with NUL. */
	KEY_SIZE = 512,
	VALUE_SIZE = 2048,
	RECORD_SIZE = KEY_SIZE + VALUE_SIZE,
	RECORDS_MAX = 128,
};

/* Pool 3 holds what the Hyper-V host tells its guest about itself. */
static const char path[] = "/var/lib/hyperv/.kvp_pool_3";

void nb_platform_pool_read(struct nb_platform_pool *pool, const struct nb_world *world)
{
	const size_t size = (size_t)RECORDS_MAX * RECORD_SIZE + 1;
	int length = 0;

	pool->bytes = malloc(size);
	if (pool->bytes)
		length = world->read(world->self, path, pool->bytes, size);
	/* Half a record at the end does not count. */
	pool->records = length > 0 ? (size_t)length / RECORD_SIZE : 0;
	for (size_t i = 0; i < pool->records; i++) {
		char *record = pool->bytes + i * RECORD_SIZE;

		record[KEY_SIZE - 1] = '\0';
		record[RECORD_SIZE - 1] = '\0';
		nb_platform_clean(record + KEY_SIZE);
	}
}

const char *nb_platform_pool_find(const struct nb_platform_pool *pool, const char *key)
{
	for (size_t i = 0; i < pool->records; i++) {
		const char *record = pool->bytes + i * RECORD_SIZE;

		if (strcmp(record, key) == 0)
			return record + KEY_SIZE;
	}
	return NULL;
}

void nb_platform_pool_free(struct nb_platform_pool *pool)
{
	free(pool->bytes);
	*pool = (struct nb_platform_pool){ 0 };
}
