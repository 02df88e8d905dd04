/* One entry, looked at. See candidate.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/candidate.h"

#include <string.h>

#include <jansson.h>

#include "fsprobe/kernel.h"
#include "fsprobe/unreadable.h"

/* --- does it boot? ----------------------------------------------------------------------- */

bool candidate_is_clean(const char *text)
{
    if (!text)
        return true;
    json_t *json = text_is_clean(text) ? json_string(text) : NULL; /* NULL: not UTF-8 */
    bool clean = json != NULL;
    json_decref(json);
    return clean;
}

static bool texts_are_clean(const struct entry *entry)
{
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        if (!candidate_is_clean(entry->ramdisks[i].path))
            return false;
    return candidate_is_clean(entry->kernel.path) && candidate_is_clean(entry->args);
}

/* Whether FILE, "the kernel" or "the ramdisk", is a regular file. 1; 0 when it is not there, or is
 * none; -1 when that is not known; ERR says so. */
static int look_at(struct guest *guest, size_t home, const struct boot_file *file,
                   struct error *err)
{
    auto_free char *unread = unreadable_file(guest, file->volume, file->path);
    struct file_status status;

    if (unread)
        return error_set(err, ERROR_INVALID_SOURCE, "%s", unread);
    int result = boot_file_status(guest, file, &status, err);
    if (result < 0)
        return -1;
    if (result > 0 && status.regular)
        return 1;
    if (result > 0)
        error_set(err, ERROR_INVALID_SOURCE, "%s is not a regular file", file->path);
    else if (file->volume == home)
        error_set(err, ERROR_INVALID_SOURCE, "%s is not there", file->path);
    else
        error_set(err, ERROR_INVALID_SOURCE, "%s is not on %s", file->path,
                  guest->volumes[file->volume].where);
    return 0;
}

enum candidate candidate_look(struct guest *guest, size_t home, const struct entry *entry,
                              struct error *err)
{
    if (entry->broken) {
        error_set(err, ERROR_INVALID_SOURCE, "%s", entry->broken);
        return CANDIDATE_REFUSED;
    }
    if (!texts_are_clean(entry)) {
        error_set(err, ERROR_INVALID_SOURCE,
                  "its paths or arguments hold control characters, or are not UTF-8");
        return CANDIDATE_REFUSED;
    }
    int kernel = look_at(guest, home, &entry->kernel, err);
    if (kernel <= 0)
        return kernel < 0 ? CANDIDATE_REFUSED : CANDIDATE_LOST_KERNEL;
    if (kernel_check(guest, &entry->kernel, err) < 0)
        return CANDIDATE_BAD_KERNEL;
    for (size_t i = 0; i < entry->ramdisk_count; i++) {
        auto_error struct error why = ERROR_INIT;
        int ramdisk = look_at(guest, home, &entry->ramdisks[i], &why);
        if (ramdisk > 0)
            continue;
        error_set(err, why.name, "its ramdisk cannot be used: %s", why.text);
        return ramdisk < 0 ? CANDIDATE_REFUSED : CANDIDATE_NO_RAMDISK;
    }
    return CANDIDATE_BOOTS;
}

bool candidate_is_settled(enum candidate candidate)
{
    return candidate == CANDIDATE_BAD_KERNEL || candidate == CANDIDATE_REFUSED;
}

bool candidate_goes_on(enum menu_goes_on goes_on, enum candidate candidate)
{
    switch (candidate) {
    case CANDIDATE_LOST_KERNEL:
    case CANDIDATE_BAD_KERNEL:
        return true;
    case CANDIDATE_NO_RAMDISK:
        return goes_on == MENU_ON_FAILURE;
    case CANDIDATE_BOOTS:
    case CANDIDATE_REFUSED:
        break;
    }
    return false;
}

/* --- sentences --------------------------------------------------------------------------- */

