/* Mounting, as NFS calls it, by libnfs: nothing is mounted in dom0. See mount.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/mount.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/escape.h"
#include "common/protocol/fetch.h"
#include "common/text.h"

/* Turns of libnfs in one move, each of which reads what the socket has. */
#define TURNS_MAX     64
#define QUOTED_MAX    256
#define PORTMAPPER    111
#define PROBE_SECONDS 3 /* for version 3 to answer, before 4 is tried */
/* The first attempt after a connection has ended is at once, each later one so much later. */
#define RETRY_MS 500

static void try_next(struct nfs_mount *mount);

char *nfs_mount_peer(const struct nfs_mount *mount)
{
    const struct nfs_place *place = mount->place;
    uint16_t port = place->nfs_port ? place->nfs_port : NFS_PORT_USUAL;

    /* Version 3 begins with the portmapper. */
    if (mount->version == 3 && !(place->nfs_port && place->mount_port))
        port = PORTMAPPER;
    return xasprintf("%s, port %u", place->host, port);
}

static void fail(struct nfs_mount *mount)
{
    mount->state = NFS_FAILED;
}

/* Whether a connection is sought in the place of one that has ended. */
static bool is_lost(const struct nfs_mount *mount)
{
    return mount->connection > 0;
}

/* --- one attempt --------------------------------------------------------------------------- */

static void drop_context(struct nfs_mount *mount)
{
    struct nfs_context *context = mount->context;

    mount->context = NULL;
    mount->busy = false;
    mount->closing_count = 0;
    if (context)
        nfs_destroy_context(context);
}

/* The last reason counts, unless the server has said one. */
static void note_silence(struct nfs_mount *mount, int number)
{
    auto_free char *peer = nfs_mount_peer(mount);

    if (mount->answered)
        return;
    error_clear(&mount->err);
    if (number == ECONNREFUSED)
        error_set(&mount->err, ERROR_INVALID_SOURCE,
                  "%s: %s refuses the connection: no NFS server listens there; check the host, and "
                  "whether the server runs",
                  mount->shown, peer);
    else if (number)
        error_set(&mount->err, ERROR_INVALID_SOURCE,
                  "%s: no connection to %s: %s; check that this host can reach it", mount->shown,
                  peer, strerror(number));
    else
        error_set(&mount->err, ERROR_INVALID_SOURCE,
                  "%s: %s closes the connection: it speaks no NFS of version %s by TCP",
                  mount->shown, peer, mount->version == 4 ? "4" : "3");
}

static void note_refusal(struct nfs_mount *mount, int number, const char *words)
{
    bool plain = number == -ENOENT || number == -EACCES || number == -EPERM;

    /* A server without version 4 has said little of the export. */
    if (mount->answered && !plain)
        return;
    mount->answered = true;
    error_clear(&mount->err);
    if (plain) {
        error_set(&mount->err, ERROR_INVALID_SOURCE,
                  "%s: the NFS server %s has no such export or directory, or does not give it to "
                  "this host; check the path, and on the server /etc/exports: this host must be in "
                  "it, and where its ports cannot be below 1024, with the option insecure",
                  mount->shown, mount->place->host);
        return;
    }
    auto_free char *peer = nfs_mount_peer(mount);
    auto_free char *quoted =
        text_escape_bytes(words ? words : "", words ? strlen(words) : 0, QUOTED_MAX);
    error_set(&mount->err, ERROR_INVALID_SOURCE,
              "%s: %s does not give it, or speaks no NFS of version %u: %s", mount->shown, peer,
              mount->version, *quoted ? quoted : strerror(-number));
}

static void mounted(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_mount *mount = private;

    /* Of an attempt that was given up. */
    if (context != mount->context || mount->state != NFS_MOUNTING)
        return;
    if (number == 0) {
        error_clear(&mount->err);
        mount->state = NFS_MOUNTED;
        mount->connection++;
        return;
    }
    (void)data; /* not always a text */
    note_refusal(mount, number, nfs_get_error(context));
    /* The context is libnfs's as long as this runs. */
    mount->attempt_ends = is_lost(mount) ? clock_ms() + RETRY_MS : 0;
}

