/* systemd-boot's loader.conf: which entry it boots when nobody chooses, and how long it waits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_LOADER_CONF_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_LOADER_CONF_H

#include "fsprobe/config/menu.h"

/* Bytes of a pattern; a file's name has at most 255 characters. Longer ones are ignored. */
#define LOADER_CONF_PATTERN_MAX 1024

/* Reads PATH ("/loader/loader.conf"), sets MENU's timeout, and gives the pattern that the default
 * entry's file name shall meet, in small letters, which the caller frees; NULL when it names none.
 * What is kept in the firmware's variables ("@saved") is not there for a guest without firmware, so
 * that it names none; other words that begin with '@' are ignored. */
char *loader_conf_read(struct guest *guest, size_t volume, const char *path,
                       struct menu *menu) must_check;

#endif
