/* A volume's grubenv. See grubenv_file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grubenv_file.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/menu.h"

struct grubenv {
    char *names[GRUBENV_VARIABLES_MAX];
    char *values[GRUBENV_VARIABLES_MAX];
    size_t count;
};

static const char *const places[] = {"/grub2/grubenv", "/boot/grub2/grubenv", "/boot/grub/grubenv",
                                     "/grub/grubenv"};

static void keep(void *context, const char *name, const char *value)
{
    struct grubenv *environment = context;

    if (environment->count == GRUBENV_VARIABLES_MAX)
        return;
    environment->names[environment->count] = xstrdup(name);
    environment->values[environment->count++] = xstrdup(value);
}

struct grubenv *grubenv_load(struct guest *guest, size_t volume)
{
    struct grubenv *environment = xcalloc(1, sizeof *environment);

    for (size_t i = 0; i < ARRAY_SIZE(places) && environment->count == 0; i++) {
        auto_buffer struct buffer text = BUFFER_INIT(GRUBENV_FILE_MAX);
        auto_error struct error ignored = ERROR_INIT;
        /* An environment that cannot be read is like none: entries say what they lack. */
        if (guest_read(guest, volume, places[i], GRUBENV_FILE_MAX, &text, NULL, &ignored) > 0 &&
            grubenv_parse(buffer_text(&text), text.length, keep, environment) < 0)
            continue;
    }
    return environment;
}

void grubenv_free(struct grubenv *environment)
{
    if (!environment)
        return;
    for (size_t i = 0; i < environment->count; i++) {
        free(environment->names[i]);
        free(environment->values[i]);
    }
    free(environment);
}

const char *grubenv_variable(void *context, const char *name)
{
    const struct grubenv *environment = context;

    for (size_t i = environment->count; i > 0; i--)
        if (strcmp(environment->names[i - 1], name) == 0)
            return environment->values[i - 1];
    return NULL;
}
