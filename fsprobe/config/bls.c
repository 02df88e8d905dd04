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

#include "fsprobe/config/bls_entry.h"
#include "fsprobe/config/config_text.h"
#include "fsprobe/config/loader_conf.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/config/version.h"
#include "fsprobe/config/wildcard.h"

struct bls {
    struct guest *guest;
    size_t volume;
    const char *directory, *root;
    const char *(*variable)(void *context, const char *name);
    void *context;
    struct menu *menu;
    struct bls_list list;
};

/* --- the order ------------------------------------------------------------------------- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
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
    return result ? result : bls_compare_names(a, b);
}

/* --- which of them --------------------------------------------------------------------- */

/* Whether this machine can boot an entry of that architecture. The names are those that firmware
 * has for its programs. */
static bool is_own_architecture(const char *name)
{
#if defined(__x86_64__) || defined(__i386__)
    static const char *const own[] = {"x64", "ia32", "x86-64", "x86_64"};
#elif defined(__aarch64__)
    static const char *const own[] = {"aa64", "arm64", "aarch64"};
#else
    static const char *const own[] = {""};
#endif

    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (strcasecmp(name, own[i]) == 0)
            return true;
    return false;
}

/* False, with a problem where people should know, when the entry is of no use. */
static bool is_of_use(struct bls *bls, const struct bls_entry *entry)
{
    if (entry->architecture && !is_own_architecture(entry->architecture))
        return false;
    if (entry->kernel)
        return true;
    if (entry->efi)
        menu_problem(bls->menu, "%s starts the EFI program %s, which only firmware can start",
                     entry->file, entry->efi);
    else
        menu_problem(bls->menu, "%s names no kernel (no \"linux\" line)", entry->file);
    return false;
}

/* Forgets what is of no use, and sorts. */
static void sort_entries(struct bls *bls)
{
    size_t kept = 0;

    for (size_t i = 0; i < bls->list.count; i++) {
        if (is_of_use(bls, &bls->list.entries[i]))
            bls->list.entries[kept++] = bls->list.entries[i];
        else
            bls_entry_clear(&bls->list.entries[i]);
    }
    bls->list.count = kept;
    qsort(bls->list.entries, kept, sizeof bls->list.entries[0], compare_entries);
}

/* --- expansion ------------------------------------------------------------------------- */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
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
    auto_free char *file = xasprintf("%s.conf", entry->id);

    if (strcmp(name, entry->id) == 0 || strcmp(name, entry->bare) == 0 || strcmp(name, file) == 0)
        return 0;
    if (entry->title && strcmp(name, entry->title) == 0)
        return 1;
    if (entry->version && strcmp(name, entry->version) == 0)
        return 2;
    return strcmp(name, index) == 0 ? 3 : 4;
}

/* Whether ENTRY is what the "default" of loader.conf means. */
static bool meets(const struct bls_entry *entry, const char *pattern)
{
    auto_free char *file = xasprintf("%s.conf", entry->bare);

    return wildcard_match(pattern, strlen(pattern), file, true);
}

/* Adds all entries to the menu. Returns the index of the first one that loader.conf's PATTERN (or
 * NULL) means, else that of the one that is saved as the default, else that of the first one. */
static size_t add_entries(struct bls *bls, const char *pattern)
{
    const char *saved = bls->variable ? bls->variable(bls->context, "saved_entry") : NULL;
    size_t chosen = bls->menu->count, index = 0;
    int best = 4;

    for (size_t i = 0; i < bls->list.count; i++) {
        const struct bls_entry *from = &bls->list.entries[i];
        struct entry *entry = menu_add(bls->menu);

        if (!entry)
            break;
        entry->source = xstrdup(from->file);
        if (!fill_entry(bls, from, index, entry)) {
            menu_problem(bls->menu, "%s: a path or the arguments are empty or longer than %d bytes",
                         entry->source, MENU_TEXT_MAX);
            menu_drop_last(bls->menu);
            continue;
        }
        index++;
        int fit = saved && *saved ? match(from, entry->index, saved) : 4;
        if (pattern && meets(from, pattern))
            fit = -1;
        if (fit < best) {
            best = fit;
            chosen = bls->menu->count - 1;
        }
    }
    if (saved && *saved && best == 4)
        menu_problem(bls->menu, "saved_entry names none of the entries in %s", bls->directory);
    if (pattern && best >= 0)
        menu_problem(bls->menu, "loader.conf's default '%s' is none of the entries in %s", pattern,
                     bls->directory);
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
    found = bls_list_read(&bls->list, guest, volume, directory, BLS_SPECIFICATION, menu, err);
    if (found == 1) {
        auto_free char *above = config_directory(directory);
        auto_free char *conf = xasprintf("%s/loader.conf", above);
        auto_free char *pattern = loader_conf_read(guest, volume, conf, menu);
        sort_entries(bls);
        menu_want(menu, add_entries(bls, pattern));
        for (size_t i = first; i < menu->count; i++)
            menu_want(menu, i);
    }
    bls_list_free(&bls->list);
    free(bls);
    return found;
}
