/* GRUB legacy (0.9x): menu.lst and grub.conf, as Red Hat, SUSE, Debian, Ubuntu and the images
 * for pv-grub wrote them. The format is that of the GRUB 0.97 manual.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub_legacy.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/grub_legacy_path.h"
#include "fsprobe/config/menu.h"

#define NO_ENTRY SIZE_MAX
#define SAVED    (SIZE_MAX - 1) /* "default saved" */

/* The entry that is being read. */
struct body {
    char *title; /* NULL: none yet */
    size_t root; /* volume of paths without a device */
    bool any;    /* it has a command: GRUB counts no entry without one */
    char *kernel, *args, *ramdisk, *configfile; /* as they stand, with the device */
    char *modules[2 + MENU_RAMDISKS_MAX];       /* "PATH ARGUMENTS"; one more than can be used */
    size_t module_count;
};

struct legacy_file {
    struct legacy *legacy;
    size_t volume;
    const char *path;
    const char *title, *index; /* what stands before those of the entries: "", "Other>" */
    unsigned depth;
    struct config_lines lines;
    struct body body;
    size_t default_entry;
    size_t fallbacks[LEGACY_FALLBACKS_MAX];
    size_t fallback_count;
    size_t entries[LEGACY_ENTRIES_MAX]; /* index into the menu, or NO_ENTRY */
    size_t count;
};

static size_t read_file(struct legacy_file *file, const char *text, size_t length);

static void body_clear(struct body *body)
{
    free(body->title);
    free(body->kernel);
    free(body->args);
    free(body->ramdisk);
    free(body->configfile);
    for (size_t i = 0; i < body->module_count; i++)
        free(body->modules[i]);
    *body = (struct body){.title = NULL};
}

static void complain(struct legacy_file *file, const char *what)
{
    menu_problem(file->legacy->menu, "%s line %zu: %s", file->path, file->lines.number, what);
}

/* The file that NAME means in the entry that is being read. The caller frees `path`. */
static struct boot_file resolve(struct legacy_file *file, const char *name)
{
    return legacy_resolve(file->legacy, file->volume, file->body.root, name);
}

/* --- one entry into the menu ------------------------------------------------------------ */

/* The path is the first of the WORDS, the rest goes to *ARGS unless that is NULL. */
static struct boot_file resolve_words(struct legacy_file *file, const char *words, char **args)
{
    auto_free char *copy = xstrdup(words);
    char *at = copy;
    const char *name = config_cut_word(&at);

    if (args)
        replace_string(args, config_join_words(at));
    return resolve(file, name);
}

static bool add_ramdisk(struct legacy_file *file, struct entry *entry, const char *words)
{
    struct boot_file ramdisk = resolve_words(file, words, NULL);
    bool added = entry_add_ramdisk(entry, ramdisk.volume, ramdisk.path);

    free(ramdisk.path);
    return added;
}

/* With modules, the "kernel" is a hypervisor: Xen's dom0 is the first of them, its ramdisk
 * the second. */
static bool fill_files(struct legacy_file *file, struct entry *entry)
{
    struct body *body = &file->body;
    bool room = true;

    if (body->module_count == 0) {
        entry->kernel = resolve(file, body->kernel);
        entry->args = config_join_words(body->args);
    } else {
        struct boot_file hypervisor = resolve(file, body->kernel);

        entry->hypervisor = hypervisor.path;
        entry->kernel = resolve_words(file, body->modules[0], &entry->args);
    }
    for (size_t i = 1; i < body->module_count; i++)
        room = room && add_ramdisk(file, entry, body->modules[i]);
    if (body->ramdisk)
        room = room && add_ramdisk(file, entry, body->ramdisk);
    return room;
}

static size_t add_entry(struct legacy_file *file)
{
    struct menu *menu = file->legacy->menu;
    struct entry *entry = menu_add(menu);

    if (!entry)
        return NO_ENTRY;
    entry->title = xasprintf("%s%s", file->title, file->body.title);
    entry->index = xasprintf("%s%zu", file->index, file->count);
    entry->source = xstrdup(file->path);
    entry->number = file->depth == 1 ? file->count : NO_ENTRY;
    if (!fill_files(file, entry))
        complain(file, "too many modules: the rest is ignored");
    if (config_entry_too_long(entry)) {
        complain(file, "the entry before it has a text that is too long: it is ignored");
        menu_drop_last(menu);
        return NO_ENTRY;
    }
    return menu->count - 1;
}

/* Reads the menu that the entry leads to. Returns what that menu would boot. */
static size_t add_submenu(struct legacy_file *outer)
{
    struct legacy *legacy = outer->legacy;
    struct boot_file where = resolve(outer, outer->body.configfile);
    auto_free char *path = where.path;
    auto_free char *title = xasprintf("%s%s>", outer->title, outer->body.title);
    auto_free char *index = xasprintf("%s%zu>", outer->index, outer->count);
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);

    if (outer->depth == LEGACY_DEPTH_MAX || legacy->files == LEGACY_FILES_MAX) {
        complain(outer, "too many menus lead to one another: this one is not read");
        return NO_ENTRY;
    }
    if (!config_read(legacy->guest, where.volume, path, &text, legacy->menu))
        return NO_ENTRY;
    struct legacy_file *inner = xcalloc(1, sizeof *inner);

    inner->legacy = legacy;
    inner->volume = where.volume;
    inner->path = path;
    inner->title = title;
    inner->index = index;
    inner->depth = outer->depth + 1;
    size_t chosen = read_file(inner, buffer_text(&text), text.length);

    free(inner);
    return chosen;
}

