/* Blocks of an image, read while others wait. See image.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/iso/image.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/file_map.h"

/* Longest wait for bytes before the clocks are looked at again. Milliseconds. */
#define STEP_MS 250

struct image_block {
    uint64_t number;
    unsigned used; /* when, by the image's clock; 0: it is empty */
    size_t length; /* bytes that are here */
    unsigned char *bytes;
};

struct image {
    struct source source; /* first; see source.h */
    struct file_source *from;
    struct nfs_handle *handle;
    struct image_block blocks[IMAGE_BLOCKS];
    unsigned clock;
    unsigned count; /* blocks that were read */
};

/* --- waiting ------------------------------------------------------------------------------- */

/* Runs FILE to its end, beside the transfers of SOURCE. */
static int run(struct file_source *source, struct nfs_file *file, struct error *err)
{
    struct transfer *t = &file->base;

    while (t->state == TRANSFER_RUNNING) {
        if (nfs_source_move(source, err) < 0)
            return -1;
        nfs_file_move(file);
        int ms = t->state == TRANSFER_RUNNING ? nfs_source_look(source, t, STEP_MS) : 0;
        if (t->state == TRANSFER_RUNNING && nfs_source_wait(source, ms, err) < 0)
            return -1;
    }
    if (t->state == TRANSFER_FAILED)
        return transfer_give_error(t, err);
    if (t->state == TRANSFER_MISSING)
        return error_set(err, ERROR_INVALID_SOURCE, "%s: %s; check the path of the image", t->url,
                         t->absence);
    return 0;
}

int image_wait(struct file_source *source, struct nfs_handle *handle, struct error *err)
{
    const struct transfer_spec nothing = {.limit = 0};
    struct nfs_file *file =
        nfs_file_start_pieces(handle, source->settings, handle->url, NULL, 0, true, &nothing);
    int result = run(source, file, err);

    nfs_file_stop(file);
    return result;
}

/* --- blocks -------------------------------------------------------------------------------- */

static int take(void *context, const void *bytes, size_t length, struct error *err)
{
    struct image_block *block = context;

    (void)err;
    memcpy(block->bytes + block->length, bytes, length);
    block->length += length;
    return 0;
}

/* Block NUMBER, into the place of the one that was used longest ago. */
static struct image_block *read_block(struct image *image, uint64_t number, struct error *err)
{
    struct image_block *block = image->blocks;
    uint64_t left = image->source.size - number * IMAGE_BLOCK;
    const struct nfs_piece piece = {number * IMAGE_BLOCK, left < IMAGE_BLOCK ? left : IMAGE_BLOCK};

    if (++image->count > IMAGE_BLOCKS_MAX) {
        error_set(err, ERROR_INVALID_SOURCE,
                  "%s: more than %d MiB of directories were read: is it "
                  "damaged?",
                  image->handle->url, IMAGE_BLOCKS_MAX / (1024 * 1024 / IMAGE_BLOCK));
        return NULL;
    }
    for (size_t i = 1; i < IMAGE_BLOCKS; i++)
        if (image->blocks[i].used < block->used)
            block = &image->blocks[i];
    if (!block->bytes)
        block->bytes = xmalloc(IMAGE_BLOCK);
    block->used = 0;
    block->length = 0;
    const struct transfer_spec spec = {
        .limit = piece.length, .limit_error = ERROR_INVALID_SOURCE, .data = take, .context = block};
    struct nfs_file *file = nfs_file_start_pieces(image->handle, image->from->settings,
                                                  image->handle->url, &piece, 1, true, &spec);
    int result = run(image->from, file, err);
    nfs_file_stop(file);
    if (result < 0)
        return NULL;
    block->number = number;
    return block;
}

static struct image_block *find_block(struct image *image, uint64_t number)
{
    for (size_t i = 0; i < IMAGE_BLOCKS; i++)
        if (image->blocks[i].used && image->blocks[i].number == number)
            return &image->blocks[i];
    return NULL;
}

/* --- the source ---------------------------------------------------------------------------- */

static int read_image(struct source *source, uint64_t at, void *out, size_t length,
                      struct error *err)
{
    struct image *image = (struct image *)source;
    unsigned char *to = out;

    while (length > 0) {
        size_t skip = at % IMAGE_BLOCK;
        struct image_block *block = find_block(image, at / IMAGE_BLOCK);

        if (!block)
            block = read_block(image, at / IMAGE_BLOCK, err);
        if (!block)
            return -1;
        block->used = ++image->clock;
        /* Reads are inside of the size, and so is every block up to its end. */
        size_t part = block->length - skip < length ? block->length - skip : length;
        memcpy(to, block->bytes + skip, part);
        at += part, to += part, length -= part;
    }
    return 0;
}

static int map_image(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                     struct file_map *map, struct error *err)
{
    const struct file_run run = {.at = file_at, .place = at, .length = length};

    (void)source;
    if (!file_map_add(map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 0;
}

static void free_image(struct source *source)
{
    struct image *image = (struct image *)source;

    for (size_t i = 0; i < IMAGE_BLOCKS; i++)
        free(image->blocks[i].bytes);
    free(image);
}

struct source *image_source(struct file_source *source, struct nfs_handle *handle, uint64_t *budget)
{
    static const struct source_ops ops = {read_image, map_image, free_image};
    struct image *image = xcalloc(1, sizeof *image);

    *image = (struct image){.source = {.ops = &ops, .size = handle->size, .budget = budget},
                            .from = source,
                            .handle = handle};
    return &image->source;
}
