/*
 * The lab's agent: runs as /init of a guest and does what the host asks for over a serial line.
 *
 * Every request runs in a task, a process of its own, so that one that never comes back out of the
 * kernel stops neither the agent nor the other tasks. docs/lab.md has the protocol.
 *
 *   request  TASK VERB [ARGUMENTS]          TASK is 0 to 15
 *            `observe N` tells of memory blocks from N on
 *   reply    TASK = VALUE                   it succeeded
 *            TASK ! ERRNO PLACE             it failed in open, write, read, ...
 *            TASK | KEY VALUE               of `observe`: a key that is new or changed
 *            TASK - KEY                     of `observe`: a key that is gone
 *            TASK * LEVEL TEXT              a message of the kernel since the task's last request
 *            TASK .                         the request is done
 *   The agent itself answers `echo WORD`, `stack TASK`, `status TASK` (its state, and how often it
 *   was switched), `kill TASK` and `barrier` as task `a`.
 *   Before a request's verb may stand, in any order: `barrier N`, wait until N tasks are there;
 *   `delay MICROSECONDS`, spin; `again N PASSES`, do the request, or several with ` ;; ` between
 *   them, again and again until N tasks have done theirs PASSES times (the reply tells of the first
 *   time). `barrier` alone makes ready for the next N.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { TASKS = 16, LINE = 4096, KEYS = 1024, VALUE = 8192 };

struct task {
	pid_t pid;
	int request; /* the agent writes requests here */
	int reply; /* and reads replies here */
};

static struct task tasks[TASKS];
static int line_fd = -1; /* to the host */
static int me = -1; /* the number of this task; -1 in the agent */
static int messages_fd; /* /dev/kmsg, read by this process alone */
static volatile int *arrived; /* shared by all tasks: how many have come to the barrier */
static volatile int *finished; /* and how many have done once what they do again and again */

static void put_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t done = write(fd, text, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		text += done;
		size -= done;
	}
}

/* What a process has to say is sent by flush(). */
static char waiting[1 << 16];
static size_t waiting_size;

static void flush(int fd)
{
	put_all(fd, waiting, waiting_size);
	waiting_size = 0;
}

static int out;

static void say(const char *format, ...)
{
	va_list arguments;
	if (waiting_size > sizeof waiting - VALUE - LINE)
		flush(out);
	va_start(arguments, format);
	int size = vsnprintf(waiting + waiting_size, VALUE + LINE, format, arguments);
	va_end(arguments);
	waiting_size += size < VALUE + LINE ? size : VALUE + LINE - 1;
}

/* ---- Requests, inside a task ---------------------------------------------------------------- */

static int held_fd = -1;
static char *held_map = MAP_FAILED;
static size_t held_size;

static void fail(const char *place)
{
	say("%d ! %d %s\n", me, errno, place);
}

static void succeed(const char *value)
{
	say("%d = %s\n", me, value);
}

/* What `echo TEXT > FILE` of a shell does. */
static void do_write(const char *path, const char *text)
{
	char data[LINE];
	int size = snprintf(data, sizeof data, "%s\n", text);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0) {
		fail("open");
		return;
	}
	if (write(fd, data, size) < 0)
		fail("write");
	else
		succeed("");
	close(fd);
}

/* Reads a file into a text without its last newline; the length, or -1. */
static ssize_t slurp(const char *path, char *text, size_t room, const char **place)
{
	int fd = open(path, O_RDONLY);
	size_t size = 0;
	*place = "open";
	if (fd < 0)
		return -1;
	*place = "read";
	for (;;) {
		ssize_t got = read(fd, text + size, room - 1 - size);
		if (got < 0) {
			int error = errno;
			close(fd);
			errno = error;
			return -1;
		}
		if (got == 0 || size == room - 1)
			break;
		size += got;
	}
	close(fd);
	while (size > 0 && text[size - 1] == '\n')
		size--;
	text[size] = 0;
	return size;
}

static void escape_newlines(char *text)
{
	for (; *text != 0; text++)
		if (*text == '\n')
			*text = ';';
}

static void do_read(const char *path)
{
	static char text[VALUE];
	const char *place;
	if (slurp(path, text, sizeof text, &place) < 0) {
		fail(place);
		return;
	}
	escape_newlines(text);
	succeed(text);
}

static void do_insert(const char *name, const char *parameters)
{
	char path[LINE];
	snprintf(path, sizeof path, "/modules/%s.ko", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fail("open");
		return;
	}
	if (syscall(SYS_finit_module, fd, parameters, 0) < 0)
		fail("finit_module");
	else
		succeed("");
	close(fd);
}

