/* The commands that read further files: source, configfile, load_env, save_env, cmp,
 * loopback. See files.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/files.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/exec.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/place.h"
#include "fsprobe/config/grubenv.h"

/* Sets the variable NAME to VALUE, which is taken, or unsets it when that is NULL. Where a menu
 * within took over, GRUB does not come back here, and the variables are that menu's. */
static void restore(struct grub2 *g, const char *name, char *value)
{
    auto_free char *owned = value;

    if (g->flow == GRUB2_MENU)
        return;
    if (owned)
        grub2_set(g, name, owned);
    else
        grub2_unset(g, name);
}

static char *copy_of(const struct grub2 *g, const char *name)
{
    const char *value = grub2_get(g, name);

    return value ? xstrdup(value) : NULL;
}

/* Sets $config_file and $config_directory for the file SPEC, with the device in both. */
static void set_config_file(struct grub2 *g, const char *spec)
{
    const char *root = grub2_get(g, "root");
    auto_free char *file =
        *spec == '(' ? xstrdup(spec) : xasprintf("(%s)%s", root ? root : "", spec);
    const char *slash = strrchr(file, '/');
    auto_free char *directory = xstrndup(file, slash ? (size_t)(slash - file) : strlen(file));

    grub2_set(g, "config_file", file);
    grub2_set(g, "config_directory", directory);
    grub2_export(g, "config_file");
    grub2_export(g, "config_directory");
}

int grub2_run_config(struct grub2 *g, const char *spec, const char *name, const char *bytes,
                     size_t length)
{
    char *file = copy_of(g, "config_file"), *directory = copy_of(g, "config_directory");
    int status;

    set_config_file(g, spec);
    status = grub2_execute_text(g, name, bytes, length);
    restore(g, "config_file", file);
    restore(g, "config_directory", directory);
    return status;
}

/* Executes the file SPEC in the current environment. */
static void run_file(struct grub2 *g, const char *spec)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_grub2_place struct grub2_place place = {.path = NULL};

    if (g->files >= GRUB2_FILES_MAX) {
        grub2_unknown(g, "%s is not read: more than %d files", spec, GRUB2_FILES_MAX);
        return;
    }
    g->files++;
    if (grub2_read(g, spec, GUEST_CONFIG_MAX, &text, &place))
        grub2_run_config(g, spec, place.path ? place.path : spec, buffer_text(&text), text.length);
    else
        grub2_problem(g, "cannot read %s", spec);
}

/* "source FILE" executes it here. "configfile FILE" executes it in an environment of its own
 * and, when it has a menu, that takes over: its environment stays the current one. Both are a
 * success whatever happens, as in GRUB. "normal" does so in this environment, and takes
 * $prefix/grub.cfg when it is called without a file. */
int grub2_cmd_source(struct grub2 *g, const struct grub2_call *call)
{
    bool fresh = call->argv[0][0] == 'c' || call->argv[0][0] == 'n';
    const char *prefix = grub2_get(g, "prefix");
    struct grub2_env *outer = g->env;

    if (call->argc < 2 && call->argv[0][0] != 'n')
        return GRUB2_BAD_ARGUMENT;
    auto_free char *spec =
        call->argc > 1 ? xstrdup(call->argv[1]) : xasprintf("%s/grub.cfg", prefix ? prefix : "");
    if (!fresh) {
        run_file(g, spec);
        return GRUB2_OK;
    }
    if (call->argv[0][0] == 'c')
        grub2_env_open(g, true);
    run_file(g, spec);
    if (g->flow == GRUB2_GO_ON && g->env->item_count > 0)
        g->flow = GRUB2_MENU;
    else if (g->flow != GRUB2_MENU)
        grub2_env_close(g, outer);
    return GRUB2_OK;
}

/* What load_env does with the variables of a file. */
struct loading {
    struct grub2 *g;
    const char **wanted; /* only these; */
    size_t count;        /* 0: all */
};

static void load_variable(void *context, const char *name, const char *value)
{
    struct loading *loading = context;
    bool wanted = loading->count == 0;

    for (size_t i = 0; i < loading->count && !wanted; i++)
        wanted = strcmp(loading->wanted[i], name) == 0;
    /* The entry for one boot only: whoever reads without writing could never be rid of it. */
    if (wanted && strcmp(name, "next_entry") != 0 && grub2_steps(loading->g, 1))
        grub2_set(loading->g, name, value);
}

