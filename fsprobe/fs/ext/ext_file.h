/* Inodes, and the bytes of files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_FILE_H
#define FSPROBE_FS_EXT_EXT_FILE_H

#include "fsprobe/fs/ext/ext_private.h"

/* Frees what NODE holds; it is EXT_NODE_INIT then. */
void ext_node_free(struct ext_node *node);
#define auto_ext_node __attribute__((cleanup(ext_node_free)))

/* Reads inode NUMBER into NODE (freed first). 0, or -1 with ERR. */
int ext_node_load(struct ext *ext, ext2_ino_t number, struct ext_node *node,
                  struct error *err) must_check;
/* Whether the root of the file's extent tree is such that libext2fs may be given it: 0, or an error
 * number. */
errcode_t ext_extents_check(const struct ext_node *node) must_check;
/* Where block LOGICAL of the file is; 0 for a hole or one that was never written. */
errcode_t ext_map(struct ext *ext, const struct ext_node *node, uint64_t logical,
                  blk64_t *physical) must_check;
/* The block PHYSICAL of a directory, its checksum verified. OUT: of the size of a block. */
errcode_t ext_read_dir_block(struct ext *ext, const struct ext_node *directory, blk64_t physical,
                             unsigned char *out) must_check;
/* True when the file's bytes stand in the inode itself (EXT4_INLINE_DATA_FL). */
bool ext_is_inline(const struct ext_node *node);
/* The bytes of an inode with inline data: the 60 in the inode, then those of its attribute
 * "system.data". Into OUT, which must have room. 0, or -1 with ERR. */
int ext_inline_data(struct ext *ext, const struct ext_node *node, struct buffer *out,
                    struct error *err) must_check;
/* The bytes from AT on of a file or a link's target, MAX at most. 0, or -1 with ERR. */
int ext_file_read(struct ext *ext, const struct ext_node *node, uint64_t at, size_t max,
                  struct buffer *out, struct error *err) must_check;
/* Sets ERR from an error number of libext2fs: "DOING: cause". Returns -1. */
int ext_error(struct ext *ext, struct error *err, errcode_t code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
