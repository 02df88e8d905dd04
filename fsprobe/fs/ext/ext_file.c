/* Inodes and the bytes of files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_file.h"

#include <endian.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_io.h"

/* Bytes of an inode's own block map, where short links and inline data live. */
#define INODE_BYTES sizeof(((struct ext2_inode *)0)->i_block)

/* Extended attributes inside the inode: a magic number, then entries of this shape. */
#define ATTRIBUTE_MAGIC        0xEA020000u
#define ATTRIBUTE_INDEX_SYSTEM 7
struct attribute {
    uint8_t name_length;
    uint8_t name_index;
    uint16_t value_offset; /* from the first entry */
    uint32_t value_inode;
    uint32_t value_size;
    uint32_t hash;
    char name[];
};

/* An extent tree's header. */
#define EXTENT_MAGIC 0xF30A
struct extent_header {
    uint16_t magic, entries, max, depth;
    uint32_t generation;
};

int ext_error(struct ext *ext, struct error *err, errcode_t code, const char *format, ...)
{
    const char *failure = ext->source.failure.text;
    va_list args;

    va_start(args, format);
    auto_free char *doing = xvasprintf(format, args);
    va_end(args);
    error_set(err, ERROR_INTERNAL, "%s: %s", doing, failure ? failure : error_message(code));
    error_clear(&ext->source.failure);
    return -1;
}

void ext_node_free(struct ext_node *node)
{
    free(node->inode);
    *node = EXT_NODE_INIT;
}

/* libext2fs does not look whether it could read a group's descriptor, and would go on with NULL.
 * With this done first, that one block is in our cache, where reading cannot fail. */
static errcode_t load_descriptor(struct ext *ext, ext2_ino_t number)
{
    ext2_filsys fs = ext->fs;
    unsigned per_block = EXT2_DESC_PER_BLOCK(fs->super);
    dgrp_t group = (number - 1) / EXT2_INODES_PER_GROUP(fs->super);
    blk64_t block =
        ext2fs_descriptor_block_loc2(fs, fs->super->s_first_data_block, group / per_block);
    auto_free unsigned char *bytes = xmalloc(fs->blocksize);
    errcode_t code = ext_source_charge(&ext->source, 1);

    return code ? code : io_channel_read_blk64(fs->io, block, 1, bytes);
}

errcode_t ext_read_dir_block(struct ext *ext, const struct ext_node *directory, blk64_t physical,
                             unsigned char *out)
{
    /* its checksum is of the inode, too, which libext2fs may have to read again */
    errcode_t code = load_descriptor(ext, directory->number);

    return code ? code : ext2fs_read_dir_block4(ext->fs, physical, out, 0, directory->number);
}

int ext_node_load(struct ext *ext, ext2_ino_t number, struct ext_node *node, struct error *err)
{
    errcode_t code;

    ext_node_free(node);
    if (number == 0 || number > ext->fs->super->s_inodes_count)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: a directory names inode %u, of %u", number,
                         ext->fs->super->s_inodes_count);
    code = load_descriptor(ext, number);
    if (code)
        return ext_error(ext, err, code, "the group descriptor of inode %u cannot be read", number);
    node->inode = xcalloc(1, ext->inode_size > sizeof(struct ext2_inode_large)
                                 ? ext->inode_size
                                 : sizeof(struct ext2_inode_large));
    node->number = number;
    code = ext2fs_read_inode_full(ext->fs, number, node->inode, (int)ext->inode_size);
    if (code)
        return ext_error(ext, err, code, "inode %u cannot be read", number);
    return 0;
}

errcode_t ext_extents_check(const struct ext_node *node)
{
    struct extent_header header;

    memcpy(&header, node->inode->i_block, sizeof header);
    return le16toh(header.magic) == EXTENT_MAGIC && le16toh(header.depth) <= EXT_EXTENT_DEPTH
               ? 0
               : EXT2_ET_EXTENT_HEADER_BAD;
}

errcode_t ext_map(struct ext *ext, const struct ext_node *node, uint64_t logical, blk64_t *physical)
{
    int flags = 0;

    errcode_t code = ext_source_charge(&ext->source, 1);

    *physical = 0;
    if (code)
        return code;
    if (logical > UINT32_MAX) /* more than any map can hold */
        return EXT2_ET_FILE_TOO_BIG;
    if ((node->inode->i_flags & EXT4_EXTENTS_FL) && (code = ext_extents_check(node)))
        return code;
    code = ext2fs_bmap2(ext->fs, node->number, node->inode, NULL, 0, logical, &flags, physical);
    if (!code && (flags & BMAP_RET_UNINIT))
        *physical = 0;
    if (!code && *physical >= ext2fs_blocks_count(ext->fs->super)) {
        ext_source_fail(&ext->source, "it points past the end of the filesystem");
        return EXT2_ET_BAD_BLOCK_NUM;
    }
    return code;
}

bool ext_is_inline(const struct ext_node *node)
{
    return node->inode->i_flags & EXT4_INLINE_DATA_FL;
}