/* libnfs takes some of its settings out of a URL only. Never again by itself: see mount.h. */
static int configure(struct nfs_mount *mount)
{
    const struct nfs_place *place = mount->place;
    auto_buffer struct buffer url = BUFFER_INIT(256);

    buffer_addf(&url, "nfs://h/?version=%u&auto-traverse-mounts=0&dircache=0&autoreconnect=0",
                mount->version);
    if (place->nfs_port || mount->version == 4)
        buffer_addf(&url, "&nfsport=%u", place->nfs_port ? place->nfs_port : NFS_PORT_USUAL);
    if (place->mount_port)
        buffer_addf(&url, "&mountport=%u", place->mount_port);
    struct nfs_url *taken = nfs_parse_url_incomplete(mount->context, buffer_text(&url));
    if (!taken)
        return -1;
    nfs_destroy_url(taken);
    return 0;
}

/* Where version 4 is still to come, version 3 may be what a packet filter has swallowed. */
static unsigned attempt_seconds(const struct nfs_mount *mount)
{
    bool first = mount->version == 3 && !mount->place->version;

    return first && mount->connect_timeout > PROBE_SECONDS ? PROBE_SECONDS : mount->connect_timeout;
}

static void begin_attempt(struct nfs_mount *mount)
{
    const char *address = mount->addresses[mount->address];

    drop_context(mount);
    mount->attempt_ends = clock_ms() + 1000 * (int64_t)attempt_seconds(mount);
    mount->context = nfs_init_context();
    if (!mount->context || configure(mount) < 0) {
        error_set(&mount->err, ERROR_INTERNAL, "%s: libnfs cannot start", mount->shown);
        fail(mount);
        return;
    }
    mount->state = NFS_MOUNTING;
    if (nfs_mount_async(mount->context, address, mount->place->path, mounted, mount) < 0) {
        note_silence(mount, errno);
        try_next(mount);
    }
}

/* Version 3 before 4 at each address, unless the place says which. */
static void try_next(struct nfs_mount *mount)
{
    drop_context(mount);
    if (is_lost(mount)) {
        mount->attempt_ends = clock_ms() + RETRY_MS;
        return;
    }
    if (mount->version == 3 && !mount->place->version) {
        mount->version = 4;
    } else {
        mount->address++;
        mount->version = mount->place->version ? mount->place->version : 3;
    }
    /* Another address of a server that has said no would say no. */
    if (mount->address == mount->address_count || (mount->answered && mount->address > 0))
        fail(mount);
    else
        begin_attempt(mount);
}

/* --- names --------------------------------------------------------------------------------- */

static int resolve(struct nfs_mount *mount)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    if (getaddrinfo(mount->place->host, NULL, &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *one = found; one && mount->address_count < NFS_ADDRESSES_MAX;
         one = one->ai_next)
        if (getnameinfo(one->ai_addr, one->ai_addrlen, mount->addresses[mount->address_count],
                        NFS_ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST) == 0)
            mount->address_count++;
    freeaddrinfo(found);
    return mount->address_count ? 0 : -1;
}

/* --- together ------------------------------------------------------------------------------ */

void nfs_mount_begin(struct nfs_mount *mount)
{
    if (mount->state != NFS_IDLE)
        return;
    mount->version = mount->place->version ? mount->place->version : 3;
    if (resolve(mount) == 0) {
        begin_attempt(mount);
        return;
    }
    error_set(&mount->err, ERROR_INVALID_SOURCE,
              "%s: the host name \"%s\" cannot be resolved: no such name, or this host's name "
              "server does not answer; check the URL and /etc/resolv.conf",
              mount->shown, mount->place->host);
    fail(mount);
}

static void closed(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_mount *mount = private;

    (void)number, (void)data;
    if (context == mount->context)
        mount->busy = false;
}

