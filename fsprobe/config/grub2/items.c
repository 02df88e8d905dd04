/* The commands that make a menu: menuentry, submenu. See items.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/items.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/script/parse.h"

struct grub2_item *grub2_add_item(struct grub2 *g, const char *title)
{
    struct grub2_env *env = g->env;

    if (g->item_total >= GRUB2_ITEMS_MAX) {
        grub2_problem(g, "more than %d menu entries: the rest is left out", GRUB2_ITEMS_MAX);
        env->cut = true;
        return NULL;
    }
    g->item_total++;
    if (env->item_count % 16 == 0)
        env->items = xreallocarray(env->items, env->item_count + 16, sizeof *env->items);
    struct grub2_item *item = &env->items[env->item_count++];
    *item = (struct grub2_item){.args = xcalloc(2, sizeof *item->args), .arg_count = 1};
    item->args[0] = xstrdup(title);
    return item;
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

const struct grub2_node *grub2_parse_script(struct grub2 *g, const char *name, const char *script)
{
    struct grub2_source source;

    if (!grub2_source_read(&g->arena, &source, name, script, strlen(script)))
        return NULL;
    return grub2_parse(&g->arena, &source, &g->menu->problems);
}

/* Parses TEXT; with BRACES without its first and last byte. */
static const struct grub2_node *parse_inside(struct grub2 *g, const char *text, bool braces)
{
    size_t length = strlen(text);
    auto_free char *inside =
        braces ? xstrndup(text + (length > 1), length > 2 ? length - 2 : 0) : xstrdup(text);

    return grub2_parse_script(g, g->at ? g->at->source : g->source, inside);
}

/* menuentry TITLE [ARGUMENT…] [--id=ID] [--class=…] { … }, and the same for submenu. */
int grub2_cmd_menuentry(struct grub2 *g, const struct grub2_call *call)
{
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    struct grub2_item *item;
    int status;

    if (!grub2_parse_options(g, call, entry_options, &parsed, &status))
        return status;
    /* The block is a word, which an option that wants a value takes. The last of the other words is
     * then taken for it, without its first and last byte. */
    const char *last = call->block && parsed.count ? parsed.words[--parsed.count] : NULL;
    bool own_block = call->block && last == call->argv[call->argc - 1];
    if (last && !*last)
        grub2_unknown(g, "%s: an option takes the block, which GRUB does not survive",
                      call->argv[0]);
    const char *script = parsed.options[SCRIPT].value, *id = parsed.options[ID].value;
    if (parsed.count == 0 || (!call->block && !script)) {
        grub2_problem(g, "%s: %s is missing", call->argv[0],
                      parsed.count == 0 ? "the title" : "the block in { }");
        return call->block ? GRUB2_BAD_MENU : GRUB2_BAD_ARGUMENT;
    }
    item = grub2_add_item(g, parsed.words[0]);
    if (!item)
        return GRUB2_FALSE;
    item->submenu = call->argv[0][0] == 's';
    if (own_block)
        item->body = call->block->body;
    else
        item->body = parse_inside(g, last ? last : script, last != NULL);
    item->id = id ? xstrdup(id) : NULL;
    item->args = xreallocarray(item->args, parsed.count + 1, sizeof *item->args);
    for (; item->arg_count < parsed.count; item->arg_count++)
        item->args[item->arg_count] = xstrdup(parsed.words[item->arg_count]);
    item->args[item->arg_count] = NULL;
    return GRUB2_OK;
}
