/* From a path to an inode, symbolic links followed. Bounds: the length of the path with all
 * links put in, the number of links, the depth; see fsprobe/fs/filesystem.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_walk.h"

#include <string.h>

#include "fsprobe/fs/ext/ext_dir.h"
#include "fsprobe/fs/ext/ext_file.h"

struct ext_walk {
    struct ext *ext;
    /* The directories from the root to where we stand; ".." takes one off, so that nothing
     * depends on what the disk says of parents. */
    ext2_ino_t stack[GUEST_DEPTH_MAX + 1];
    size_t depth;
    unsigned links;
    char rest[GUEST_PATH_MAX + 1]; /* still to be walked */
    struct ext_node here;
};

/* Puts TARGET in front of what is left of the path. */
static int push_target(struct ext_walk *walk, const char *target, const char *rest,
                       struct error *err)
{
    auto_free char *joined = xasprintf("%s/%s", target, rest);
    size_t length = strlen(joined);

    if (length >= sizeof walk->rest)
        return error_set(err, ERROR_INTERNAL,
                         "its symbolic links make a path of more than %d bytes", GUEST_PATH_MAX);
    memcpy(walk->rest, joined, length + 1);
    if (target[0] == '/')
        walk->depth = 0;
    return 0;
}

/* Reads the link NODE: 1 it goes on from there, 0 it leads nowhere, -1 with ERR. */
static int follow(struct ext_walk *walk, const struct ext_node *node, const char *rest,
                  struct error *err)
{
    unsigned block_size = walk->ext->fs->blocksize;
    size_t max = block_size < GUEST_PATH_MAX ? block_size : GUEST_PATH_MAX;
    auto_buffer struct buffer target = BUFFER_INIT(max);

    if (++walk->links > GUEST_LINKS_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "it has more than %d symbolic links; do they lead in a circle?",
                         GUEST_LINKS_MAX);
    if (EXT2_I_SIZE(node->inode) > max)
        return error_set(err, ERROR_INTERNAL,
                         "the symbolic link of inode %u says that it has %llu bytes, and %zu are "
                         "the most that there can be",
                         node->number, (unsigned long long)EXT2_I_SIZE(node->inode), max);
    if (ext_file_read(walk->ext, node, 0, max, &target, err) < 0)
        return -1;
    if (target.length == 0)
        return 0;
    return push_target(walk, buffer_text(&target), rest, err) < 0 ? -1 : 1;
}

/* One name of the path: 1 done, 0 not there, -1 with ERR. REST is what follows it. */
static int step(struct ext_walk *walk, const char *name, size_t length, const char *rest,
                struct error *err)
{
    auto_ext_node struct ext_node next = EXT_NODE_INIT;
    ext2_ino_t number;
    int result;

    if (!LINUX_S_ISDIR(walk->here.inode->i_mode))
        return 0;
    if (length > GUEST_NAME_MAX)
        return 0;
    result = ext_lookup(walk->ext, &walk->here, name, length, &number, err);
    if (result <= 0)
        return result;
    if (ext_node_load(walk->ext, number, &next, err) < 0)
        return -1;
    if (LINUX_S_ISLNK(next.inode->i_mode)) {
        result = follow(walk, &next, rest, err);
        if (result <= 0)
            return result;
        return ext_node_load(walk->ext, walk->stack[walk->depth], &walk->here, err) < 0 ? -1 : 1;
    }
    if (walk->depth == GUEST_DEPTH_MAX)
        return error_set(err, ERROR_INTERNAL, "it is deeper than %d directories", GUEST_DEPTH_MAX);
    walk->stack[++walk->depth] = number;
    ext_node_free(&walk->here);
    walk->here = next;
    next = EXT_NODE_INIT;
    memmove(walk->rest, rest, strlen(rest) + 1);
    return 1;
}

static int step_up(struct ext_walk *walk, const char *rest, struct error *err)
{
    if (!LINUX_S_ISDIR(walk->here.inode->i_mode))
        return 0;
    if (walk->depth)
        walk->depth--;
    memmove(walk->rest, rest, strlen(rest) + 1);
    return ext_node_load(walk->ext, walk->stack[walk->depth], &walk->here, err) < 0 ? -1 : 1;
}

static int walk_all(struct ext_walk *walk, struct error *err)
{
    int result = 1;

    while (result > 0) {
        const char *name = walk->rest + strspn(walk->rest, "/");
        size_t length = strcspn(name, "/");
        const char *rest = name + length;

        if (length == 0)
            break;
        if (length == 1 && name[0] == '.')
            memmove(walk->rest, rest, strlen(rest) + 1);
        else if (length == 2 && name[0] == '.' && name[1] == '.')
            result = step_up(walk, rest, err);
        else
            result = step(walk, name, length, rest, err);
    }
    return result;
}

int ext_walk(struct ext *ext, const char *path, struct ext_node *node, struct error *err)
{
    struct ext_walk walk = {.ext = ext, .stack = {EXT2_ROOT_INO}, .here = EXT_NODE_INIT};
    size_t length = strlen(path);
    int result;

    if (length > GUEST_PATH_MAX)
        return error_set(err, ERROR_INTERNAL, "it is longer than %d bytes", GUEST_PATH_MAX);
    memcpy(walk.rest, path, length + 1);
    result = ext_node_load(ext, EXT2_ROOT_INO, &walk.here, err) < 0 ? -1 : walk_all(&walk, err);
    ext_node_free(node);
    if (result > 0)
        *node = walk.here;
    else
        ext_node_free(&walk.here);
    return result;
}
