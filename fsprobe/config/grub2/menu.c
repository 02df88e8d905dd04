/* From a menu of GRUB 2 to a list of entries: every body is executed as if it were chosen, each
 * as if it were the only one, and every submenu is opened. See menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/menu.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/exec.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/script/number.h"

/* Where a menu stands: what its entries' titles and indices begin with. */
struct menu_place {
    const char *title; /* "" or "Advanced options>" */
    const char *index; /* "" or "1>" */
};

static int flatten(struct grub2 *g, const struct menu_place *place, bool top);

/* Whether TITLE is what the first part of a $default, up to a single '>', says; there a '>' of a
 * title is written twice. */
static bool title_matches(const char *title, const char *text)
{
    for (;; title++, text++) {
        if (*text == '>') {
            if (text[1] != '>')
                return *title == '\0';
            text++;
        }
        if (*title != *text)
            return false;
        if (!*title)
            return true;
    }
}

const char *grub2_default_rest(const char *text)
{
    for (; *text; text++) {
        if (*text != '>')
            continue;
        if (text[1] != '>')
            return text[1] ? text + 1 : NULL;
        text++;
    }
    return NULL;
}

static int find_title(const struct grub2_env *env, const char *text)
{
    for (size_t i = 0; i < env->item_count; i++) {
        const struct grub2_item *item = &env->items[i];
        if (title_matches(item->args[0], text) || (item->id && title_matches(item->id, text)))
            return (int)i;
    }
    return -1;
}

/* GRUB 2.06 takes whatever begins with a digit for a number. Red Hat's, whose identifiers begin
 * with the machine's in hexadecimal, and later ones take it for a title first unless all of it is
 * a number. Doing so changes a choice only where a title or identifier fits in full. */
int grub2_find_default(const struct grub2 *g, const char *text)
{
    const char *digits = text;
    const char *end = text;
    int64_t number = 0;
    int found = -1;

    while (isspace((unsigned char)*digits))
        digits++;
    bool numeric = isdigit((unsigned char)*digits);
    if (numeric)
        number = grub2_number(digits, false, &end);
    if (!numeric || !strchr("> ", *end))
        found = find_title(g->env, text);
    if (found < 0 && numeric)
        found = number < (int64_t)g->env->item_count ? (int)number : -1;
    return found;
}

/* $chosen of an item: its identifiers from the top, parted by '>'. */
static char *chosen_name(const struct grub2 *g, const struct grub2_item *item, bool nested)
{
    auto_buffer struct buffer name = BUFFER_INIT(GRUB2_VALUE_MAX);
    const char *outer = nested ? grub2_get(g, "chosen") : NULL;

    if (outer)
        buffer_addf(&name, "%s>", outer);
    for (const char *p = item->id ? item->id : item->args[0]; *p; p++)
        buffer_add(&name, *p == '>' ? ">>" : p, *p == '>' ? 2 : 1);
    return buffer_take(&name);
}

/* Sets the variables that GRUB sets before it executes a body. */
static void set_choice(struct grub2 *g, const struct grub2_item *item, bool nested)
{
    const char *value = grub2_get(g, "default");
    const char *rest = value ? grub2_default_rest(value) : NULL;
    auto_free char *chosen = chosen_name(g, item, nested);
    auto_free char *following = rest ? xstrdup(rest) : NULL;

    grub2_env_open(g, item->submenu);
    grub2_set(g, "chosen", chosen);
    grub2_export(g, "chosen");
    if (following)
        grub2_set(g, "default", following);
    else
        grub2_unset(g, "default");
    if (item->submenu)
        grub2_set(g, "timeout", "0");
}

static void copy_file(struct boot_file *to, const struct boot_file *from)
{
    *to =
        (struct boot_file){.volume = from->volume, .path = from->path ? xstrdup(from->path) : NULL};
}

/* A copy of what was loaded before the menu came up. */
static struct entry copy_loaded(const struct entry *from)
{
    struct entry to = {.args = from->args ? xstrdup(from->args) : NULL,
                       .hypervisor = from->hypervisor ? xstrdup(from->hypervisor) : NULL,
                       .broken = from->broken ? xstrdup(from->broken) : NULL,
                       .ramdisk_count = from->ramdisk_count};

    copy_file(&to.kernel, &from->kernel);
    for (size_t i = 0; i < from->ramdisk_count; i++)
        copy_file(&to.ramdisks[i], &from->ramdisks[i]);
    return to;
}

