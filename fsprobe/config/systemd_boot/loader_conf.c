/* systemd-boot's loader.conf. See loader_conf.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/loader_conf.h"

#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"

static void set_timeout(struct menu *menu, const char *value)
{
    uint64_t seconds;

    if (strcmp(value, "menu-force") == 0)
        menu_set_timeout(menu, -1);
    else if (strcmp(value, "menu-hidden") == 0 || strcmp(value, "menu-disabled") == 0)
        menu_set_timeout(menu, 0);
    else if (text_to_number(value, UINT32_MAX, &seconds))
        menu_set_timeout(menu, (int64_t)seconds);
}

char *loader_conf_read(struct guest *guest, size_t volume, const char *path, struct menu *menu)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_config_lines struct config_lines lines = {.menu = menu};
    char *pattern = NULL, *line;

    if (!config_is_file(guest, volume, path) || !config_read(guest, volume, path, &text, menu))
        return NULL;
    config_lines_start(&lines, path, buffer_text(&text), text.length, menu);
    while ((line = config_lines_next(&lines))) {
        const char *key = config_cut_word(&line);
        const char *value = config_unquote(line);

        if (strcmp(key, "timeout") == 0)
            set_timeout(menu, value);
        else if (strcmp(key, "default") == 0 && strcasecmp(value, "@saved") == 0)
            replace_string(&pattern, NULL);
        else if (strcmp(key, "default") == 0 && strlen(value) > LOADER_CONF_PATTERN_MAX)
            menu_problem(menu, "%s: its default has more than %d bytes and is ignored", path,
                         LOADER_CONF_PATTERN_MAX);
        else if (strcmp(key, "default") == 0 && *value && *value != '@')
            replace_string(&pattern, config_small_letters(value));
    }
    return pattern;
}
