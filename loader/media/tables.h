/* The tables of installation media on this host, and where their overlays are.
 *
 * A map folder holds tables (*.map) and the overlays that they name. The folders are those of the
 * setting map-dir (several are separated by colons), else "../share/eliloader/maps" as seen from
 * the running program, so that a build tree and an installed one both work, and, where it is
 * there, the historical one of XenServer.
 *
 * Tables are read in the order of the folders and, within one, of their names; the project's own
 * (eliloader-*.map) come last, so that what a host says by a tree pattern comes before what
 * the project says. An overlay is looked for beside its table, then in the other map folders: so
 * the project's table of trees serves a host that has the vendor's overlays where the vendor puts
 * them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_TABLES_H
#define LOADER_MEDIA_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "distros/maps/maps.h"
#include "loader/settings/options.h"

#define MEDIA_VENDOR_FOLDER "/opt/xensource/packages/files/guest-installer"
#define MEDIA_FOLDERS_MAX   16
#define MEDIA_TABLES_MAX    1024 /* in all folders */
/* What the project ships begins with this. */
#define MEDIA_OWN_PREFIX "eliloader-"

/* Starts as MEDIA_INIT; owned, freed by media_free(). */
struct media {
    struct maps *maps;
    char *folders[MEDIA_FOLDERS_MAX];
    size_t folder_count;
    char **tables; /* paths, in the order in which they were read */
    size_t table_count;
};
#define MEDIA_INIT   \
    (struct media)   \
    {                \
        .maps = NULL \
    }

/* The map folders of SETTINGS into MEDIA, and the paths of all tables in them; none is read yet. A
 * default folder that is not there is passed over. 0; or -1 with ERR: a folder that map-dir names
 * is not there or cannot be read, or there are too many folders or tables. The caller frees MEDIA
 * in either case. */
int media_find_tables(const struct settings *settings, struct media *media,
                      struct error *err) must_check;

/* The same, and reads all of the tables. -1 too for a table that cannot be read, or is wrong
 * (maps_add()). */
int media_open(const struct settings *settings, struct media *media, struct error *err) must_check;
/* Frees what MEDIA holds; it is MEDIA_INIT then. */
void media_free(struct media *media);
#define auto_media __attribute__((cleanup(media_free)))

/* Adds the table PATH to MAPS. 0, or -1 with ERR. */
int media_read_table(struct maps *maps, const char *path, struct error *err) must_check;

/* Where the overlay NAME of the table TABLE is (NAME has no slash). *PATH, which the caller frees,
 * is its path; when it is in none of the folders, the one beside the table, and the result false.
 */
bool media_find_overlay(const struct media *media, const char *table, const char *name,
                        char **path) must_check;

/* True when the project ships TABLE (a path). */
bool media_is_own(const char *table) must_check;
/* True when any of the overlays that TABLE names is on this host. */
bool media_has_overlay_of(const struct media *media, const char *table) must_check;

/* "cpio", "cpio+append" or "ext2", as the tables write it. */
const char *media_type_name(const struct map_entry *entry);

#endif
