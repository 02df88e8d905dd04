/* A cpio archive at the end of a file. See inject_archive.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/inject_archive.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "common/text.h"
#include "loader/helpers/ramdisk.h"
#include "loader/output/own_copy.h"

#define COPY_BLOCK ((size_t)64 * 1024)
/* cpio's own, of a newc header: "070701" and 13 numbers of 8 digits. */
#define HEADER_LENGTH 110
#define ALIGN         4
#define ARCHIVE_ALIGN 512 /* as cpio(1) ends one */
#define GAP           4   /* zero bytes in front, at least */
static const char trailer[] = "TRAILER!!!";

static uint64_t round_up(uint64_t size, uint64_t align)
{
    return (size + align - 1) / align * align;
}

/* --- how large it gets --------------------------------------------------------------------- */

static uint64_t entry_size(const char *name, uint64_t size)
{
    return round_up(HEADER_LENGTH + strlen(name) + 1, ALIGN) + round_up(size, ALIGN);
}

/* Nothing overflows: inject_open() has seen to the sizes. */
static uint64_t archive_size(const struct inject *inject)
{
    uint64_t size = 0;

    for (size_t i = 0; i < inject->count; i++)
        size += entry_size(inject->files[i].name, inject->files[i].size);
    return round_up(size + entry_size(trailer, 0), ARCHIVE_ALIGN);
}

/* --- writing ------------------------------------------------------------------------------- */

struct writer {
    int fd;
    uint64_t at; /* bytes of the archive so far */
};

