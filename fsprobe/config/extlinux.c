/* extlinux and syslinux configurations, after the syntax in the Syslinux project's
 * documentation (config.txt, menu.txt, mboot.txt).
 *
 * Paths without a slash in front are relative to the directory of the first file, as are the
 * names of included ones. Arguments are those that the configuration gives: an "initrd=" in
 * them stays, as with syslinux; the "BOOT_IMAGE=" that boot programs put in front is not
 * added.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/extlinux.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/extlinux_label.h"
#include "fsprobe/config/extlinux_menus.h"

struct extlinux {
    struct guest *guest;
    struct label_place place;
    size_t files;         /* read, or tried */
    size_t number;        /* of the next label */
    char *append;         /* for labels that have none; or NULL */
    char *wanted;         /* DEFAULT: a label, or a kernel, with arguments; or NULL */
    char *on_timeout;     /* the same */
    char *on_error;       /* the same: what boots where that does not */
    bool has_ui, prompts; /* somebody is asked, so that a timeout counts */
    bool has_timeout;
    struct extlinux_menus menus;
    char **others; /* names of labels that boot no Linux; owned */
    size_t other_count;
    struct label label;
    bool in_help; /* between "text help" and "endtext" */
};

static void read_file(struct extlinux *ext, const char *path, const char *text, size_t length,
                      unsigned depth);

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* --- labels into the menu ------------------------------------------------------------------- */

static bool add_label(struct extlinux *ext, const struct label *label)
{
    struct entry *entry = menu_add(ext->place.menu);

    if (!entry)
        return false;
    entry->title = extlinux_menus_full_title(&ext->menus, label->title ? label->title : label->name,
                                             MENU_TEXT_MAX);
    entry->id = xstrdup(label->name);
    entry->index = xasprintf("%zu", ext->number);
    entry->number = ext->number;
    entry->source = xstrdup(ext->place.path);
    if (!label_fill(&ext->place, label, ext->append, entry)) {
        menu_drop_last(ext->place.menu);
        return false;
    }
    if (config_entry_too_long(entry)) {
        menu_problem(ext->place.menu,
                     "%s: a text of label %zu is longer than %d bytes: it is ignored",
                     ext->place.path, ext->number, MENU_TEXT_MAX);
        menu_drop_last(ext->place.menu);
        return false;
    }
    return true;
}

static void remember_other(struct extlinux *ext, const char *name)
{
    if (ext->other_count % 16 == 0)
        ext->others = xreallocarray(ext->others, ext->other_count + 16, sizeof *ext->others);
    ext->others[ext->other_count++] = xstrdup(name);
}

static bool is_other(const struct extlinux *ext, const char *name)
{
    for (size_t i = 0; i < ext->other_count; i++)
        if (strcmp(ext->others[i], name) == 0)
            return true;
    return false;
}

/* Ends the label that is being read. One without a kernel boots the file of its own name, if
 * there is one. */
static void end_label(struct extlinux *ext)
{
    struct label *label = &ext->label;

    if (label->name && !label->kernel && label->kind == KIND_KERNEL) {
        auto_free char *path = config_absolute_path(ext->place.directory, label->name);

        if (config_is_file(ext->guest, ext->place.volume, path))
            label->kernel = xstrdup(label->name);
    }
    if (label->name) {
        bool added = add_label(ext, label);
        if (!added)
            remember_other(ext, label->name);
        extlinux_menus_add(&ext->menus, added ? (int)ext->place.menu->count - 1 : EXTLINUX_NOTHING,
                           label->is_default);
        ext->number++;
    }
    label_clear(label);
}

