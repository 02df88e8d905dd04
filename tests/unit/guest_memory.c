/* A guest in memory. See guest_memory.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/guest_memory.h"

#include <stdlib.h>
#include <string.h>

struct memory_file {
    char *path, *bytes;
    size_t length;
};

struct memory_volume {
    struct memory_file *files;
    size_t count, reads;
};

/* PATH without doubled slashes and "." and without a slash at its end; the caller frees. */
static char *normal_path(const char *path)
{
    char *out = xmalloc(strlen(path) + 2);
    size_t length = 0;

    for (const char *p = path; *p;) {
        size_t part = strcspn(p, "/");
        if (part && !(part == 1 && *p == '.')) {
            out[length++] = '/';
            memcpy(out + length, p, part);
            length += part;
        }
        p += part;
        p += *p == '/';
    }
    out[length] = '\0';
    return out;
}

static struct memory_file *find_file(struct memory_volume *memory, const char *path)
{
    for (size_t i = 0; i < memory->count; i++)
        if (strcmp(memory->files[i].path, path) == 0)
            return &memory->files[i];
    return NULL;
}

static bool is_directory(const struct memory_volume *memory, const char *path)
{
    size_t length = strlen(path);

    if (length == 0)
        return true;
    for (size_t i = 0; i < memory->count; i++)
        if (strncmp(memory->files[i].path, path, length) == 0 &&
            memory->files[i].path[length] == '/')
            return true;
    return false;
}

static int memory_status(struct volume *volume, const char *path, struct file_status *status,
                         struct error *err)
{
    struct memory_volume *memory = volume->state;
    auto_free char *normal = normal_path(path);
    const struct memory_file *file = find_file(memory, normal);

    (void)err;
    *status = (struct file_status){.regular = file != NULL,
                                   .directory = !file && is_directory(memory, normal),
                                   .size = file ? file->length : 0};
    return status->regular || status->directory;
}

static int memory_read(struct volume *volume, const char *path, size_t max, struct buffer *out,
                       bool *whole, struct error *err)
{
    struct memory_volume *memory = volume->state;
    auto_free char *normal = normal_path(path);
    const struct memory_file *file = find_file(memory, normal);

    memory->reads++;
    buffer_clear(out);
    if (!file)
        return is_directory(memory, normal)
                   ? error_set(err, ERROR_INVALID_SOURCE, "%s is a directory", path)
                   : 0;
    size_t length = file->length < max ? file->length : max;
    if (whole)
        *whole = length == file->length;
    if (!buffer_add(out, file->bytes, length))
        return error_set(err, ERROR_LIMITS, "%s is over the buffer's bound", path);
    return 1;
}

static int memory_read_part(struct volume *volume, const char *path, uint64_t at, size_t length,
                            struct buffer *out, struct error *err)
{
    struct memory_volume *memory = volume->state;
    auto_free char *normal = normal_path(path);
    const struct memory_file *file = find_file(memory, normal);

    memory->reads++;
    buffer_clear(out);
    if (!file)
        return is_directory(memory, normal)
                   ? error_set(err, ERROR_INVALID_SOURCE, "%s is a directory", path)
                   : 0;
    uint64_t rest = at < file->length ? file->length - at : 0;
    if (!buffer_add(out, rest ? file->bytes + at : "", rest < length ? (size_t)rest : length))
        return error_set(err, ERROR_LIMITS, "%s is over the buffer's bound", path);
    return 1;
}

/* Whether an earlier file than the one at INDEX has the same name (LENGTH bytes at NAME,
 * which stands in that file's path) in the same directory. */
static bool listed_before(const struct memory_volume *memory, size_t index, const char *name,
                          size_t length)
{
    size_t end = (size_t)(name - memory->files[index].path) + length;

    for (size_t i = 0; i < index; i++) {
        const char *path = memory->files[i].path;
        if (strncmp(path, memory->files[index].path, end) == 0 &&
            (path[end] == '/' || path[end] == '\0'))
            return true;
    }
    return false;
}