static int add(struct writer *writer, const void *bytes, size_t length, struct error *err)
{
    if (write_all(writer->fd, bytes, length) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the ramdisk");
    writer->at += length;
    return 0;
}

static int add_zeros(struct writer *writer, uint64_t align, struct error *err)
{
    static const char zeros[ARCHIVE_ALIGN];

    return add(writer, zeros, (size_t)(round_up(writer->at, align) - writer->at), err);
}

/* NUMBER is the place in the archive, by which files are told apart. */
static int add_header(struct writer *writer, const struct injected_file *file, size_t number,
                      struct error *err)
{
    uint32_t mtime = file->mtime < 0            ? 0
                     : file->mtime > UINT32_MAX ? UINT32_MAX
                                                : (uint32_t)file->mtime;
    uint32_t mode = file->fd < 0 ? 0 : S_IFREG | file->mode;
    auto_free char *header = xasprintf(
        "070701%08zX%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08zX%08X%s", number, mode, 0, 0, 1,
        mtime, (uint32_t)file->size, 0, 0, 0, 0, strlen(file->name) + 1, 0, file->name);

    if (add(writer, header, strlen(header) + 1, err) < 0)
        return -1;
    return add_zeros(writer, ALIGN, err);
}

static int changed(const struct injected_file *file, struct error *err)
{
    return error_set(err, ERROR_SUPPORT_PACKAGE,
                     "%s was changed while it was put into the ramdisk; try again", file->path);
}

static int add_content(struct writer *writer, const struct injected_file *file, struct error *err)
{
    auto_free char *block = xmalloc(COPY_BLOCK);
    uint64_t at = 0;

    for (;;) {
        ssize_t count = pread_all(file->fd, block, COPY_BLOCK, (off_t)at);
        if (count < 0)
            return error_set_errno(err, ERROR_SUPPORT_PACKAGE, "cannot read %s", file->path);
        if ((uint64_t)count > file->size - at)
            return changed(file, err);
        if (count == 0)
            break;
        if (add(writer, block, (size_t)count, err) < 0)
            return -1;
        at += (uint64_t)count;
    }
    if (at != file->size)
        return changed(file, err);
    return add_zeros(writer, ALIGN, err);
}

static int add_archive(struct writer *writer, const struct inject *inject, struct error *err)
{
    const struct injected_file end = {.name = (char *)(uintptr_t)trailer, .fd = -1};

    for (size_t i = 0; i < inject->count; i++)
        if (add_header(writer, &inject->files[i], i + 1, err) < 0 ||
            add_content(writer, &inject->files[i], err) < 0)
            return -1;
    if (add_header(writer, &end, 0, err) < 0)
        return -1;
    return add_zeros(writer, ARCHIVE_ALIGN, err);
}

/* --- the ramdisk --------------------------------------------------------------------------- */

static int check_content(const struct settings *settings, const struct fetch_limits *limits,
                         const char *vendor, struct output_file *ramdisk, struct error *err)
{
    enum ramdisk_content content;

    if (ramdisk_ask(settings, ramdisk, vendor, limits, &content, err) < 0)
        return -1;
    if (content == RAMDISK_IS_ARCHIVE)
        return 0;
    return error_set(
        err, ERROR_INVALID_SOURCE,
        "%s is %s, and files can only be put behind a cpio archive; leave "
        "install-inject away for this installer (or set it to none), and give it its file "
        "from a network",
        vendor,
        content == RAMDISK_IS_EXT2 ? "an ext2 filesystem" : "no cpio archive that kernels unpack");
}

static int find_end(const struct output_file *ramdisk, uint64_t *size, struct error *err)
{
    struct stat status;

    if (fstat(ramdisk->fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at the ramdisk");
    *size = (uint64_t)status.st_size;
    return 0;
}

static int check_room(const struct settings *settings, const struct fetch_limits *limits,
                      uint64_t begin, const struct inject *inject, struct error *err)
{
    uint64_t size = begin + archive_size(inject);
    char limit[TEXT_SIZE_LENGTH];

    if (size <= limits->ramdisk_max)
        return 0;
    error_set(err, ERROR_LIMITS,
              "with the files of install-inject the ramdisk is larger than the limit of %s (%llu "
              "bytes)",
              text_from_size(limits->ramdisk_max, limit), (unsigned long long)size);
    return fetch_limit_hint(settings, limits, "ramdisk", err);
}

static int append(const struct settings *settings, const struct inject *inject,
                  const struct fetch_limits *limits, struct output_file *ramdisk, struct error *err)
{
    uint64_t size = 0;

    if (find_end(ramdisk, &size, err) < 0)
        return -1;
    uint64_t begin = size ? round_up(size + GAP, ALIGN) : 0;
    if (check_room(settings, limits, begin, inject, err) < 0)
        return -1;
    auto_fd int fd = output_file_write_fd(ramdisk, err);
    if (fd < 0)
        return -1;
    /* What is not written reads as zeros. */
    if (lseek(fd, (off_t)begin, SEEK_SET) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the ramdisk");
    struct writer writer = {fd, 0};
    return add_archive(&writer, inject, err);
}

static void log_files(const struct inject *inject, const char *who)
{
    auto_buffer struct buffer names = BUFFER_INIT(INJECT_FILES_MAX * (INJECT_NAME_MAX + 2));

    for (size_t i = 0; i < inject->count; i++)
        (void)buffer_addf(&names, "%s%s", i ? ", " : "", inject->files[i].name);
    log_step("%s: put into the ramdisk: %s", who, buffer_text(&names));
}

/* A kernel of Linux takes an archive by itself. */
static int make_ramdisk(const struct inject_into *into, struct outputs *outputs, struct error *err)
{
    if (!into->distro || !into->distro->no_ramdisk)
        return outputs_make(outputs, &outputs->ramdisk, err);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s: files cannot be injected into an installer of the family %s, whose "
                     "kernel holds its own ramdisk; leave install-inject away, or set it to none",
                     into->who, into->distro->name);
}

int inject_append(const struct settings *settings, const struct inject *inject,
                  const struct fetch_limits *limits, const struct inject_into *into,
                  struct outputs *outputs, struct error *err)
{
    struct output_file *ramdisk = &outputs->ramdisk;
    const char *vendor = into->vendor ? into->vendor : "the ramdisk";

    if (inject->count == 0)
        return 0;
    if (ramdisk->fd < 0 ? make_ramdisk(into, outputs, err) < 0
                        : check_content(settings, limits, vendor, ramdisk, err) < 0)
        return -1;
    if (outputs_own_copy(outputs, ramdisk, err) < 0 ||
        append(settings, inject, limits, ramdisk, err) < 0)
        return error_prefix(err, "cannot inject files into the ramdisk");
    log_files(inject, into->who);
    return 0;
}