static void do_remove(const char *name)
{
	if (syscall(SYS_delete_module, name, O_NONBLOCK) < 0)
		fail("delete_module");
	else
		succeed("");
}

static void do_exists(const char *path)
{
	if (access(path, F_OK) < 0)
		fail("access");
	else
		succeed("");
}

/*
 * Keeps a reference of the first page of the mapping in a pipe, or gives it back by closing that.
 * io_uring would keep it longer, but that of v6.1.192 takes no buffer that is a file's.
 */
static void do_pin(int pins)
{
	static int ends[2] = { -1, -1 };
	struct iovec page = { held_map, 4096 };
	if (!pins) {
		int is_closed = close(ends[1]) == 0 && close(ends[0]) == 0;
		if (!is_closed)
			fail("close");
		else
			succeed("");
		return;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe");
	else if (vmsplice(ends[1], &page, 1, 0) < 0)
		fail("vmsplice");
	else
		succeed("");
}

/* A process that uses a device: open PATH, map SIZE, touch, pin, unpin, unmap, close. */
static void do_device(const char *verb, const char *argument)
{
	if (strcmp(verb, "open") == 0) {
		held_fd = open(argument, O_RDWR);
		if (held_fd < 0)
			fail("open");
		else
			succeed("");
	} else if (strcmp(verb, "map") == 0) {
		held_size = strtoull(argument, NULL, 0);
		held_map = mmap(NULL, held_size, PROT_READ | PROT_WRITE, MAP_SHARED, held_fd, 0);
		if (held_map == MAP_FAILED)
			fail("mmap");
		else
			succeed("");
	} else if (strcmp(verb, "touch") == 0) {
		*(volatile char *)held_map = 1;
		succeed("");
	} else if (strcmp(verb, "pin") == 0 || strcmp(verb, "unpin") == 0) {
		do_pin(verb[0] == 'p');
	} else if (strcmp(verb, "unmap") == 0) {
		if (munmap(held_map, held_size) < 0)
			fail("munmap");
		else
			succeed("");
		held_map = MAP_FAILED;
	} else if (strcmp(verb, "close") == 0) {
		if (close(held_fd) < 0)
			fail("close");
		else
			succeed("");
		held_fd = -1;
	} else {
		errno = ENOSYS;
		fail(verb);
	}
}

/* Tells what the kernel has written since the last time. */
static void tell_messages(void)
{
	static char record[VALUE];
	for (;;) {
		ssize_t size = read(messages_fd, record, sizeof record - 1);
		if (size < 0 && errno == EPIPE)
			continue;
		if (size <= 0)
			return;
		record[size] = 0;
		char *text = strchr(record, ';');
		if (text == NULL)
			continue;
		text++;
		text[strcspn(text, "\n")] = 0;
		say("%d * %d %s\n", me, atoi(record) & 7, text);
	}
}

static void open_messages(void)
{
	messages_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(messages_fd, 0, SEEK_END);
}

/* ---- The machine as userland sees it ---------------------------------------------------------- */

/* What was told so far. A file stays open, so that looking again is one system call. */
static struct {
	char *name, *value;
	int round; /* in which it was seen last; 0: it is gone */
	int fd;
} keys[KEYS];
static int round_number;

/* Index of a name, which may be a new one; -1 when there is no room. */
static int key_of(const char *name)
{
	int index;
	for (index = 0; index < KEYS && keys[index].name != NULL; index++)
		if (strcmp(keys[index].name, name) == 0)
			return index;
	if (index == KEYS)
		return -1;
	keys[index].name = strdup(name);
	keys[index].value = strdup("");
	keys[index].fd = -1;
	return index;
}

static void observed(int index, const char *value)
{
	int is_same = keys[index].round > 0 && strcmp(keys[index].value, value) == 0;
	keys[index].round = round_number;
	if (is_same)
		return;
	free(keys[index].value);
	keys[index].value = strdup(value);
	say("%d | %s %s\n", me, keys[index].name, value);
}

/* Reads a file from its beginning; the file of an object that was made anew is another one. */
static ssize_t look_into(int index, const char *path, char *text, size_t room)
{
	for (int tries = 0; tries < 2; tries++) {
		if (keys[index].fd < 0)
			keys[index].fd = open(path, O_RDONLY | O_CLOEXEC);
		if (keys[index].fd < 0)
			return -1;
		size_t size = 0;
		ssize_t got;
		while ((got = pread(keys[index].fd, text + size, room - 1 - size, size)) > 0)
			size += got;
		if (got == 0) {
			while (size > 0 && text[size - 1] == '\n')
				size--;
			text[size] = 0;
			return size;
		}
		int error = errno;
		close(keys[index].fd);
		keys[index].fd = -1;
		errno = error;
	}
	return -1;
}

static void observe_file(const char *key, const char *path)
{
	static char text[VALUE];
	int index = key_of(key);
	if (index < 0)
		return;
	if (look_into(index, path, text, sizeof text) < 0) {
		if (errno == ENOENT)
			return;
		snprintf(text, sizeof text, "!%d", errno);
	}
	escape_newlines(text);
	observed(index, text);
}

static void observe_link(const char *key, const char *path)
{
	char target[LINE];
	ssize_t size = readlink(path, target, sizeof target - 1);
	target[size < 0 ? 0 : size] = 0;
	char *base = strrchr(target, '/');
	int index = key_of(key);
	if (index >= 0)
		observed(index, size < 0 ? "none" : base == NULL ? target : base + 1);
}

static void observe_files(const char *key, const char *directory, const char *const *files)
{
	char name[LINE], path[LINE];
	for (; *files != NULL; files++) {
		snprintf(name, sizeof name, "%s/%s", key, *files);
		snprintf(path, sizeof path, "%s/%s", directory, *files);
		observe_file(name, path);
	}
}

/* Calls a function for each entry of a directory whose name begins with a prefix. */
static void each(const char *directory, const char *prefix,
		 void (*visit)(const char *path, const char *name))
{
	char path[LINE];
	DIR *listing = opendir(directory);
	if (listing == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
		visit(path, entry->d_name);
	}
	closedir(listing);
}

static char device_key[LINE];

static void observe_mapping(const char *path, const char *name)
{
	static const char *const files[] = { "start", "end", NULL };
	char key[LINE * 2];
	if (!isdigit((unsigned char)name[7]))
		return;
	snprintf(key, sizeof key, "%s/%s", device_key, name);
	observe_files(key, path, files);
}

static void observe_device(const char *path, const char *name)
{
	static const char *const files[] = { "size", NULL };
	char key[LINE * 2], link[LINE * 2];
	snprintf(device_key, sizeof device_key, "dax/%s", name);
	snprintf(key, sizeof key, "%s/driver", device_key);
	snprintf(link, sizeof link, "%s/driver", path);
	observe_link(key, link);
	observe_files(device_key, path, files);
	each(path, "mapping", observe_mapping);
}

static int first_block;

static void observe_block(const char *path, const char *name)
{
	static const char *const files[] = { "state", "valid_zones", NULL };
	char key[LINE];
	if (!isdigit((unsigned char)name[6]) || atoi(name + 6) < first_block)
		return;
	snprintf(key, sizeof key, "block/%s", name + 6);
	observe_files(key, path, files);
}

static void observe_driver(const char *path, const char *name)
{
	char key[LINE];
	(void)path;
	snprintf(key, sizeof key, "driver/%s", name);
	int index = key_of(key);
	if (index >= 0)
		observed(index, "registered");
}

static void do_observe(const char *first)
{
	round_number++;
	first_block = atoi(first);
	observe_file("iomem", "/proc/iomem");
	observe_file("auto_online_blocks", "/sys/devices/system/memory/auto_online_blocks");
	each("/sys/bus/dax/drivers", "", observe_driver);
	each("/sys/bus/dax/devices", "dax", observe_device);
	each("/sys/devices/system/memory", "memory", observe_block);
	for (int index = 0; index < KEYS && keys[index].name != NULL; index++) {
		if (keys[index].round == round_number || keys[index].round == 0)
			continue;
		keys[index].round = 0;
		say("%d - %s\n", me, keys[index].name);
	}
	succeed("");
}

/* Waits until COUNT tasks have come here, then goes on with the rest of the line. */
static char *pass_barrier(char *count)
{
	char *rest = strchr(count, ' ');
	int wanted = atoi(count);
	__atomic_add_fetch(arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(arrived, __ATOMIC_SEQ_CST) < wanted)
		sched_yield();
	return rest == NULL ? count + strlen(count) : rest + 1;
}

/* Spins for MICROSECONDS, then goes on with the rest of the line. */
static char *pass_delay(char *microseconds)
{
	char *rest;
	long left = strtol(microseconds, &rest, 10) * 1000;
	struct timespec start, now;
	clock_gettime(CLOCK_MONOTONIC, &start);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < left);
	return *rest == ' ' ? rest + 1 : rest;
}

