/* `struct filesystem` for ext2, ext3 and ext4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_dir.h"
#include "fsprobe/fs/ext/ext_extents.h"
#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_io.h"
#include "fsprobe/fs/ext/ext_journal.h"
#include "fsprobe/fs/ext/ext_super.h"
#include "fsprobe/fs/ext/ext_walk.h"

/* What every function here does with a path first: 1, 0, or -1 with a whole sentence. */
static int find(struct volume *volume, const char *path, struct ext_node *node, struct error *err)
{
    int result = ext_walk(volume->state, path, node, err);

    if (result < 0)
        return error_prefix(err, "cannot look up %s in %s", path, volume->where);
    return result;
}

static int status_of(struct volume *volume, const char *path, struct file_status *status,
                     struct error *err)
{
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    int result = find(volume, path, &node, err);

    *status = (struct file_status){false, false, 0};
    if (result <= 0)
        return result;
    status->regular = LINUX_S_ISREG(node.inode->i_mode);
    status->directory = LINUX_S_ISDIR(node.inode->i_mode);
    status->size = EXT2_I_SIZE(node.inode);
    return 1;
}

/* The bytes from AT on of the file at PATH, MAX at most; *SIZE is how many it has in all. */
static int read_from(struct volume *volume, const char *path, uint64_t at, size_t max,
                     struct buffer *out, uint64_t *size, struct error *err)
{
    struct ext *ext = volume->state;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    int result = find(volume, path, &node, err);

    buffer_clear(out);
    if (result <= 0)
        return result;
    if (!LINUX_S_ISREG(node.inode->i_mode))
        return error_set(err, ERROR_INTERNAL, "cannot read %s in %s: it is not a regular file",
                         path, volume->where);
    if (ext_file_read(ext, &node, at, max, out, err) < 0)
        return error_prefix(err, "cannot read %s in %s", path, volume->where);
    *size = EXT2_I_SIZE(node.inode);
    return 1;
}

static int read_file_of(struct volume *volume, const char *path, size_t max, struct buffer *out,
                        bool *whole, struct error *err)
{
    uint64_t size;
    int result = read_from(volume, path, 0, max, out, &size, err);

    if (whole && result > 0)
        *whole = size <= max;
    return result;
}

static int read_part_of(struct volume *volume, const char *path, uint64_t at, size_t length,
                        struct buffer *out, struct error *err)
{
    uint64_t size;

    return read_from(volume, path, at, length, out, &size, err);
}

struct listing {
    bool (*each)(void *context, const char *name);
    void *context;
};

static bool list_one(void *context, const char *name, size_t length, ext2_ino_t number)
{
    const struct listing *listing = context;
    char terminated[GUEST_NAME_MAX + 1];

    (void)number;
    /* A name with a NUL or a slash is none that a path could reach. */
    if (length > GUEST_NAME_MAX || memchr(name, '\0', length) || memchr(name, '/', length))
        return true;
    memcpy(terminated, name, length);
    terminated[length] = '\0';
    return listing->each(listing->context, terminated);
}

static int list_of(struct volume *volume, const char *path,
                   bool (*each)(void *context, const char *name), void *context, struct error *err)
{
    struct ext *ext = volume->state;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    struct listing listing = {each, context};
    int result = find(volume, path, &node, err);

    if (result <= 0)
        return result;
    if (!LINUX_S_ISDIR(node.inode->i_mode))
        return error_set(err, ERROR_INTERNAL, "cannot list %s in %s: it is not a directory", path,
                         volume->where);
    if (ext_dir_each(ext, &node, list_one, &listing, err) < 0)
        return error_prefix(err, "cannot list %s in %s", path, volume->where);
    return 1;
}

static int map_of(struct volume *volume, const char *path, struct file_map *map, struct error *err)
{
    struct ext *ext = volume->state;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    int result = find(volume, path, &node, err);

    if (result <= 0)
        return result;
    if (!LINUX_S_ISREG(node.inode->i_mode))
        return error_set(err, ERROR_INTERNAL, "cannot copy %s in %s: it is not a regular file",
                         path, volume->where);
    if (ext_file_map(ext, &node, map, err) < 0)
        return error_prefix(err, "cannot copy %s in %s", path, volume->where);
    return 1;
}

