/* What stands in the files of Boot Loader Specification entries. See bls_entry.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/bls_entry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/rpm_version.h"
#include "fsprobe/config/version.h"

static const struct {
    const char *key;
    size_t offset;
    bool repeats; /* further lines are added; else the first one counts */
} keys[] = {
    {"title", offsetof(struct bls_entry, title), false},
    {"version", offsetof(struct bls_entry, version), false},
    {"machine-id", offsetof(struct bls_entry, machine_id), false},
    {"sort-key", offsetof(struct bls_entry, sort_key), false},
    {"linux", offsetof(struct bls_entry, kernel), false},
    {"initrd", offsetof(struct bls_entry, initrd), true},
    {"options", offsetof(struct bls_entry, options), true},
    {"architecture", offsetof(struct bls_entry, architecture), false},
    {"efi", offsetof(struct bls_entry, efi), false},
    {"uki", offsetof(struct bls_entry, uki), false},
    {"uki-url", offsetof(struct bls_entry, uki_url), false},
    {"profile", offsetof(struct bls_entry, profile), false},
};

static char **slot_of(struct bls_entry *entry, size_t key)
{
    return (char **)((char *)entry + keys[key].offset);
}

void bls_entry_clear(struct bls_entry *entry)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        replace_string(slot_of(entry, i), NULL);
    free(entry->file);
    free(entry->id);
    free(entry->bare);
    *entry = (struct bls_entry){.id = NULL};
}

void bls_list_free(struct bls_list *list)
{
    while (list->count)
        bls_entry_clear(&list->entries[--list->count]);
}

/* --- names ----------------------------------------------------------------------------- */

/* Reads a number at *AT and goes behind it; false when there is none, or a larger one than
 * systemd-boot takes. */
static bool read_number(const char **at, int64_t *number)
{
    const char *p = *at;

    for (*number = 0; *p >= '0' && *p <= '9'; p++)
        if ((*number = *number * 10 + (*p - '0')) > INT_MAX)
            return false;
    if (p == *at)
        return false;
    *at = p;
    return true;
}

size_t bls_counter_read(const char *name, struct bls_counter *counter)
{
    const char *plus = strrchr(name, '+'), *at = plus ? plus + 1 : NULL;
    struct bls_counter read = {.counted = true};

    *counter = (struct bls_counter){.counted = false};
    if (!plus || !read_number(&at, &read.left))
        return strlen(name);
    if (*at == '-') {
        at++;
        if (!read_number(&at, &read.done))
            return strlen(name);
    }
    if (*at)
        return strlen(name);
    *counter = read;
    return (size_t)(plus - name);
}

bool bls_counter_failed(const struct bls_counter *counter)
{
    return counter->counted && counter->left == 0;
}

static void name_entry(struct bls_entry *entry, const char *name, size_t length)
{
    entry->id = xstrndup(name, length);
    entry->bare = xstrndup(entry->id, bls_counter_read(entry->id, &entry->counter));
}

int bls_compare_names(const struct bls_entry *a, const struct bls_entry *b)
{
    int result = (int)bls_counter_failed(&a->counter) - (int)bls_counter_failed(&b->counter);

    if (result == 0)
        result = version_compare(b->bare, a->bare);
    return result ? result : strcmp(b->id, a->id);
}

/* --- one file -------------------------------------------------------------------------- */

/* What is being read. */
struct reading {
    struct bls_list *list;
    struct guest *guest;
    size_t volume;
    const char *directory;
    enum bls_reader reader;
    struct menu *menu;
    size_t names;
};

static void take_line(const struct reading *r, struct bls_entry *entry, const char *key,
                      const char *value)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        char **slot = slot_of(entry, i);
        bool repeats =
            keys[i].repeats && (r->reader != BLS_GRUB || strcmp(keys[i].key, "initrd") == 0);

        if (strcmp(key, keys[i].key) != 0)
            continue;
        if (!*slot)
            *slot = xstrdup(value);
        else if (repeats)
            replace_string(slot, config_join(*slot, value));
        else if (r->reader == BLS_SYSTEMD_BOOT)
            replace_string(slot, xstrdup(value));
    }
}

/* Cuts the key off LINE as GRUB does; NULL where it ends reading. */
static char *cut_key_as_grub(char **line)
{
    char *key = *line + strspn(*line, " \t");
    char *end = strchr(key, ' ');

    end = end ? end : strchr(key, '\t');
    if (!end || !end[1])
        return NULL;
    *end++ = '\0';
    *line = end + strspn(end, " \t");
    return key;
}

static void read_lines_as_grub(const struct reading *r, struct bls_entry *entry, char *text)
{
    char *next;

    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (line[strspn(line, " \t")] == '#')
            continue;
        char *key = cut_key_as_grub(&line);
        if (!key)
            return;
        take_line(r, entry, key, line);
    }
}

static void read_lines(const struct reading *r, struct bls_entry *entry, const char *path,
                       const struct buffer *text)
{
    auto_config_lines struct config_lines lines;
    char *line;

    config_lines_start(&lines, path, buffer_text(text), text->length, r->menu);
    while ((line = config_lines_next(&lines))) {
        const char *key = config_cut_word(&line);

        if (*key != '#')
            take_line(r, entry, key, r->reader == BLS_SYSTEMD_BOOT ? config_unquote(line) : line);
    }
}