/* Ends the entry that is being read. One without commands does not count, and the next one
 * takes its place; one without a kernel counts. */
static void end_entry(struct legacy_file *file)
{
    struct body *body = &file->body;
    size_t entry = NO_ENTRY;

    if (body->title && body->any) {
        if (body->kernel)
            entry = add_entry(file);
        else if (body->configfile)
            entry = add_submenu(file);
        file->entries[file->count++] = entry;
    }
    body_clear(body);
}

/* --- commands of an entry ----------------------------------------------------------------- */

static void set_kernel(struct legacy_file *file, char *rest)
{
    const char *word;

    do
        word = config_cut_word(&rest);
    while (text_starts(word, "--"));
    replace_string(&file->body.kernel, *word ? xstrdup(word) : NULL);
    replace_string(&file->body.args, xstrdup(rest));
}

static void set_initrd(struct legacy_file *file, char *rest)
{
    const char *word = config_cut_word(&rest);

    if (*word)
        replace_string(&file->body.ramdisk, xstrdup(word));
}

static void add_module(struct legacy_file *file, char *rest)
{
    struct body *body = &file->body;

    if (*rest && body->module_count < ARRAY_SIZE(body->modules))
        body->modules[body->module_count++] = xstrdup(rest);
    else if (*rest)
        complain(file, "too many modules: this one is ignored");
}

static void set_root(struct legacy_file *file, char *rest)
{
    file->body.root = legacy_device(file->legacy->guest, config_cut_word(&rest));
}

static void set_uuid(struct legacy_file *file, char *rest)
{
    int volume = guest_find_uuid(file->legacy->guest, config_cut_word(&rest));

    file->body.root = volume < 0 ? LEGACY_NO_VOLUME : (size_t)volume;
}

/* "find --set-root [--ignore-…] FILE", of Ubuntu's GRUB: the first filesystem with FILE. */
static void find_root(struct legacy_file *file, char *rest)
{
    size_t volumes = file->legacy->guest->volume_count;
    bool set = false;
    const char *word = config_cut_word(&rest);

    for (; text_starts(word, "--"); word = config_cut_word(&rest))
        set = set || strcmp(word, "--set-root") == 0;
    for (size_t i = 0; set && *word == '/' && i < volumes; i++) {
        if (legacy_is_file(file->legacy, i, word)) {
            file->body.root = i;
            return;
        }
    }
}

static void set_configfile(struct legacy_file *file, char *rest)
{
    const char *word = config_cut_word(&rest);

    replace_string(&file->body.configfile, *word ? xstrdup(word) : NULL);
}

static const struct {
    const char *name;
    void (*run)(struct legacy_file *file, char *rest);
} commands[] = {
    {"kernel", set_kernel}, {"initrd", set_initrd},         {"module", add_module},
    {"root", set_root},     {"modulenounzip", add_module},  {"rootnoverify", set_root},
    {"uuid", set_uuid},     {"configfile", set_configfile}, {"find", find_root},
};

static void run_command(struct legacy_file *file, const char *name, char *rest)
{
    file->body.any = true;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(name, commands[i].name) == 0)
            commands[i].run(file, rest);
}

/* --- the menu's own commands -------------------------------------------------------------- */

static void set_default(struct legacy_file *file, char *rest)
{
    const char *at = rest;
    size_t number;

    if (strcmp(rest, "saved") == 0)
        file->default_entry = SAVED;
    else if (legacy_cut_number(&at, LEGACY_ENTRIES_MAX, &number))
        file->default_entry = number;
    else
        complain(file, "\"default\" is no number of an entry: the first one is taken");
}

static void set_fallbacks(struct legacy_file *file, char *rest)
{
    const char *at = rest;
    size_t number;

    file->fallback_count = 0;
    while (legacy_cut_number(&at, LEGACY_ENTRIES_MAX, &number)) {
        if (file->fallback_count == LEGACY_FALLBACKS_MAX) {
            complain(file, "\"fallback\" names too many entries: the rest is ignored");
            return;
        }
        file->fallbacks[file->fallback_count++] = number;
        at += strspn(at, " \t");
    }
}

/* "timeout SECONDS": with a negative number GRUB waits. (A menu inside another one stands open.) */
static void set_timeout(struct legacy_file *file, const char *rest)
{
    size_t number = MENU_TIMEOUT_MAX;
    bool given = *rest >= '0' && *rest <= '9';

    (void)!legacy_cut_number(&rest, MENU_TIMEOUT_MAX, &number);
    if (file->depth == 1)
        menu_set_timeout(file->legacy->menu, given ? (int64_t)number : -1);
}

