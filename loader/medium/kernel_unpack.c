/* A kernel, unpacked into a file. See kernel_unpack.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/kernel_unpack.h"

#include <string.h>
#include <zlib.h>

#include "common/io.h"
#include "common/protocol/medium.h"
#include "loader/medium/little_endian.h"

struct unpacking {
    const struct kernel_unpack *wanted;
    uint64_t size;
    uint32_t crc;
};

static bool wants(const struct kernel_unpack *wanted, const char *form)
{
    for (size_t i = 0; i < wanted->form_count; i++)
        if (strcmp(wanted->forms[i], form) == 0)
            return true;
    return wanted->all;
}

static bool is_wanted(const struct kernel_unpack *wanted, const struct kernel_found *found)
{
    if (found->form == KERNEL_ZBOOT)
        return wants(wanted, MEDIUM_FORM_ZBOOT);
    return found->form == KERNEL_BZIMAGE &&
           wants(wanted, found->packing ? found->packing->name : MEDIUM_FORM_NONE);
}

static int too_large(const struct kernel_unpack *wanted, struct error *err)
{
    return error_set(err, ERROR_LIMITS, "it unpacks to more than %llu bytes, which is the limit",
                     (unsigned long long)wanted->max);
}

/* All of KERNEL into the file. */
static int copy(struct unpacking *u, struct kernel_layer *kernel, struct error *err)
{
    auto_free unsigned char *block = xmalloc(KERNEL_LAYER_BLOCK);

    for (;;) {
        uint64_t left = u->wanted->max - u->size;
        /* one byte tells whether there is more than there may be */
        size_t length = left == 0 ? 1 : left < KERNEL_LAYER_BLOCK ? left : KERNEL_LAYER_BLOCK;

        if (u->size + length > KERNEL_LAYER_UNPACKED_MAX)
            return too_large(u->wanted, err);
        ssize_t got = kernel_layer_read(kernel, u->size, block, length, err);
        if (got <= 0)
            return got < 0 ? -1 : 0;
        if (left == 0)
            return too_large(u->wanted, err);
        if (write_all(u->wanted->fd, block, (size_t)got) < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot write what it unpacks to");
        u->size += (uint64_t)got;
        u->crc = (uint32_t)crc32(u->crc, block, (unsigned)got);
    }
}

/* Some ways to compress do not tell that their end is missing, and libarchive does not look at the
 * checksum of gzip. */
static int check_tail(const struct unpacking *u, const struct kernel_found *found,
                      struct error *err)
{
    bool gzip = found->packing && strcmp(found->packing->name, "gzip") == 0;
    uint32_t size = word(found->tail + 4), sum = word(found->tail);

    if (!found->has_tail || !found->packing || (found->form == KERNEL_ZBOOT && !gzip))
        return 0;
    if (size != (uint32_t)u->size)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it is cut off or damaged: it unpacks to %llu bytes, and says that these "
                         "are %lu",
                         (unsigned long long)u->size, (unsigned long)size);
    if (gzip && sum != u->crc)
        return error_set(err, ERROR_INVALID_SOURCE, "its gzip data is damaged: its CRC is wrong");
    return 0;
}

static int take(void *context, struct kernel_layer *kernel, const struct kernel_found *found,
                struct error *err)
{
    struct unpacking *u = context;

    if (!is_wanted(u->wanted, found))
        return 0;
    if (copy(u, kernel, err) < 0)
        return -1;
    return check_tail(u, found, err);
}

int kernel_unpack(struct kernel_layer *file, const struct kernel_unpack *wanted,
                  struct kernel_found *found, uint64_t *size, struct error *err)
{
    struct unpacking u = {.wanted = wanted};
    int taken = kernel_image_unwrap(file, found, take, &u, err);

    *size = u.size;
    if (taken < 0)
        return -1;
    if (taken == 0 && is_wanted(wanted, found))
        return error_set(err, ERROR_INVALID_SOURCE, "%s", found->why);
    return 0;
}
