/* A guest in memory, for tests of whatever reads a guest's files.
 *
 *     struct guest guest;
 *     memory_guest(&guest);
 *     memory_volume_add(&guest, "1234-uuid", "root");
 *     memory_file(&guest, 0, "/boot/grub/grub.cfg", "set default=0\n");
 *     …
 *     memory_guest_free(&guest);
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_GUEST_MEMORY_H
#define TESTS_UNIT_GUEST_MEMORY_H

#include <stddef.h>

#include "fsprobe/fs/guest.h"

/* An empty guest. */
void memory_guest(struct guest *guest);
/* Frees every volume with its files. */
void memory_guest_free(struct guest *guest);

/* One more volume, readable and empty: partition N+1 of disk 0 for the Nth call. Change
 * disk, partition, gpt and so on in what it returns where a test needs that. UUID and LABEL
 * are copied and may be NULL. */
struct volume *memory_volume_add(struct guest *guest, const char *uuid, const char *label);

/* A regular file at the absolute PATH of volume VOLUME (an index); the directories above it
 * are there by that. A file that is there already gets the new text. */
void memory_file(struct guest *guest, size_t volume, const char *path, const char *text);
/* The same for bytes that may hold NULs. */
void memory_file_bytes(struct guest *guest, size_t volume, const char *path, const void *bytes,
                       size_t length);

/* How often files of the guest were read or listed so far. */
size_t memory_reads(const struct guest *guest);

#endif
