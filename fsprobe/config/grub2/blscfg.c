/* GRUB's `blscfg`. See blscfg.h.
 *
 * It makes a script of each entry, which is executed when that entry is chosen, with $root as it is
 * then. Source: Red Hat's GRUB, grub-core/commands/blscfg.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/blscfg.h"

#include <ctype.h>
#include <string.h>

#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/items.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/place.h"
#include "fsprobe/config/grub2/script/number.h"

/* Which of the entries become lines of the menu. */
struct wish {
    bool usual, others; /* what $default means, and all that it does not */
    const char *id;     /* that one; or NULL */
    const char *path;   /* of a directory or an entry; or NULL: the usual places */
};

/* --- the script of an entry ------------------------------------------------------------ */

/* Adds TEXT with the values of its $variables. As in GRUB, a '$' in front of anything else than a
 * name is left out, and nothing has braces. */
static void add_expanded(struct grub2 *g, struct buffer *out, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "$"), length = 0;

        buffer_add(out, text, plain);
        text += plain;
        if (!*text)
            return;
        text++;
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
        auto_free char *name = xstrndup(text, length);
        const char *value = grub2_get(g, name);
        if (value)
            buffer_add_text(out, value);
        text += length;
    }
}

/* Adds the "initrd" line. What $early_initrd names comes first, from the directory of the entry's
 * own ramdisk, or of its kernel. */
static void add_initrd(struct grub2 *g, struct buffer *out, const struct bls_entry *entry)
{
    const char *early = grub2_get(g, "early_initrd");
    const char *beside = entry->initrd ? entry->initrd : entry->kernel;
    size_t first = strcspn(beside, " ");
    const char *slash = memrchr(beside, '/', first);

    if (!early && !entry->initrd)
        return;
    buffer_add_text(out, "initrd");
    while (early && *early) {
        size_t length = strcspn(early, " ");
        if (length)
            buffer_addf(out, " ($root)%.*s%.*s", slash ? (int)(slash + 1 - beside) : 0, beside,
                        (int)length, early);
        early += length + (early[length] == ' ');
    }
    if (entry->initrd)
        buffer_addf(out, " ($root)%s", entry->initrd);
    buffer_add_text(out, "\n");
}

/* Makes ENTRY a line of the current menu. */
static void show_entry(struct grub2 *g, struct bls_entry *entry)
{
    auto_buffer struct buffer script = BUFFER_INIT(8 * MENU_TEXT_MAX);
    const char *options = entry->options ? entry->options : grub2_get(g, "default_kernelopts");
    struct grub2_item *item;

    entry->shown = g->env;
    if (!entry->kernel) {
        if (entry->uki)
            grub2_problem(g, "%s starts the unified kernel image %s, which GRUB passes over",
                          entry->file, entry->uki);
        else if (entry->efi)
            grub2_problem(g, "%s starts the EFI program %s, which only firmware can start",
                          entry->file, entry->efi);
        else
            grub2_problem(g, "%s names no kernel (no \"linux\" line)", entry->file);
        return;
    }
    buffer_addf(&script, "linux ($root)%s ", entry->kernel);
    add_expanded(g, &script, options ? options : "");
    buffer_add_text(&script, "\n");
    add_initrd(g, &script, entry);
    if (script.full) {
        grub2_problem(g, "%s is too long", entry->file);
        return;
    }
    item = grub2_add_item(g, entry->title ? entry->title : entry->kernel);
    if (!item)
        return;
    item->id = xstrdup(entry->id);
    item->body = grub2_parse_script(g, entry->file, buffer_text(&script));
}

/* --- which entries --------------------------------------------------------------------- */

/* Whether ENTRY, number INDEX of all, is what $default means. */
static bool is_default(const struct grub2 *g, const struct bls_entry *entry, size_t index)
{
    const char *text = grub2_get(g, "default"), *end;

    if (!text)
        return false;
    if (strcmp(text, entry->id) == 0 || (entry->title && strcmp(text, entry->title) == 0))
        return true;
    int64_t number = grub2_number(text, true, &end);
    return end != text && isxdigit((unsigned char)end[-1]) && number == (int64_t)index;
}

static void show_entries(struct grub2 *g, const struct wish *wish)
{
    g->env->cut |= g->bls->cut;
    for (size_t i = 0; i < g->bls->count; i++) {
        struct bls_entry *entry = &g->bls->entries[i];
        bool usual = is_default(g, entry, i);

        if (entry->shown)
            continue;
        if ((usual && wish->usual) || (!usual && wish->others) ||
            (wish->id && strcmp(wish->id, entry->id) == 0))
            show_entry(g, entry);
    }
}