static void start_label(struct extlinux *ext, const char *name)
{
    end_label(ext);
    if (ext->number < EXTLINUX_LABELS_MAX)
        ext->label.name = xstrdup(name);
    else
        menu_no_default(ext->place.menu, "%s has more than %d labels: the rest is ignored",
                        ext->place.path, EXTLINUX_LABELS_MAX);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Includes a file, "NAME" or "NAME TAG": from the first file's directory, or from that of the
 * file that includes it. */
static void include(struct extlinux *ext, const char *from, const char *name, unsigned depth)
{
    auto_free char *path = config_absolute_path(ext->place.directory, name);
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);

    if (depth == EXTLINUX_DEPTH_MAX || ext->files == EXTLINUX_FILES_MAX) {
        menu_no_default(ext->place.menu, "%s includes too many files: some are ignored",
                        ext->place.path);
        return;
    }
    ext->files++;
    if (!config_is_file(ext->guest, ext->place.volume, path)) {
        auto_free char *directory = config_directory(from);

        replace_string(&path, config_absolute_path(directory, name));
    }
    if (config_read(ext->guest, ext->place.volume, path, &text, ext->place.menu))
        read_file(ext, path, buffer_text(&text), text.length, depth + 1);
}

/* A title as it is shown: "^" marks the key that chooses it. The caller frees. */
static char *shown_title(const char *text)
{
    char *title = xstrdup(text), *out = title;

    for (const char *p = text; *p; p++)
        if (*p != '^')
            *out++ = *p;
    *out = '\0';
    return title;
}

static void read_menu_line(struct extlinux *ext, const char *path, char *rest, unsigned depth)
{
    const char *word = config_cut_word(&rest);
    struct label *label = &ext->label;

    if (strcasecmp(word, "label") == 0 && label->name) {
        replace_string(&label->title, shown_title(rest));
    } else if (strcasecmp(word, "default") == 0 && label->name) {
        label->is_default = true;
    } else if (strcasecmp(word, "default") == 0) {
        extlinux_menus_choose_open(&ext->menus);
    } else if (strcasecmp(word, "start") == 0) {
        ext->menus.start = ext->menus.open;
    } else if (strcasecmp(word, "include") == 0) {
        include(ext, path, config_cut_word(&rest), depth);
    } else if (strcasecmp(word, "begin") == 0) {
        end_label(ext);
        extlinux_menus_begin(&ext->menus, rest);
    } else if (strcasecmp(word, "end") == 0) {
        end_label(ext);
        extlinux_menus_end(&ext->menus);
    } else if (strcasecmp(word, "title") == 0 && !label->name) {
        extlinux_menus_title(&ext->menus, shown_title(rest));
    }
}

static void set_kernel(struct label *label, enum label_kind kind, const char *text)
{
    label->kind = kind;
    replace_string(&label->kernel, *text ? xstrdup(text) : NULL);
}

/* A line inside a label. False when the keyword is none of a label's. */
static bool read_label_line(struct label *label, const char *key, const char *rest)
{
    static const char *const others[] = {"localboot", "boot", "bss",    "pxe",
                                         "fdimage",   "com",  "config", "comboot"};

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (strcasecmp(key, others[i]) == 0) {
            label->kind = KIND_OTHER;
            return true;
        }
    }
    if (strcasecmp(key, "kernel") == 0)
        set_kernel(label, KIND_KERNEL, rest);
    else if (strcasecmp(key, "linux") == 0)
        set_kernel(label, KIND_LINUX, rest);
    else if (strcasecmp(key, "com32") == 0)
        set_kernel(label, KIND_COM32, rest);
    else if (strcasecmp(key, "initrd") == 0)
        replace_string(&label->initrd, xstrdup(rest));
    else if (strcasecmp(key, "append") == 0)
        replace_string(&label->append, xstrdup(strcmp(rest, "-") == 0 ? "" : rest));
    else
        return false;
    return true;
}

/* In tenths of seconds; 0 switches it off. */
static void set_timeout(struct extlinux *ext, const char *text)
{
    uint64_t tenths = 0;

    if (*text < '0' || *text > '9')
        return;
    for (; *text >= '0' && *text <= '9'; text++)
        if (tenths <= (uint64_t)MENU_TIMEOUT_MAX * 10)
            tenths = tenths * 10 + (uint64_t)(*text - '0');
    ext->has_timeout = tenths > 0;
    menu_set_timeout(ext->place.menu, tenths ? (int64_t)((tenths + 9) / 10) : -1);
}

