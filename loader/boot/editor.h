/* What a VM's editor may choose. Who edits a VM has no power over dom0: no word of theirs opens a
 * file here that is not the VM's, and none changes what the host has decided.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_EDITOR_H
#define LOADER_BOOT_EDITOR_H

#include "common/error.h"
#include "loader/boot/context.h"

/* 0 when the location from which BOOT gets its kernel and ramdisk is root's own choice, or names
 * nothing in dom0; else -1 with ERROR_USAGE: in the guest, an editor could read whatever file of
 * dom0 they name. */
int editor_check_location(const struct boot_context *boot, struct error *err) must_check;

/* 0 when the image or device of dom0 that BOOT's install-repository names is root's own choice;
 * else -1 with ERROR_USAGE. */
int editor_check_cdrom(const struct boot_context *boot, struct error *err) must_check;

/* 0 when a CD may be looked for among BOOT's disks: not where the host's own `handoff` is grub, so
 * that nothing of a guest's is read here, and an editor asks for it; then -1 with ERROR_USAGE. */
int editor_check_disks(const struct boot_context *boot, struct error *err) must_check;

/* 0 when an editor may have made BOOT's choice of who boots the VM: any, where the host's own
 * `handoff` is auto, and else that; otherwise -1 with ERROR_USAGE. */
int editor_check_handoff(const struct boot_context *boot, struct error *err) must_check;

/* 0 when root wrote the record's install-inject, if there is one: what it names is read in dom0 and
 * given to the guest; else -1 with ERROR_USAGE. */
int editor_check_inject(const struct boot_context *boot, const char *inject,
                        struct error *err) must_check;

#endif
