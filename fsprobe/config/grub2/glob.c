/* Words with '*' and '?'. See glob.h.
 *
 * A pattern is taken in pieces, each up to the '/' behind the first part that has a wildcard; what
 * the pieces so far mean is a list of paths. A piece with none in it is added to all of these, and
 * those stay that are there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/glob.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/args.h"
#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/place.h"
#include "fsprobe/config/wildcard.h"

/* Finds the next piece of PATTERN: its end, and where the part with wildcards begins in it (at the
 * end when none has). */
static const char *next_piece(const char *pattern, const char **wild)
{
    const char *part = pattern, *at = pattern;
    bool found = false;

    for (; *at && !(*at == '/' && found); at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '*' || *at == '?')
            found = true;
        else if (*at == '/')
            part = at + 1;
    }
    *wild = found ? part : at;
    return at;
}

/* PREFIX and the text from START to END without its backslashes; the caller frees. */
static char *plain_text(const char *prefix, const char *start, const char *end)
{
    size_t length = strlen(prefix);
    char *out = xmalloc(length + (size_t)(end - start) + 1);

    memcpy(out, prefix, length);
    while (start < end) {
        if (*start == '\\' && start + 1 < end)
            start++;
        out[length++] = *start++;
    }
    out[length] = '\0';
    return out;
}

/* What gathers the names of one directory, or of the devices. */
struct gathering {
    struct grub2 *g;
    const char *pattern;
    size_t length;
    const char *directory;
    bool disks_only;
    struct grub2_args *out;
    bool fits;
};

static bool gather(struct gathering *gathering, const char *name, const char *whole)
{
    gathering->fits = grub2_steps(gathering->g, 1 + strlen(name) / 64);
    if (gathering->fits && wildcard_match(gathering->pattern, gathering->length, name, false))
        gathering->fits = grub2_args_add(gathering->g, gathering->out, whole, strlen(whole));
    return gathering->fits;
}

static bool gather_file(void *context, const char *name)
{
    struct gathering *gathering = context;
    auto_free char *whole = xasprintf("%s%s", gathering->directory, name);

    return gather(gathering, name, whole);
}

/* Ends, by true, where a bound is reached. */
static bool gather_device(struct grub2 *g, size_t volume, void *context)
{
    struct gathering *gathering = context;
    auto_free char *bare = grub2_device_name(g, volume);
    auto_free char *name = xasprintf("(%s)", bare);

    if (gathering->disks_only && strchr(bare, ','))
        return false;
    return !gather(gathering, name, name);
}

/* The names that PATTERN (LENGTH bytes) means in each of PATHS with what stands from START to
 * PATTERN behind it; with no paths yet, in that directory alone, or among the devices. */
static bool match_part(struct grub2 *g, const struct grub2_args *paths, bool first,
                       const char *start, const char *pattern, size_t length,
                       struct grub2_args *out)
{
    struct gathering gathering = {
        .g = g, .pattern = pattern, .length = length, .out = out, .fits = true};

    if (first && start == pattern) {
        gathering.disks_only = *start != '(';
        grub2_device_each(g, gather_device, &gathering);
        return gathering.fits;
    }
    for (size_t i = 0; i < (first ? 1 : paths->count) && gathering.fits; i++) {
        auto_free char *directory = plain_text(first ? "" : paths->v[i], start, pattern);
        gathering.directory = directory;
        if (!grub2_list(g, directory, gather_file, &gathering) && g->flow == GRUB2_SPENT)
            return false;
    }
    return gathering.fits;
}

/* Adds the text from START to END to each of PATHS; those where it leads nowhere are left out. */
static bool add_text(struct grub2 *g, const struct grub2_args *paths, const char *start,
                     const char *end, struct grub2_args *out)
{
    for (size_t i = 0; i < paths->count; i++) {
        auto_free char *whole = plain_text(paths->v[i], start, end);
        struct file_status status;
        const char *slash = strrchr(whole, '/');
        if (slash && !grub2_look(g, whole, &status))
            continue;
        if (!grub2_args_add(g, out, whole, strlen(whole)))
            return false;
    }
    return g->flow != GRUB2_SPENT;
}

bool grub2_glob(struct grub2 *g, const char *pattern, struct grub2_args *words)
{
    auto_grub2_args struct grub2_args paths = {NULL, 0, 0};
    const char *end;
    bool fits = true;

    for (const char *start = pattern; *start && fits; start = end) {
        struct grub2_args found = {NULL, 0, 0};
        const char *wild;
        end = next_piece(start, &wild);
        if (wild < end)
            fits =
                match_part(g, &paths, start == pattern, start, wild, (size_t)(end - wild), &found);
        else
            fits = add_text(g, &paths, start, end, &found);
        grub2_args_free(&paths);
        paths = found;
        if (paths.count == 0)
            break;
    }
    for (size_t i = 0; i < paths.count && fits; i++)
        fits = grub2_args_add(g, words, paths.v[i], strlen(paths.v[i]));
    return fits;
}
