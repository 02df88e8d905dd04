/* Unified kernel images. See uki.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/uki.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"

/* --- sections ---------------------------------------------------------------------------- */

static const char *const names[UKI_SECTIONS] = {
    [UKI_LINUX] = ".linux",    [UKI_INITRD] = ".initrd",   [UKI_UCODE] = ".ucode",
    [UKI_OSREL] = ".osrel",    [UKI_CMDLINE] = ".cmdline", [UKI_UNAME] = ".uname",
    [UKI_PROFILE] = ".profile"};

const char *uki_section_name(enum uki_section section)
{
    return names[section];
}

/* The first of each name among the sections from FIRST up to END takes its place in PARTS. */
static void take_parts(const struct pe *pe, size_t first, size_t end, struct uki_parts *parts)
{
    bool taken[UKI_SECTIONS] = {false};

    for (size_t i = first; i < end; i++)
        for (size_t k = 0; k < UKI_SECTIONS; k++) {
            if (taken[k] || strcmp(pe->sections[i].name, names[k]) != 0)
                continue;
            taken[k] = true;
            parts->of[k] = (struct uki_part){pe->sections[i].begin, pe->sections[i].length};
        }
}

/* Where the next ".profile" from FIRST on stands, or the end of the table. */
static size_t find_profile(const struct pe *pe, size_t first)
{
    while (first < pe->count && strcmp(pe->sections[first].name, names[UKI_PROFILE]) != 0)
        first++;
    return first;
}

bool uki_find_parts(const struct pe *pe, unsigned profile, struct uki_parts *parts)
{
    size_t base = find_profile(pe, 0), begin = base;

    *parts = (struct uki_parts){0};
    for (unsigned i = 0; i < profile && begin < pe->count; i++)
        begin = find_profile(pe, begin + 1);
    if (profile > 0 && begin >= pe->count)
        return false;
    take_parts(pe, 0, base, parts);
    if (begin < pe->count)
        take_parts(pe, begin, find_profile(pe, begin + 1), parts);
    return true;
}

char *uki_read_text(struct guest *guest, size_t volume, const char *path,
                    const struct uki_parts *parts, enum uki_section section, struct error *err)
{
    const struct uki_part *part = &parts->of[section];
    auto_buffer struct buffer text = BUFFER_INIT(UKI_TEXT_MAX);

    if (part->length > UKI_TEXT_MAX) {
        error_set(err, ERROR_INVALID_SOURCE, "its section %s has more than %d bytes",
                  names[section], UKI_TEXT_MAX);
        return NULL;
    }
    int result = part->length == 0 ? 1
                                   : guest_read_part(guest, volume, path, part->begin,
                                                     (size_t)part->length, &text, err);
    if (result == 0)
        error_set(err, ERROR_INVALID_SOURCE, "it is not there");
    return result > 0 ? xstrdup(buffer_text(&text)) : NULL;
}

/* --- what a menu shows ------------------------------------------------------------------- */

/* The values of keys in a section of NAME=VALUE lines, in the order of the keys; each owned. */
struct values {
    const char *const *keys;
    char **of;
    size_t count;
};

/* One line, as systemd-boot reads them: no quotes but a pair around the whole value. */
static void take_line(struct values *values, char *line)
{
    char *equals = strchr(line, '=');

    if (*line == '#' || !equals)
        return;
    *equals = '\0';
    char *value = config_unquote(equals + 1 + strspn(equals + 1, "="));
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(line, values->keys[i]) == 0)
            replace_string(&values->of[i], xstrndup(value, strnlen(value, UKI_WORD_MAX)));
}

static void take_lines(struct values *values, char *text)
{
    char *next;

    for (char *line = text; line; line = next) {
        next = strpbrk(line, "\r\n");
        if (next)
            *next++ = '\0';
        line += strspn(line, " \t");
        size_t length = strlen(line);
        while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
            line[--length] = '\0';
        take_line(values, line);
    }
}

/* Reads such a section. 0, or -1 with ERR. */
static int read_values(struct guest *guest, size_t volume, const char *path,
                       const struct uki_parts *parts, enum uki_section section,
                       struct values *values, struct error *err)
{
    auto_free char *text = uki_read_text(guest, volume, path, parts, section, err);

    if (!text)
        return -1;
    take_lines(values, text);
    return 0;
}

enum os_key {
    OS_PRETTY_NAME,
    OS_IMAGE_ID,
    OS_NAME,
    OS_ID,
    OS_IMAGE_VERSION,
    OS_VERSION,
    OS_VERSION_ID,
    OS_BUILD_ID,
    OS_KEYS
};

static const char *const os_keys[OS_KEYS] = {"PRETTY_NAME",   "IMAGE_ID", "NAME",       "ID",
                                             "IMAGE_VERSION", "VERSION",  "VERSION_ID", "BUILD_ID"};

/* The first value that is there among the COUNT of them at KEYS; else NULL. */
static const char *first_of(char *const *os, const enum os_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (os[keys[i]])
            return os[keys[i]];
    return NULL;
}

static char *copy_or_null(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

/* NAME, which is there, with what is said of the profile. */
static char *title_of(const char *name, const char *id, const char *title, unsigned profile)
{
    if (title)
        return xasprintf("%s (%s)", name, title);
    if (profile == 0)
        return xstrdup(name);
    return id ? xasprintf("%s (%s)", name, id) : xasprintf("%s (Profile #%u)", name, profile + 1);
}

int uki_describe(struct guest *guest, size_t volume, const char *path,
                 const struct uki_parts *parts, unsigned profile, struct uki_words *words,
                 struct error *err)
{
    static const enum os_key name_keys[] = {OS_PRETTY_NAME, OS_IMAGE_ID, OS_NAME, OS_ID};
    static const enum os_key version_keys[] = {OS_IMAGE_VERSION, OS_VERSION, OS_VERSION_ID,
                                               OS_BUILD_ID};
    static const enum os_key sort_keys[] = {OS_IMAGE_ID, OS_ID};
    static const char *const profile_keys[] = {"ID", "TITLE"};
    char *os[OS_KEYS] = {NULL}, *own[2] = {NULL};
    struct values of_os = {os_keys, os, OS_KEYS}, of_profile = {profile_keys, own, 2};
    int result = -1;

    *words = (struct uki_words){.title = NULL};
    if (read_values(guest, volume, path, parts, UKI_OSREL, &of_os, err) == 0 &&
        read_values(guest, volume, path, parts, UKI_PROFILE, &of_profile, err) == 0) {
        const char *name = first_of(os, name_keys, ARRAY_SIZE(name_keys));
        result = name != NULL;
        if (name)
            *words = (struct uki_words){
                .title = title_of(name, own[0], own[1], profile),
                .version = copy_or_null(first_of(os, version_keys, ARRAY_SIZE(version_keys))),
                .sort_key = copy_or_null(first_of(os, sort_keys, ARRAY_SIZE(sort_keys))),
                .profile_id = copy_or_null(own[0])};
    }
    for (size_t i = 0; i < OS_KEYS; i++)
        free(os[i]);
    free(own[0]);
    free(own[1]);
    return result;
}

void uki_words_free(struct uki_words *words)
{
    free(words->title);
    free(words->version);
    free(words->sort_key);
    free(words->profile_id);
    *words = (struct uki_words){.title = NULL};
}