static int memory_list(struct volume *volume, const char *path,
                       bool (*each)(void *context, const char *name), void *context,
                       struct error *err)
{
    struct memory_volume *memory = volume->state;
    auto_free char *normal = normal_path(path);
    size_t length = strlen(normal);

    memory->reads++;
    if (find_file(memory, normal))
        return error_set(err, ERROR_INVALID_SOURCE, "%s is not a directory", path);
    if (!is_directory(memory, normal))
        return 0;
    for (size_t i = 0; i < memory->count; i++) {
        const char *file = memory->files[i].path;
        if (strncmp(file, normal, length) != 0 || file[length] != '/')
            continue;
        const char *name = file + length + 1;
        size_t part = strcspn(name, "/");
        if (listed_before(memory, i, name, part))
            continue;
        auto_free char *copy = xstrndup(name, part);
        if (!each(context, copy))
            break;
    }
    return 1;
}

static void memory_close(struct volume *volume)
{
    struct memory_volume *memory = volume->state;

    for (size_t i = 0; i < memory->count; i++) {
        free(memory->files[i].path);
        free(memory->files[i].bytes);
    }
    free(memory->files);
    free(memory);
    volume->state = NULL;
}

static const struct filesystem memory_filesystem = {
    .name = "memory",
    .status = memory_status,
    .read = memory_read,
    .read_part = memory_read_part,
    .list = memory_list,
    .close = memory_close,
};

void memory_guest(struct guest *guest)
{
    memset(guest, 0, sizeof *guest);
    guest->disk_count = 1;
}

void memory_guest_free(struct guest *guest)
{
    for (size_t i = 0; i < guest->volume_count; i++) {
        struct volume *volume = &guest->volumes[i];
        if (volume->state)
            memory_close(volume);
        free(volume->where);
        free(volume->type);
        free(volume->label);
        free(volume->uuid);
        free(volume->part_uuid);
        free(volume->part_label);
    }
    memset(guest, 0, sizeof *guest);
}

struct volume *memory_volume_add(struct guest *guest, const char *uuid, const char *label)
{
    struct volume *volume;

    if (guest->volume_count == GUEST_VOLUMES_MAX)
        abort();
    volume = &guest->volumes[guest->volume_count++];
    memset(volume, 0, sizeof *volume);
    volume->partition = (unsigned)guest->volume_count;
    volume->offset = guest->volume_count * 1024 * 1024;
    volume->placed = true;
    volume->size = 1024 * 1024;
    volume->where = xasprintf("partition %u", volume->partition);
    volume->type = xstrdup("ext4");
    volume->label = label ? xstrdup(label) : NULL;
    volume->uuid = uuid ? xstrdup(uuid) : NULL;
    volume->filesystem = &memory_filesystem;
    volume->state = xcalloc(1, sizeof(struct memory_volume));
    return volume;
}

void memory_file_bytes(struct guest *guest, size_t volume, const char *path, const void *bytes,
                       size_t length)
{
    struct memory_volume *memory = guest->volumes[volume].state;
    auto_free char *normal = normal_path(path);
    struct memory_file *file = find_file(memory, normal);

    if (!file) {
        memory->files = xreallocarray(memory->files, memory->count + 1, sizeof *memory->files);
        file = &memory->files[memory->count++];
        *file = (struct memory_file){.path = take_pointer(normal)};
    }
    replace_string(&file->bytes, xstrndup(bytes, length));
    file->length = length;
}

void memory_file(struct guest *guest, size_t volume, const char *path, const char *text)
{
    memory_file_bytes(guest, volume, path, text, strlen(text));
}

size_t memory_reads(const struct guest *guest)
{
    size_t reads = 0;

    for (size_t i = 0; i < guest->volume_count; i++)
        reads += ((const struct memory_volume *)guest->volumes[i].state)->reads;
    return reads;
}