static void start_entry(struct legacy_file *file, const char *title)
{
    end_entry(file);
    file->body.root = file->volume;
    if (file->count < LEGACY_ENTRIES_MAX)
        file->body.title = xstrdup(title);
    else
        menu_no_default(file->legacy->menu, "%s has more than %d entries: the rest is ignored",
                        file->path, LEGACY_ENTRIES_MAX);
}

/* Cuts the command off a line: GRUB ends it at white space or "=", and takes any number of
 * both before what follows. */
static char *cut_command(char *line, char **rest)
{
    char *end = line + strcspn(line, " \t=");

    *rest = end + strspn(end, " \t=");
    *end = '\0';
    return line;
}

static void read_line(struct legacy_file *file, char *line)
{
    char *rest;
    const char *name = cut_command(line, &rest);

    if (strcmp(name, "title") == 0)
        start_entry(file, rest);
    else if (file->body.title)
        run_command(file, name, rest);
    else if (file->count > 0)
        return; /* of an entry that did not fit */
    else if (strcmp(name, "default") == 0)
        set_default(file, rest);
    else if (strcmp(name, "fallback") == 0)
        set_fallbacks(file, rest);
    else if (strcmp(name, "timeout") == 0)
        set_timeout(file, rest);
}

/* --- the choice --------------------------------------------------------------------------- */

/* The entry that `savedefault` or grub-set-default recorded: the number in the first line of
 * the file "default" beside the menu. */
static size_t saved_entry(struct legacy_file *file)
{
    auto_free char *directory = config_directory(file->path);
    auto_free char *path = xasprintf("%s/default", directory);
    auto_buffer struct buffer text = BUFFER_INIT(CONFIG_LINE_MAX);
    auto_error struct error err = ERROR_INIT;
    size_t number = 0;

    if (guest_read(file->legacy->guest, file->volume, path, CONFIG_LINE_MAX, &text, NULL, &err) < 0)
        menu_problem(file->legacy->menu, "%s", err.text);
    const char *at = buffer_text(&text);

    return legacy_cut_number(&at, LEGACY_ENTRIES_MAX, &number) ? number : 0;
}

/* Wants the entry of that number when it boots a kernel (of the outermost menu only: what
 * another one wants is for the entry that leads to it). */
static size_t want(struct legacy_file *file, size_t number)
{
    size_t entry = number < file->count ? file->entries[number] : NO_ENTRY;

    if (entry != NO_ENTRY && file->depth == 1)
        menu_want(file->legacy->menu, entry);
    return entry;
}

/* Says what the menu wants, and returns the first of that. */
static size_t choose(struct legacy_file *file)
{
    size_t number = file->default_entry == SAVED ? saved_entry(file) : file->default_entry;

    /* GRUB: a default that is not there is the first fallback, or else the first entry. */
    if (number >= file->count)
        number =
            file->fallback_count > 0 && file->fallbacks[0] < file->count ? file->fallbacks[0] : 0;
    size_t chosen = want(file, number);

    if (chosen == NO_ENTRY && file->count > 0 && file->depth == 1)
        menu_no_default(file->legacy->menu, "%s: the default entry, number %zu, boots no kernel",
                        file->path, number);
    for (size_t i = 0; i < file->fallback_count; i++) {
        size_t entry = want(file, file->fallbacks[i]);

        chosen = chosen == NO_ENTRY ? entry : chosen;
    }
    return chosen;
}

/* Reads one menu; returns the entry that it would boot, or NO_ENTRY. */
static size_t read_file(struct legacy_file *file, const char *text, size_t length)
{
    char *line;

    file->legacy->files++;
    body_clear(&file->body);
    config_lines_start(&file->lines, file->path, text, length, file->legacy->menu);
    file->lines.continues = true;
    while ((line = config_lines_next(&file->lines)))
        if (*line != '#')
            read_line(file, line);
    end_entry(file);
    config_lines_free(&file->lines);
    return choose(file);
}

/* Entries of menus that others lead to come behind all of the first one: to pygrub there are no
 * more than those. */
static void number_inner(struct menu *menu, size_t next)
{
    for (size_t i = 0; i < menu->count; i++)
        if (menu->entries[i].number == NO_ENTRY)
            menu->entries[i].number = next++;
}

static int parse(struct guest *guest, size_t volume, const char *path, const char *text,
                 size_t length, struct menu *menu, struct error *err)
{
    struct legacy legacy = {guest, menu, 0, 0};
    struct legacy_file *file = xcalloc(1, sizeof *file);

    (void)err; /* no line makes the rest unusable */
    file->legacy = &legacy;
    file->volume = volume;
    file->path = path;
    file->title = "";
    file->index = "";
    file->depth = 1;
    read_file(file, text, length);
    number_inner(menu, file->count);
    free(file);
    return 0;
}

/* The places where pygrub looks, in its order; and Red Hat's /etc/grub.conf is a link to one of
 * them. */
static const char *const paths[] = {"/boot/grub/menu.lst", "/boot/grub/grub.conf", "/grub/menu.lst",
                                    "/grub/grub.conf", NULL};

const struct boot_config grub_legacy_config = {"GRUB legacy", paths, false, parse};
