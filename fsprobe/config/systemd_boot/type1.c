/* Entries of type 1. See type1.h.
 *
 * Where Red Hat's GRUB and the specification differ: variables of the GRUB environment block are
 * expanded where there may be one, as only GRUB does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/type1.h"

#include <stdlib.h>
#include <string.h>

#include "common/kernel_magic.h"
#include "fsprobe/config/config_text.h"
#include "fsprobe/config/machine.h"
#include "fsprobe/config/systemd_boot/uki_entry.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *variable(const struct type1 *t, const char *name)
{
    const struct bls_rules *rules = t->rules;

    return rules->variable ? rules->variable(rules->context, name) : NULL;
}

/* --- expansion --------------------------------------------------------------------------- */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Adds the value of the variable whose "$" stands at P and goes behind it. A "$" that begins
 * no variable stands for itself. */
static const char *add_variable(const struct type1 *t, const char *p, struct buffer *out)
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

    buffer_add_text(out, or_empty(variable(t, key)));
    return name + length + braces;
}

/* TEXT with variables expanded and its words joined by one space; NULL when that passes
 * MENU_TEXT_MAX. The caller frees. */
static char *expand(const struct type1 *t, const char *text)
{
    auto_buffer struct buffer out = BUFFER_INIT(MENU_TEXT_MAX);

    if (!t->rules->variable)
        return strlen(text) > MENU_TEXT_MAX ? NULL : config_join_words(text);
    while (*text && !out.full) {
        size_t plain = strcspn(text, "$");

        buffer_add(&out, text, plain);
        text += plain;
        if (*text)
            text = add_variable(t, text, &out);
    }
    return out.full ? NULL : config_join_words(buffer_text(&out));
}

/* The path that an entry means by NAME. The caller frees. Entries of a /boot that was made a
 * directory, or a partition, after they were written name the other place: so the path as it
 * stands is tried first, then the one below the place's root. systemd-boot takes either slash. */
static char *locate(const struct type1 *t, const char *name)
{
    const char *close = *name == '(' ? strchr(name, ')') : NULL;
    const char *bare = close ? close + 1 : name, *root = t->place->root;
    bool slash = *bare == '/' || (*bare == '\\' && !t->rules->variable);
    auto_free char *path = xasprintf("%s%s", slash ? "" : "/", bare);
    size_t length = strlen(root);

    for (char *p = path; *p && !t->rules->variable; p++)
        if (*p == '\\')
            *p = '/';
    if (length == 0 || (strncmp(path, root, length) == 0 && path[length] == '/') ||
        config_is_file(t->guest, t->place->volume, path))
        return take_pointer(path);
    return xasprintf("%s%s", root, path);
}

/* --- what an entry starts ---------------------------------------------------------------- */

/* Whether the file at PATH starts like a kernel. */
static bool is_kernel(const struct type1 *t, const char *path)
{
    auto_buffer struct buffer head = BUFFER_INIT(KERNEL_HEAD);
    auto_error struct error ignored = ERROR_INIT;

    return guest_read(t->guest, t->place->volume, path, KERNEL_HEAD, &head, NULL, &ignored) > 0 &&
           kernel_magic((const unsigned char *)buffer_text(&head), head.length);
}

/* Which profile of its image an entry names; 0 where it names none. */
static unsigned profile_of(const struct bls_entry *conf)
{
    uint64_t number = 0;

    return conf->profile && text_to_number(conf->profile, PE_SECTIONS_MAX, &number)
               ? (unsigned)number
               : 0;
}

/* Whether the program that ITEM starts is an image of the profile that it names; else WHY not. */
static bool find_image(const struct type1 *t, struct boot_item *item, struct error *why)
{
    struct pe pe;

    if (pe_read(t->guest, t->place->volume, item->path, &pe, why) < 1)
        return false;
    if (!uki_find_parts(&pe, profile_of(item->conf), &item->parts)) {
        error_set(why, ERROR_INVALID_SOURCE, "it has no profile %s", item->conf->profile);
        return false;
    }
    if (item->parts.of[UKI_LINUX].length)
        return true;
    error_set(why, ERROR_INVALID_SOURCE, "it has no section .linux");
    return false;
}

