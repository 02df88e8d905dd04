/* Bytes of a file, compressed or not. See kernel_bytes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/kernel_bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"

uint64_t kernel_layer_end(const struct kernel_layer *layer)
{
    return layer->packing ? KERNEL_LAYER_UNPACKED_MAX : layer->length;
}

/* --- as it is ---------------------------------------------------------------------------- */

/* LENGTH bytes at AT of the part, before it is unpacked. */
static ssize_t read_part(const struct kernel_layer *layer, uint64_t at, void *out, size_t length,
                         struct error *err)
{
    if (at >= layer->length)
        return 0;
    if (length > layer->length - at)
        length = (size_t)(layer->length - at);
    at += layer->start;
    if (layer->below)
        return kernel_layer_read(layer->below, at, out, length, err);
    if (layer->fd < 0) {
        memcpy(out, layer->bytes + at, length);
        return (ssize_t)length;
    }
    ssize_t got = pread_all(layer->fd, out, length, (off_t)at);
    if (got < 0)
        error_set_errno(err, ERROR_INVALID_SOURCE, "it cannot be read at byte %llu",
                        (unsigned long long)at);
    return got;
}

/* --- unpacked ---------------------------------------------------------------------------- */

static la_ssize_t give_bytes(struct archive *archive, void *context, const void **bytes)
{
    struct kernel_layer *layer = context;
    ssize_t got = read_part(layer, layer->taken, layer->input, KERNEL_LAYER_BLOCK, &layer->fault);

    if (got < 0)
        archive_set_error(archive, EIO, "it cannot be read");
    else
        layer->taken += (uint64_t)got;
    *bytes = layer->input;
    return got;
}

static ssize_t read_lzo(void *context, uint64_t at, void *out, size_t length, struct error *err)
{
    return read_part(context, at, out, length, err);
}

/* What libarchive says of its filters is written for programmers: the layer's own words. */
static int damaged(struct kernel_layer *layer, struct error *err)
{
    if (layer->fault.text)
        return error_set(err, layer->fault.name, "%s", layer->fault.text);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "its %s data is damaged, or needs more memory to unpack than is allowed",
                     layer->packing->name);
}

/* Begins to unpack, again when it was begun before. */
static int begin(struct kernel_layer *layer, struct error *err)
{
    archive_read_free(layer->archive);
    layer->archive = NULL;
    layer->begun = false;
    layer->taken = layer->block_at = layer->block_length = 0;
    if (layer->passes++ == KERNEL_LAYER_PASSES_MAX)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "its parts lie in an order in which they cannot be unpacked");
    if (layer->packing->filter == ARCHIVE_FILTER_NONE) {
        layer->begun = lzop_begin(&layer->lzop, read_lzo, layer, err) == 0;
        return layer->begun ? 0 : -1;
    }
    if (!layer->input)
        layer->input = xmalloc(KERNEL_LAYER_BLOCK);
    layer->archive = packing_open(layer->packing, give_bytes, layer);
    layer->begun = layer->archive != NULL;
    return layer->begun ? 0 : damaged(layer, err);
}

/* The next block. 1, 0 at the end, or -1 with ERR. */
static int next_block(struct kernel_layer *layer, struct error *err)
{
    const void *block = NULL;
    size_t length = 0;
    la_int64_t at = 0;

    layer->block_at += layer->block_length;
    layer->block_length = 0;
    if (layer->packing->filter == ARCHIVE_FILTER_NONE)
        return lzop_next(&layer->lzop, &layer->block, &layer->block_length, err);
    int result = archive_read_data_block(layer->archive, &block, &length, &at);
    if (result == ARCHIVE_EOF)
        return 0;
    if (result < ARCHIVE_WARN || length == 0)
        return damaged(layer, err);
    layer->block = block;
    layer->block_length = length;
    return 1;
}

static ssize_t read_unpacked(struct kernel_layer *layer, uint64_t at, unsigned char *out,
                             size_t length, struct error *err)
{
    size_t done = 0;

    if ((!layer->begun || at < layer->block_at) && begin(layer, err) < 0)
        return -1;
    while (done < length) {
        uint64_t inside = at + done - layer->block_at;

        if (inside >= layer->block_length) {
            int more = next_block(layer, err);
            if (more < 0)
                return -1;
            if (more == 0)
                break;
            continue;
        }
        size_t piece = layer->block_length - (size_t)inside;
        if (piece > length - done)
            piece = length - done;
        memcpy(out + done, layer->block + inside, piece);
        done += piece;
    }
    return (ssize_t)done;
}

/* --- both -------------------------------------------------------------------------------- */

ssize_t kernel_layer_read(struct kernel_layer *layer, uint64_t at, void *out, size_t length,
                          struct error *err)
{
    if (!layer->packing)
        return read_part(layer, at, out, length, err);
    if (at > KERNEL_LAYER_UNPACKED_MAX || length > KERNEL_LAYER_UNPACKED_MAX - at)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it is not looked at behind the first %llu MiB of what it unpacks to",
                         (unsigned long long)KERNEL_LAYER_UNPACKED_MAX / 1024 / 1024);
    return read_unpacked(layer, at, out, length, err);
}

int kernel_layer_read_whole(struct kernel_layer *layer, uint64_t at, void *out, size_t length,
                            const char *what, struct error *err)
{
    ssize_t got = kernel_layer_read(layer, at, out, length, err);

    if (got < 0)
        return -1;
    if ((size_t)got < length)
        return error_set(err, ERROR_INVALID_SOURCE, "it is cut off: it ends before %s", what);
    return 0;
}

void kernel_layer_free(struct kernel_layer *layer)
{
    archive_read_free(layer->archive);
    layer->archive = NULL;
    lzop_free(&layer->lzop);
    layer->begun = false;
    free(layer->input);
    layer->input = NULL;
    error_clear(&layer->fault);
}
