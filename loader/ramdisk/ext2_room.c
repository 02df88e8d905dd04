/* Whether an image has room for an overlay, before it is changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2_room.h"

#include <string.h>

#include "common/text.h"
#include "loader/ramdisk/cpio_archives.h"
#include "loader/ramdisk/cpio_overlay.h"
#include "loader/ramdisk/ext2_io.h"
#include "loader/ramdisk/ext2_walk.h"

#define FAST_LINK_MAX 60 /* bytes of a link's target in the inode itself */
#define DIRENT_HEAD   8  /* bytes of a directory's entry before the name, which is aligned to 4 */
#define SECTOR        512

/* What is needed, and what becomes free by what is replaced. */
struct room {
    struct layer *layer;
    uint64_t ordinal;
    uint64_t blocks, inodes, name_bytes;
    uint64_t freed_blocks, freed_inodes;
};

static int index_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                       struct error *err)
{
    struct room *room = context;

    if (layer_add(room->layer, read, ++room->ordinal, reader->stream->name, err) < 0)
        return -1;
    return cpio_content(reader, read, NULL, NULL, err);
}

static uint64_t divided_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* Blocks of a file of SIZE bytes with those that list its blocks: 12 stand in the inode, the next
 * in one block, the next in a block of blocks, and so on. */
static uint64_t file_blocks(uint64_t size, unsigned block_size)
{
    const uint64_t per_block = block_size / 4;
    uint64_t blocks = divided_up(size, block_size), total = blocks;
    uint64_t left = blocks > EXT2_NDIR_BLOCKS ? blocks - EXT2_NDIR_BLOCKS : 0;

    if (left > 0) {
        total += 1;
        left -= left < per_block ? left : per_block;
    }
    if (left > 0) {
        uint64_t here = left < per_block * per_block ? left : per_block * per_block;
        total += 1 + divided_up(here, per_block);
        left -= here;
    }
    if (left > 0)
        total += 1 + divided_up(left, per_block * per_block) + divided_up(left, per_block);
    return total;
}

static void count_new(struct room *room, const struct layer_node *node, unsigned block_size)
{
    const struct cpio_entry *entry = &node->entry;

    room->inodes += !(S_ISREG(entry->mode) && entry->nlink > 1 && entry->size == 0);
    if (node->ordinal == 0 || S_ISDIR(entry->mode))
        room->blocks += 1;
    else if (S_ISREG(entry->mode))
        room->blocks += file_blocks(entry->size, block_size);
    else if (S_ISLNK(entry->mode) && entry->size >= FAST_LINK_MAX)
        room->blocks += 1;
}

static int count_node(struct ext2_image *image, struct room *room, const struct layer_node *node,
                      struct error *err)
{
    ext2_ino_t parent, number = 0;
    const char *last;
    struct ext2_inode inode = {0};

    if (node->path[0] == '\0')
        return 0;
    if (image_parent(image, node->path, false, &parent, &last, err) < 0 ||
        (parent && image_lookup(image, parent, last, &number, err) < 0))
        return -1;
    if (number && ext2fs_read_inode(image->fs, number, &inode) != 0)
        return image_error(image, err, EXT2_ET_BAD_INODE_NUM, "read the inode of %s", node->path);
    if (!number)
        room->name_bytes += (DIRENT_HEAD + strlen(last) + 3) & ~UINT64_C(3);
    if (number && !layer_is_other(node) && !layer_is_directory(node))
        return 0; /* on the way to something, and there */
    if (number && LINUX_S_ISDIR(inode.i_mode) && layer_is_directory(node))
        return 0;
    count_new(room, node, image->fs->blocksize);
    if (number && !LINUX_S_ISDIR(inode.i_mode) && inode.i_links_count == 1) {
        room->freed_inodes += 1;
        room->freed_blocks += (uint64_t)inode.i_blocks * SECTOR / image->fs->blocksize;
    }
    return 0;
}

static int compare(struct ext2_image *image, const struct room *room, struct error *err)
{
    struct ext2_super_block *super = image->fs->super;
    uint64_t blocks = room->blocks + room->name_bytes / image->fs->blocksize;
    uint64_t free_blocks = ext2fs_free_blocks_count(super) + room->freed_blocks;
    uint64_t free_inodes = super->s_free_inodes_count + room->freed_inodes;

    if (blocks > free_blocks) {
        char text[TEXT_SIZE_LENGTH];
        return error_set(err, image->blame,
                         "the overlay does not fit into the filesystem of %s: %llu more blocks of "
                         "%u bytes (%s) would have to be free",
                         image->name, (unsigned long long)(blocks - free_blocks),
                         image->fs->blocksize,
                         text_from_size((blocks - free_blocks) * image->fs->blocksize, text));
    }
    if (room->inodes > free_inodes)
        return error_set(err, image->blame,
                         "the overlay does not fit into the filesystem of %s: %llu more inodes "
                         "would have to be free",
                         image->name, (unsigned long long)(room->inodes - free_inodes));
    return 0;
}

int image_room(struct ext2_image *image, struct stream *overlay, struct error *err)
{
    struct room room = {.layer = layer_new()};
    const struct archives_visitor index = {index_entry, NULL, &room};
    int result = archives_read(overlay, &index, err);

    if (result == 0) {
        auto_free struct layer_node **nodes = layer_sorted(room.layer);
        for (struct layer_node **node = nodes; *node && result == 0; node++)
            result = count_node(image, &room, *node, err);
    }
    if (result == 0)
        result = compare(image, &room, err);
    layer_free(room.layer);
    stream_rewind(overlay);
    return result;
}