/* Reads the file of ENTRY; false, with a problem, when it cannot be read. */
static bool read_entry(const struct reading *r, struct bls_entry *entry)
{
    auto_buffer struct buffer text = BUFFER_INIT(BLS_FILE_MAX);
    auto_error struct error err = ERROR_INIT;
    bool whole = false;
    int found = guest_read(r->guest, r->volume, entry->file, BLS_FILE_MAX, &text, &whole, &err);

    if (found < 0)
        menu_problem(r->menu, "%s", err.text);
    else if (found == 0)
        menu_problem(r->menu, "%s is a link to nothing", entry->file);
    else if (!whole)
        menu_problem(r->menu, "%s is larger than %d bytes: it is ignored", entry->file,
                     BLS_FILE_MAX);
    if (found <= 0 || !whole)
        return false;
    if (r->reader == BLS_GRUB) {
        auto_free char *lines = xstrdup(buffer_text(&text));
        read_lines_as_grub(r, entry, lines);
    } else {
        read_lines(r, entry, entry->file, &text);
    }
    return true;
}

/* --- the directory --------------------------------------------------------------------- */

/* READER's order: less than 0 where A comes first. */
static int compare(const struct reading *r, const struct bls_entry *a, const struct bls_entry *b)
{
    return r->reader == BLS_GRUB ? rpm_package_compare(b->id, a->id) : bls_compare_names(a, b);
}

/* Where ENTRY belongs in the list; -1 when the same is there already. */
static int place_of(const struct reading *r, const struct bls_entry *entry)
{
    size_t low = 0, high = r->list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int result = compare(r, &r->list->entries[middle], entry);

        if (result == 0)
            return -1;
        if (result < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (int)low;
}

/* There are more than MOST, WHAT says of what. GRUB's own variables say which entry it boots; to
 * all others any that is left out may be the one. */
static void tell_cut(const struct reading *r, const char *what, int most)
{
    r->list->cut = true;
    if (r->reader == BLS_GRUB)
        menu_problem(r->menu, "%s has more than %d %s", r->directory, most, what);
    else
        menu_no_default(r->menu, "%s has more than %d %s", r->directory, most, what);
}

/* Takes ENTRY into the list; of too many, the last goes. */
static void insert(struct reading *r, struct bls_entry *entry)
{
    struct bls_list *list = r->list;
    int at = place_of(r, entry);

    if (at >= 0 && list->count == BLS_ENTRIES_MAX) {
        tell_cut(r, "entries: the oldest are ignored", BLS_ENTRIES_MAX);
        if ((size_t)at == list->count)
            at = -1;
        else
            bls_entry_clear(&list->entries[--list->count]);
    }
    if (at < 0) {
        bls_entry_clear(entry);
        return;
    }
    memmove(&list->entries[at + 1], &list->entries[at], (list->count - (size_t)at) * sizeof *entry);
    list->entries[at] = *entry;
    list->count++;
}

static bool is_entry(const struct reading *r, const char *name)
{
    static const char suffix[] = ".conf", own[] = "auto-";

    if (r->reader != BLS_SYSTEMD_BOOT)
        return text_ends(name, suffix);
    return config_ends_in(name, suffix) && strncasecmp(name, own, strlen(own)) != 0;
}

static bool gather(void *context, const char *name)
{
    struct reading *r = context;
    struct bls_entry entry = {.id = NULL};
    size_t length = strlen(name);

    if (++r->names > BLS_NAMES_MAX) {
        tell_cut(r, "names: the rest is ignored", BLS_NAMES_MAX);
        return false;
    }
    if (*name == '.' || !is_entry(r, name))
        return true;
    name_entry(&entry, name, length - strlen(".conf"));
    entry.file = xasprintf("%s/%s", r->directory, name);
    insert(r, &entry);
    return true;
}

/* Reads the files of those entries that are new, and forgets what cannot be read. */
static void read_entries(struct reading *r)
{
    struct bls_list *list = r->list;
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct bls_entry *entry = &list->entries[i];
        bool good = entry->read || read_entry(r, entry);

        entry->read = true;
        if (good)
            list->entries[kept++] = *entry;
        else
            bls_entry_clear(entry);
    }
    list->count = kept;
}

int bls_list_read(struct bls_list *list, struct guest *guest, size_t volume, const char *directory,
                  enum bls_reader reader, struct menu *menu, struct error *err)
{
    struct reading r = {list, guest, volume, directory, reader, menu, 0};
    int found = guest_list(guest, volume, directory, gather, &r, err);

    if (found == 1)
        read_entries(&r);
    return found;
}

int bls_list_read_file(struct bls_list *list, struct guest *guest, size_t volume, const char *path,
                       enum bls_reader reader, struct menu *menu, struct error *err)
{
    struct reading r = {list, guest, volume, path, reader, menu, 0};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct bls_entry entry = {.id = NULL};
    struct file_status status;
    int found = guest_status(guest, volume, path, &status, err);

    if (found < 1)
        return found;
    name_entry(&entry, name, strlen(name) - (text_ends(name, ".conf") ? strlen(".conf") : 0));
    entry.file = xstrdup(path);
    insert(&r, &entry);
    read_entries(&r);
    return 1;
}
