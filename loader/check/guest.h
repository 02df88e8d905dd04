/* A guest, by what somebody has of it: the ID of its record, or its disks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_GUEST_H
#define LOADER_CHECK_GUEST_H

#include "loader/check/report.h"
#include "loader/check/start.h"
#include "loader/settings/options.h"

/* Whether there is a record of the VM ID, or no file of that name, so that it must be meant. */
bool check_is_vm(const struct settings *settings, const char *id) must_check;

/* The VM that SETTINGS name, with their disks: its record, where it stands, and a start. KIND as in
 * start.h. 0; or -1 with ERR as there. */
int check_vm(struct check_report *report, const struct settings *settings, enum guest_kind kind,
             check_boot *boot, struct error *err) must_check;

/* A guest without a record, by SETTINGS' disks: what is on them, and a start. */
int check_disks(struct check_report *report, const struct settings *settings, enum guest_kind kind,
                check_boot *boot, struct error *err) must_check;

#endif