/* --- where they are -------------------------------------------------------------------- */

static int read_directory(struct grub2 *g, size_t volume, const char *path, struct error *err)
{
    return bls_list_read(g->bls, g->guest, volume, path, BLS_GRUB, g->menu, err);
}

/* Reads what PATH names: a directory, or one entry's file. */
static int read_path(struct grub2 *g, const char *path, struct error *err)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};

    if (!grub2_locate_kernel(g, path, &place))
        return 0;
    if (text_ends(place.path, ".conf"))
        return bls_list_read_file(g->bls, g->guest, place.volume, place.path, BLS_GRUB, g->menu,
                                  err);
    return read_directory(g, place.volume, place.path, err);
}

/* Reads the directory $blsdir, or the two usual ones, of the device $boot, or else $root. */
static int read_usual(struct grub2 *g, struct error *err)
{
    const char *device = grub2_get(g, "boot"), *directory = grub2_get(g, "blsdir");

    if (!device)
        device = grub2_get(g, "root");
    if (!device)
        return 0;
    bool bare = *device != '(';
    auto_free char *spec = xasprintf("%s%s%s%s", bare ? "(" : "", device, bare ? ")" : "",
                                     directory ? directory : "/loader/entries");
    int found = read_path(g, spec, err);
    if (found != 0)
        return found;
    auto_free char *other =
        xasprintf("%s%s%s/boot/loader/entries", bare ? "(" : "", device, bare ? ")" : "");
    return read_path(g, other, err);
}

/* --- the command ----------------------------------------------------------------------- */

enum { PATH, FALLBACK, SHOW_DEFAULT, SHOW_OTHERS, ENTRY };

static const struct grub2_option bls_options[] = {
    [PATH] = {'p', "path", GRUB2_REQUIRED, false},
    [FALLBACK] = {'f', "enable-fallback", GRUB2_FLAG, false},
    [SHOW_DEFAULT] = {'d', "show-default", GRUB2_FLAG, false},
    [SHOW_OTHERS] = {'n', "show-non-default", GRUB2_FLAG, false},
    [ENTRY] = {'e', "entry", GRUB2_REQUIRED, false},
    GRUB2_OPTIONS_END,
};

/* Red Hat's words: default, non-default, "(device)/path", or an entry's name. */
static struct wish wish_of_word(const char *word)
{
    if (strcmp(word, "default") == 0)
        return (struct wish){.usual = true};
    if (strcmp(word, "non-default") == 0)
        return (struct wish){.others = true};
    if (*word == '(')
        return (struct wish){.usual = true, .others = true, .path = word};
    return (struct wish){.id = word};
}

static struct wish read_wish(const struct grub2_parsed *parsed)
{
    struct wish wish = {.path = parsed->options[PATH].value};

    if (parsed->count == 1)
        return wish_of_word(parsed->words[0]);
    if (parsed->options[ENTRY].value) {
        wish.path = parsed->options[ENTRY].value;
        wish.usual = wish.others = true;
        return wish;
    }
    wish.usual = parsed->options[SHOW_DEFAULT].set;
    wish.others = parsed->options[SHOW_OTHERS].set;
    if (!wish.usual && !wish.others)
        wish.usual = wish.others = true;
    return wish;
}

/* blscfg [default | non-default | (DEVICE)/PATH | NAME], blscfg [-p DIRECTORY] [-d] [-n] [-e FILE]
 */
int grub2_cmd_blscfg(struct grub2 *g, const struct grub2_call *call)
{
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    auto_error struct error err = ERROR_INIT;
    int status;

    if (!grub2_parse_options(g, call, bls_options, &parsed, &status))
        return status;
    if (!grub2_steps(g, GRUB2_FILE_STEPS * 4))
        return GRUB2_FALSE;
    if (!g->bls)
        g->bls = xcalloc(1, sizeof *g->bls);
    struct wish wish = read_wish(&parsed);
    status = wish.path ? read_path(g, wish.path, &err) : read_usual(g, &err);
    if (status <= 0)
        grub2_problem(g, "blscfg: %s", err.text ? err.text : "there is no directory of entries");
    show_entries(g, &wish);
    return status > 0 ? GRUB2_OK : GRUB2_NO_FILE;
}