static void do_request(char *line);

/* Does the requests of a line one after the other. */
static void do_sequence(char *line)
{
	for (char *next; line != NULL; line = next) {
		next = strstr(line, " ;; ");
		if (next != NULL) {
			*next = 0;
			next += 4;
		}
		do_request(line);
	}
}

/*
 * Does the rest of the line until COUNT tasks have done theirs PASSES times; tells of the first
 * time.
 */
static void do_again(char *count)
{
	static char once[LINE];
	char *rest;
	int wanted = strtol(count, &rest, 10);
	int passes = strtol(rest, &rest, 10);
	size_t told = 0;
	for (int pass = 1;; pass++) {
		snprintf(once, sizeof once, "%s", *rest == ' ' ? rest + 1 : rest);
		do_sequence(once);
		if (pass == 1)
			told = waiting_size;
		waiting_size = told;
		if (pass == passes)
			__atomic_add_fetch(finished, 1, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(finished, __ATOMIC_SEQ_CST) >= wanted)
			return;
	}
}

/* Does what stands before a request's verb; the verb, or null when all is done. */
static char *pass_prefixes(char *line)
{
	for (;;) {
		if (strncmp(line, "barrier ", 8) == 0) {
			line = pass_barrier(line + 8);
		} else if (strncmp(line, "delay ", 6) == 0) {
			line = pass_delay(line + 6);
		} else if (strncmp(line, "again ", 6) == 0) {
			do_again(line + 6);
			return NULL;
		} else {
			return line;
		}
	}
}

