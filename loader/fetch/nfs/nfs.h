/* A repository on an NFS server: a tree. And what a tree in an image on such a server has in common
 * with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_NFS_H
#define LOADER_FETCH_NFS_NFS_H

#include "loader/fetch/nfs/file.h"
#include "loader/fetch/nfs/place.h"
#include "loader/fetch/source/source.h"

extern const struct source_kind source_nfs;

/* What `own` of a source over NFS points to, or begins with. */
struct nfs {
    struct nfs_place place;
    struct nfs_mount mount;
};

/* NFS, which is zeroed, becomes SOURCE's own, and its place and repository are set by the settings;
 * connects nowhere. 0, or -1 with ERR. */
int nfs_source_open(struct file_source *source, struct nfs *nfs, struct error *err) must_check;
/* Ends what NFS holds, with all that is on its way; it is not freed. */
void nfs_source_end(struct nfs *nfs);
/* The URL of PATH in the repository, for messages. The caller frees. */
char *nfs_source_url(const struct file_source *source, const char *path) must_check;

/* As in struct source_kind, for transfers that are struct nfs_file. */
void nfs_source_needs(const struct source_settings *settings, struct source_needs *needs);
void nfs_source_stop(struct file_source *source, struct transfer *transfer);
int nfs_source_move(struct file_source *source, struct error *err);
int nfs_source_look(struct file_source *source, struct transfer *transfer, int max);
int nfs_source_wait(struct file_source *source, int ms, struct error *err);

#endif
