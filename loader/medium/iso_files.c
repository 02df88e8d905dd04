/* The files of an ISO 9660 image. See iso_files.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/iso_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/io.h"

/* --- bytes for libarchive ---------------------------------------------------------------- */

static la_ssize_t give_bytes(struct archive *archive, void *context, const void **bytes)
{
    struct iso_image *image = context;
    ssize_t got = pread_all(image->fd, image->block, IMAGE_BLOCK, (off_t)image->position);

    if (got < 0) {
        image->read_errno = errno;
        archive_set_error(archive, errno, "cannot read the image at byte %llu",
                          (unsigned long long)image->position);
        return -1;
    }
    image->position += (uint64_t)got;
    *bytes = image->block;
    return got;
}

static la_int64_t skip_bytes(struct archive *archive, void *context, la_int64_t request)
{
    struct iso_image *image = context;
    uint64_t left = image->size > image->position ? image->size - image->position : 0;
    uint64_t skipped = request > 0 ? (uint64_t)request : 0;

    (void)archive;
    if (skipped > left)
        skipped = left;
    image->position += skipped;
    return (la_int64_t)skipped;
}

static la_int64_t seek_bytes(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    struct iso_image *image = context;
    la_int64_t base = whence == SEEK_CUR   ? (la_int64_t)image->position
                      : whence == SEEK_END ? (la_int64_t)image->size
                                           : 0;
    la_int64_t target;

    if (__builtin_add_overflow(base, offset, &target) || target < 0) {
        archive_set_error(archive, EINVAL, "a place outside of the image");
        return ARCHIVE_FATAL;
    }
    image->position = (uint64_t)target;
    return target;
}

/* At the start of the image; freed by archive_read_free(). NULL with ERR. */
static struct archive *open_image(struct iso_image *image, struct error *err)
{
    struct archive *archive = archive_read_new();

    if (!image->block)
        image->block = xmalloc(IMAGE_BLOCK);
    image->position = 0;
    if (archive && archive_read_support_format_iso9660(archive) == ARCHIVE_OK &&
        archive_read_set_format_option(archive, "iso9660", "joliet", NULL) == ARCHIVE_OK &&
        archive_read_set_read_callback(archive, give_bytes) == ARCHIVE_OK &&
        archive_read_set_skip_callback(archive, skip_bytes) == ARCHIVE_OK &&
        archive_read_set_seek_callback(archive, seek_bytes) == ARCHIVE_OK &&
        archive_read_set_callback_data(archive, image) == ARCHIVE_OK &&
        archive_read_open1(archive) == ARCHIVE_OK)
        return archive;
    error_set(err, ERROR_INVALID_SOURCE, "it cannot be opened as an ISO 9660 image: %s",
              archive && archive_error_string(archive) ? archive_error_string(archive)
                                                       : "libarchive refuses");
    archive_read_free(archive);
    return NULL;
}

/* 1: an entry; 0: that was all; -1 with ERR. */
static int next_entry(struct archive *archive, struct archive_entry **entry, struct error *err)
{
    int result = archive_read_next_header(archive, entry);

    if (result == ARCHIVE_EOF)
        return 0;
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
        return 1;
    const char *why = archive_error_string(archive);
    return error_set(err, ERROR_INVALID_SOURCE, "the image's directories are damaged: %s",
                     why ? why : "libarchive cannot read them");
}

/* --- the list ---------------------------------------------------------------------------- */

/* The target of a symbolic link as a path of the image; NULL when it leads out of it, or cannot be
 * followed by its spelling. The caller frees. */
static char *join_link(const char *path, const char *target)
{
    const char *slash = strrchr(path, '/');
    size_t directory = slash ? (size_t)(slash - path) : 0;

    if (*target == '/' || strlen(target) > IMAGE_PATH_MAX)
        return NULL;
    for (;;) {
        if (text_starts(target, "./")) {
            target += 2;
        } else if (text_starts(target, "../")) {
            if (directory == 0)
                return NULL;
            target += 3;
            const char *up = memrchr(path, '/', directory);
            directory = up ? (size_t)(up - path) : 0;
        } else {
            break;
        }
    }
    return xasprintf("%.*s%s%s", (int)directory, path, directory ? "/" : "", target);
}

static void add_file(struct iso_image *image, const char *path, char *link, uint64_t size)
{
    if (image->count == image->capacity) {
        image->capacity = image->capacity ? 2 * image->capacity : 1024;
        image->files = xreallocarray(image->files, image->capacity, sizeof *image->files);
    }
    image->files[image->count++] = (struct image_file){xstrdup(path), link, size};
    image->names += strlen(path) + (link ? strlen(link) : 0);
}

static void take_entry(struct iso_image *image, struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    const char *hard = archive_entry_hardlink(entry), *symbolic = archive_entry_symlink(entry);
    la_int64_t size = archive_entry_size(entry);

    if (!path || strlen(path) > IMAGE_PATH_MAX)
        return;
    if (hard) {
        add_file(image, path, xstrdup(hard), 0);
    } else if (archive_entry_filetype(entry) == AE_IFLNK && symbolic) {
        char *link = join_link(path, symbolic);
        if (link)
            add_file(image, path, link, 0);
    } else if (archive_entry_filetype(entry) == AE_IFREG) {
        add_file(image, path, NULL, size > 0 ? (uint64_t)size : 0);
    }
}

