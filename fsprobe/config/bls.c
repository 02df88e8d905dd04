/* Boot Loader Specification entries (UAPI.1, type 1): one file per entry, "key value" lines,
 * as Fedora and RHEL 8 and later write them for the blscfg command of their GRUB.
 *
 * Where Red Hat's GRUB and the specification differ: variables of the GRUB environment block
 * are expanded, as only GRUB does; a key that stands twice counts by its first line, as in
 * GRUB; the order is the specification's, which is GRUB's as long as no entry has a sort-key
 * (Red Hat's tools write none).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/bls.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/config/version.h"

/* One entry as its file has it: texts before expansion, NULL where the key is missing. */
struct bls_entry {
    char *id;    /* the file name without ".conf" */
    char *bare;  /* the same without the boot counter */
    bool failed; /* the boot counter says that no tries are left */
    char *title, *version, *machine_id, *sort_key, *kernel, *initrd, *options;
};

struct bls {
    struct guest *guest;
    size_t volume;
    const char *directory, *root;
    const char *(*variable)(void *context, const char *name);
    void *context;
    struct menu *menu;
    struct bls_entry entries[BLS_ENTRIES_MAX]; /* while names are gathered: best first */
    size_t count;
    size_t names;
};

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
};

static char **slot_of(struct bls_entry *entry, size_t key)
{
    return (char **)((char *)entry + keys[key].offset);
}

static void bls_entry_clear(struct bls_entry *entry)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        free(*slot_of(entry, i));
    free(entry->id);
    free(entry->bare);
    *entry = (struct bls_entry){.id = NULL};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- the order ------------------------------------------------------------------------- */

/* Where the boot counter "+LEFT" or "+LEFT-DONE" at the end of an id begins; NULL: none. */
static const char *find_counter(const char *id)
{
    static const char digits[] = "0123456789";
    const char *plus = strrchr(id, '+');
    size_t left = plus ? strspn(plus + 1, digits) : 0;

    if (left == 0)
        return NULL;
    const char *rest = plus + 1 + left;
    size_t done = *rest == '-' ? strspn(rest + 1, digits) : 0;

    return *rest && (done == 0 || rest[1 + done]) ? NULL : plus;
}

static void name_entry(struct bls_entry *entry, const char *name, size_t length)
{
    entry->id = xstrndup(name, length);
    const char *counter = find_counter(entry->id);

    entry->bare = counter ? xstrndup(entry->id, (size_t)(counter - entry->id)) : xstrdup(entry->id);
    /* All of LEFT is zeros: no digit follows them. */
    entry->failed = counter && !is_digit(counter[1 + strspn(counter + 1, "0")]);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* What remains when nothing in the files decides: the newest name first. */
static int compare_names(const struct bls_entry *a, const struct bls_entry *b)
{
    int result = (int)a->failed - (int)b->failed;

    if (result == 0)
        result = version_compare(b->bare, a->bare);
    return result ? result : strcmp(b->id, a->id);
}

/* The specification's order, section "Sorting". */
static int compare_entries(const void *left, const void *right)
{
    const struct bls_entry *a = left, *b = right;
    int result = (int)a->failed - (int)b->failed;

    if (result == 0)
        result = !a->sort_key - !b->sort_key;
    if (result == 0 && a->sort_key && b->sort_key) {
        result = strcmp(a->sort_key, b->sort_key);
        if (result == 0)
            result = strcmp(or_empty(a->machine_id), or_empty(b->machine_id));
        if (result == 0)
            result = version_compare(or_empty(b->version), or_empty(a->version));
    }
    return result ? result : compare_names(a, b);
}

/* --- the directory --------------------------------------------------------------------- */

/* How many of those gathered come before ENTRY. */
static size_t place_of(const struct bls *bls, const struct bls_entry *entry)
{
    size_t low = 0, high = bls->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_names(&bls->entries[middle], entry) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts an entry of that name at its place among those gathered; of too many, the last goes. */
static bool gather(void *context, const char *name)
{
    struct bls *bls = context;
    struct bls_entry entry = {.id = NULL};
    size_t at;

    if (++bls->names > BLS_NAMES_MAX) {
        menu_problem(bls->menu, "%s has more than %d names: the rest is ignored", bls->directory,
                     BLS_NAMES_MAX);
        return false;
    }
    if (*name == '.' || !text_ends(name, ".conf"))
        return true;
    name_entry(&entry, name, strlen(name) - strlen(".conf"));
    at = place_of(bls, &entry);
    if (bls->count == BLS_ENTRIES_MAX) {
        menu_problem(bls->menu, "%s has more than %d entries: the oldest are ignored",
                     bls->directory, BLS_ENTRIES_MAX);
        bls_entry_clear(at < bls->count ? &bls->entries[--bls->count] : &entry);
    }
    if (entry.id) {
        memmove(&bls->entries[at + 1], &bls->entries[at], (bls->count - at) * sizeof entry);
        bls->entries[at] = entry;
        bls->count++;
    }
    return true;
}

/* --- one file -------------------------------------------------------------------------- */

static void take_line(struct bls_entry *entry, const char *key, const char *value)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        char **slot = slot_of(entry, i);

        if (strcmp(key, keys[i].key) != 0)
            continue;
        if (!*slot)
            *slot = xstrdup(value);
        else if (keys[i].repeats)
            replace_string(slot, config_join(*slot, value));
    }
}

