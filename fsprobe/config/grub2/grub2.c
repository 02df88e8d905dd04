/* GRUB 2's grub.cfg: executed as GRUB 2.06 would, up to the point where its menu stands there.
 *
 * What is said of the machine is what GRUB built for Xen says of it: $grub_platform is "xen". That
 * GRUB is what a guest boots by itself under Xen, and scripts that ask for "efi" or "pc" ask for
 * firmware that is not there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/grub2.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/btrfs.h"
#include "fsprobe/config/grub2/commands.h"
#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/files.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/menu.h"
#include "fsprobe/config/grub2/run.h"
#include "fsprobe/config/grub2/script/number.h"
#include "fsprobe/config/machine.h"

static void set_exported(struct grub2 *g, const char *name, const char *value)
{
    grub2_set(g, name, value);
    grub2_export(g, name);
}

/* The variables that GRUB 2.06 sets before it reads its configuration PATH. */
static void set_initial(struct grub2 *g, const char *path)
{
    static const char *const features[] = {
        "feature_menuentry_id",         "feature_menuentry_options",
        "feature_chainloader_bpb",      "feature_ntldr",
        "feature_platform_search_hint", "feature_default_font_path",
        "feature_all_video_module",     "feature_200_final",
        "feature_timeout_style",        "feature_nativedisk_cmd",
    };
    const char *slash = strrchr(path, '/');
    auto_free char *root = grub2_device_name(g, g->volume);
    auto_free char *prefix = xasprintf("(%s)%.*s", root, (int)(slash ? slash - path : 0), path);

    set_exported(g, "root", root);
    set_exported(g, "prefix", prefix);
    set_exported(g, "cmdpath", prefix);
    set_exported(g, "grub_platform", "xen");
    set_exported(g, "grub_cpu", machine_grub_cpu());
    for (size_t i = 0; i < ARRAY_SIZE(features); i++)
        set_exported(g, features[i], "y");
}

/* What GRUB reads of $timeout: a number, or whatever means that it waits. (It knows no sign, so
 * that "-1", which everybody writes for that, is no number to it.) */
static void tell_timeout(struct grub2 *g)
{
    const char *text = grub2_get(g, "timeout");

    if (!text)
        return;
    text += strspn(text, " \t");
    menu_set_timeout(g->menu, *text >= '0' && *text <= '9' ? grub2_number(text, false, NULL) : -1);
}

/* A script that boots without a menu: one entry, named after the file. */
static void add_direct_boot(struct grub2 *g, const char *path)
{
    struct entry *entry =
        g->loaded.kernel.path && !g->ramdisk_lost && !g->unknown ? menu_add(g->menu) : NULL;

    if (!entry)
        return;
    size_t number = entry->number;
    *entry = g->loaded;
    entry->number = number;
    memset(&g->loaded, 0, sizeof g->loaded);
    entry->title = xstrdup(path);
    entry->index = xstrdup("0");
    entry->source = xstrdup(path);
    menu_want(g->menu, g->menu->count - 1);
}

static int parse(struct guest *guest, size_t volume, const char *path, const char *text,
                 size_t length, struct menu *menu, struct error *err)
{
    struct grub2 *g = xcalloc(1, sizeof *g);

    (void)err; /* a configuration is never so wrong that the others are not worth a look */
    g->find_command = grub2_find_command;
    g->guest = guest;
    g->menu = menu;
    menu->goes_on = MENU_ON_BAD_KERNEL;
    g->volume = volume;
    g->source = path;
    g->steps = guest->grub2_steps;
    g->steps_max = GRUB2_STEPS_MAX;
    grub2_env_open(g, false);
    /* In a default subvolume stands a GRUB that was told to look there. */
    const char *inside = grub2_btrfs_inside(g, volume, path);
    set_initial(g, inside ? inside : path);
    if (inside)
        grub2_set(g, "btrfs_relative_path", "yes");
    auto_free char *device = grub2_device_name(g, volume);
    auto_free char *spec = xasprintf("(%s)%s", device, inside ? inside : path);
    grub2_run_config(g, spec, path, text, length);
    g->at = NULL;
    if (g->flow == GRUB2_QUIT) {
        menu_problem(menu, "%s: it ends GRUB before there is a menu", path);
    } else if (g->flow == GRUB2_BOOT) {
        add_direct_boot(g, path);
    } else {
        if (g->flow != GRUB2_SPENT)
            g->flow = GRUB2_GO_ON;
        tell_timeout(g);
        grub2_flatten(g);
    }
    guest->grub2_steps = g->steps;
    grub2_env_close(g, NULL);
    entry_clear(&g->loaded);
    if (g->bls)
        bls_list_free(g->bls);
    free(g->bls);
    grub2_forget(g, 0, 0, 0);
    grub2_arena_free(&g->arena);
    free(g);
    return 0;
}

static const char *const paths[] = {"/boot/grub/grub.cfg", "/grub/grub.cfg", "/boot/grub2/grub.cfg",
                                    "/grub2/grub.cfg", NULL};

const struct boot_config grub2_config = {
    .name = "GRUB 2", .paths = paths, .in_subvolumes = true, .parse = parse};
