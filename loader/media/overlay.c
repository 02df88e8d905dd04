/* What the tables say of a ramdisk, done. See overlay.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/overlay.h"

#include "common/log.h"
#include "loader/helpers/ramdisk.h"

static int missing_overlay(const struct media *media, const struct map_entry *entry,
                           const char *path, struct error *err)
{
    if (!entry->tree || !media_is_own(entry->table) || media_has_overlay_of(media, entry->table))
        return error_set(err, ERROR_SUPPORT_PACKAGE,
                         "the overlay %s is not there, which %s, line %u names for this ramdisk "
                         "(%s); put it there, or correct that line",
                         path, entry->table, entry->line, entry->name);
    log_warning("the ramdisk of this installer (%s) is used as it came: its overlay '%s' is not on "
                "this host; put the vendor's overlays into a map folder, or say that it needs "
                "none: eliloader media add",
                entry->name, entry->overlay);
    return 0;
}

int overlay_apply(const struct settings *settings, const struct media *media,
                  const struct fetched *fetched, const struct fetch_limits *limits,
                  struct outputs *outputs, const char *who, struct error *err)
{
    const struct fetched_file *ramdisk = &fetched->ramdisk;
    struct map_entry entry;
    auto_free char *path = NULL;

    if (!fetched->has_ramdisk)
        return 0;
    if (!maps_find(media->maps, ramdisk->md5, ramdisk->sha256, fetched->tree_name,
                   fetched->tree_version, fetched->tree_arch, &entry)) {
        log_step("%s: the ramdisk is in no table: it is used as it came", who);
        return 0;
    }
    log_step("%s: the ramdisk is known as %s (%s, line %u)", who, entry.name, entry.table,
             entry.line);
    if (!entry.overlay)
        return 0;
    if (!media_find_overlay(media, entry.table, entry.overlay, &path))
        return missing_overlay(media, &entry, path, err);
    const struct ramdisk_overlay overlay = {.ext2 = entry.type == RAMDISK_EXT2,
                                            .append = entry.append,
                                            .vendor = ramdisk->url,
                                            .overlay = path,
                                            .limits = limits};
    if (ramdisk_lay(settings, &overlay, outputs, err) < 0)
        return error_prefix(err, "cannot lay the overlay %s over the ramdisk", path);
    log_step("%s: the overlay %s is laid over the ramdisk (%s)", who, path,
             media_type_name(&entry));
    return 0;
}