/* The value of "system.data" among the entries from BEGIN to END; NULL: none that is sound. */
static const unsigned char *find_system_data(const unsigned char *begin, const unsigned char *end,
                                             size_t *size)
{
    const unsigned char *at = begin;
    struct attribute entry;

    while ((size_t)(end - at) >= sizeof entry + 4) {
        memcpy(&entry, at, sizeof entry);
        if (entry.name_length == 0 && entry.name_index == 0)
            return NULL;
        size_t record = (sizeof entry + entry.name_length + 3) & ~(size_t)3;
        if (record > (size_t)(end - at))
            return NULL;
        if (entry.name_index == ATTRIBUTE_INDEX_SYSTEM && entry.name_length == 4 &&
            memcmp(at + sizeof entry, "data", 4) == 0) {
            size_t offset = le16toh(entry.value_offset), room = (size_t)(end - begin);
            *size = le32toh(entry.value_size);
            return entry.value_inode == 0 && offset <= room && *size <= room - offset
                       ? begin + offset
                       : NULL;
        }
        at += record;
    }
    return NULL;
}

int ext_inline_data(struct ext *ext, const struct ext_node *node, struct buffer *out,
                    struct error *err)
{
    const unsigned char *inode = (const unsigned char *)node->inode;
    const unsigned char *end = inode + ext->inode_size;
    uint64_t size = EXT2_I_SIZE(node->inode);
    uint32_t magic = 0;
    size_t value_size = 0;
    bool fits = buffer_add(out, node->inode->i_block, INODE_BYTES);

    if (ext->inode_size > EXT2_GOOD_OLD_INODE_SIZE) {
        const struct ext2_inode_large *large = (const struct ext2_inode_large *)node->inode;
        size_t at = EXT2_GOOD_OLD_INODE_SIZE + (size_t)large->i_extra_isize;
        if (at + sizeof magic <= ext->inode_size)
            memcpy(&magic, inode + at, sizeof magic);
        const unsigned char *value =
            le32toh(magic) == ATTRIBUTE_MAGIC
                ? find_system_data(inode + at + sizeof magic, end, &value_size)
                : NULL;
        fits = fits && (!value || buffer_add(out, value, value_size));
    }
    if (!fits || size > out->length)
        return error_set(err, ERROR_INTERNAL,
                         "the filesystem is damaged: inode %u says that it holds %llu bytes, and "
                         "holds %zu",
                         node->number, (unsigned long long)size, out->length);
    return 0;
}

/* Files that keep their bytes in the inode itself: LENGTH of them from AT, which it has. */
static int read_from_inode(struct ext *ext, const struct ext_node *node, size_t at, size_t length,
                           struct buffer *out, struct error *err)
{
    auto_buffer struct buffer data = BUFFER_INIT(EXT2_MAX_BLOCK_SIZE);

    if (!ext_is_inline(node)) {
        (void)buffer_add(out, (const char *)node->inode->i_block + at, length);
        return 0;
    }
    if (ext_inline_data(ext, node, &data, err) < 0)
        return -1;
    (void)buffer_add(out, buffer_text(&data) + at, length);
    return 0;
}

static bool is_fast_link(const struct ext_node *node)
{
    return LINUX_S_ISLNK(node->inode->i_mode) && !(node->inode->i_flags & EXT4_EXTENTS_FL) &&
           EXT2_I_SIZE(node->inode) < INODE_BYTES;
}

int ext_file_read(struct ext *ext, const struct ext_node *node, uint64_t at, size_t max,
                  struct buffer *out, struct error *err)
{
    uint64_t size = EXT2_I_SIZE(node->inode), rest = at < size ? size - at : 0;
    size_t length = rest < max ? (size_t)rest : max;
    unsigned block_size = ext->fs->blocksize;

    if (node->inode->i_flags & EXT4_ENCRYPT_FL)
        return error_set(err, ERROR_INTERNAL, "it is encrypted");
    if (ext_is_inline(node) || is_fast_link(node))
        return length ? read_from_inode(ext, node, (size_t)at, length, out, err) : 0;
    auto_free unsigned char *block = xmalloc(block_size);
    for (uint64_t end = at + length; length && at < end;) {
        size_t skip = (size_t)(at % block_size);
        size_t part = end - at < block_size - skip ? (size_t)(end - at) : block_size - skip;
        blk64_t physical;
        errcode_t code = ext_map(ext, node, at / block_size, &physical);
        if (!code && physical)
            /* a file's last bytes, or the head of a kernel: no more than is wanted */
            code =
                ext_source_read(&ext->source, physical * (uint64_t)block_size + skip, part, block);
        else
            memset(block, 0, part);
        if (code)
            return ext_error(ext, err, code, "block %llu of inode %u cannot be read",
                             (unsigned long long)(at / block_size), node->number);
        if (!buffer_add(out, block, part))
            return error_set(err, ERROR_INTERNAL, "it is larger than %zu bytes", out->maximum);
        at += part;
    }
    return 0;
}
