/* The result's writer. See output.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/output.h"

#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/text.h"

void output_open(struct output *output, int fd, uint64_t limit, const char *name)
{
    *output =
        (struct output){.fd = fd, .limit = limit, .name = name, .block = xmalloc(OUTPUT_BLOCK)};
}

void output_close(struct output *output)
{
    free(output->block);
    *output = (struct output){.fd = -1};
}

static int flush(struct output *output, struct error *err)
{
    size_t used = output->used;

    output->used = 0;
    if (write_all(output->fd, output->block, used) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the ramdisk made of %s",
                               output->name);
    return 0;
}

int output_add(struct output *output, const void *bytes, size_t length, struct error *err)
{
    const unsigned char *from = bytes;
    char size[TEXT_SIZE_LENGTH];

    if (length > output->limit - output->size)
        return error_set(err, ERROR_LIMITS,
                         "%s with its overlay becomes larger than the limit of %s", output->name,
                         text_from_size(output->limit, size));
    output->size += length;
    while (length > 0) {
        size_t part = OUTPUT_BLOCK - output->used < length ? OUTPUT_BLOCK - output->used : length;

        memcpy(output->block + output->used, from, part);
        output->used += part;
        from += part;
        length -= part;
        if (output->used == OUTPUT_BLOCK && flush(output, err) < 0)
            return -1;
    }
    return 0;
}

int output_align(struct output *output, unsigned alignment, struct error *err)
{
    static const unsigned char zeros[512];
    size_t over = output->size % alignment;

    return over ? output_add(output, zeros, alignment - over, err) : 0;
}

int output_finish(struct output *output, struct error *err)
{
    return flush(output, err);
}