/* Tells a kernel from an image from any other program, by the key that named it and by what it
 * is. */
static void find_kind(const struct type1 *t, struct boot_item *item)
{
    const struct bls_entry *conf = item->conf;
    auto_error struct error why = ERROR_INIT;

    item->kind = item->there || !conf->efi ? BOOT_KERNEL : BOOT_PROGRAM;
    if (item->kind == BOOT_PROGRAM)
        menu_problem(t->menu, "%s starts the EFI program %s, which is not there", conf->file,
                     item->path);
    /* An entry that names its kernel has it read only when it may be the one that is booted. */
    if (!item->there || (conf->kernel && !config_ends_in(item->path, ".efi")))
        return;
    if (!conf->uki && is_kernel(t, item->path))
        return;
    item->kind = find_image(t, item, &why) ? BOOT_IMAGE : BOOT_PROGRAM;
    if (item->kind == BOOT_IMAGE)
        return;
    if (conf->uki)
        menu_problem(t->menu, "%s: %s is no unified kernel image: %s", conf->file, item->path,
                     why.text);
    else
        menu_problem(t->menu, "%s starts the EFI program %s, which only firmware can start (%s)",
                     conf->file, item->path, why.text);
}

/* What CONF starts, as it is written there; NULL, with a problem where people should know, when
 * that is nothing here. */
static const char *target_of(const struct type1 *t, const struct bls_entry *conf)
{
    const char *const targets[] = {conf->kernel, conf->uki, conf->efi, conf->uki_url};
    const char *target = NULL;
    size_t count = 0;

    if (conf->architecture && !machine_is_own(conf->architecture))
        return NULL;
    for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
        if (targets[i]) {
            target = targets[i];
            count++;
        }
    if (count == 0)
        menu_problem(t->menu, "%s names no kernel (no \"linux\" line)", conf->file);
    else if (count > 1)
        menu_problem(t->menu, "%s is ignored: it names several things to start", conf->file);
    else if (conf->uki_url)
        menu_problem(t->menu, "%s starts %s, which is on a network", conf->file, conf->uki_url);
    return count == 1 && !conf->uki_url ? target : NULL;
}

/* The name of the entry's file, in small letters. The caller frees. */
static char *id_of(const struct bls_entry *conf)
{
    const char *slash = strrchr(conf->file, '/');

    return config_small_letters(slash ? slash + 1 : conf->file);
}

