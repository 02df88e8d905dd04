/* The sections of an EFI program.
 *
 * Source: Microsoft's "PE Format". Everything in the file is the guest's: a program whose sections
 * lie outside of it, or over one another, in the file or in memory, is refused as firmware refuses
 * it, or would destroy it while it loads it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_PE_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_PE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "fsprobe/fs/guest.h"

#define PE_SECTIONS_MAX 96 /* as the format has it */
#define PE_NAME_LENGTH  8

struct pe_section {
    char name[PE_NAME_LENGTH + 1];
    uint64_t begin; /* bytes into the file */
    uint64_t
        length; /* bytes that the file has of it: padding and zeros behind them are not counted */
};

/* In the order of the table. */
struct pe {
    struct pe_section sections[PE_SECTIONS_MAX];
    size_t count;
};

/* Reads the head of the file at PATH. 1; 0 when it is not there; -1 with ERR: what is wrong with
 * it, without PATH ("it is no EFI program"). */
int pe_read(struct guest *guest, size_t volume, const char *path, struct pe *pe,
            struct error *err) must_check;

#endif
