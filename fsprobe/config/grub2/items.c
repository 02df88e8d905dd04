/* The commands that make a menu: menuentry, submenu, blscfg. See items.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/items.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/bls.h"
#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/script/parse.h"

/* A new line of the current menu; NULL, with a problem, when there are too many. */
static struct grub2_item *add_item(struct grub2 *g)
{
    struct grub2_env *env = g->env;

    if (g->item_total >= GRUB2_ITEMS_MAX) {
        grub2_problem(g, "more than %d menu entries: the rest is left out", GRUB2_ITEMS_MAX);
        return NULL;
    }
    g->item_total++;
    if (env->item_count % 16 == 0)
        env->items = xreallocarray(env->items, env->item_count + 16, sizeof *env->items);
    env->items[env->item_count] = (struct grub2_item){.args = NULL};
    return &env->items[env->item_count++];
}

enum { CLASS, USERS, HOTKEY, SCRIPT, ID, UNRESTRICTED };

/* Red Hat's GRUB lets --users stand without a value, which its own grub.cfg needs where
 * $grub_users is not set; for the others such an entry is wrong. */
static const struct grub2_option entry_options[] = {
    [CLASS] = {0, "class", GRUB2_REQUIRED, true},
    [USERS] = {0, "users", GRUB2_OPTIONAL, false},
    [HOTKEY] = {0, "hotkey", GRUB2_REQUIRED, false},
    [SCRIPT] = {0, "source", GRUB2_REQUIRED, false},
    [ID] = {0, "id", GRUB2_REQUIRED, false},
    [UNRESTRICTED] = {0, "unrestricted", GRUB2_FLAG, false},
    GRUB2_OPTIONS_END,
};

/* Parses what stood behind --source. */
static const struct grub2_node *parse_script(struct grub2 *g, const char *script)
{
    struct grub2_source source;

    if (!grub2_source_read(&g->arena, &source, g->at ? g->at->source : g->source, script,
                           strlen(script)))
        return NULL;
    return grub2_parse(&g->arena, &source, &g->menu->problems);
}

/* menuentry TITLE [ARGUMENT…] [--id=ID] [--class=…] { … }, and the same for submenu. */
int grub2_cmd_menuentry(struct grub2 *g, const struct grub2_call *call)
{
    struct grub2_call words = {call->argc - (call->block != NULL), call->argv, NULL};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    struct grub2_item *item;
    int status;

    if (!grub2_parse_options(g, &words, entry_options, &parsed, &status))
        return status;
    const char *script = parsed.options[SCRIPT].value, *id = parsed.options[ID].value;
    if (parsed.count == 0 || (!call->block && !script)) {
        grub2_problem(g, "%s: %s is missing", call->argv[0],
                      parsed.count == 0 ? "the title" : "the block in { }");
        return GRUB2_BAD_ARGUMENT;
    }
    item = add_item(g);
    if (!item)
        return GRUB2_FALSE;
    item->submenu = call->argv[0][0] == 's';
    item->body = call->block ? call->block->body : parse_script(g, script);
    item->id = id ? xstrdup(id) : NULL;
    item->args = xcalloc(parsed.count + 1, sizeof *item->args);
    for (; item->arg_count < parsed.count; item->arg_count++)
        item->args[item->arg_count] = xstrdup(parsed.words[item->arg_count]);
    return GRUB2_OK;
}

static const char *variable(void *context, const char *name)
{
    return grub2_get(context, name);
}

/* Moves ENTRY into the current menu. */
static void add_found(struct grub2 *g, struct entry *entry)
{
    struct grub2_item *item = add_item(g);

    if (!item)
        return;
    item->found = xmalloc(sizeof *item->found);
    *item->found = *entry;
    memset(entry, 0, sizeof *entry);
    item->args = xcalloc(2, sizeof *item->args);
    item->args[0] = xstrdup(item->found->title ? item->found->title : "");
    item->arg_count = 1;
    item->id = item->found->id ? xstrdup(item->found->id) : NULL;
}

/* Reads the entries of the directory that blscfg means: the one that it or $blsdir names, else
 * the two usual ones. 1 when there is one. */
static int read_bls(struct grub2 *g, const char *directory, size_t volume, struct menu *found,
                    struct error *err)
{
    if (!directory)
        directory = grub2_get(g, "blsdir");
    if (directory && *directory == '/') {
        auto_free char *own = xstrdup(directory);
        return bls_read(g->guest, volume, own, "", variable, g, found, err);
    }
    int status = bls_read(g->guest, volume, "/loader/entries", "", variable, g, found, err);
    if (status != 0)
        return status;
    return bls_read(g->guest, volume, "/boot/loader/entries", "/boot", variable, g, found, err);
}

/* blscfg [DIRECTORY | default | non-default]: Red Hat's command, which GRUB's authors do not
 * have. It adds the entries of the Boot Loader Specification, the best first, from the device
 * that $boot names, or else $root. */
int grub2_cmd_blscfg(struct grub2 *g, const struct grub2_call *call)
{
    const char *device = grub2_get(g, "boot"), *which = call->argc > 1 ? call->argv[1] : "";
    auto_error struct error err = ERROR_INIT;
    auto_menu struct menu found = MENU_INIT;
    int volume = device ? grub2_device(g, device, strlen(device)) : -1;
    size_t from = 0, to;

    if (volume < 0 && (device = grub2_get(g, "root")))
        volume = grub2_device(g, device, strlen(device));
    if (volume < 0)
        volume = (int)g->volume;
    if (!grub2_steps(g, GRUB2_FILE_STEPS * 4))
        return GRUB2_FALSE;
    int status = read_bls(g, *which == '/' ? which : NULL, (size_t)volume, &found, &err);
    for (size_t i = 0; i < found.problems.count; i++)
        menu_problem(g->menu, "%s", found.problems.texts[i]);
    if (status <= 0) {
        grub2_problem(g, "blscfg: %s", err.text ? err.text : "there is no directory of entries");
        return GRUB2_NO_FILE;
    }
    to = found.count;
    if (strcmp(which, "default") == 0)
        to = to ? 1 : 0;
    else if (strcmp(which, "non-default") == 0)
        from = 1;
    for (size_t i = from; i < to; i++)
        add_found(g, &found.entries[i]);
    return GRUB2_OK;
}
