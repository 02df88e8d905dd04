/* What stands at the beginning of a physical volume of LVM2: its label, and the metadata of its
 * volume group as text.
 *
 * Format: lvm2's lib/format_text/layout.h and format-text.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_LABEL_H
#define FSPROBE_DISK_LVM_LABEL_H

#include "common/text.h"
#include "fsprobe/fs/source.h"

#define LVM_UUID_LENGTH 32 /* without dashes */
#define LVM_AREAS_MAX   2  /* of metadata, on one physical volume */

struct lvm_area {
    uint64_t at, size; /* bytes */
};

struct lvm_label {
    char uuid[LVM_UUID_LENGTH + 1];
    struct lvm_area areas[LVM_AREAS_MAX];
    unsigned area_count;
};

/* 1 found and sound; 0 there is none; -1 with ERR when there is one that is damaged, or nothing can
 * be read: why, and not of what. */
int lvm_label_read(struct source *source, struct lvm_label *label, struct error *err) must_check;

/* The text in AREA into TEXT, whose maximum is LVM_TEXT_MAX. 1 there is one and its checksum is
 * right; 0 the area holds none (it is to be ignored, or nothing was written yet); -1 with ERR. */
int lvm_area_read(struct source *source, const struct lvm_area *area, struct buffer *text,
                  struct error *err) must_check;

#endif