/* Reads the file of ENTRY; false, with a problem, when it is of no use. */
static bool read_entry(struct bls *bls, struct bls_entry *entry)
{
    auto_free char *path = xasprintf("%s/%s.conf", bls->directory, entry->id);
    auto_buffer struct buffer text = BUFFER_INIT(BLS_FILE_MAX);
    auto_error struct error err = ERROR_INIT;
    bool whole = false;
    int found = guest_read(bls->guest, bls->volume, path, BLS_FILE_MAX, &text, &whole, &err);
    auto_config_lines struct config_lines lines;
    char *line;

    config_lines_start(&lines, path, buffer_text(&text), whole ? text.length : 0, bls->menu);
    while ((line = config_lines_next(&lines))) {
        const char *key = config_cut_word(&line);

        if (*key != '#')
            take_line(entry, key, line);
    }
    if (found < 0)
        menu_problem(bls->menu, "%s", err.text);
    else if (found == 0)
        menu_problem(bls->menu, "%s is a link to nothing", path);
    else if (!whole)
        menu_problem(bls->menu, "%s is larger than %d bytes: it is ignored", path, BLS_FILE_MAX);
    else if (!entry->kernel)
        menu_problem(bls->menu, "%s names no kernel (no \"linux\" line)", path);
    return entry->kernel != NULL;
}

/* Reads all files, forgets what is of no use, and sorts. */
static void read_entries(struct bls *bls)
{
    size_t kept = 0;

    for (size_t i = 0; i < bls->count; i++) {
        if (read_entry(bls, &bls->entries[i]))
            bls->entries[kept++] = bls->entries[i];
        else
            bls_entry_clear(&bls->entries[i]);
    }
    bls->count = kept;
    qsort(bls->entries, bls->count, sizeof bls->entries[0], compare_entries);
}

/* --- expansion ------------------------------------------------------------------------- */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* Adds the value of the variable whose "$" stands at P and goes behind it. A "$" that begins
 * no variable stands for itself. */
static const char *add_variable(struct bls *bls, const char *p, struct buffer *out)
{
    bool braces = p[1] == '{';
    const char *name = p + 1 + braces;
    size_t length = 0;

    while (is_name(name[length]))
        length++;
    if (length == 0 || (braces && name[length] != '}')) {
        buffer_add(out, p, 1);
        return p + 1;
    }
    auto_free char *key = xstrndup(name, length);

    buffer_add_text(out, or_empty(bls->variable ? bls->variable(bls->context, key) : NULL));
    return name + length + braces;
}

/* TEXT with variables expanded and its words joined by one space; NULL when that passes
 * MENU_TEXT_MAX. The caller frees. */
static char *expand(struct bls *bls, const char *text)
{
    auto_buffer struct buffer out = BUFFER_INIT(MENU_TEXT_MAX);

    while (*text && !out.full) {
        size_t plain = strcspn(text, "$");

        buffer_add(&out, text, plain);
        text += plain;
        if (*text)
            text = add_variable(bls, text, &out);
    }
    return out.full ? NULL : config_join_words(buffer_text(&out));
}

/* --- into the menu --------------------------------------------------------------------- */

/* The path that an entry means by NAME. The caller frees. Entries of a /boot that was made a
 * directory, or a partition, after they were written name the other place: so the path as it
 * stands is tried first, then the one below ROOT. */
static char *locate(struct bls *bls, const char *name)
{
    const char *close = *name == '(' ? strchr(name, ')') : NULL;
    const char *bare = close ? close + 1 : name;
    auto_free char *path = xasprintf("%s%s", *bare == '/' ? "" : "/", bare);
    size_t root = strlen(bls->root);

    if (root == 0 || (strncmp(path, bls->root, root) == 0 && path[root] == '/') ||
        config_is_file(bls->guest, bls->volume, path))
        return take_pointer(path);
    return xasprintf("%s%s", bls->root, path);
}

static bool add_ramdisk(struct bls *bls, struct entry *entry, const char *path)
{
    if (entry_add_ramdisk(entry, bls->volume, path))
        return true;
    menu_problem(bls->menu, "%s has more than %d ramdisks: the rest is ignored", entry->source,
                 MENU_RAMDISKS_MAX);
    return false;
}

/* Adds the ramdisks of WORDS. The variable early_initrd names further ones, which Red Hat's
 * GRUB loads first, from the directory of the entry's own first one. */
