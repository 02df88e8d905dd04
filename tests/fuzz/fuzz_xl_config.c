/* Fuzz target: an xl.cfg and its disks, as a person writes them, or pastes them from anywhere.
 *
 * What is refused has a sentence that names the file; what is read has names as the language has
 * them, and the disks of a list are read, or refused with a sentence.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "loader/check/xl_config.h"
#include "loader/check/xl_disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void read_disk(const char *text)
{
    auto_xl_disk struct xl_disk disk = {.target = NULL};
    auto_error struct error err = ERROR_INIT;

    if (xl_disk_parse(text, &disk, &err) < 0) {
        must(err.text && strstr(err.text, "the disk '"));
        return;
    }
    must(disk.vdev && disk.format && (disk.target || disk.cdrom));
    must(!disk.cdrom || !disk.writable);
}

static void read_setting(const struct xl_setting *setting)
{
    must(setting->name[0] >= 'a' && setting->name[0] <= 'z');
    must(setting->list || (setting->count == 1 && setting->values[0]));
    must(setting->count <= XL_CONFIG_VALUES_MAX);
    for (size_t i = 0; i < setting->count; i++)
        if (setting->values[i])
            read_disk(setting->values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_xl_config struct xl_config config = {.settings = NULL};
    auto_error struct error err = ERROR_INIT;
    auto_free char *text = xstrndup((const char *)data, size);

    if (xl_config_parse(text, strlen(text), "x.cfg", &config, &err) < 0)
        must(err.text && text_starts(err.text, "x.cfg"));
    must(config.count <= XL_CONFIG_SETTINGS_MAX);
    for (size_t i = 0; i < config.count; i++) {
        read_setting(&config.settings[i]);
        must(xl_config_find(&config, config.settings[i].name) == &config.settings[i]);
    }
    return 0;
}