static void do_request(char *line)
{
	char *verb = pass_prefixes(line);
	if (verb == NULL)
		return;
	line = verb;
	char *first = strchr(line, ' ');
	if (first != NULL)
		*first++ = 0;
	else
		first = line + strlen(line);
	char *second = strchr(first, ' ');
	if (strcmp(verb, "write") == 0 || strcmp(verb, "insert") == 0) {
		if (second != NULL)
			*second++ = 0;
		else
			second = first + strlen(first);
	}
	if (strcmp(verb, "write") == 0)
		do_write(first, second);
	else if (strcmp(verb, "read") == 0)
		do_read(first);
	else if (strcmp(verb, "exists") == 0)
		do_exists(first);
	else if (strcmp(verb, "insert") == 0)
		do_insert(first, second);
	else if (strcmp(verb, "remove") == 0)
		do_remove(first);
	else if (strcmp(verb, "observe") == 0)
		do_observe(first);
	else if (strcmp(verb, "forget") == 0) {
		for (int index = 0; index < KEYS; index++)
			keys[index].round = 0;
		succeed("");
	} else
		do_device(verb, first);
}

static void run_task(int number, int request, int reply)
{
	FILE *lines = fdopen(request, "r");
	static char line[LINE];
	me = number;
	out = reply;
	waiting_size = 0;
	open_messages();
	while (fgets(line, sizeof line, lines) != NULL) {
		line[strcspn(line, "\n")] = 0;
		do_request(line);
		tell_messages();
		say("%d .\n", me);
		flush(out);
	}
	_exit(0);
}

/* ---- The agent ------------------------------------------------------------------------------- */

static void start_task(int number)
{
	int requests[2], replies[2];
	if (pipe2(requests, O_CLOEXEC) < 0 || pipe2(replies, O_CLOEXEC) < 0)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		close(requests[1]);
		close(replies[0]);
		run_task(number, requests[0], replies[1]);
	}
	close(requests[0]);
	close(replies[1]);
	tasks[number] = (struct task){ pid, requests[1], replies[0] };
}

static void end_task(int number)
{
	close(tasks[number].request);
	close(tasks[number].reply);
	tasks[number].pid = 0;
}

static void tell_stack(int number)
{
	char path[64];
	static char text[VALUE];
	const char *place;
	snprintf(path, sizeof path, "/proc/%d/stack", tasks[number].pid);
	if (slurp(path, text, sizeof text, &place) < 0)
		snprintf(text, sizeof text, "none");
	escape_newlines(text);
	say("a = %s\na .\n", text);
}

/* The value of a line of /proc/PID/status. */
static void status_value(const char *text, const char *name, char *value, size_t room)
{
	const char *at = strstr(text, name);
	value[0] = 0;
	if (at == NULL)
		return;
	at += strlen(name);
	at += strspn(at, ":\t ");
	snprintf(value, room, "%.*s", (int)strcspn(at, "\t ("), at);
	value[strcspn(value, ";\n")] = 0;
}

