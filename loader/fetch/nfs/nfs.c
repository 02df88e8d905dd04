/* A repository on an NFS server. See nfs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/nfs.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"

/* With version 4 there is one connection, to one port; with 3 the server names those of its mount
 * daemon and itself. Servers give most exports only to clients on ports below 1024. */
void nfs_source_needs(const struct source_settings *settings, struct source_needs *needs)
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

int nfs_source_open(struct file_source *source, struct nfs *nfs, struct error *err)
{
    source->own = nfs;
    if (nfs_place_parse(source->settings->repository, &nfs->place, err) < 0)
        return -1;
    source->repository = xstrdup(source->settings->repository);
    nfs->mount.place = &nfs->place;
    nfs->mount.shown = source->repository;
    nfs->mount.report = source->report;
    nfs->mount.connect_timeout = source->settings->connect_timeout;
    return 0;
}

void nfs_source_end(struct nfs *nfs)
{
    nfs_mount_end(&nfs->mount);
    nfs_place_free(&nfs->place);
}

static struct nfs_file *nfss(struct transfer *transfer)
{
    return (struct nfs_file *)transfer;
}

char *nfs_source_url(const struct file_source *source, const char *path)
{
    const char *repository = source->repository;
    size_t length = strcspn(repository, "?");

    while (length > 0 && repository[length - 1] == '/')
        length--;
    return xasprintf("%.*s/%s%s", (int)length, repository, path + strspn(path, "/"),
                     repository + strcspn(repository, "?"));
}

void nfs_source_stop(struct file_source *source, struct transfer *transfer)
{
    (void)source;
    nfs_file_stop(nfss(transfer));
}

int nfs_source_move(struct file_source *source, struct error *err)
{
    struct nfs *nfs = source->own;

    (void)err;
    nfs_mount_move(&nfs->mount);
    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        if (source->transfers[i])
            nfs_file_move(nfss(source->transfers[i]));
    return 0;
}

int nfs_source_look(struct file_source *source, struct transfer *transfer, int max)
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

int nfs_source_wait(struct file_source *source, int ms, struct error *err)
{
    struct nfs *nfs = source->own;

    (void)err;
    nfs_mount_wait(&nfs->mount, ms);
    return 0;
}

/* --- the kind ------------------------------------------------------------------------------ */

static int open_tree(struct file_source *source, struct error *err)
{
    return nfs_source_open(source, xcalloc(1, sizeof(struct nfs)), err);
}

static void close_tree(struct file_source *source)
{
    struct nfs *nfs = source->own;

    if (nfs)
        nfs_source_end(nfs);
    free(nfs);
}

static struct transfer *start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err)
{
    struct nfs *nfs = source->own;
    auto_free char *url = nfs_source_url(source, path);

    (void)err;
    nfs_mount_begin(&nfs->mount);
    return &nfs_file_start(&nfs->mount, source->settings, url, path, spec)->base;
}

const struct source_kind source_nfs = {
    nfs_source_needs, open_tree,       close_tree,      start,
    nfs_source_stop,  nfs_source_move, nfs_source_look, nfs_source_wait};
