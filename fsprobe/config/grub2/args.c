/* The words of a command once they are expanded. See args.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/args.h"

#include <stdlib.h>

#include "fsprobe/config/grub2/machine.h"

bool grub2_args_over_bound(struct grub2 *g)
{
    grub2_problem(g, "a command grows over %d words or %d bytes", GRUB2_ARGS_MAX, GRUB2_ARGS_BYTES);
    grub2_steps(g, GRUB2_ARGS_BYTES / 64);
    return false;
}

bool grub2_args_add(struct grub2 *g, struct grub2_args *args, const char *text, size_t length)
{
    if (args->count >= GRUB2_ARGS_MAX || length > GRUB2_ARGS_BYTES - args->bytes)
        return grub2_args_over_bound(g);
    if (!args->v || (args->count + 1) % 16 == 0)
        args->v = xreallocarray(args->v, args->count + 17, sizeof *args->v);
    args->v[args->count++] = xstrndup(text, length);
    args->v[args->count] = NULL;
    args->bytes += length;
    return grub2_steps(g, length / 64 + (args->count % GRUB2_STEP_WORDS == 0));
}

void grub2_args_free(struct grub2_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        free(args->v[i]);
    free(args->v);
    *args = (struct grub2_args){NULL, 0, 0};
}
