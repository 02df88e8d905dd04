/* The table of kinds. See kinds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/kinds.h"

#include "common/protocol/schemes.h"
#include "loader/fetch/curl/kinds.h"
#include "loader/fetch/iso/iso.h"
#include "loader/fetch/nfs/nfs.h"

static const struct source_kind *const kinds[] = {
    [SOURCE_HTTP] = &source_http, [SOURCE_FTP] = &source_ftp,         [SOURCE_TFTP] = &source_tftp,
    [SOURCE_NFS] = &source_nfs,   [SOURCE_NFS_ISO] = &source_nfs_iso,
};

const struct source_kind *kind_of_source(const char *repository)
{
    const struct url_scheme *scheme = url_scheme_of(repository);

    if (!scheme || scheme->family >= ARRAY_SIZE(kinds) || !kinds[scheme->family])
        return &source_http;
    return kinds[scheme->family];
}