/* "PREFIXtext", at most MENU_TEXT_MAX bytes. */
static char *prefixed(const char *prefix, const char *text)
{
    char *whole = xasprintf("%s%.*s", prefix, MENU_TEXT_MAX, text);

    if (strlen(whole) > MENU_TEXT_MAX)
        whole[MENU_TEXT_MAX] = '\0';
    return whole;
}

/* Makes LOADED (taken over) an entry of the menu; its index, or -1. */
static int add_entry(struct grub2 *g, const struct menu_place *place, const struct grub2_item *item,
                     size_t number, struct entry *loaded)
{
    struct entry *entry = menu_add(g->menu);
    const char *source = item->body ? item->body->source : g->source;
    size_t numbered = g->numbered++;

    if (!entry)
        return -1;
    *entry = *loaded;
    memset(loaded, 0, sizeof *loaded);
    entry->number = numbered;
    replace_string(&entry->title, prefixed(place->title, item->args[0]));
    replace_string(&entry->index, xasprintf("%s%zu", place->index, number));
    if (!entry->id && item->id)
        entry->id = prefixed("", item->id);
    if (!entry->source)
        entry->source = xstrdup(source);
    if (!entry->args)
        entry->args = xstrdup("");
    return (int)(g->menu->count - 1);
}

/* Opens the menu that an item brought; the entry that it boots by default, or -1. */
static int open_menu(struct grub2 *g, const struct menu_place *place, const struct grub2_item *item,
                     size_t number)
{
    auto_free char *title = prefixed(place->title, item->args[0]);
    auto_free char *titles = prefixed(title, ">");
    auto_free char *indices = xasprintf("%s%zu>", place->index, number);
    struct menu_place inner = {titles, indices};
    int found;

    if (g->depth >= GRUB2_DEPTH_MAX) {
        grub2_problem(g, "submenus are nested more than %d deep", GRUB2_DEPTH_MAX);
        return -1;
    }
    g->depth++;
    found = flatten(g, &inner, false);
    g->depth--;
    return found;
}

/* What is to be put back after a body was executed. */
struct saved {
    struct grub2_env *env;
    struct grub2_function *functions;
    size_t function_count, steps_max;
    size_t loopback_count, mount_count, search_count;
    struct entry loaded;
    bool kernel_there, ramdisk_lost, drop_initrds, wildcards, unknown;
    int status;
    const struct grub2_node *at;
};

static struct saved save(struct grub2 *g)
{
    struct saved saved = {.env = g->env,
                          .functions = g->functions,
                          .function_count = g->function_count,
                          .steps_max = g->steps_max,
                          .loopback_count = g->loopback_count,
                          .mount_count = g->mount_count,
                          .search_count = g->search_count,
                          .loaded = g->loaded,
                          .kernel_there = g->kernel_there,
                          .ramdisk_lost = g->ramdisk_lost,
                          .drop_initrds = g->drop_initrds,
                          .wildcards = g->wildcards,
                          .unknown = g->unknown,
                          .status = g->status,
                          .at = g->at};

    g->loaded = copy_loaded(&saved.loaded);
    return saved;
}

/* What blscfg showed in menus that are left it may show again. */
static void forget_shown(struct grub2 *g)
{
    for (size_t i = 0; g->bls && i < g->bls->count; i++) {
        const struct grub2_env *env = g->env;
        while (env && env != g->bls->entries[i].shown)
            env = env->parent;
        g->bls->entries[i].shown = env;
    }
}

static void restore(struct grub2 *g, const struct saved *saved)
{
    grub2_env_close(g, saved->env);
    forget_shown(g);
    entry_clear(&g->loaded);
    g->functions = saved->functions;
    g->function_count = saved->function_count;
    g->loaded = saved->loaded;
    grub2_forget(g, saved->loopback_count, saved->mount_count, saved->search_count);
    g->wildcards = saved->wildcards;
    g->unknown = saved->unknown;
    g->status = saved->status;
    g->kernel_there = saved->kernel_there;
    g->ramdisk_lost = saved->ramdisk_lost;
    g->drop_initrds = saved->drop_initrds;
    g->at = saved->at;
}

/* Executes the body of ITEM within its own bound of steps; true when it came to an end that
 * may boot something. */
static bool run_body(struct grub2 *g, const struct grub2_item *item, size_t steps_max)
{
    bool ended;

    if (steps_max - g->steps > GRUB2_ENTRY_STEPS_MAX)
        g->steps_max = g->steps + GRUB2_ENTRY_STEPS_MAX;
    g->at = item->body;
    grub2_execute_body(g, item->body, item->args, item->arg_count);
    g->steps_max = steps_max;
    ended = g->flow != GRUB2_QUIT && g->flow != GRUB2_SPENT;
    if (g->flow != GRUB2_SPENT || g->steps < steps_max)
        g->flow = GRUB2_GO_ON;
    return ended;
}