/* TEXT, cut where it is long. The caller frees. */
static char *shown(const char *text)
{
    size_t length = strnlen(text, VERDICT_SHOWN_MAX + 1);

    if (length <= VERDICT_SHOWN_MAX)
        return xstrdup(text);
    length = VERDICT_SHOWN_MAX;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return xasprintf("%.*s…", (int)length, text);
}

static char *title_of(const struct entry *entry)
{
    return shown(entry->title ? entry->title : entry->id ? entry->id : entry->kernel.path);
}

static const char *where_of(const struct verdict_about *about)
{
    return about->guest->volumes[about->home].where;
}

/* "the default entry "A" of /boot/grub/grub.cfg". The caller frees. */
static char *name_of(const struct verdict_about *about)
{
    auto_free char *title = title_of(about->entry);
    auto_free char *source = shown(about->entry->source);

    switch (about->role) {
    case VERDICT_DEFAULT:
        return xasprintf("the default entry \"%s\" of %s", title, source);
    case VERDICT_FIRST:
        return xasprintf("%s names no default, and its first entry \"%s\"", source, title);
    case VERDICT_NEXT:
        return xasprintf("the next entry \"%s\" of %s", title, source);
    case VERDICT_ASKED:
        return xasprintf("the entry \"%s\" of %s, which was asked for,", title, source);
    case VERDICT_FILE:
    case VERDICT_GUESS:
        break;
    }
    auto_free char *kernel = shown(about->entry->kernel.path);
    return xasprintf("the kernel %s, which %s,", kernel,
                     about->role == VERDICT_FILE ? "was asked for" : "has a well-known name");
}

char *verdict_fails(const struct verdict_about *about, const char *why)
{
    auto_free char *name = name_of(about);

    return xasprintf("%s: %s cannot be booted: %s", where_of(about), name, why);
}

/* An entry that was asked for. */
static char *boots_asked(const struct verdict_about *about, const struct entry *default_entry,
                         const char *ramdisk)
{
    auto_free char *title = title_of(about->entry);
    auto_free char *source = shown(about->entry->source);
    auto_free char *replaced = ramdisk ? shown(ramdisk) : NULL;
    auto_free char *other = default_entry ? title_of(default_entry) : NULL;

    if (!ramdisk && default_entry == about->entry)
        return NULL;
    return xasprintf("%s: \"%s\" of %s is booted%s%s, as was asked for%s%s%s", where_of(about),
                     title, source, replaced ? " with the ramdisk " : "", replaced ? replaced : "",
                     other && default_entry != about->entry ? ", and not its default, \"" : "",
                     other && default_entry != about->entry ? other : "",
                     other && default_entry != about->entry ? "\"" : "");
}

char *verdict_boots(const struct verdict_about *about, const char *before,
                    const struct entry *default_entry, const char *ramdisk)
{
    auto_free char *title = title_of(about->entry);
    auto_free char *source = shown(about->entry->source);
    auto_free char *kernel = shown(about->entry->kernel.path);

    switch (about->role) {
    case VERDICT_DEFAULT:
    case VERDICT_ASKED:
        return boots_asked(about, default_entry, ramdisk);
    case VERDICT_FIRST:
        return xasprintf("%s: %s names no default; its first entry \"%s\" is booted",
                         where_of(about), source, title);
    case VERDICT_NEXT:
        return xasprintf("%s; the next one, \"%s\", is booted instead", before, title);
    case VERDICT_FILE:
    case VERDICT_GUESS:
        break;
    }
    return xasprintf("%s: the kernel %s is booted, as was asked for, and no boot configuration was "
                     "read",
                     where_of(about), kernel);
}

char *verdict_guessed(const struct verdict_about *about, const char *before)
{
    auto_free char *kernel = shown(about->entry->kernel.path);
    bool bare = !about->entry->args || !*about->entry->args;

    return xasprintf("%s%s; the kernel %s%s%s is booted by its well-known name%s",
                     before ? before : where_of(about),
                     before ? "" : ": there is no boot configuration", kernel, before ? " of " : "",
                     before ? where_of(about) : "", bare ? ", without arguments" : "");
}
