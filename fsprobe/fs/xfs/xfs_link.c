/* Symbolic links: in the inode, or in blocks of their own, of which version 5 gives each extent a
 * header. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_link.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/xfs/xfs_block.h"
#include "fsprobe/fs/xfs/xfs_extents.h"

#define MAGIC  0x58534c4d /* "XSLM" */
#define HEADER 56
enum { OFFSET_AT = 4, LENGTH_AT = 8 };
static const struct xfs_seal seal = {.crc = 12, .uuid = 16, .owner = 32, .number = 40};

struct link_read {
    struct xfs *xfs;
    const struct xfs_inode *link;
    uint64_t next; /* block */
    struct buffer *target;
};

static int bad(const struct xfs_inode *link, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the symbolic link of inode %llu %s",
                     (unsigned long long)link->number, what);
}

/* The header of an extent of version 5, whose data is the LENGTH bytes behind it. */
static int check_header(const struct link_read *r, const unsigned char *bytes, size_t length,
                        struct error *err)
{
    if (get_be32(bytes) != MAGIC)
        return bad(r->link, "leads elsewhere", err);
    if (get_be32(bytes + OFFSET_AT) != r->target->length || get_be32(bytes + LENGTH_AT) != length)
        return bad(r->link, "has pieces that do not fit together", err);
    return 0;
}

static int read_extent(void *context, const struct xfs_extent *extent, struct error *err)
{
    struct link_read *r = context;
    size_t header = r->xfs->checked ? HEADER : 0;
    size_t left = (size_t)r->link->size - r->target->length;
    auto_free unsigned char *bytes = NULL;

    if (extent->first != r->next || extent->unwritten)
        return bad(r->link, "has a hole", err);
    /* at most what a link with its headers can take */
    if (extent->count > 1 && (extent->count - 1) << r->xfs->block_log >= XFS_LINK_MAX + HEADER)
        return bad(r->link, "takes too many blocks", err);
    size_t size = (size_t)extent->count << r->xfs->block_log;
    size_t part = left < size - header ? left : size - header;
    bytes = xmalloc(size);
    if (block_cache_read(r->xfs->nodes.cache, extent->place, bytes, size, err) < 0)
        return -1;
    if (r->xfs->checked &&
        (check_header(r, bytes, part, err) < 0 ||
         xfs_seal_check(r->xfs, &seal, bytes, size, extent->place, r->link->number, err) < 0))
        return -1;
    r->next += extent->count;
    if (!buffer_add(r->target, bytes + header, part))
        return bad(r->link, "is too long", err);
    return r->target->length < r->link->size;
}

int xfs_link_read(struct xfs *xfs, const struct xfs_inode *link, struct buffer *target,
                  struct error *err)
{
    struct link_read r = {xfs, link, 0, target};

    if (link->size == 0 || link->size > XFS_LINK_MAX)
        return bad(link, "has an impossible length", err);
    if (link->format == XFS_LOCAL) {
        if (!buffer_add(target, link->fork, (size_t)link->size))
            return bad(link, "is too long", err);
        return 0;
    }
    /* each block holds some of it */
    if (xfs_extents_each(xfs, link, 0, XFS_LINK_MAX, read_extent, &r, err) < 0)
        return -1;
    if (target->length != link->size)
        return bad(link, "has a hole", err);
    return 0;
}
