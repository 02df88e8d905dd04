/* GRUB as the kernel of a guest: it starts inside the guest, reads the guest's own disks there, and
 * boots from them, so that dom0 reads nothing.
 *
 * Debian's package grub-xen-host has one for each kind of guest, with all of GRUB's modules in it.
 * The file is the host's own, and stays: the toolstack, which removes what it was given once the
 * domain is built, gets a copy. GRUB takes no ramdisk. Of its command line it takes, from 2.14 on,
 * words that begin with "xen_grub_env_" as variables, and leaves all others alone; no word of it
 * reaches the kernel that it boots.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_GRUB_H
#define LOADER_SOURCES_GRUB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/helpers/probed.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Whether the first disk of PROBED, on which nothing boots, holds what GRUB might read where we
 * cannot: what is encrypted, ZFS, arrays and volume groups of further disks or of kinds that are
 * not read here. False where nothing is known of the disks. */
bool grub_may_read(const struct probed *probed) must_check;

/* 0 when this host has the GRUB for guests of KIND; else -1 with ERR: which package has it, which
 * setting names it, or that nobody says what KIND is. */
int grub_find(const struct settings *settings, enum guest_kind kind, struct error *err) must_check;

/* Copies it into OUTPUTS, as the kernel: what Xen starts such a guest with, and of at most
 * KERNEL_MAX bytes. 0, or -1 with ERR, as grub_find() and local_copy() have it, and where it is
 * none. */
int grub_take(const struct settings *settings, enum guest_kind kind, uint64_t kernel_max,
              struct outputs *outputs, struct error *err) must_check;

#endif