static void close_one(struct nfs_mount *mount)
{
    struct nfsfh *handle = mount->closing[--mount->closing_count];

    mount->busy = true;
    if (nfs_close_async(mount->context, handle, closed, mount) < 0)
        mount->busy = false;
}

void nfs_mount_close(struct nfs_mount *mount, struct nfsfh *handle)
{
    if (mount->context && mount->closing_count < NFS_CLOSING_MAX)
        mount->closing[mount->closing_count++] = handle;
}

/* The connection has ended, by NUMBER (an errno), or because the server closed it. */
static void lose_mounted(struct nfs_mount *mount, int number)
{
    if (mount->connection > FETCH_RESUMES_MAX) {
        error_set(&mount->err, ERROR_INVALID_SOURCE, "the NFS server %s closed the connection%s%s",
                  mount->place->host, number ? ": " : "", number ? strerror(number) : "");
        fail(mount);
    } else {
        report_note(mount->report, "the NFS server %s closed the connection: resuming",
                    mount->place->host);
        mount->state = NFS_MOUNTING;
        mount->lost_at = mount->attempt_ends = clock_ms();
    }
    drop_context(mount);
}

/* The same of any connection. */
static void lose(struct nfs_mount *mount, int number)
{
    if (mount->state == NFS_MOUNTING) {
        note_silence(mount, number);
        try_next(mount);
    } else {
        lose_mounted(mount, number);
    }
}

void nfs_mount_move(struct nfs_mount *mount)
{
    for (int turn = 0; turn < TURNS_MAX && mount->context; turn++) {
        struct pollfd fd = {.fd = nfs_get_fd(mount->context)};
        int number = 0;
        socklen_t size = sizeof number;

        if (mount->state == NFS_MOUNTED && !mount->busy && mount->closing_count > 0)
            close_one(mount);
        fd.events = (short)nfs_which_events(mount->context);
        if (fd.fd < 0 && mount->state == NFS_MOUNTED) {
            lose(mount, 0);
            continue;
        }
        if (fd.fd < 0 || poll(&fd, 1, 0) <= 0)
            return;
        /* libnfs would only say that it failed. */
        if ((fd.revents & POLLERR) &&
            getsockopt(fd.fd, SOL_SOCKET, SO_ERROR, &number, &size) == 0 && number) {
            lose(mount, number);
            continue;
        }
        if (nfs_service(mount->context, fd.revents) < 0)
            lose(mount, 0);
    }
}

/* An attempt to get a lost connection back is over, or its time has come. */
static void seek_again(struct nfs_mount *mount, int64_t now)
{
    if (now - mount->lost_at <= (int64_t)mount->connect_timeout * 1000) {
        begin_attempt(mount);
        return;
    }
    drop_context(mount);
    error_clear(&mount->err);
    error_set(&mount->err, ERROR_INVALID_SOURCE,
              "the NFS server %s closed the connection and gave no other within %u seconds",
              mount->place->host, mount->connect_timeout);
    fail(mount);
}

void nfs_mount_look(struct nfs_mount *mount, int64_t now)
{
    if (mount->state != NFS_MOUNTING || now < mount->attempt_ends)
        return;
    if (is_lost(mount)) {
        seek_again(mount, now);
        return;
    }
    if (!mount->answered)
        error_clear(&mount->err);
    if (!mount->err.text)
        error_set(&mount->err, ERROR_INVALID_SOURCE,
                  "%s: no answer from the NFS server %s within %u seconds; check that this host "
                  "can reach it, or give more time (--connect-timeout)",
                  mount->shown, mount->place->host, attempt_seconds(mount));
    try_next(mount);
}

void nfs_mount_wait(struct nfs_mount *mount, int ms)
{
    struct pollfd fd = {.fd = -1};

    if (mount->context) {
        fd.fd = nfs_get_fd(mount->context);
        fd.events = (short)nfs_which_events(mount->context);
    }
    (void)poll(&fd, 1, ms);
}

void nfs_mount_end(struct nfs_mount *mount)
{
    mount->state = NFS_FAILED;
    drop_context(mount);
    error_clear(&mount->err);
}
