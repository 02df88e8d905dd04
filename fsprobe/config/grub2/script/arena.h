/* Memory for what scripts are parsed to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_ARENA_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_ARENA_H

#include <stddef.h>

/* Bytes that all parsed scripts of one guest may take together. */
#define GRUB2_ARENA_MAX (24 * 1024 * 1024)

/* Memory that is given back all at once. */
struct grub2_arena {
    struct grub2_chunk *chunks;
    size_t used; /* bytes, over all chunks */
};
/* SIZE zeroed bytes that live as long as the arena; NULL when GRUB2_ARENA_MAX is reached. */
void *grub2_arena_take(struct grub2_arena *arena, size_t size);
/* LENGTH bytes of TEXT and a NUL; NULL as above. */
char *grub2_arena_text(struct grub2_arena *arena, const char *text, size_t length);
void grub2_arena_free(struct grub2_arena *arena);

#endif
