/* An overlay's entries into an image: as `cpio -idu` would extract them into it when mounted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2_write.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "loader/ramdisk/cpio_archives.h"
#include "loader/ramdisk/ext2_io.h"
#include "loader/ramdisk/ext2_remove.h"
#include "loader/ramdisk/ext2_walk.h"

#define TARGET_MAX 4095 /* bytes of a symbolic link's target */

/* A file of the overlay with several names, and its inode in the image. */
struct written_link {
    unsigned archive;
    uint32_t ino, dev_major, dev_minor;
    ext2_ino_t number;
    bool filled;               /* its content is written */
    struct written_link *next; /* in no order: for forget_link() */
};

struct writing {
    struct ext2_image *image;
    struct report *report;
    unsigned archive;
    void *links; /* tsearch(3) tree of struct written_link */
    struct written_link *all;
    size_t link_count;
    bool removing; /* the first pass: makes room only */
};

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_links(const void *a, const void *b)
{
    const struct written_link *left = a, *right = b;
    int order = compare_numbers(left->archive, right->archive);

    order = order ? order : compare_numbers(left->ino, right->ino);
    order = order ? order : compare_numbers(left->dev_major, right->dev_major);
    return order ? order : compare_numbers(left->dev_minor, right->dev_minor);
}

/* --- what comes --- */

static void set_attributes(struct ext2_inode *inode, const struct cpio_entry *entry)
{
    inode->i_mode = (uint16_t)entry->mode;
    inode->i_uid = (uint16_t)entry->uid;
    inode->i_gid = (uint16_t)entry->gid;
    inode->osd2.linux2.l_i_uid_high = (uint16_t)(entry->uid >> 16);
    inode->osd2.linux2.l_i_gid_high = (uint16_t)(entry->gid >> 16);
    inode->i_atime = inode->i_ctime = inode->i_mtime = entry->mtime;
}

/* The same for NUMBER, which has an inode already. */
static errcode_t change_attributes(ext2_filsys fs, ext2_ino_t number,
                                   const struct cpio_entry *entry)
{
    struct ext2_inode inode;
    errcode_t code = ext2fs_read_inode(fs, number, &inode);

    if (code)
        return code;
    set_attributes(&inode, entry);
    return ext2fs_write_inode(fs, number, &inode);
}

/* How kernels keep a device's number: in 16 bits where that is enough, else in 32. */
static void set_device(struct ext2_inode *inode, const struct cpio_entry *entry)
{
    uint32_t major = entry->rdev_major, minor = entry->rdev_minor;

    if (major < 256 && minor < 256)
        inode->i_block[0] = major << 8 | minor;
    else
        inode->i_block[1] = (minor & 0xff) | major << 8 | (minor & ~UINT32_C(0xff)) << 12;
}

static int directory_type(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return EXT2_FT_REG_FILE;
    case S_IFCHR:
        return EXT2_FT_CHRDEV;
    case S_IFBLK:
        return EXT2_FT_BLKDEV;
    case S_IFIFO:
        return EXT2_FT_FIFO;
    case S_IFSOCK:
        return EXT2_FT_SOCK;
    default:
        return EXT2_FT_UNKNOWN;
    }
}

/* A new inode without content, under its first name. */
static errcode_t make_inode(ext2_filsys fs, ext2_ino_t parent, const char *name,
                            const struct cpio_entry *entry, ext2_ino_t *number)
{
    struct ext2_inode inode = {.i_links_count = 1};
    errcode_t code = ext2fs_new_inode(fs, parent, (int)entry->mode, NULL, number);

    if (!code)
        code = image_link(fs, parent, name, *number, directory_type(entry->mode));
    if (code)
        return code;
    ext2fs_inode_alloc_stats2(fs, *number, 1, 0);
    set_attributes(&inode, entry);
    if (S_ISCHR(entry->mode) || S_ISBLK(entry->mode))
        set_device(&inode, entry);
    return ext2fs_write_new_inode(fs, *number, &inode);
}

/* A further name of NUMBER. */
static errcode_t add_name(ext2_filsys fs, ext2_ino_t parent, const char *name,
                          const struct cpio_entry *entry, ext2_ino_t number)
{
    struct ext2_inode inode;
    errcode_t code = ext2fs_read_inode(fs, number, &inode);

    if (!code)
        code = image_link(fs, parent, name, number, directory_type(entry->mode));
    if (code)
        return code;
    inode.i_links_count++;
    return ext2fs_write_inode(fs, number, &inode);
}