static void tell_status(int number)
{
	char path[64], state[32], given[32], taken[32];
	static char text[VALUE];
	const char *place;
	snprintf(path, sizeof path, "/proc/%d/status", tasks[number].pid);
	if (tasks[number].pid == 0 || slurp(path, text, sizeof text, &place) < 0) {
		say("a = none\na .\n");
		return;
	}
	status_value(text, "State", state, sizeof state);
	status_value(text, "\nvoluntary_ctxt_switches", given, sizeof given);
	status_value(text, "nonvoluntary_ctxt_switches", taken, sizeof taken);
	say("a = %s %s %s\na .\n", state, given, taken);
}

static void serve(char *line)
{
	if (strncmp(line, "status ", 7) == 0) {
		tell_status(atoi(line + 7) % TASKS);
		return;
	}
	if (strncmp(line, "echo ", 5) == 0) {
		say("a = %s\na .\n", line + 5);
		return;
	}
	if (strncmp(line, "stack ", 6) == 0) {
		tell_stack(atoi(line + 6) % TASKS);
		return;
	}
	if (strncmp(line, "kill ", 5) == 0) {
		int number = atoi(line + 5) % TASKS;
		if (tasks[number].pid > 0)
			kill(tasks[number].pid, SIGKILL);
		say("a = \na .\n");
		return;
	}
	if (strcmp(line, "barrier") == 0) {
		*arrived = 0;
		*finished = 0;
		say("a = \na .\n");
		return;
	}
	int number = atoi(line) % TASKS;
	char *rest = strchr(line, ' ');
	if (rest == NULL)
		return;
	if (tasks[number].pid == 0)
		start_task(number);
	put_all(tasks[number].request, rest + 1, strlen(rest + 1));
	put_all(tasks[number].request, "\n", 1);
}

static void take_requests(void)
{
	static char buffer[LINE * 4];
	static size_t filled;
	ssize_t got = read(line_fd, buffer + filled, sizeof buffer - 1 - filled);
	if (got <= 0)
		return;
	filled += got;
	buffer[filled] = 0;
	char *line = buffer;
	for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = 0;
		if (*line != 0)
			serve(line);
	}
	filled = buffer + filled - line;
	memmove(buffer, line, filled);
}

static void pass_replies(int number)
{
	static char text[VALUE];
	ssize_t size = read(tasks[number].reply, text, sizeof text);
	if (size > 0) {
		put_all(line_fd, text, size);
		return;
	}
	int status = 0;
	waitpid(tasks[number].pid, &status, 0);
	say("%d ! 0 died %d\n%d .\n", number, status, number);
	end_task(number);
}

static void insert_modules(const char *list)
{
	FILE *order = fopen(list, "r");
	char line[LINE];
	if (order == NULL)
		return;
	while (fgets(line, sizeof line, order) != NULL) {
		line[strcspn(line, "\n")] = 0;
		char *parameters = strchr(line, ' ');
		if (parameters != NULL)
			*parameters++ = 0;
		do_insert(line, parameters == NULL ? "" : parameters);
	}
	fclose(order);
}

/* The port of a virtio console takes a line at once; a serial port takes it byte by byte. */
static void open_line(void)
{
	struct termios raw;
	for (int tries = 0; tries < 100 && line_fd < 0; tries++) {
		line_fd = open("/dev/vport0p1", O_RDWR | O_CLOEXEC);
		if (line_fd < 0 && access("/sys/class/virtio-ports", F_OK) < 0)
			break;
		if (line_fd < 0)
			usleep(10000);
	}
	if (line_fd < 0) {
		line_fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
		tcgetattr(line_fd, &raw);
		cfmakeraw(&raw);
		tcsetattr(line_fd, TCSANOW, &raw);
	}
	out = line_fd;
}

int main(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	signal(SIGPIPE, SIG_IGN);
	insert_modules("/modules/first");
	open_line();
	arrived = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	finished = arrived + 1;
	insert_modules("/modules/order");
	say("a = ready\na .\n");
	for (;;) {
		flush(line_fd);
		struct pollfd waits[TASKS + 1] = { { line_fd, POLLIN, 0 } };
		for (int number = 0; number < TASKS; number++)
			waits[number + 1] = (struct pollfd){
				tasks[number].pid > 0 ? tasks[number].reply : -1, POLLIN, 0
			};
		if (poll(waits, TASKS + 1, -1) < 0)
			continue;
		for (int number = 0; number < TASKS; number++)
			if (waits[number + 1].revents != 0)
				pass_replies(number);
		if (waits[0].revents != 0)
			take_requests();
	}
}
