/* Release and .disk/info. See debian_release.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families/debian_release.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "distros/lines.h"
#include "distros/plan.h"

void debian_release_free(struct debian_release *release)
{
    free(release->name);
    free(release->version);
    free(release->codename);
    *release = (struct debian_release){0};
}

/* Only a name that can stand in a path is of use as one. */
static void take_codename(struct debian_release *release, const char *text, size_t length)
{
    auto_free char *name = xstrndup(text, length);

    for (char *p = name; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (debian_release_valid(name))
        replace_string(&release->codename, take_pointer(name));
}

static void take_arch(struct debian_release *release, const char *word, size_t length)
{
    release->archs |= arch_bit(word, length);
}

static void take_archs(struct debian_release *release, const char *at, size_t length)
{
    const char *end = at + length, *word;

    while ((length = next_word(&at, end, &word)) > 0)
        take_arch(release, word, length);
}

/* True when the line was one that only a Release file has. */
static bool take_field(struct debian_release *release, const char *key, size_t key_length,
                       const char *value, size_t length)
{
    if (same(key, key_length, "Origin"))
        tree_fact(&release->name, value, length);
    else if (same(key, key_length, "Version"))
        tree_fact(&release->version, value, length);
    else if (same(key, key_length, "Codename"))
        take_codename(release, value, length);
    else if (same(key, key_length, "Architectures"))
        take_archs(release, value, length);
    else
        return same(key, key_length, "Suite");
    return true;
}

/* The lists of checksums, thousands of lines, come last and are not gone through. */
static bool is_list(const char *key, size_t length)
{
    return same(key, length, "MD5Sum") || same(key, length, "SHA1") ||
           same(key, length, "SHA256") || same(key, length, "SHA512");
}

static int read_fields(struct tree_plan *plan, const char *path, struct debian_release *release,
                       struct error *err)
{
    struct lines lines;
    const char *line;
    size_t length;
    int found, known = 0;

    lines_start(&lines, path, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        const char *colon = memchr(line, ':', length);

        if (!colon)
            continue;
        size_t key_length = (size_t)(colon - line);
        const char *value = colon + 1;
        size_t value_length = length - key_length - 1;

        if (is_list(line, key_length))
            break;
        trim(&value, &value_length);
        known += take_field(release, line, key_length, value, value_length);
    }
    return found < 0 ? -1 : known > 0;
}

int debian_release_read(const struct tree_reader *reader, const char *path,
                        struct debian_release *release, struct error *err)
{
    struct tree_plan plan = {.reader = reader, .text = BUFFER_INIT(TREE_METADATA_MAX)};
    int found = plan_read(&plan, path, err);

    if (found > 0)
        found = read_fields(&plan, path, release, err);
    buffer_free(&plan.text);
    return found;
}

/* NAME VERSION … "CODENAME" - … ARCH …: the version is the first word that begins with a
 * digit, the name what stands before it. */
static bool take_info_line(struct debian_release *release, const char *line, size_t length)
{
    const char *at = line, *end = line + length, *word;
    const char *dash = memmem(line, length, " - ", 3);
    const char *quote = memchr(line, '"', length);
    size_t size;

    if (!dash)
        return false;
    while ((size = next_word(&at, dash, &word)) > 0 && !isdigit((unsigned char)*word))
        ;
    if (size > 0)
        tree_fact(&release->version, word, size);
    const char *name_end = size > 0 ? word : quote && quote < dash ? quote : dash;
    size_t name_length = (size_t)(name_end - line);
    trim(&line, &name_length);
    tree_fact(&release->name, line, name_length);
    if (quote && quote < dash)
        take_codename(release, quote + 1, strcspn(quote + 1, "\" "));
    take_archs(release, dash, (size_t)(end - dash));
    return release->name != NULL;
}

int debian_disk_info_read(const struct tree_reader *reader, struct debian_release *release,
                          struct error *err)
{
    struct tree_plan plan = {.reader = reader, .text = BUFFER_INIT(TREE_METADATA_MAX)};
    int found = plan_read(&plan, DEBIAN_DISK_INFO, err);
    struct lines lines;
    const char *line;
    size_t length;

    if (found > 0) {
        lines_start(&lines, DEBIAN_DISK_INFO, &plan.text);
        found = lines_next(&lines, &line, &length, err);
    }
    if (found > 0)
        found = take_info_line(release, line, length);
    buffer_free(&plan.text);
    return found;
}

/* --- what a repository says of its release ------------------------------------------------ */

/* The path part of a repository: behind the host of a URL, up to a query or fragment. */
static const char *path_part(const char *repository, const char **end)
{
    const char *authority = strstr(repository, "://");
    const char *path = repository;

    if (authority) {
        path = authority + strlen("://");
        path += strcspn(path, "/?#");
    }
    *end = path + strcspn(path, "?#");
    return path;
}

struct debian_place debian_find_place(const char *repository, const char *wanted)
{
    struct debian_place place = {false, NULL, 0, NULL, 0};
    const char *end, *at = path_part(repository, &end);
    bool after = false;

    while (at < end) {
        size_t length = strcspn(at, "/?#");

        if (length > 0 && after) {
            const char *rest = at + length;
            place = (struct debian_place){false, at, length, rest, (size_t)(end - rest)};
            if (wanted && same(at, length, wanted))
                return place;
        }
        if (length > 0)
            after = same(at, length, "dists");
        at += length + 1;
    }
    place.dists = after;
    return place;
}

/* The next part of the path from *AT up to END, slashes left out; its length, 0: there is none. */
static size_t next_part(const char **at, const char *end, const char **part)
{
    while (*at < end && **at == '/')
        ++*at;
    *part = *at;
    while (*at < end && **at != '/')
        ++*at;
    return (size_t)(*at - *part);
}

#define VERSION_PART 2 /* of main/installer-ARCH/current */

/* The first part of what is behind the release, which is "main" in every mirror. */
static bool leads_into_main(const struct debian_place *place)
{
    const char *at = place->rest, *part;
    size_t length = at ? next_part(&at, at + place->rest_length, &part) : 0;

    return length > 0 && same(part, length, "main");
}

const char *debian_path_left(const struct debian_place *place, const char *path)
{
    const char *at = leads_into_main(place) ? place->rest : NULL;
    const char *end = at ? at + place->rest_length : at;
    const char *path_end = path + strlen(path), *part, *own;
    size_t length;

    for (unsigned i = 0; at && (length = next_part(&at, end, &part)) > 0; i++) {
        size_t own_length = next_part(&path, path_end, &own);

        if (i != VERSION_PART && (own_length != length || memcmp(own, part, length) != 0))
            return NULL;
    }
    path += strspn(path, "/");
    return *path ? path : NULL;
}

char *debian_place_arch(const struct debian_place *place)
{
    static const char installer[] = "installer-";
    const char *at = place->rest, *end = at ? at + place->rest_length : at, *part;
    size_t length;

    if (!leads_into_main(place))
        return NULL;
    (void)next_part(&at, end, &part); /* "main" */
    length = next_part(&at, end, &part);
    if (length <= strlen(installer) || memcmp(part, installer, strlen(installer)) != 0)
        return NULL;
    return xstrndup(part + strlen(installer), length - strlen(installer));
}

bool debian_release_valid(const char *release)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strnlen(release, DEBIAN_RELEASE_MAX + 1);

    return length > 0 && length <= DEBIAN_RELEASE_MAX && release[0] != '.' &&
           strspn(release, allowed) == length;
}

char *debian_release_path(const char *repository, const char *release)
{
    const char *wanted = release && *release ? release : NULL;
    struct debian_place place = debian_find_place(repository ? repository : "", wanted);

    if (place.length > 0)
        return leads_into_main(&place) ? NULL : xstrdup("Release");
    if (!wanted || !debian_release_valid(wanted))
        return NULL;
    return xasprintf("%s%s/Release", place.dists ? "" : "dists/", wanted);
}
