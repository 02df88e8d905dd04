/* A repository on an NFS server. See nfs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/nfs.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "loader/fetch/nfs/file.h"

struct nfs {
    struct nfs_place place;
    struct nfs_mount mount;
};

/* With version 4 there is one connection, to one port; with 3 the server names those of its mount
 * daemon and itself. Servers give most exports only to clients on ports below 1024. */
static void needs_of(const struct source_settings *settings, struct source_needs *needs)
{
    auto_nfs_place struct nfs_place place = {.version = 0};
    auto_error struct error err = ERROR_INIT;

    if (nfs_place_parse(settings->repository, &place, &err) < 0)
        return;
    needs->privileged_ports = true;
    needs->any_port = place.version != 4 && !(place.nfs_port && place.mount_port);
    source_need_port(needs, place.nfs_port ? place.nfs_port : NFS_PORT_USUAL);
    source_need_port(needs, place.mount_port);
}

static int open_nfs(struct file_source *source, struct error *err)
{
    struct nfs *nfs = xcalloc(1, sizeof *nfs);

    source->own = nfs;
    if (nfs_place_parse(source->settings->repository, &nfs->place, err) < 0)
        return -1;
    source->repository = xstrdup(source->settings->repository);
    nfs->mount.place = &nfs->place;
    nfs->mount.shown = source->repository;
    nfs->mount.connect_timeout = source->settings->connect_timeout;
    return 0;
}

static void close_nfs(struct file_source *source)
{
    struct nfs *nfs = source->own;

    if (!nfs)
        return;
    nfs_mount_end(&nfs->mount);
    nfs_place_free(&nfs->place);
    free(nfs);
}

static struct nfs_file *nfss(struct transfer *transfer)
{
    return (struct nfs_file *)transfer;
}

static struct transfer *start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err)
{
    struct nfs *nfs = source->own;
    const char *repository = source->repository;
    size_t length = strcspn(repository, "?");

    (void)err;
    while (length > 0 && repository[length - 1] == '/')
        length--;
    auto_free char *url = xasprintf("%.*s/%s%s", (int)length, repository, path + strspn(path, "/"),
                                    repository + strcspn(repository, "?"));
    nfs_mount_begin(&nfs->mount);
    return &nfs_file_start(&nfs->mount, source->settings, url, path, spec)->base;
}

static void stop(struct file_source *source, struct transfer *transfer)
{
    (void)source;
    nfs_file_stop(nfss(transfer));
}

static int move(struct file_source *source, struct error *err)
{
    struct nfs *nfs = source->own;

    (void)err;
    nfs_mount_move(&nfs->mount);
    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        if (source->transfers[i])
            nfs_file_move(nfss(source->transfers[i]));
    return 0;
}

static int look(struct file_source *source, struct transfer *transfer, int max)
{
    struct nfs *nfs = source->own;
    int64_t now = clock_ms();
    bool work = nfs->mount.state == NFS_MOUNTED;

    if (!work)
        nfs_mount_look(&nfs->mount, now);
    int64_t next = nfs_file_until_late(nfss(transfer), work, now, source->deadline);
    if (nfs->mount.state == NFS_MOUNTING && nfs->mount.attempt_ends - now < next)
        next = nfs->mount.attempt_ends - now;
    return next < 0 ? 0 : next < max ? (int)next : max;
}

static int wait_for(struct file_source *source, int ms, struct error *err)
{
    struct nfs *nfs = source->own;

    (void)err;
    nfs_mount_wait(&nfs->mount, ms);
    return 0;
}

const struct source_kind source_nfs = {needs_of, open_nfs, close_nfs, start,
                                       stop,     move,     look,      wait_for};
