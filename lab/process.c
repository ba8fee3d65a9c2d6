/*
 * A process that uses a dax device, for a script that daxcheck wrote: it does what the script asks
 * for, and answers with "ok" or the name of the errno.
 *
 *   open PATH | mmap PATH | touch PATH | pin PATH | unpin PATH | munmap PATH | close PATH
 *
 * Build: cc -O2 -Wall -o @NAME@ @NAME@.c
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* A mapping of device_dax must be aligned; 2 MiB is what its devices have unless told otherwise. */
enum { SIZE = 2 << 20 };

static int device = -1;
static char *map = MAP_FAILED;
static int pin_pipe[2] = { -1, -1 };
static sigjmp_buf after_fault;

static void on_fault(int number)
{
	(void)number;
	siglongjmp(after_fault, 1);
}

static int do_mmap(void)
{
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	return map == MAP_FAILED ? -1 : 0;
}

/* Writes the byte that is there: nothing is lost. A fault that the kernel refuses is a SIGBUS. */
static int do_touch(void)
{
	if (sigsetjmp(after_fault, 1) != 0) {
		errno = EFAULT;
		return -1;
	}
	*(volatile char *)map = *(volatile char *)map;
	return 0;
}

/* A page in a pipe keeps a reference to it, until it is read out of the pipe. */
static int do_pin(void)
{
	struct iovec page = { map, 4096 };

	if (pin_pipe[0] < 0 && pipe(pin_pipe) != 0)
		return -1;
	if (do_touch() != 0)
		return -1;
	return vmsplice(pin_pipe[1], &page, 1, 0) < 0 ? -1 : 0;
}

static int do_unpin(void)
{
	static char page[4096];

	return read(pin_pipe[0], page, sizeof page) < 0 ? -1 : 0;
}

static int do_munmap(void)
{
	int status = munmap(map, SIZE);

	map = MAP_FAILED;
	return status;
}

static int do_close(void)
{
	int status = close(device);

	device = -1;
	return status;
}

static int run(const char *verb, const char *path)
{
	if (strcmp(verb, "open") == 0) {
		device = open(path, O_RDWR);
		return device < 0 ? -1 : 0;
	}
	if (strcmp(verb, "mmap") == 0)
		return do_mmap();
	if (strcmp(verb, "touch") == 0)
		return do_touch();
	if (strcmp(verb, "pin") == 0)
		return do_pin();
	if (strcmp(verb, "unpin") == 0)
		return do_unpin();
	if (strcmp(verb, "munmap") == 0)
		return do_munmap();
	if (strcmp(verb, "close") == 0)
		return do_close();
	errno = ENOSYS;
	return -1;
}

static const char *name_of(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" },   { ENOENT, "ENOENT" }, { EINTR, "EINTR" },   { ENXIO, "ENXIO" },
		{ EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" }, { EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" },   { ENODEV, "ENODEV" }, { EINVAL, "EINVAL" }, { ENOSPC, "ENOSPC" },
		{ EBADF, "EBADF" },   { ENOSYS, "ENOSYS" }, { EOPNOTSUPP, "EOPNOTSUPP" },
	};

	for (size_t at = 0; at < sizeof names / sizeof names[0]; at++)
		if (names[at].error == error)
			return names[at].name;
	return strerror(error);
}

int main(int count, char **arguments)
{
	char verb[16], path[256];
	FILE *ask, *answer;

	if (count != 3) {
		fprintf(stderr, "usage: %s ASK ANSWER, both of them fifos\n", arguments[0]);
		return 1;
	}
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);
	/* Both open for reading and writing, so that neither ever ends. */
	ask = fopen(arguments[1], "r+");
	answer = fopen(arguments[2], "r+");
	if (ask == NULL || answer == NULL) {
		perror("fifo");
		return 1;
	}
	while (fscanf(ask, "%15s %255s", verb, path) == 2) {
		fprintf(answer, "%s\n", run(verb, path) == 0 ? "ok" : name_of(errno));
		fflush(answer);
	}
	return 0;
}
