/* Entries for systemd's journal. See journal.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/journal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* How long a journal that takes nothing is waited for, in seconds, once in a run. */
#define WAIT_SECONDS 1

#define LENGTH_BYTES 8 /* of the length in front of a value with newlines */

/* Adds FIELD to the LENGTH bytes of ENTRY. The new length. */
static size_t add_field(const struct journal_field *field, char *entry, size_t length)
{
    size_t name = strlen(field->name), value = strnlen(field->value, JOURNAL_VALUE_MAX);
    bool lines = memchr(field->value, '\n', value);
    size_t between = lines ? 1 + LENGTH_BYTES : 1;
    char *out = entry + length;

    if (name + between + value + 1 > JOURNAL_ENTRY_MAX - length)
        return length;
    memcpy(out, field->name, name);
    out += name;
    *out++ = lines ? '\n' : '=';
    for (int i = 0; lines && i < LENGTH_BYTES; i++)
        *out++ = (char)((uint64_t)value >> (8 * i) & 0xff);
    memcpy(out, field->value, value);
    out[value] = '\n';
    return length + name + between + value + 1;
}

size_t journal_entry(const struct journal_field *fields, size_t count,
                     char entry[JOURNAL_ENTRY_MAX])
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        if (fields[i].value)
            length = add_field(&fields[i], entry, length);
    return length;
}

bool journal_send(const char *path, const struct journal_field *fields, size_t count)
{
    static bool stuck;
    const struct timeval wait = {.tv_sec = WAIT_SECONDS};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char entry[JOURNAL_ENTRY_MAX];

    size_t path_length = strlen(path);
    if (path_length >= sizeof to.sun_path)
        return false;
    memcpy(to.sun_path, path, path_length);
    auto_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    size_t length = journal_entry(fields, count, entry);
    ssize_t sent;
    do {
        sent = sendto(fd, entry, length, MSG_NOSIGNAL | (stuck ? MSG_DONTWAIT : 0),
                      (const struct sockaddr *)&to, sizeof to);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    stuck = true;
    return true;
}
