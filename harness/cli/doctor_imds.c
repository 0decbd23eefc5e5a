/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli_doctor.h"

/*
 * Azure's instance metadata service, a web server on the host that answers this VM alone: plain
 * HTTP, never through a proxy (Microsoft Learn, "Azure Instance Metadata Service"). Whoever else
 * listens at that address may answer anything.
 */
enum { LIMIT_MS = 1000, ANSWER_MAX = 65536 };

/* securityType came with 2022-08-01; clouds of one's own may still be at an older version. */
static const char *const versions[] = { "2023-07-01", "2021-02-01" };

static int await(int fd, short events, int64_t deadline)
{
	struct pollfd waiting = { .fd = fd, .events = events };
	int64_t left = deadline - nb_cli_now_ms();
	int ready = left > 0 ? poll(&waiting, 1, (int)left) : 0;

	if (ready == 0)
		return -ETIMEDOUT;
	return ready < 0 && errno != EINTR ? -errno : 0;
}

bool nb_cli_imds_address(const char *text, struct nb_cli_address *address)
{
	struct in_addr parsed;
	char digits[6], end;
	unsigned long port;

	if (sscanf(text, "%15[0-9.]:%5[0-9]%c", address->host, digits, &end) != 2)
		return false;
	port = strtoul(digits, NULL, 10);
	address->port = (uint16_t)port;
	return port > 0 && port <= UINT16_MAX && inet_pton(AF_INET, address->host, &parsed) == 1;
}

static int open_connection(const struct nb_cli_address *address, int64_t deadline)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(address->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(int);
	int result = 0;
	int code = 0;

	if (fd < 0)
		return -errno;
	inet_pton(AF_INET, address->host, &name.sin_addr);
	if (connect(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)) < 0) {
		result = errno == EINPROGRESS ? await(fd, POLLOUT, deadline) : -errno;
		if (result == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
			code = errno;
	}
	if (result == 0 && code == 0)
		return fd;
	close(fd);
	return result < 0 ? result : -code;
}

static int send_request(int fd, const char *version)
{
	char request[320];
	int length =
		snprintf(request, sizeof(request),
			 "GET /metadata/instance/compute?api-version=%s&format=json HTTP/1.1\r\n"
			 "Host: 169.254.169.254\r\n"
			 "Metadata: true\r\n"
			 "User-Agent: nestbench/" NB_VERSION "\r\n"
			 "Accept: application/json\r\n"
			 "Connection: close\r\n"
			 "\r\n",
			 version);
	/* It fits into the buffer of a new connection. */
	ssize_t sent = send(fd, request, (size_t)length, MSG_NOSIGNAL);

	if (sent < 0)
		return -errno;
	return sent == length ? 0 : -EIO;
}

struct answer {
	char text[ANSWER_MAX + 1]; /* terminated */
	size_t length;
};

/* The value of a header, which ends with its line; NULL for none. */
static const char *find_header(const struct answer *answer, const char *name)
{
	const char *end = strstr(answer->text, "\r\n\r\n");
	size_t length = strlen(name);
	const char *line = answer->text;

	while (end && (line = strstr(line, "\r\n")) != NULL && line < end) {
		line += 2;
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		return line + length + 1 + strspn(line + length + 1, " \t");
	}
	return NULL;
}

static const char *find_body(const struct answer *answer)
{
	const char *end = strstr(answer->text, "\r\n\r\n");

	return end ? end + 4 : NULL;
}

/* True once all that the headers promise is there; without a promise the connection's end is. */
static bool is_whole(const struct answer *answer)
{
	const char *promised = find_header(answer, "Content-Length");
	const char *body = find_body(answer);

	return promised && body &&
	       (uint64_t)(answer->text + answer->length - body) >= strtoull(promised, NULL, 10);
}

static int receive(int fd, struct answer *answer, int64_t deadline)
{
	answer->length = 0;
	answer->text[0] = '\0';
	while (!is_whole(answer)) {
		size_t room = ANSWER_MAX - answer->length;
		int result = await(fd, POLLIN, deadline);
		ssize_t got;

		if (result < 0)
			return result;
		if (room == 0)
			return -EMSGSIZE;
		got = recv(fd, answer->text + answer->length, room, 0);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (got == 0)
			return 0;
		answer->length += got > 0 ? (size_t)got : 0;
		answer->text[answer->length] = '\0';
	}
	return 0;
}

/* Takes the lines with the sizes out of a chunked body (RFC 9112, section 7.1), in place. */
static size_t join_chunks(char *body, size_t length)
{
	const char *from = body;
	const char *end = body + length;
	char *to = body;

	while (from < end) {
		char *rest;
		unsigned long size = strtoul(from, &rest, 16);
		const char *data = strstr(from, "\r\n");

		if (rest == from || !data || size == 0 || size > (size_t)(end - data - 2))
			break;
		memmove(to, data + 2, size);
		to += size;
		from = data + 2 + size;
		from += strncmp(from, "\r\n", 2) == 0 ? 2 : 0;
	}
	return (size_t)(to - body);
}

/* The body of an answer of status 200; -EINVAL where it is 400, and -EPROTO otherwise. */
static int unwrap(struct answer *answer, char **body, size_t *length)
{
	const char *coding = find_header(answer, "Transfer-Encoding");
	const char *status = answer->text + strcspn(answer->text, " ");
	const char *start = find_body(answer);

	if (strncmp(answer->text, "HTTP/1.", 7) != 0 || !start)
		return -EPROTO;
	if (strncmp(status, " 200", 4) != 0)
		return strncmp(status, " 400", 4) == 0 ? -EINVAL : -EPROTO;
	*body = answer->text + (start - answer->text);
	*length = answer->length - (size_t)(start - answer->text);
	if (coding && strncasecmp(coding, "chunked", 7) == 0)
		*length = join_chunks(*body, *length);
	return 0;
}

static int ask(const struct nb_cli_address *address, const char *version, struct answer *answer,
	       int64_t deadline)
{
	int fd = open_connection(address, deadline);
	int result;

	if (fd < 0)
		return fd;
	result = send_request(fd, version);
	if (result == 0)
		result = receive(fd, answer, deadline);
	close(fd);
	return result;
}

/* What to say where nobody answers, or not as Azure does. */
static void put_failure(char *text, size_t size, const struct nb_cli_address *address, int code)
{
	char words[160];
	const char *error = strerrorname_np(code);

	snprintf(words, sizeof(words), "%s: %s port %u: %s", error ? error : "EIO", address->host,
		 address->port,
		 code == EPROTO ? "the answer is not that of Azure" : strerror(code));
	text[0] = '\0';
	nb_cli_put_line(text, size, "status", words);
}

static int read_answer(struct answer *answer, char *text, size_t size)
{
	size_t length;
	char *body;
	int result = unwrap(answer, &body, &length);

	return result < 0 ? result : nb_cli_imds_read(body, length, text, size);
}

int nb_cli_probe_imds(const struct nb_cli_address *address, char *text, size_t size)
{
	int64_t deadline = nb_cli_now_ms() + LIMIT_MS;
	struct answer *answer = malloc(sizeof(*answer));
	int result = -EINVAL;

	if (!answer)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]) && result == -EINVAL; i++) {
		result = ask(address, versions[i], answer, deadline);
		if (result == 0)
			result = read_answer(answer, text, size);
	}
	free(answer);
	if (result == -EINVAL)
		result = -EPROTO;
	if (result < 0)
		put_failure(text, size, address, -result);
	return (int)strlen(text);
}