/* load_env [-f FILE] [-s] [NAME…] */
int grub2_cmd_load_env(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'f', "file", GRUB2_REQUIRED, false},
                                                  {'s', "skip-sig", GRUB2_FLAG, false},
                                                  GRUB2_OPTIONS_END};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    auto_buffer struct buffer block = BUFFER_INIT(GRUB2_GRUBENV_MAX);
    const char *prefix = grub2_get(g, "prefix");
    int status;

    if (!grub2_parse_options(g, call, options, &parsed, &status))
        return status;
    struct loading loading = {g, parsed.words, parsed.count};
    auto_free char *spec = parsed.options[0].value ? xstrdup(parsed.options[0].value)
                                                   : xasprintf("%s/grubenv", prefix ? prefix : "");
    if (!grub2_read(g, spec, GRUB2_GRUBENV_MAX, &block, NULL))
        return GRUB2_NO_FILE;
    if (grubenv_parse(buffer_text(&block), block.length, load_variable, &loading) < 0) {
        grub2_problem(g, "%s is not an environment block", spec);
        return GRUB2_BAD_NAME;
    }
    return GRUB2_OK;
}

/* save_env [-f FILE] NAME…: nothing is written here, but whether GRUB could is what it answers. */
int grub2_cmd_save_env(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'f', "file", GRUB2_REQUIRED, false},
                                                  GRUB2_OPTIONS_END};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    const char *prefix = grub2_get(g, "prefix");
    struct file_status file;
    int status;

    if (!grub2_parse_options(g, call, options, &parsed, &status))
        return status;
    if (parsed.count == 0)
        return GRUB2_BAD_ARGUMENT;
    auto_free char *spec = parsed.options[0].value ? xstrdup(parsed.options[0].value)
                                                   : xasprintf("%s/grubenv", prefix ? prefix : "");
    return grub2_look(g, spec, &file) && file.regular ? GRUB2_OK : GRUB2_NO_FILE;
}

/* cmp FILE FILE: prints whether they differ; that both can be read is all that it answers. */
int grub2_cmd_cmp(struct grub2 *g, const struct grub2_call *call)
{
    struct file_status status;

    if (call->argc != 3)
        return GRUB2_BAD_ARGUMENT;
    for (size_t i = 1; i < 3; i++)
        if (!grub2_look(g, call->argv[i], &status) || !status.regular)
            return GRUB2_NO_FILE;
    return GRUB2_OK;
}

/* The number of the device of `loopback` with that name; -1 when there is none. */
static int find_loopback(const struct grub2 *g, const char *name)
{
    for (size_t i = 0; i < g->loopback_count; i++)
        if (strcmp(g->loopbacks[i], name) == 0)
            return (int)i;
    return -1;
}

static int remove_loopback(struct grub2 *g, const char *name)
{
    int found = find_loopback(g, name);

    if (found < 0)
        return GRUB2_BAD_DEVICE;
    free(g->loopbacks[found]);
    g->loopbacks[found] = g->loopbacks[--g->loopback_count];
    return GRUB2_OK;
}

/* loopback NAME FILE: makes a device of a file, whose filesystem is not read here. loopback -d NAME
 * takes it away. */
int grub2_cmd_loopback(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'d', "delete", GRUB2_FLAG, false},
                                                  {'D', "decompress", GRUB2_FLAG, false},
                                                  GRUB2_OPTIONS_END};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    struct file_status file;
    int status;

    if (!grub2_parse_options(g, call, options, &parsed, &status))
        return status;
    if (parsed.count < 1)
        return GRUB2_BAD_ARGUMENT;
    if (parsed.options[0].set)
        return remove_loopback(g, parsed.words[0]);
    if (parsed.count < 2)
        return GRUB2_BAD_ARGUMENT;
    if (!grub2_look(g, parsed.words[1], &file) || !file.regular)
        return GRUB2_NO_FILE;
    if (find_loopback(g, parsed.words[0]) >= 0)
        return GRUB2_BAD_ARGUMENT;
    if (g->loopback_count == GRUB2_LOOPBACKS_MAX) {
        grub2_unknown(g, "more than %d devices are made by loopback", GRUB2_LOOPBACKS_MAX);
        return GRUB2_NOT_HERE;
    }
    g->loopbacks[g->loopback_count++] = xstrdup(parsed.words[0]);
    return GRUB2_OK;
}