/* A line of the menu as a whole: these count wherever they stand. */
static void read_global_line(struct extlinux *ext, const char *key, const char *rest)
{
    bool number = strspn(rest, "0") < strspn(rest, "0123456789");

    if (strcasecmp(key, "default") == 0)
        replace_string(&ext->wanted, xstrdup(rest));
    else if (strcasecmp(key, "ontimeout") == 0)
        replace_string(&ext->on_timeout, xstrdup(rest));
    else if (strcasecmp(key, "onerror") == 0)
        replace_string(&ext->on_error, xstrdup(rest));
    else if (strcasecmp(key, "timeout") == 0)
        set_timeout(ext, rest);
    else if (strcasecmp(key, "prompt") == 0)
        ext->prompts = number;
    else if (strcasecmp(key, "ui") == 0)
        ext->has_ui = true;
    else if (strcasecmp(key, "append") == 0)
        replace_string(&ext->append, xstrdup(strcmp(rest, "-") == 0 ? "" : rest));
}

static void read_line(struct extlinux *ext, const char *path, char *line, unsigned depth)
{
    char *rest = line;
    const char *key = config_cut_word(&rest);

    if (ext->in_help) {
        ext->in_help = strcasecmp(key, "endtext") != 0;
    } else if (strcasecmp(key, "text") == 0 && strcasecmp(rest, "help") == 0) {
        ext->in_help = true;
    } else if (strcasecmp(key, "label") == 0) {
        start_label(ext, rest);
    } else if (strcasecmp(key, "include") == 0) {
        include(ext, path, config_cut_word(&rest), depth);
    } else if (strcasecmp(key, "menu") == 0) {
        read_menu_line(ext, path, rest, depth);
    } else if (!ext->label.name || !read_label_line(&ext->label, key, rest)) {
        read_global_line(ext, key, rest);
    }
}

static void read_file(struct extlinux *ext, const char *path, const char *text, size_t length,
                      unsigned depth)
{
    auto_config_lines struct config_lines lines;
    char *line;

    config_lines_start(&lines, path, text, length, ext->place.menu);
    while ((line = config_lines_next(&lines)))
        if (*line != '#')
            read_line(ext, path, line, depth);
}

/* --- the choice ---------------------------------------------------------------------------------
 */

static size_t find_label(const struct extlinux *ext, const char *name)
{
    for (size_t i = 0; i < ext->place.menu->count; i++)
        if (strcmp(or_empty(ext->place.menu->entries[i].id), name) == 0)
            return i;
    return SIZE_MAX;
}

/* An entry for a command line that begins with a kernel instead of a label. */
static size_t add_kernel(struct extlinux *ext, const char *name)
{
    struct label label = {.name = xstrdup(name), .kernel = xstrdup(name)};
    auto_free char *path = config_absolute_path(ext->place.directory, name);
    bool added = !label_is_foreign(name) && config_is_file(ext->guest, ext->place.volume, path) &&
                 add_label(ext, &label);

    label_clear(&label);
    return added ? ext->place.menu->count - 1 : SIZE_MAX;
}

static void add_arguments(struct entry *entry, const char *more)
{
    auto_free char *words = config_join_words(more);
    auto_free char *all = config_join(entry->args, words);

    if (strlen(all) <= MENU_TEXT_MAX)
        replace_string(&entry->args, take_pointer(all));
}

/* Wants what "DEFAULT LABEL ARGUMENTS" boots. False when that is nothing: no label, no kernel, or a
 * label that boots no Linux. */
