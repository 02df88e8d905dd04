/* Taking names out of an image.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2_remove.h"

#include "loader/ramdisk/ext2_io.h"

/* The inode NUMBER has lost a name, or, for a directory, its only one. */
static errcode_t release(ext2_filsys fs, ext2_ino_t number, struct ext2_inode *inode)
{
    bool directory = LINUX_S_ISDIR(inode->i_mode);
    errcode_t code = 0;

    if (inode->i_links_count > 1 && !directory) {
        inode->i_links_count--;
        return ext2fs_write_inode(fs, number, inode);
    }
    inode->i_links_count = 0;
    inode->i_dtime = inode->i_mtime ? inode->i_mtime : 1;
    if (ext2fs_file_acl_block(fs, inode))
        code = ext2fs_free_ext_attr(fs, number, NULL);
    if (!code)
        code = ext2fs_write_inode(fs, number, inode);
    if (!code && ext2fs_inode_has_valid_blocks2(fs, inode))
        code = ext2fs_punch(fs, number, inode, NULL, 0, ~UINT64_C(0));
    if (!code)
        ext2fs_inode_alloc_stats2(fs, number, -1, directory);
    return code;
}

static int is_other_name(ext2_ino_t directory, int entry, struct ext2_dir_entry *dirent, int offset,
                         int size, char *block, void *context)
{
    (void)directory, (void)dirent, (void)offset, (void)size, (void)block;
    if (entry != DIRENT_OTHER_FILE)
        return 0;
    *(bool *)context = true;
    return DIRENT_ABORT;
}

static errcode_t drop_parent_link(ext2_filsys fs, ext2_ino_t parent)
{
    struct ext2_inode inode;
    errcode_t code = ext2fs_read_inode(fs, parent, &inode);

    if (code)
        return code;
    if (inode.i_links_count > 2)
        inode.i_links_count--;
    return ext2fs_write_inode(fs, parent, &inode);
}

int image_remove(struct ext2_image *image, ext2_ino_t parent, const char *name, ext2_ino_t number,
                 struct ext2_inode *inode, bool *kept, struct error *err)
{
    ext2_filsys fs = image->fs;
    errcode_t code = 0;

    *kept = false;
    if (LINUX_S_ISDIR(inode->i_mode))
        code = ext2fs_dir_iterate2(fs, number, 0, NULL, is_other_name, kept);
    if (*kept)
        return 0;
    if (!code)
        code = ext2fs_unlink(fs, parent, name, number, 0);
    if (!code && LINUX_S_ISDIR(inode->i_mode))
        code = drop_parent_link(fs, parent);
    if (!code)
        code = release(fs, number, inode);
    return code ? image_error(image, err, code, "remove %s", name) : 0;
}
