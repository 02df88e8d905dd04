/* Variables of GRUB 2 scripts. See env.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/env.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/machine.h"

/* What a variable counts for, so that many empty ones are not free. */
#define VARIABLE_BYTES 64

static struct grub2_variable **bucket_of(struct grub2_env *env, const char *name)
{
    unsigned hash = 5381;

    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        hash = hash * 33 + *p;
    return &env->buckets[hash % ARRAY_SIZE(env->buckets)];
}

static struct grub2_variable **find(struct grub2_env *env, const char *name)
{
    struct grub2_variable **slot = bucket_of(env, name);

    while (*slot && strcmp((*slot)->name, name) != 0)
        slot = &(*slot)->next;
    return slot;
}

/* A variable that is not there yet. */
static void insert(struct grub2_env *env, const char *name, const char *value, bool exported)
{
    struct grub2_variable **slot = bucket_of(env, name);
    struct grub2_variable *variable = xcalloc(1, sizeof *variable);

    variable->name = xstrdup(name);
    variable->value = xstrdup(value);
    variable->exported = exported;
    variable->next = *slot;
    *slot = variable;
    env->variables++;
    env->bytes += VARIABLE_BYTES + strlen(name) + strlen(value);
}

static void remove_variable(struct grub2_env *env, struct grub2_variable **slot)
{
    struct grub2_variable *variable = *slot;

    *slot = variable->next;
    env->variables--;
    env->bytes -= VARIABLE_BYTES + strlen(variable->name) + strlen(variable->value);
    free(variable->name);
    free(variable->value);
    free(variable);
}

void grub2_env_open(struct grub2 *g, bool exported_only)
{
    struct grub2_env *from = g->env, *env = xcalloc(1, sizeof *env);

    env->parent = from;
    g->env = env;
    if (!from)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(from->buckets); i++)
        for (const struct grub2_variable *v = from->buckets[i]; v; v = v->next)
            if (v->exported || !exported_only)
                insert(env, v->name, v->value, v->exported);
    grub2_steps(g, env->variables / 8 + env->bytes / 64);
}

static void item_clear(struct grub2_item *item)
{
    for (size_t i = 0; i < item->arg_count; i++)
        free(item->args[i]);
    free(item->args);
    free(item->id);
}

static void items_free(struct grub2_env *env)
{
    for (size_t i = 0; i < env->item_count; i++)
        item_clear(&env->items[i]);
    free(env->items);
    env->items = NULL;
    env->item_count = 0;
}

void grub2_env_close(struct grub2 *g, struct grub2_env *to)
{
    while (g->env != to) {
        struct grub2_env *env = g->env;
        g->env = env->parent;
        for (size_t i = 0; i < ARRAY_SIZE(env->buckets); i++)
            while (env->buckets[i])
                remove_variable(env, &env->buckets[i]);
        items_free(env);
        free(env);
    }
}

const char *grub2_get(const struct grub2 *g, const char *name)
{
    const struct grub2_variable *variable = *find(g->env, name);

    return variable ? variable->value : NULL;
}

/* Whether NAME may grow by BYTES more, and the environment by NEW variables. GRUB has room for any:
 * what it boots with one that is lost here is not known. */
static bool has_room(struct grub2 *g, const char *name, size_t length, size_t bytes, bool new)
{
    if (strlen(name) > GRUB2_NAME_MAX) {
        grub2_unknown(g, "a variable's name is longer than %d bytes", GRUB2_NAME_MAX);
        return false;
    }
    if (length > GRUB2_VALUE_MAX) {
        grub2_unknown(g, "the variable '%s' would be longer than %d bytes", name, GRUB2_VALUE_MAX);
        return false;
    }
    if ((new && g->env->variables >= GRUB2_VARIABLES_MAX) ||
        bytes > GRUB2_ENV_MAX - g->env->bytes) {
        grub2_unknown(g, "no room for the variable '%s': more than %d variables, or %d bytes", name,
                      GRUB2_VARIABLES_MAX, GRUB2_ENV_MAX);
        return false;
    }
    return true;
}

/* Sets NAME to the LENGTH bytes at VALUE. */
static bool set(struct grub2 *g, const char *name, const char *value, size_t length)
{
    struct grub2_variable *variable = *find(g->env, name);

    if (!variable) {
        if (!has_room(g, name, length, VARIABLE_BYTES + strlen(name) + length, true))
            return false;
        auto_free char *copy = xstrndup(value, length);
        insert(g->env, name, copy, false);
        return true;
    }
    size_t old = strlen(variable->value);
    if (!has_room(g, name, length, length > old ? length - old : 0, false))
        return false;
    /* VALUE may be (part of) the old one. */
    replace_string(&variable->value, xstrndup(value, length));
    g->env->bytes = g->env->bytes - old + length;
    return true;
}

/* Whether GRUB watches the variable: then it cannot be unset, but only be made empty. */
static bool is_watched(const char *name)
{
    static const char *const names[] = {"color_highlight", "color_normal", "pager", "prefix",
                                        "root"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void grub2_unset(struct grub2 *g, const char *name)
{
    struct grub2_variable **slot = find(g->env, name);

    if (*slot && is_watched(name))
        (void)set(g, name, "", 0);
    else if (*slot)
        remove_variable(g->env, slot);
}

void grub2_export(struct grub2 *g, const char *name)
{
    struct grub2_variable *variable = *find(g->env, name);

    if (variable)
        variable->exported = true;
    else if (has_room(g, name, 0, VARIABLE_BYTES + strlen(name), true))
        insert(g->env, name, "", true);
}

/* The variables of Btrfs are seen everywhere. Of the two that name a subvolume the last one counts.
 */
static bool set_btrfs(struct grub2 *g, const char *name, const char *value)
{
    if (strcmp(name, "btrfs_subvol") == 0)
        grub2_unset(g, "btrfs_subvolid");
    else if (strcmp(name, "btrfs_subvolid") == 0)
        grub2_unset(g, "btrfs_subvol");
    if (!set(g, name, value, strlen(value)))
        return false;
    grub2_export(g, name);
    return true;
}

bool grub2_set(struct grub2 *g, const char *name, const char *value)
{
    size_t length = strlen(value);

    /* The one variable whose value GRUB changes when it is set: a device, without parentheses. */
    if (strcmp(name, "root") == 0 && length > 1 && value[0] == '(' && value[length - 1] == ')')
        return set(g, name, value + 1, length - 2);
    if (strcmp(name, "btrfs_relative_path") == 0 || strcmp(name, "btrfs_subvol") == 0 ||
        strcmp(name, "btrfs_subvolid") == 0)
        return set_btrfs(g, name, value);
    return set(g, name, value, length);
}