/* The entry that choosing ITEM leads to, or -1. */
static int run_item(struct grub2 *g, const struct menu_place *place, const struct grub2_item *item,
                    size_t number)
{
    struct saved saved = save(g);
    size_t numbered = g->numbered;
    int found = -1;

    set_choice(g, item, *place->index != '\0');
    struct grub2_env *own = g->env;
    if (run_body(g, item, saved.steps_max)) {
        /* A menu within: a submenu's, or that of a "configfile". A menuentry inside a body that
         * is no submenu would only add to a menu that is already shown. */
        if (g->env->item_count > 0 && (item->submenu || g->env != own))
            found = open_menu(g, place, item, number);
        else if (g->loaded.kernel.path && !g->ramdisk_lost && !g->unknown)
            found = add_entry(g, place, item, number, &g->loaded);
    }
    if (numbered == g->numbered && !item->submenu)
        g->numbered++;
    restore(g, &saved);
    return found;
}

/* Marks what $fallback lists: numbers, or one title. */
static void want_fallbacks(struct grub2 *g, const int *leads_to)
{
    const char *value = grub2_get(g, "fallback");
    int found;

    while (value && *value) {
        found = grub2_find_default(g, value);
        if (found >= 0 && leads_to[found] >= 0)
            menu_want(g->menu, (size_t)leads_to[found]);
        if (!isdigit((unsigned char)*value))
            return;
        value += strspn(value, "0123456789");
        value += strspn(value, " \t");
    }
}

/* Says that the default, called NAME, boots no Linux kernel; WHY it does not, where the problems
 * from BEFORE to AFTER, which came when it was executed, say that. */
static void tell_default(struct grub2 *g, const char *name, bool top, size_t before, size_t after)
{
    const char *why =
        before < after && after <= g->menu->problems.count ? g->menu->problems.texts[before] : NULL;
    auto_free char *cause = why ? xstrdup(why) : NULL;

    if (top)
        menu_no_default(g->menu, "%s: the default entry '%s' names no Linux kernel%s%s", g->source,
                        name, cause ? ": " : "", cause ? cause : "");
    else
        menu_problem(g->menu, "%s: the default entry '%s' names no Linux kernel", g->source, name);
}

/* The default, TEXT, may be one of the lines that are not known. Returns -1. */
static int lose_default(struct grub2 *g, const char *text, bool top)
{
    auto_free char *name = prefixed("", text);

    if (top)
        menu_no_default(g->menu,
                        "%s: the default entry '%s' is none of those that are read, and "
                        "there are more",
                        g->source, name);
    else
        menu_problem(g->menu,
                     "%s: the default entry '%s' is none of those that are read, and "
                     "there are more",
                     g->source, name);
    return -1;
}

/* Opens every item of the current menu; the entry that it boots by default, or -1. */
static int flatten(struct grub2 *g, const struct menu_place *place, bool top)
{
    size_t count = g->env->item_count, before = 0, after = 0;
    auto_free int *leads_to = xcalloc(count, sizeof *leads_to);
    const char *text = grub2_get(g, "default");
    int chosen = text ? grub2_find_default(g, text) : 0;

    auto_free char *lost = chosen < 0 && g->env->cut ? xstrdup(text) : NULL;

    /* What means no entry is as good as nothing: the first. */
    if (chosen < 0)
        chosen = 0;
    for (size_t i = 0; i < count; i++) {
        struct grub2_item *item = &g->env->items[i];
        leads_to[i] = -1;
        if ((int)i == chosen)
            before = g->menu->problems.count;
        if (g->flow != GRUB2_SPENT)
            leads_to[i] = run_item(g, place, item, i);
        if ((int)i == chosen)
            after = g->menu->problems.count;
    }
    if (count == 0)
        return -1;
    if (lost)
        return lose_default(g, lost, top);
    if (leads_to[chosen] < 0) {
        auto_free char *name = prefixed(place->title, g->env->items[chosen].args[0]);
        tell_default(g, name, top, before, after);
    }
    if (top) {
        if (leads_to[chosen] >= 0)
            menu_want(g->menu, (size_t)leads_to[chosen]);
        want_fallbacks(g, leads_to);
    }
    return leads_to[chosen];
}

void grub2_flatten(struct grub2 *g)
{
    static const struct menu_place top = {"", ""};

    flatten(g, &top, true);
}