static void ext_free(struct ext *ext)
{
    if (!ext)
        return;
    if (ext->fs)
        ext2fs_free(ext->fs);
    ext_source_free(&ext->source);
    buffer_free(&ext->kept);
    for (size_t i = 0; i < EXT_SMALL_KEPT; i++)
        free(ext->small[i].block);
    free(ext);
}

static void close_of(struct volume *volume)
{
    ext_free(volume->state);
    volume->state = NULL;
    volume->filesystem = NULL;
}

/* The superblock's bytes, as they are after the journal's replay when there was one. */
static int read_super(struct ext *ext, unsigned char super[SUPERBLOCK_SIZE], struct error *err)
{
    if (ext->source.base->size < SUPERBLOCK_OFFSET + SUPERBLOCK_SIZE)
        return error_set(err, ERROR_INTERNAL, "it is too small for a superblock");
    if (ext->source.block_size) {
        errcode_t code = ext_source_read(&ext->source, SUPERBLOCK_OFFSET, SUPERBLOCK_SIZE, super);
        return code ? ext_error(ext, err, code, "the superblock cannot be read") : 0;
    }
    if (source_read(ext->source.base, SUPERBLOCK_OFFSET, super, SUPERBLOCK_SIZE, err) < 0)
        return error_prefix(err, "the superblock cannot be read");
    return 0;
}

static int open_checked(struct ext *ext, struct error *err)
{
    unsigned char super[SUPERBLOCK_SIZE];
    struct ext_shape shape;

    if (read_super(ext, super, err) < 0 || ext_super_check(super, &shape, err) < 0)
        return -1;
    /* Buffers have the size of the first look. */
    if (ext->source.block_size &&
        (shape.block_size != ext->source.block_size || shape.inode_size != ext->inode_size))
        return error_set(err, ERROR_INTERNAL, "the journal changes the sizes in the superblock");
    ext->source.block_size = shape.block_size;
    ext->source.descriptors_first = shape.descriptors_first;
    ext->inode_size = shape.inode_size;
    errcode_t code = ext_source_open(&ext->source, &ext->fs);
    if (code) {
        ext->fs = NULL;
        return ext_error(ext, err, code, "libext2fs refuses the superblock");
    }
    return 0;
}

/* After a crash the newest state of the filesystem stands in its journal. */
static int replay(struct ext *ext, const char *where, char **note, struct error *err)
{
    auto_error struct error why = ERROR_INIT;

    if (ext_journal_load(ext, &why) < 0) {
        *note = xasprintf("%s was not unmounted, and its journal cannot be followed: %s; what is "
                          "found there may be out of date",
                          where, why.text);
        return 0;
    }
    if (!ext->source.replay_count)
        return 0;
    ext_source_forget(&ext->source);
    ext2fs_free(ext->fs);
    ext->fs = NULL;
    return open_checked(ext, err);
}

static void note_size(struct ext *ext, const char *where, char **note)
{
    uint64_t size;

    if (!*note && (__builtin_mul_overflow((uint64_t)ext2fs_blocks_count(ext->fs->super),
                                          (uint64_t)ext->source.block_size, &size) ||
                   size > ext->source.base->size))
        *note = xasprintf("%s holds a filesystem that is larger than itself: what stands past "
                          "its end cannot be read",
                          where);
}

static int open_of(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct ext *ext = xcalloc(1, sizeof *ext);

    (void)guest;
    *note = NULL;
    initialize_ext2_error_table();
    ext->source.base = volume->source;
    ext->kept = BUFFER_INIT(EXT_KEPT_MAX);
    if (open_checked(ext, err) < 0 || (ext2fs_has_feature_journal_needs_recovery(ext->fs->super) &&
                                       replay(ext, volume->where, note, err) < 0)) {
        ext_free(ext);
        free(take_pointer(*note));
        return error_prefix(err, "cannot open the filesystem of %s", volume->where);
    }
    note_size(ext, volume->where, note);
    volume->state = ext;
    volume->filesystem = &ext_filesystem;
    return 0;
}

static const char *const types[] = {"ext2", "ext3", "ext4", NULL};

const struct filesystem ext_filesystem = {.name = "ext2, ext3, ext4",
                                          .types = types,
                                          .open = open_of,
                                          .status = status_of,
                                          .read = read_file_of,
                                          .read_part = read_part_of,
                                          .list = list_of,
                                          .map = map_of,
                                          .close = close_of};
