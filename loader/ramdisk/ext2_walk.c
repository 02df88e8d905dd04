/* From the root of an image to a directory, step by step.
 *
 * libext2fs has a function for it, which takes the length of a symbolic link from the image
 * and reads that much of one block. So it is done here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2_walk.h"

#include <string.h>

#include "common/text.h"
#include "loader/ramdisk/ext2_io.h"

#define LINKS_FOLLOWED_MAX 40 /* on one path, as in kernels */
#define TARGET_MAX         4096
#define FAST_LINK_MAX      60 /* bytes of a link's target in the inode itself */
#define NEW_DIRECTORY_MODE (S_IFDIR | 0755)

int image_lookup(struct ext2_image *image, ext2_ino_t directory, const char *name,
                 ext2_ino_t *found, struct error *err)
{
    errcode_t code = ext2fs_lookup(image->fs, directory, name, (int)strlen(name), NULL, found);

    if (code == EXT2_ET_FILE_NOT_FOUND)
        *found = 0;
    else if (code)
        return image_error(image, err, code, "look for %s", name);
    else if (*found < EXT2_ROOT_INO || *found > image->fs->super->s_inodes_count)
        return image_error(image, err, EXT2_ET_BAD_INODE_NUM, "look for %s", name);
    return 0;
}

errcode_t image_link(ext2_filsys fs, ext2_ino_t parent, const char *name, ext2_ino_t number,
                     int type)
{
    errcode_t code = ext2fs_link(fs, parent, name, number, type);

    if (code != EXT2_ET_DIR_NO_SPACE)
        return code;
    code = ext2fs_expand_dir(fs, parent);
    return code ? code : ext2fs_link(fs, parent, name, number, type);
}

errcode_t image_mkdir(ext2_filsys fs, ext2_ino_t parent, const char *name)
{
    errcode_t code = ext2fs_mkdir(fs, parent, 0, name);

    if (code != EXT2_ET_DIR_NO_SPACE)
        return code;
    code = ext2fs_expand_dir(fs, parent);
    return code ? code : ext2fs_mkdir(fs, parent, 0, name);
}

/* The target of the link NUMBER into OUT, bounded by what can be there. */
static int read_link(struct ext2_image *image, ext2_ino_t number, struct ext2_inode *inode,
                     struct buffer *out, struct error *err)
{
    uint64_t size = EXT2_I_SIZE(inode);
    auto_free char *block = xmalloc(image->fs->blocksize);
    blk64_t physical = 0;
    errcode_t code = 0;

    buffer_clear(out);
    if (size < FAST_LINK_MAX && ext2fs_is_fast_symlink(inode)) {
        (void)buffer_add(out, inode->i_block, size);
        return 0;
    }
    if (size >= image->fs->blocksize || size >= TARGET_MAX)
        code = EXT2_ET_INODE_CORRUPTED;
    if (!code)
        code = ext2fs_bmap2(image->fs, number, inode, NULL, 0, 0, NULL, &physical);
    if (!code)
        code = io_channel_read_blk64(image->fs->io, physical, 1, block);
    if (code)
        return image_error(image, err, code, "read a symbolic link");
    (void)buffer_add(out, block, size);
    return 0;
}

/* A step of a walk: where it stands, and the path that is left. */
struct ext2_walk {
    ext2_ino_t at;
    struct buffer rest;
    unsigned links;
};

/* The link NUMBER stands on the way: its target in front of what is left. */
static int follow(struct ext2_image *image, struct ext2_walk *walk, ext2_ino_t number,
                  struct ext2_inode *inode, struct error *err)
{
    auto_buffer struct buffer target = BUFFER_INIT(2 * TARGET_MAX);

    if (++walk->links > LINKS_FOLLOWED_MAX)
        return image_error(image, err, EXT2_ET_SYMLINK_LOOP, "follow a path");
    if (read_link(image, number, inode, &target, err) < 0)
        return -1;
    if (buffer_text(&target)[0] == '/')
        walk->at = EXT2_ROOT_INO;
    if (!buffer_add_text(&target, "/") || !buffer_add_text(&target, buffer_text(&walk->rest)))
        return image_error(image, err, EXT2_ET_SYMLINK_LOOP, "follow a path");
    buffer_clear(&walk->rest);
    (void)buffer_add_text(&walk->rest, buffer_text(&target));
    return 0;
}

static int make_directory_in(struct ext2_image *image, ext2_ino_t parent, const char *name,
                             ext2_ino_t *made, struct error *err)
{
    struct ext2_inode inode;
    errcode_t code = image_mkdir(image->fs, parent, name);

    if (!code)
        code = ext2fs_lookup(image->fs, parent, name, (int)strlen(name), NULL, made);
    if (!code)
        code = ext2fs_read_inode(image->fs, *made, &inode);
    if (code)
        return image_error(image, err, code, "make the directory %s", name);
    inode.i_mode = NEW_DIRECTORY_MODE;
    code = ext2fs_write_inode(image->fs, *made, &inode);
    return code ? image_error(image, err, code, "make the directory %s", name) : 0;
}

/* One step to NAME: a directory, or what is left grows by a link. */
static int step(struct ext2_image *image, struct ext2_walk *walk, const char *name, bool make,
                struct error *err)
{
    struct ext2_inode inode;
    ext2_ino_t next;

    if (image_lookup(image, walk->at, name, &next, err) < 0)
        return -1;
    if (next == 0 && make && make_directory_in(image, walk->at, name, &next, err) < 0)
        return -1;
    if (next == 0) {
        walk->at = 0;
        return 0;
    }
    errcode_t code = ext2fs_read_inode(image->fs, next, &inode);
    if (code)
        return image_error(image, err, code, "read the inode of %s", name);
    if (LINUX_S_ISLNK(inode.i_mode))
        return follow(image, walk, next, &inode, err);
    if (!LINUX_S_ISDIR(inode.i_mode))
        return image_error(image, err, EXT2_ET_NO_DIRECTORY, "go into %s", name);
    walk->at = next;
    return 0;
}

int image_parent(struct ext2_image *image, const char *path, bool make, ext2_ino_t *parent,
                 const char **last, struct error *err)
{
    struct ext2_walk walk = {EXT2_ROOT_INO, BUFFER_INIT(2 * TARGET_MAX), 0};
    const char *slash = strrchr(path, '/');
    int result = 0;

    *last = slash ? slash + 1 : path;
    if (slash)
        (void)buffer_add(&walk.rest, path, (size_t)(slash - path));
    while (result == 0 && walk.at && walk.rest.length > 0) {
        auto_free char *text = xstrdup(buffer_text(&walk.rest));
        const char *name = text + strspn(text, "/");
        size_t length = strcspn(name, "/");

        buffer_clear(&walk.rest);
        (void)buffer_add_text(&walk.rest, name + length);
        auto_free char *part = xstrndup(name, length);
        if (length > EXT2_NAME_LEN)
            result =
                image_error(image, err, EXT2_ET_FILE_NOT_FOUND, "take a name of %zu bytes", length);
        else if (length > 0)
            result = step(image, &walk, part, make, err);
    }
    buffer_free(&walk.rest);
    *parent = walk.at;
    if (result == 0 && strlen(*last) > EXT2_NAME_LEN)
        result = image_error(image, err, EXT2_ET_INVALID_ARGUMENT, "take a name of %zu bytes",
                             strlen(*last));
    return result;
}
