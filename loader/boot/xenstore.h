/* The host's xenstore, through libxenstore where the host has it: size limits, what kind of guest
 * it is, and a guest's own data under xl. The library is found at run time; a host without it, or
 * without a running xenstored, loses nothing. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_XENSTORE_H
#define LOADER_BOOT_XENSTORE_H

#include <stdint.h>

#include "common/error.h"
#include "loader/record/record.h"
#include "loader/settings/options.h"

/* Bytes of a path below a domain's own, and of a path, a NUL and a value together:
 * XENSTORE_REL_PATH_MAX and XENSTORE_PAYLOAD_MAX of Xen's public header io/xs_wire.h. */
#define XENSTORE_KEY_MAX     2048
#define XENSTORE_PAYLOAD_MAX 4096
/* Entries that one guest is given: as many nodes as xenstored lets a guest have by default. */
#define XENSTORE_ENTRIES_MAX 1000
/* Bytes: a limit above this is a mistake. */
#define XENSTORE_LIMIT_MAX (UINT64_C(1) << 40)

/* What xenstore says. Limits are in bytes; 0: it says nothing. */
struct xenstore_found {
    uint64_t host_kernel_max, host_ramdisk_max; /* /mh/limits/pv-…-max-size */
    uint64_t vm_kernel_max, vm_ramdisk_max;     /* /local/domain/DOMID/platform/pv-…-max-size */
    enum guest_kind kind; /* /libxl/DOMID/type, which libxl writes when it makes the domain */
};
/* Of the domain that SETTINGS' output directory is of; of none, only the host's limits. Nobody is
 * asked whose answer would not count. What cannot be read, or is no size, counts as not set; the
 * latter, and a xenstored that does not answer, is a warning. Costs one connection, held by a
 * child; nothing where xenstored's socket is not there. */
void xenstore_look(const struct settings *settings, struct xenstore_found *found);

/* Writes RECORD's xenstore_data below /local/domain/DOMID, readable by that guest only: only the
 * keys "vm-data" and "vm-data/…", and the nodes above them up to vm-data; other nodes below vm-data
 * stay as they are. All of it in one transaction. 0, also when there is nothing to write or DOMID
 * is -1; or -1 with ERR: a key or value that xenstore would refuse, no library, no xenstored, no
 * such domain in it. */
int xenstore_give_data(int domid, const struct record *record, struct error *err) must_check;

#endif
