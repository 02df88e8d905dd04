/* --location: kernel and ramdisk from where somebody says, at every start, as xenpvnetboot did.
 *
 * LOCATION is one of
 *   http://…, https://…   got by the helper `fetch`, with all of its checks
 *   DIR, file://DIR       files of dom0 below DIR, and nothing outside it
 *   IMAGE, DEVICE         a disk with a filesystem that fsprobe reads, or an ISO image
 *   IMAGE:/FOLDER         the same, below a folder in it
 * Kinds that xenpvnetboot knew and this version does not are refused by name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_LOCATION_H
#define LOADER_SOURCES_LOCATION_H

#include "common/error.h"
#include "loader/helpers/fetch.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Gets the kernel and the ramdisk of LOCATION into OUTPUTS, not named yet. KERNEL and RAMDISK are
 * relative to it, or URLs (or absolute paths in dom0) where LOCATION is NULL; both NULL: the
 * layouts of all families are tried. With KERNEL alone there is no ramdisk. What is empty counts as
 * NULL. PROXY may be NULL. 0; or -1 with ERR (a kind of location that is not supported is named).
 */
int location_fetch(const struct settings *settings, const char *location, const char *kernel,
                   const char *ramdisk, const char *proxy, const struct fetch_limits *limits,
                   struct outputs *outputs, struct error *err) must_check;

/* Whether location_fetch() of the same three would open a path in dom0. 0; or -1 with ERR, as
 * location_fetch() has it. */
int location_is_local(const char *location, const char *kernel, const char *ramdisk, bool *local,
                      struct error *err) must_check;

#endif