struct ext2_content {
    struct ext2_image *image;
    ext2_file_t file;
    const char *name;
};

static int add_content(void *context, const unsigned char *bytes, size_t length, struct error *err)
{
    struct ext2_content *content = context;

    while (length > 0) {
        unsigned written = 0;
        errcode_t code = ext2fs_file_write(content->file, bytes, (unsigned)length, &written);

        if (!code && written == 0)
            code = ENOSPC;
        if (code)
            return image_error(content->image, err, code, "write %s", content->name);
        bytes += written;
        length -= written;
    }
    return 0;
}

static int write_content(struct ext2_image *image, struct cpio_reader *reader,
                         const struct cpio_entry *read, ext2_ino_t number, struct error *err)
{
    struct ext2_content content = {image, NULL, read->name};
    errcode_t code = ext2fs_file_open(image->fs, number, EXT2_FILE_WRITE, &content.file);

    if (code)
        return image_error(image, err, code, "write %s", read->name);
    int result = cpio_content(reader, read, add_content, &content, err);
    code = ext2fs_file_close(content.file);
    if (code && result == 0)
        return image_error(image, err, code, "write %s", read->name);
    return result;
}

/* The file READ is a name of, when it is one of several; NULL with ERR when those are too many. */
static struct written_link *find_link(struct writing *writing, const struct cpio_entry *read,
                                      struct error *err)
{
    struct written_link key = {.archive = writing->archive,
                               .ino = read->ino,
                               .dev_major = read->dev_major,
                               .dev_minor = read->dev_minor};
    struct written_link **found = tfind(&key, &writing->links, compare_links);

    if (found)
        return *found;
    if (++writing->link_count > IMAGE_LINKS_MAX) {
        (void)error_set(err, ERROR_LIMITS, "the overlay holds more than %d hard links",
                        IMAGE_LINKS_MAX);
        return NULL;
    }
    struct written_link *made = xmalloc(sizeof *made);
    *made = key;
    if (!tsearch(made, &writing->links, compare_links)) {
        free(made);
        (void)error_set(err, ERROR_INTERNAL, "out of memory");
        return NULL;
    }
    made->next = writing->all;
    writing->all = made;
    return made;
}

/* A name of NUMBER that this overlay wrote itself was replaced by a later entry of it: further
 * names must not join whatever is made of that inode now. */
static void forget_link(struct writing *writing, ext2_ino_t number)
{
    if (writing->removing)
        return;
    for (struct written_link *link = writing->all; link; link = link->next)
        if (link->number == number) {
            link->number = 0;
            link->filled = false;
        }
}

/* A file, node, fifo or socket; its names share one inode. */
static int write_file(struct writing *writing, struct cpio_reader *reader,
                      const struct cpio_entry *read, ext2_ino_t parent, const char *last,
                      struct error *err)
{
    ext2_filsys fs = writing->image->fs;
    struct written_link alone = {0}, *link = &alone;
    errcode_t code;

    if (read->nlink > 1 && !(link = find_link(writing, read, err)))
        return -1;
    if (link->number)
        code = add_name(fs, parent, last, read, link->number);
    else
        code = make_inode(fs, parent, last, read, &link->number);
    if (code)
        return image_error(writing->image, err, code, "make %s", read->name);
    if (!S_ISREG(read->mode) || read->size == 0 || link->filled)
        return cpio_content(reader, read, NULL, NULL, err);
    link->filled = true;
    return write_content(writing->image, reader, read, link->number, err);
}

static int add_target(void *context, const unsigned char *bytes, size_t length, struct error *err)
{
    (void)err;
    (void)buffer_add(context, bytes, length);
    return 0;
}

static int write_link(struct writing *writing, struct cpio_reader *reader,
                      const struct cpio_entry *read, ext2_ino_t parent, const char *last,
                      struct error *err)
{
    auto_buffer struct buffer target = BUFFER_INIT(TARGET_MAX);
    ext2_filsys fs = writing->image->fs;
    ext2_ino_t number = 0;

    if (read->size == 0 || read->size > TARGET_MAX || read->size >= fs->blocksize)
        return stream_bad(reader->stream, err,
                          "the symbolic link %s is empty or longer than the filesystem can hold",
                          read->name);
    if (cpio_content(reader, read, add_target, &target, err) < 0)
        return -1;
    errcode_t code = ext2fs_symlink(fs, parent, 0, last, buffer_text(&target));
    if (code == EXT2_ET_DIR_NO_SPACE) {
        code = ext2fs_expand_dir(fs, parent);
        if (!code)
            code = ext2fs_symlink(fs, parent, 0, last, buffer_text(&target));
    }
    if (!code)
        code = ext2fs_lookup(fs, parent, last, (int)strlen(last), NULL, &number);
    if (!code)
        code = change_attributes(fs, number, read);
    return code ? image_error(writing->image, err, code, "make %s", read->name) : 0;
}