static int list_entries(struct iso_image *image, struct archive *archive, struct error *err)
{
    struct archive_entry *entry;
    size_t seen = 0;
    int found;

    while ((found = next_entry(archive, &entry, err)) > 0) {
        if (++seen > IMAGE_ENTRIES_MAX)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "the image has more than %d files and directories", IMAGE_ENTRIES_MAX);
        if (image->names > IMAGE_NAMES_MAX)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "the names of the image's files are longer than %d bytes in all",
                             IMAGE_NAMES_MAX);
        take_entry(image, entry);
    }
    return found;
}

static int compare_files(const void *a, const void *b)
{
    const struct image_file *first = a, *second = b;
    int result = strcasecmp(first->path, second->path);

    return result ? result : strcmp(first->path, second->path);
}

int image_list(struct iso_image *image, struct error *err)
{
    struct archive *archive = open_image(image, err);

    if (!archive)
        return -1;
    int result = list_entries(image, archive, err);
    archive_read_free(archive);
    if (image->count)
        qsort(image->files, image->count, sizeof *image->files, compare_files);
    return result;
}

void iso_image_free(struct iso_image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        free(image->files[i].path);
        free(image->files[i].link);
    }
    free(image->files);
    free(image->block);
    *image = IMAGE_INIT(-1, 0);
}

/* The entry of that very path, or of that path in another case of letters. */
static const struct image_file *find_entry(const struct iso_image *image, const char *path)
{
    size_t low = 0, high = image->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcasecmp(image->files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct image_file *any = NULL;
    for (; low < image->count && strcasecmp(image->files[low].path, path) == 0; low++) {
        if (strcmp(image->files[low].path, path) == 0)
            return &image->files[low];
        any = any ? any : &image->files[low];
    }
    return any;
}

/* PATH with the first of its directories that is a symbolic link replaced. The caller frees. NULL:
 * none is one. */
static char *follow_directory(const struct iso_image *image, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        auto_free char *directory = xstrndup(path, (size_t)(slash - path));
        const struct image_file *entry = find_entry(image, directory);

        if (entry && entry->link && strlen(entry->link) + strlen(slash) <= IMAGE_PATH_MAX)
            return xasprintf("%s%s", entry->link, slash);
    }
    return NULL;
}

const struct image_file *image_find(const struct iso_image *image, const char *path)
{
    auto_free char *at = xstrdup(path);

    for (int links = 0; links <= IMAGE_LINKS_MAX; links++) {
        const struct image_file *entry = find_entry(image, at);
        char *next;

        if (entry && !entry->link)
            return entry;
        next = entry ? xstrdup(entry->link) : follow_directory(image, at);
        if (!next)
            return NULL;
        replace_string(&at, next);
    }
    return NULL;
}

/* --- reading a file ---------------------------------------------------------------------- */

static int
copy_data(struct iso_image *image, struct archive *archive, const struct image_file *file,
          int (*take)(void *context, const void *bytes, size_t length, struct error *err),
          void *context, struct error *err)
{
    uint64_t done = 0;
    const void *bytes;
    size_t length;
    la_int64_t offset;
    int result;

    while ((result = archive_read_data_block(archive, &bytes, &length, &offset)) == ARCHIVE_OK) {
        done += length;
        if (done > image->size)
            return error_set(err, ERROR_INVALID_SOURCE, "%s is larger than the whole image",
                             file->path);
        if (take(context, bytes, length, err) < 0)
            return -1;
    }
    if (result == ARCHIVE_EOF && done == file->size)
        return 0;
    const char *why = archive_error_string(archive);
    return error_set(err, ERROR_INVALID_SOURCE, "%s cannot be read from the image: %s", file->path,
                     result != ARCHIVE_EOF && why ? why : "the image is cut off");
}

int image_read(struct iso_image *image, const struct image_file *file,
               int (*take)(void *context, const void *bytes, size_t length, struct error *err),
               void *context, struct error *err)
{
    struct archive *archive = open_image(image, err);
    struct archive_entry *entry;
    int found = -1;

    while (archive && (found = next_entry(archive, &entry, err)) > 0) {
        const char *path = archive_entry_pathname(entry);
        if (path && archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
            strcmp(path, file->path) == 0)
            break;
    }
    int result = found > 0 ? copy_data(image, archive, file, take, context, err)
                 : found == 0
                     ? error_set(err, ERROR_INVALID_SOURCE, "%s is gone from the image", file->path)
                     : -1;
    archive_read_free(archive);
    return result;
}

static int add_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
    if (buffer_add(context, bytes, length))
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE, "it grew");
}

int image_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                        struct error *err)
{
    struct iso_image *image = context;
    const struct image_file *file = image_find(image, path);

    buffer_clear(out);
    if (!file)
        return 0;
    if (file->size > max || file->size > out->maximum)
        return error_set(err, ERROR_INVALID_SOURCE, "%s has %llu bytes, more than the %zu allowed",
                         path, (unsigned long long)file->size, max);
    return image_read(image, file, add_bytes, out, err) < 0 ? -1 : 1;
}
