/* Directories: in the inode, in one block, or in several with an index. See xfs_dir.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_dir.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/source.h"
#include "fsprobe/fs/xfs/xfs_data.h"
#include "fsprobe/fs/xfs/xfs_index.h"

/* In the inode: how many entries, how many of them need 8 bytes for their inode (else all have 4),
 * the parent's inode; then for each the length of its name, an offset that we do not need, the
 * name, the kind of file, and the inode. */
#define LOCAL_COUNT_AT 0
#define LOCAL_WIDE_AT  1
#define LOCAL_PARENT   2
#define LOCAL_ENTRY    3 /* bytes before the name */

#define HOLE_CHARGE 512 /* for looking up a block that is not there */

/* 1 go on, 0 enough, -1 with ERR. */
typedef int entry_function(void *context, const struct xfs_entry *entry, struct error *err);

static int bad(const struct xfs_inode *directory, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "directory inode %llu %s",
                     (unsigned long long)directory->number, what);
}

static int each_local(const struct xfs *xfs, const struct xfs_inode *directory,
                      entry_function *each, void *context, struct error *err)
{
    const unsigned char *fork = directory->fork;
    size_t size = (size_t)directory->size; /* at most the fork's */
    int result = 1;

    if (size < LOCAL_PARENT + 4)
        return bad(directory, "is shorter than its header", err);
    size_t wide = fork[LOCAL_WIDE_AT] ? 8 : 4;
    size_t at = LOCAL_PARENT + wide;
    for (unsigned i = 0; i < fork[LOCAL_COUNT_AT] && result > 0; i++) {
        if (at > size || size - at < LOCAL_ENTRY)
            return bad(directory, "has an entry behind its end", err);
        struct xfs_entry entry = {.name = (const char *)fork + at + LOCAL_ENTRY,
                                  .length = fork[at]};
        size_t inode_at = LOCAL_ENTRY + entry.length + xfs->typed;
        if (entry.length == 0)
            return bad(directory, "has an entry without a name", err);
        if (size - at < inode_at + wide)
            return bad(directory, "has an entry behind its end", err);
        const unsigned char *inode = fork + at + inode_at;
        entry.inode = wide == 8 ? get_be64(inode) : get_be32(inode);
        at += inode_at + wide;
        result = each(context, &entry, err);
    }
    return result < 0 ? -1 : 0;
}

/* The entries of block NUMBER. As EACH; *ALONE as in xfs_data_read(). */
static int each_in_block(struct xfs *xfs, const struct xfs_inode *directory, uint64_t number,
                         unsigned char *bytes, bool *alone, entry_function *each, void *context,
                         struct error *err)
{
    size_t begin, end;
    int result = xfs_data_read(xfs, directory, number, bytes, &begin, &end, alone, err);
    struct xfs_entry entry;

    if (result == 0)
        return source_charge(xfs->nodes.source, HOLE_CHARGE, err) < 0 ? -1 : 1;
    for (size_t at = begin; result > 0 && at < end; at += entry.step) {
        result = xfs_entry_at(xfs, directory, bytes, at, end, &entry, err);
        if (result > 0)
            result = each(context, &entry, err);
        else if (result == 0)
            result = 1;
    }
    return result;
}

static int each_entry(struct xfs *xfs, const struct xfs_inode *directory, entry_function *each,
                      void *context, struct error *err)
{
    auto_free unsigned char *bytes = NULL;
    bool alone = false;
    int result = 1;

    if (directory->format == XFS_LOCAL)
        return each_local(xfs, directory, each, context, err);
    int64_t count = xfs_data_count(xfs, directory, err);
    if (count < 0)
        return -1;
    bytes = xmalloc(xfs_directory_block(xfs));
    for (int64_t i = 0; i < count && result > 0; i++) {
        result = each_in_block(xfs, directory, (uint64_t)i, bytes, &alone, each, context, err);
        if (alone && i > 0)
            return bad(directory, "has a block that is none of a directory", err);
    }
    return result < 0 ? -1 : 0;
}

struct wanted {
    const struct xfs *xfs;
    const char *name;
    size_t length;
    uint64_t *found;
    bool is_found;
};

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(const struct wanted *wanted, const struct xfs_entry *entry)
{
    if (entry->length != wanted->length)
        return false;
    if (!wanted->xfs->caseless)
        return memcmp(entry->name, wanted->name, entry->length) == 0;
    for (size_t i = 0; i < entry->length; i++)
        if (lower(entry->name[i]) != lower(wanted->name[i]))
            return false;
    return true;
}

static int try_name(void *context, const struct xfs_entry *entry, struct error *err)
{
    struct wanted *wanted = context;

    (void)err;
    if (!same_name(wanted, entry))
        return 1;
    *wanted->found = entry->inode;
    wanted->is_found = true;
    return 0;
}

/* Whether the directory has an index outside its first block: 1 or 0, or -1 with ERR. */
static int is_indexed(struct xfs *xfs, const struct xfs_inode *directory, struct error *err)
{
    auto_free unsigned char *bytes = NULL;
    size_t begin, end;
    bool alone;

    if (directory->format == XFS_LOCAL || xfs->caseless)
        return 0;
    int64_t count = xfs_data_count(xfs, directory, err);
    if (count != 1)
        return count < 0 ? -1 : 1;
    bytes = xmalloc(xfs_directory_block(xfs));
    int result = xfs_data_read(xfs, directory, 0, bytes, &begin, &end, &alone, err);
    if (result <= 0)
        return result < 0 ? -1 : bad(directory, "has no first block", err);
    return !alone;
}

int xfs_dir_lookup(struct xfs *xfs, const struct xfs_inode *directory, const char *name,
                   size_t length, uint64_t *found, struct error *err)
{
    struct wanted wanted = {xfs, name, length, found, false};
    int result = is_indexed(xfs, directory, err);

    if (result < 0)
        return -1;
    if (result)
        return xfs_index_lookup(xfs, directory, name, length, found, err);
    if (each_entry(xfs, directory, try_name, &wanted, err) < 0)
        return -1;
    return wanted.is_found;
}

struct name_listing {
    bool (*each)(void *context, const char *name, size_t length);
    void *context;
};

static int list_name(void *context, const struct xfs_entry *entry, struct error *err)
{
    const struct name_listing *listing = context;

    (void)err;
    return listing->each(listing->context, entry->name, entry->length);
}

int xfs_dir_each(struct xfs *xfs, const struct xfs_inode *directory,
                 bool (*each)(void *context, const char *name, size_t length), void *context,
                 struct error *err)
{
    struct name_listing listing = {each, context};

    return each_entry(xfs, directory, list_name, &listing, err);
}
