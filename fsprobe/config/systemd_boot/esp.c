/* EFI system partitions. See esp.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/esp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"

bool esp_is(const struct volume *volume)
{
    bool fat = volume->type && strcmp(volume->type, "vfat") == 0;

    return volume->purpose == PURPOSE_ESP ||
           (fat && !volume->gpt && volume->purpose == PURPOSE_OTHER);
}

struct vendors {
    char *list[ESP_VENDORS_MAX];
    size_t count, seen;
};

static bool take_vendor(void *context, const char *name)
{
    struct vendors *vendors = context;

    if (*name != '.')
        vendors->list[vendors->count++] = xstrdup(name);
    return vendors->count < ESP_VENDORS_MAX && ++vendors->seen < ESP_NAMES_MAX;
}

static bool is_removable(const char *vendor)
{
    return strcasecmp(vendor, "BOOT") == 0;
}

/* By name, that of removable media behind all others. */
static int compare(const void *left, const void *right)
{
    const char *a = *(char *const *)left, *b = *(char *const *)right;
    int result = (int)is_removable(a) - (int)is_removable(b);

    return result ? result : strcmp(a, b);
}

void esp_find(struct guest *guest, size_t volume, const char *name, struct esp_paths *paths)
{
    auto_error struct error ignored = ERROR_INIT;
    struct vendors vendors = {.count = 0};

    paths->count = 0;
    (void)(guest_list(guest, volume, "/EFI", take_vendor, &vendors, &ignored) > 0);
    if (vendors.count)
        qsort(vendors.list, vendors.count, sizeof vendors.list[0], compare);
    for (size_t i = 0; i < vendors.count; i++) {
        auto_free char *vendor = vendors.list[i];
        auto_free char *path = xasprintf("/EFI/%s/%s", vendor, name);

        if ((!is_removable(vendor) || paths->count == 0) && config_is_file(guest, volume, path))
            paths->list[paths->count++] = take_pointer(path);
    }
}

void esp_paths_free(struct esp_paths *paths)
{
    while (paths->count)
        free(paths->list[--paths->count]);
}

bool esp_has_systemd_boot(struct guest *guest, size_t volume)
{
    auto_error struct error ignored = ERROR_INIT;
    struct file_status status;

    return config_is_file(guest, volume, "/loader/loader.conf") ||
           (guest_status(guest, volume, "/EFI/systemd", &status, &ignored) > 0 && status.directory);
}