static int write_directory(struct writing *writing, struct cpio_reader *reader,
                           const struct cpio_entry *read, ext2_ino_t parent, const char *last,
                           ext2_ino_t number, struct error *err)
{
    ext2_filsys fs = writing->image->fs;
    errcode_t code = 0;

    if (!number)
        code = image_mkdir(fs, parent, last);
    if (!code && !number)
        code = ext2fs_lookup(fs, parent, last, (int)strlen(last), NULL, &number);
    if (!code)
        code = change_attributes(fs, number, read);
    if (code)
        return image_error(writing->image, err, code, "make the directory %s", read->name);
    return cpio_content(reader, read, NULL, NULL, err);
}

/* --- entry by entry --- */

/* What stands at the entry's place: *NUMBER 0 when nothing does, any more; the number of a
 * directory that READ leaves there. */
static int clear_place(struct writing *writing, const struct cpio_entry *read, ext2_ino_t parent,
                       const char *last, ext2_ino_t *number, bool *kept, struct error *err)
{
    struct ext2_image *image = writing->image;
    struct ext2_inode inode;

    *kept = false;
    if (image_lookup(image, parent, last, number, err) < 0)
        return -1;
    if (*number == 0)
        return 0;
    errcode_t code = ext2fs_read_inode(image->fs, *number, &inode);
    if (code)
        return image_error(image, err, code, "read the inode of %s", read->name);
    if (LINUX_S_ISDIR(inode.i_mode) && (writing->removing || S_ISDIR(read->mode)))
        return 0;
    if (image_remove(image, parent, last, *number, &inode, kept, err) < 0)
        return -1;
    if (!*kept) {
        forget_link(writing, *number);
        *number = 0;
    }
    return 0;
}

static int write_kind(struct writing *writing, struct cpio_reader *reader,
                      const struct cpio_entry *read, ext2_ino_t parent, const char *last,
                      ext2_ino_t number, struct error *err)
{
    if (S_ISDIR(read->mode))
        return write_directory(writing, reader, read, parent, last, number, err);
    if (S_ISLNK(read->mode))
        return write_link(writing, reader, read, parent, last, err);
    if (directory_type(read->mode) == EXT2_FT_UNKNOWN)
        return stream_bad(reader->stream, err, "%s is of no kind that a filesystem knows (0%o)",
                          read->name, read->mode);
    return write_file(writing, reader, read, parent, last, err);
}

static int write_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                       struct error *err)
{
    struct writing *writing = context;
    char path[CPIO_NAME_MAX];
    const char *last;
    ext2_ino_t parent, number = 0;
    bool kept = false;

    cpio_normalise(read->name, path);
    if (path[0] == '\0' && S_ISDIR(read->mode))
        return writing->removing
                   ? cpio_content(reader, read, NULL, NULL, err)
                   : write_directory(writing, reader, read, 0, NULL, EXT2_ROOT_INO, err);
    if (image_parent(writing->image, path, !writing->removing, &parent, &last, err) < 0)
        return -1;
    if (path[0] == '\0' || strcmp(last, "..") == 0)
        return stream_bad(reader->stream, err, "%s is no name that a file can have", read->name);
    if (parent && clear_place(writing, read, parent, last, &number, &kept, err) < 0)
        return -1;
    if (kept)
        report_note(writing->report,
                    "%s of the overlay is left out: the ramdisk has a directory there that is "
                    "not empty",
                    path);
    if (writing->removing || kept)
        return cpio_content(reader, read, NULL, NULL, err);
    return write_kind(writing, reader, read, parent, last, number, err);
}

static int next_archive(void *context, struct error *err)
{
    (void)err;
    ((struct writing *)context)->archive++;
    return 0;
}

int image_write(struct ext2_image *image, struct stream *overlay, struct report *report,
                struct error *err)
{
    struct writing writing = {.image = image, .report = report, .removing = true};
    const struct archives_visitor visitor = {write_entry, next_archive, &writing};
    int result = archives_read(overlay, &visitor, err);

    writing.removing = false;
    writing.archive = 0;
    stream_rewind(overlay);
    if (result == 0)
        result = archives_read(overlay, &visitor, err);
    tdestroy(writing.links, free);
    return result;
}