static void add_ramdisks(struct bls *bls, struct entry *entry, char *words)
{
    const char *early = bls->variable ? bls->variable(bls->context, "early_initrd") : NULL;
    auto_free char *names = xstrndup(or_empty(early), strnlen(or_empty(early), MENU_TEXT_MAX));
    auto_free char *first = locate(bls, config_cut_word(&words));
    auto_free char *directory = config_directory(first);
    char *at = names;
    bool room = true;

    while (room && *at) {
        auto_free char *path = xasprintf("%s/%s", directory, config_cut_word(&at));

        room = text_ends(path, "/") || add_ramdisk(bls, entry, path);
    }
    room = room && add_ramdisk(bls, entry, first);
    while (room && *words) {
        auto_free char *path = locate(bls, config_cut_word(&words));

        room = add_ramdisk(bls, entry, path);
    }
}

/* The options before expansion. Red Hat's entries without any mean those of the environment
 * block. */
static const char *options_of(struct bls *bls, const struct bls_entry *from)
{
    static const char *const defaults[] = {"default_kernelopts", "kernelopts"};
    const char *options = from->options;

    for (size_t i = 0; !options && bls->variable && i < ARRAY_SIZE(defaults); i++)
        options = bls->variable(bls->context, defaults[i]);
    return or_empty(options);
}

/* Fills ENTRY; false when a text passes MENU_TEXT_MAX or the kernel's name expands to
 * nothing. */
static bool fill_entry(struct bls *bls, const struct bls_entry *from, size_t index,
                       struct entry *entry)
{
    auto_free char *kernel = expand(bls, from->kernel);
    auto_free char *ramdisks = expand(bls, or_empty(from->initrd));
    auto_free char *options = expand(bls, options_of(bls, from));
    char *words = kernel;

    if (!kernel || !*kernel || !ramdisks || !options)
        return false;
    entry->title = xstrdup(from->title ? from->title : from->id);
    entry->id = xstrdup(from->id);
    entry->index = xasprintf("%zu", index);
    entry->kernel = (struct boot_file){bls->volume, locate(bls, config_cut_word(&words))};
    entry->args = config_join(words, options);
    if (*ramdisks)
        add_ramdisks(bls, entry, ramdisks);
    return !config_entry_too_long(entry);
}

/* How well the saved entry's NAME fits: less is better, 4 is not at all. */
static int match(const struct bls_entry *entry, const char *index, const char *name)
{
    if (strcmp(name, entry->id) == 0 || strcmp(name, entry->bare) == 0)
        return 0;
    if (entry->title && strcmp(name, entry->title) == 0)
        return 1;
    if (entry->version && strcmp(name, entry->version) == 0)
        return 2;
    return strcmp(name, index) == 0 ? 3 : 4;
}

/* Adds all entries to the menu; returns the index of the one that is saved as the default, or
 * that of the first one. */
static size_t add_entries(struct bls *bls)
{
    const char *saved = bls->variable ? bls->variable(bls->context, "saved_entry") : NULL;
    size_t chosen = bls->menu->count, index = 0;
    int best = 4;

    for (size_t i = 0; i < bls->count; i++) {
        const struct bls_entry *from = &bls->entries[i];
        struct entry *entry = menu_add(bls->menu);

        if (!entry)
            break;
        entry->source = xasprintf("%s/%s.conf", bls->directory, from->id);
        if (!fill_entry(bls, from, index, entry)) {
            menu_problem(bls->menu, "%s: a path or the arguments are empty or longer than %d bytes",
                         entry->source, MENU_TEXT_MAX);
            menu_drop_last(bls->menu);
            continue;
        }
        index++;
        int fit = saved && *saved ? match(from, entry->index, saved) : 4;
        if (fit < best) {
            best = fit;
            chosen = bls->menu->count - 1;
        }
    }
    if (saved && *saved && best == 4)
        menu_problem(bls->menu, "saved_entry names none of the entries in %s", bls->directory);
    return chosen;
}

int bls_read(struct guest *guest, size_t volume, const char *directory, const char *root,
             const char *(*variable)(void *context, const char *name), void *context,
             struct menu *menu, struct error *err)
{
    struct bls *bls = xcalloc(1, sizeof *bls);
    size_t first = menu->count;
    int found;

    bls->guest = guest;
    bls->volume = volume;
    bls->directory = directory;
    bls->root = root;
    bls->variable = variable;
    bls->context = context;
    bls->menu = menu;
    found = guest_list(guest, volume, directory, gather, bls, err);
    if (found == 1) {
        read_entries(bls);
        menu_want(menu, add_entries(bls));
        for (size_t i = first; i < menu->count; i++)
            menu_want(menu, i);
    }
    for (size_t i = 0; i < bls->count; i++)
        bls_entry_clear(&bls->entries[i]);
    free(bls);
    return found;
}