static bool want_command(struct extlinux *ext, const char *command)
{
    auto_free char *copy = xstrdup(command);
    char *at = copy;
    size_t entry = find_label(ext, copy);

    if (entry == SIZE_MAX) {
        const char *name = config_cut_word(&at);

        entry = find_label(ext, name);
        if (entry == SIZE_MAX && *name && !is_other(ext, command) && !is_other(ext, name))
            entry = add_kernel(ext, name);
    } else {
        at += strlen(at);
    }
    if (entry == SIZE_MAX)
        return false;
    if (*at)
        add_arguments(&ext->place.menu->entries[entry], at);
    menu_want(ext->place.menu, entry);
    return true;
}

/* A menu program shows labels: its default is the one that DEFAULT names, else the menu's own. (A
 * menu program as the value of DEFAULT is no label.) */
static bool want_of_menu(struct extlinux *ext)
{
    size_t entry = ext->wanted ? find_label(ext, ext->wanted) : SIZE_MAX;
    int by_default = extlinux_menus_default(&ext->menus);

    if (entry == SIZE_MAX && by_default != EXTLINUX_NOTHING &&
        !(ext->wanted && is_other(ext, ext->wanted)))
        entry = (size_t)by_default;
    menu_want(ext->place.menu, entry);
    return entry != SIZE_MAX;
}

/* What boots when nobody touches a key, and what next: syslinux runs ONERROR, with the words of
 * DEFAULT behind it. */
static void choose(struct extlinux *ext)
{
    struct menu *menu = ext->place.menu;
    bool shown = ext->has_ui || (ext->wanted && label_is_module(ext->wanted, "menu.c32"));
    bool found = true;

    if (ext->on_timeout && ext->has_timeout && (ext->prompts || shown))
        found = want_command(ext, ext->on_timeout);
    else if (shown)
        found = want_of_menu(ext);
    else if (ext->wanted && *ext->wanted)
        found = want_command(ext, ext->wanted);
    else if (ext->menus.list[ext->menus.start].chosen.there)
        found = want_of_menu(ext);
    else
        menu->names_none = true; /* it would wait for somebody to type a label */
    if (!found && ext->number > 0)
        menu_no_default(menu, "%s: its default boots no Linux kernel", ext->place.path);
    /* pygrub boots the first one */
    if (menu->names_none && !want_of_menu(ext))
        menu_want(menu, 0);
    if (found && ext->on_error) {
        auto_free char *command = text_join(ext->on_error, ext->wanted);
        (void)want_command(ext, command);
    }
}

static int parse(struct guest *guest, size_t volume, const char *path, const char *text,
                 size_t length, struct menu *menu, struct error *err)
{
    auto_free char *directory = config_directory(path);
    struct extlinux ext = {.guest = guest, .place = {menu, volume, path, directory}, .files = 1};

    (void)err; /* no line makes the rest unusable */
    extlinux_menus_start(&ext.menus);
    read_file(&ext, path, text, length, 1);
    end_label(&ext);
    choose(&ext);
    free(ext.append);
    free(ext.wanted);
    free(ext.on_timeout);
    free(ext.on_error);
    while (ext.other_count)
        free(ext.others[--ext.other_count]);
    free(ext.others);
    extlinux_menus_free(&ext.menus);
    return 0;
}

/* pygrub's five first, in its order. */
static const char *const paths[] = {"/boot/isolinux/isolinux.cfg",
                                    "/boot/extlinux/extlinux.conf",
                                    "/boot/extlinux.conf",
                                    "/extlinux/extlinux.conf",
                                    "/extlinux.conf",
                                    "/isolinux/isolinux.cfg",
                                    "/isolinux.cfg",
                                    "/boot/syslinux/syslinux.cfg",
                                    "/boot/syslinux/extlinux.conf",
                                    "/syslinux/syslinux.cfg",
                                    "/syslinux/extlinux.conf",
                                    "/syslinux.cfg",
                                    NULL};

const struct boot_config extlinux_config = {.name = "extlinux", .paths = paths, .parse = parse};
