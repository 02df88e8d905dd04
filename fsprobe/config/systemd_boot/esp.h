/* What stands on an EFI system partition beside entries: the folders of boot programs, one for each
 * vendor, /EFI/VENDOR.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_ESP_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_ESP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "fsprobe/fs/guest.h"

/* Vendors' folders that are looked into. */
#define ESP_VENDORS_MAX 32
/* Names in /EFI that are looked at. */
#define ESP_NAMES_MAX 4096

struct esp_paths {
    char *list[ESP_VENDORS_MAX];
    size_t count;
};

/* Whether the volume is such a partition: its table says so, or it is a FAT and no table could. */
bool esp_is(const struct volume *volume);
/* The files /EFI/VENDOR/NAME that are there, by the name of the vendor. That of BOOT, for media
 * that go from machine to machine, counts only where it is the only one. What cannot be read is not
 * there. */
void esp_find(struct guest *guest, size_t volume, const char *name, struct esp_paths *paths);
void esp_paths_free(struct esp_paths *paths);
#define auto_esp_paths __attribute__((cleanup(esp_paths_free)))

/* Whether systemd-boot was installed there. */
bool esp_has_systemd_boot(struct guest *guest, size_t volume);

#endif
