/* Unified kernel images: EFI programs with a kernel, its ramdisk and its arguments in sections
 * (UAPI.5, and systemd-stub(7), which starts them).
 *
 * Sections stand in profiles: those before the first ".profile" are the base, each ".profile"
 * begins another one, whose sections take the places of the base's. Without any there is profile 0
 * alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_H

#include <stdbool.h>

#include "common/memory.h"
#include "fsprobe/config/systemd_boot/pe.h"

/* Bytes of a section that is text. */
#define UKI_TEXT_MAX (64 * 1024)
/* Bytes of a value in such a text: longer ones are cut. */
#define UKI_WORD_MAX 1024

enum uki_section {
    UKI_LINUX,
    UKI_INITRD,
    UKI_UCODE,
    UKI_CMDLINE,
    UKI_OSREL,
    UKI_UNAME,
    UKI_PROFILE,
    UKI_SECTIONS
};

/* Bytes into the file; length 0: there is none. */
struct uki_part {
    uint64_t begin, length;
};

/* The sections that one start uses. */
struct uki_parts {
    struct uki_part of[UKI_SECTIONS];
};

/* The name of a section, ".linux". */
const char *uki_section_name(enum uki_section section);

/* The sections of PROFILE. False when the program has no such profile; 0 there always is. */
bool uki_find_parts(const struct pe *pe, unsigned profile, struct uki_parts *parts);

/* The text of a section of the file at PATH, up to the first NUL; NULL with ERR. The caller frees.
 */
char *uki_read_text(struct guest *guest, size_t volume, const char *path,
                    const struct uki_parts *parts, enum uki_section section,
                    struct error *err) must_check;

/* What a menu shows, and sorts by. Owned; the title is never NULL, all others may be. */
struct uki_words {
    char *title, *version, *sort_key, *profile_id;
};

/* Makes WORDS of the sections ".osrel" and ".profile" as systemd-boot does. PROFILE: their number.
 * 1; 0 when nothing there names the system: such an image is in no menu; -1 with ERR. */
int uki_describe(struct guest *guest, size_t volume, const char *path,
                 const struct uki_parts *parts, unsigned profile, struct uki_words *words,
                 struct error *err) must_check;
void uki_words_free(struct uki_words *words);
#define auto_uki_words __attribute__((cleanup(uki_words_free)))

#endif
