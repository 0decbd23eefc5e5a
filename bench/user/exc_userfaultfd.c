/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nestbench/bench.h"

/*
 * A missing page that another thread of the program brings, as after the switch-over of a live
 * migration: the fault, the kernel's message to the thread, the copy of the page, the wake-up.
 */

enum { PAGE_SIZE = 4096, STACK_SIZE = 64 << 10 };
enum { TO_RETURN = 1, OTHER_CPU = 2 }; /* nb_variant.arg */

/*
 * From setup to teardown. The thread writes its words before it brings the page, and the loop reads
 * them after it has got it: the kernel's own locks are in between.
 */
struct pager {
	int fd;
	char *page, *content;
	pthread_t thread;
	volatile bool stop;
	volatile uint64_t stamp, count;
};

static struct pager *pager_of(const struct nb_loop *loop)
{
	return (struct pager *)(uintptr_t)loop->state[0];
}

enum outcome { BROUGHT, BROUGHT_LAST, BROKEN };

/* Which fault is the last one is looked up before the loop can go on, and so while it is true. */
static enum outcome serve_fault(struct pager *pager)
{
	struct uffdio_copy copy = { .dst = (uintptr_t)pager->page,
				    .src = (uintptr_t)pager->content,
				    .len = PAGE_SIZE };
	struct uffd_msg message;
	ssize_t length;
	bool last;

	do
		length = read(pager->fd, &message, sizeof(message));
	while (length < 0 && errno == EINTR);
	if (length != sizeof(message) || message.event != UFFD_EVENT_PAGEFAULT)
		return BROKEN;
	pager->stamp = nb_bench_clock();
	pager->count++;
	last = pager->stop;
	if (ioctl(pager->fd, UFFDIO_COPY, &copy) < 0)
		return BROKEN;
	return last ? BROUGHT_LAST : BROUGHT;
}

/* Without a registration faults end by themselves. */
static void *serve(void *context)
{
	struct pager *pager = context;
	struct uffdio_range range = { .start = (uintptr_t)pager->page, .len = PAGE_SIZE };
	enum outcome outcome;

	do
		outcome = serve_fault(pager);
	while (outcome == BROUGHT);
	if (outcome == BROKEN) {
		pager->count = 0;
		(void)ioctl(pager->fd, UFFDIO_UNREGISTER, &range);
	}
	return NULL;
}

/* UFFD_USER_MODE_ONLY (Linux 5.11) is what needs no privilege. */
static int open_faults(void)
{
	long fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	return (int)fd;
}

static const char *why_not(int code)
{
	if (code == ENOSYS)
		return "this kernel has no userfaultfd (CONFIG_USERFAULTFD)";
	if (code == EPERM)
		return "userfaultfd is not permitted: vm.unprivileged_userfaultfd is 0, or a "
		       "container's seccomp profile forbids it";
	return "userfaultfd does not work here";
}

static void forget_page(const struct pager *pager)
{
	(void)madvise(pager->page, PAGE_SIZE, MADV_DONTNEED);
}

/* Makes the page, and a descriptor that reports its faults. */
static const char *watch_page(struct pager *pager)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register watch = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	pager->page = mmap(NULL, (size_t)2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pager->page == MAP_FAILED)
		return "no memory";
	pager->content = pager->page + PAGE_SIZE;
	memset(pager->content, 1, PAGE_SIZE);
	/* A round's memory is locked, which keeps pages from being taken away. */
	(void)munlock(pager->page, PAGE_SIZE);
	if (madvise(pager->page, PAGE_SIZE, MADV_DONTNEED) < 0)
		return "pages cannot be given back here (madvise)";
	pager->fd = open_faults();
	watch.range = (struct uffdio_range){ .start = (uintptr_t)pager->page, .len = PAGE_SIZE };
	if (pager->fd < 0 || ioctl(pager->fd, UFFDIO_API, &api) < 0 ||
	    ioctl(pager->fd, UFFDIO_REGISTER, &watch) < 0)
		return why_not(errno);
	return NULL;
}

static const char *start_thread(struct pager *pager, bool elsewhere)
{
	pthread_attr_t attributes;
	cpu_set_t set;
	int code;

	/* The session's process, our parent, may use more CPUs than the one we are bound to. */
	CPU_ZERO(&set);
	(void)sched_getaffinity(elsewhere ? getppid() : 0, sizeof(set), &set);
	if (elsewhere)
		CPU_CLR((size_t)sched_getcpu(), &set);
	if (CPU_COUNT(&set) == 0)
		return "there is no second CPU for the other thread";
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
	code = pthread_create(&pager->thread, &attributes, serve, pager);
	pthread_attr_destroy(&attributes);
	return code ? "no second thread can be started" : NULL;
}

static void free_pager(struct pager *pager)
{
	if (pager->fd >= 0)
		close(pager->fd);
	if (pager->page != MAP_FAILED)
		(void)munmap(pager->page, (size_t)2 * PAGE_SIZE);
	free(pager);
}

static const char *setup(struct nb_loop *loop)
{
	struct pager *pager = calloc(1, sizeof(*pager));
	const char *reason;

	if (!pager)
		return "no memory";
	pager->fd = -1;
	reason = watch_page(pager);
	if (!reason)
		reason = start_thread(pager, loop->arg & OTHER_CPU);
	if (reason)
		free_pager(pager);
	loop->state[0] = (uintptr_t)pager;
	return reason;
}

static void touch_page(const struct pager *pager)
{
	*(volatile char *)pager->page = 2;
}

/* The thread ends with the fault of its own. */
static void teardown(struct nb_loop *loop)
{
	struct pager *pager = pager_of(loop);

	pager->stop = true;
	forget_page(pager);
	touch_page(pager);
	(void)pthread_join(pager->thread, NULL);
	free_pager(pager);
}

static uint64_t sample(struct nb_loop *loop)
{
	struct pager *pager = pager_of(loop);
	uint64_t before = pager->count;
	uint64_t start, end;

	forget_page(pager);
	start = nb_bench_clock();
	touch_page(pager);
	end = nb_bench_clock();
	loop->kept[3]++;
	if (pager->count - before != 1)
		nb_bench_fail(loop, "pages that the thread did not bring just once", 1,
			      loop->kept[3]);
	else if (pager->stamp < start || pager->stamp > end)
		nb_bench_fail(loop, "clocks of the two CPUs that disagree", 1, loop->kept[3]);
	return (loop->arg & TO_RETURN ? end : pager->stamp) - start;
}

NB_BENCH_DEFINE_SAMPLED(user, exc_userfaultfd, sample, .setup = setup, .teardown = teardown,
			.variants = { { .params = "cpu=other,to=handler",
					.arg = OTHER_CPU,
					.needs = NB_NEED_TWO_CPUS },
				      { .params = "cpu=other,to=return",
					.arg = OTHER_CPU | TO_RETURN,
					.needs = NB_NEED_TWO_CPUS },
				      { .params = "cpu=same,to=handler", .arg = 0 },
				      { .params = "cpu=same,to=return", .arg = TO_RETURN } },
			.variant_count = 4);
