/* Directories: entries in the order in which they came, none across a piece of 512 bytes.
 * See ufs_dir.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ufs/ufs_dir.h"

#include "fsprobe/fs/block_cache.h"

#define PIECE 512

/* Of an entry: the inode (0: free room), the length of all of it, the kind of file, the length of
 * the name, the name with a NUL. */
#define RECORD_AT 4
#define LENGTH_AT 7
#define OLD_AT    6 /* two bytes of length, in older ones, which have no kind */
#define NAME_AT   8
#define ALIGN     4

struct dir_walk {
    struct ufs *ufs;
    const struct ufs_inode *directory;
    bool (*each)(void *context, const struct ufs_entry *entry);
    void *context;
    unsigned char *bytes; /* a block */
};

static int bad(const struct dir_walk *walk, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "directory inode %lu %s",
                     (unsigned long)walk->directory->number, what);
}

/* The entries of the LENGTH bytes that are read; at the end of a directory they may be less than a
 * piece. 1 go on, 0 enough, -1 with ERR. */
static int walk_piece(const struct dir_walk *walk, const unsigned char *bytes, size_t length,
                      struct error *err)
{
    const struct ufs *ufs = walk->ufs;
    size_t record;

    for (size_t at = 0; at < length; at += record) {
        if (length - at < NAME_AT)
            return bad(walk, "has an entry behind its end", err);
        struct ufs_entry entry = {.inode = ufs_32(ufs, bytes + at)};
        entry.length = ufs->old_entries ? ufs_16(ufs, bytes + at + OLD_AT) : bytes[at + LENGTH_AT];
        entry.name = (const char *)bytes + at + NAME_AT;
        record = ufs_16(ufs, bytes + at + RECORD_AT);
        if (record < NAME_AT || record % ALIGN || record > length - at)
            return bad(walk, "has an entry behind its end", err);
        if (entry.inode == 0)
            continue;
        if (entry.length == 0 || entry.length > GUEST_NAME_MAX ||
            entry.length + 1 > record - NAME_AT)
            return bad(walk, "has an entry with no room for its name", err);
        if (!walk->each(walk->context, &entry))
            return 0;
    }
    return 1;
}

static int walk_block(void *context, const struct ufs_run *run, struct error *err)
{
    const struct dir_walk *walk = context;
    int result = 1;

    if (block_cache_read(walk->ufs->nodes.cache, run->place, walk->bytes, run->length, err) < 0)
        return -1;
    for (size_t at = 0; at < run->length && result > 0; at += PIECE)
        result = walk_piece(walk, walk->bytes + at,
                            run->length - at < PIECE ? run->length - at : PIECE, err);
    return result;
}

int ufs_dir_each(struct ufs *ufs, const struct ufs_inode *directory,
                 bool (*each)(void *context, const struct ufs_entry *entry), void *context,
                 struct error *err)
{
    auto_free unsigned char *bytes = xmalloc(ufs_block_size(ufs));
    struct dir_walk walk = {ufs, directory, each, context, bytes};

    if (directory->size > UFS_DIRECTORY_MAX)
        return error_set(err, ERROR_INTERNAL, "directory inode %lu has more than %d bytes",
                         (unsigned long)directory->number, UFS_DIRECTORY_MAX);
    return ufs_blocks_each(ufs, directory, 0, UFS_DIRECTORY_MAX, walk_block, &walk, err);
}
