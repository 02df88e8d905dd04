/* The devices and paths of GRUB legacy. See grub_legacy_path.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub_legacy_path.h"

#include <string.h>

#include "common/protocol/fsprobe.h"
#include "fsprobe/config/config_text.h"
#include "fsprobe/config/grub_legacy.h"

bool legacy_cut_number(const char **at, size_t max, size_t *number)
{
    const char *p = *at;
    size_t value = 0;

    for (; *p >= '0' && *p <= '9' && value <= max; p++)
        value = value * 10 + (size_t)(*p - '0');
    if (p == *at || value > max)
        return false;
    *at = p;
    *number = value;
    return true;
}

size_t legacy_device(const struct guest *guest, const char *text)
{
    size_t disk, partition = 0;
    const char *p = text;

    if (!text_starts(p, "(hd"))
        return LEGACY_NO_VOLUME;
    p += strlen("(hd");
    if (!legacy_cut_number(&p, GUEST_DISKS_MAX, &disk))
        return LEGACY_NO_VOLUME;
    if (*p == ',' && p[1] >= '0' && p[1] <= '9') {
        p++;
        if (!legacy_cut_number(&p, UINT16_MAX, &partition))
            return LEGACY_NO_VOLUME;
        partition++;
    }
    int volume = guest_find(guest, (unsigned)disk, (unsigned)partition);

    return volume < 0 ? LEGACY_NO_VOLUME : (size_t)volume;
}

bool legacy_is_file(struct legacy *legacy, size_t volume, const char *path)
{
    if (legacy->lookups == LEGACY_LOOKUPS_MAX) {
        menu_no_default(legacy->menu, "the menu names too many files on other partitions");
        return false;
    }
    legacy->lookups++;
    return config_is_file(legacy->guest, volume, path);
}

struct boot_file legacy_resolve(struct legacy *legacy, size_t home, size_t root, const char *name)
{
    if (*name == '(') {
        const char *close = strchr(name, ')');

        root = legacy_device(legacy->guest, name);
        name = close ? close + 1 : name;
    }
    auto_free char *path = xasprintf("%s%s", *name == '/' ? "" : "/", name);

    if (root == LEGACY_NO_VOLUME || (root != home && !legacy_is_file(legacy, root, path)))
        root = home;
    return (struct boot_file){.volume = root, .path = take_pointer(path)};
}