static char *copy_or_null(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static void add_item(const struct type1 *t, const struct bls_entry *conf, size_t number,
                     struct boot_items *items)
{
    const char *target = target_of(t, conf);
    auto_free char *expanded = target ? expand(t, target) : NULL;
    char *words = expanded;

    if (!target)
        return;
    if (!expanded || !*expanded) {
        menu_problem(t->menu, "%s: a path or the arguments are empty or longer than %d bytes",
                     conf->file, MENU_TEXT_MAX);
        return;
    }
    struct boot_item *item = boot_items_add(items);
    if (!item) {
        menu_no_default(t->menu, "more than %d entries: the rest is left out", MENU_ENTRIES_MAX);
        return;
    }
    *item = (struct boot_item){.place = number,
                               .conf = conf,
                               .source = xstrdup(conf->file),
                               .id = id_of(conf),
                               .base = id_of(conf),
                               .title = xstrdup(conf->title ? conf->title : conf->id),
                               .version = copy_or_null(conf->version),
                               .machine_id = copy_or_null(conf->machine_id),
                               .sort_key = copy_or_null(conf->sort_key),
                               .counter = conf->counter,
                               .path = locate(t, config_cut_word(&words))};
    item->there = config_is_file(t->guest, t->place->volume, item->path);
    find_kind(t, item);
}

void type1_add_items(const struct type1 *t, const struct bls_list *list, size_t number,
                     struct boot_items *items)
{
    for (size_t i = 0; i < list->count; i++)
        add_item(t, &list->entries[i], number, items);
}

/* --- into the menu ----------------------------------------------------------------------- */

static bool add_ramdisk(const struct type1 *t, struct entry *entry, const char *path)
{
    if (entry_add_ramdisk(entry, t->place->volume, path))
        return true;
    menu_problem(t->menu, "%s has more than %d ramdisks: the rest is ignored", entry->source,
                 MENU_RAMDISKS_MAX);
    return false;
}

/* Adds the ramdisks of WORDS. The variable early_initrd names further ones, which Red Hat's
 * GRUB loads first, from the directory of the entry's own first one. */
static void add_ramdisks(const struct type1 *t, struct entry *entry, char *words)
{
    const char *early = or_empty(variable(t, "early_initrd"));
    auto_free char *names = xstrndup(early, strnlen(early, MENU_TEXT_MAX));
    auto_free char *first = locate(t, config_cut_word(&words));
    auto_free char *directory = config_directory(first);
    char *at = names;
    bool room = true;

    while (room && *at) {
        auto_free char *path = xasprintf("%s/%s", directory, config_cut_word(&at));

        room = text_ends(path, "/") || add_ramdisk(t, entry, path);
    }
    room = room && add_ramdisk(t, entry, first);
    while (room && *words) {
        auto_free char *path = locate(t, config_cut_word(&words));

        room = add_ramdisk(t, entry, path);
    }
}

/* Adds those that the arguments name: a kernel that firmware starts loads them itself ("initrd="),
 * where nobody else gave it one. */
static void add_argument_ramdisks(const struct type1 *t, struct entry *entry)
{
    static const char key[] = "initrd=";
    auto_free char *words = xstrdup(entry->args);
    char *at = words;

    while (*at) {
        const char *word = config_cut_word(&at);
        auto_free char *path = text_starts(word, key) ? locate(t, word + strlen(key)) : NULL;

        if (path && !add_ramdisk(t, entry, path))
            return;
    }
}

/* The options before expansion. Red Hat's entries without any mean those of the environment
 * block. */
static const char *options_of(const struct type1 *t, const struct bls_entry *conf)
{
    static const char *const defaults[] = {"default_kernelopts", "kernelopts"};
    const char *options = conf->options;

    for (size_t i = 0; !options && i < ARRAY_SIZE(defaults); i++)
        options = variable(t, defaults[i]);
    return or_empty(options);
}

static bool fill_image(const struct type1 *t, const struct boot_item *item, struct entry *entry)
{
    auto_free char *options = expand(t, or_empty(item->conf->options));
    auto_error struct error err = ERROR_INIT;

    if (!options)
        return false;
    if (uki_fill_entry(t->guest, t->place->volume, item->path, &item->parts, options, entry,
                       t->menu, &err) == 0)
        return !config_entry_too_long(entry);
    menu_problem(t->menu, "%s: %s cannot be used: %s", entry->source, item->path, err.text);
    return false;
}

static bool fill_kernel(const struct type1 *t, const struct boot_item *item, struct entry *entry)
{
    const struct bls_entry *conf = item->conf;
    auto_free char *kernel = expand(t, conf->kernel ? conf->kernel : item->path);
    auto_free char *ramdisks = expand(t, or_empty(conf->kernel ? conf->initrd : NULL));
    auto_free char *options = expand(t, options_of(t, conf));
    char *words = kernel;

    if (!kernel || !ramdisks || !options)
        return false;
    (void)config_cut_word(&words);
    /* openSUSE has "SNAPSHOT@KERNEL" */
    const char *at = conf->version ? strchr(conf->version, '@') : NULL;
    if (conf->version)
        entry->version = xstrdup(at ? at + 1 : conf->version);
    entry->kernel = (struct boot_file){.volume = t->place->volume, .path = xstrdup(item->path)};
    entry->args = config_join(conf->kernel ? words : "", options);
    if (*ramdisks)
        add_ramdisks(t, entry, ramdisks);
    else if (!t->rules->variable)
        add_argument_ramdisks(t, entry);
    return !config_entry_too_long(entry);
}

bool type1_fill_entry(const struct type1 *t, const struct boot_item *item, struct entry *entry)
{
    entry->id = xstrdup(item->conf->id);
    if (item->kind == BOOT_IMAGE)
        return fill_image(t, item, entry);
    if (fill_kernel(t, item, entry))
        return true;
    menu_problem(t->menu, "%s: a path or the arguments are empty or longer than %d bytes",
                 entry->source, MENU_TEXT_MAX);
    return false;
}
