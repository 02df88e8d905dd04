/* GRUB 2's `search` and `probe`. See search.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/search.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"

enum search_kind { BY_LABEL, BY_FILE, BY_UUID };

struct search_command {
    enum search_kind kind;
    const char *name;     /* what is looked for */
    const char *variable; /* what gets the device; or NULL */
    const char *hints[32];
    size_t hint_count;
};

static bool matches(struct grub2 *g, const struct search_command *search, size_t index)
{
    const struct volume *volume = &g->guest->volumes[index];
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    switch (search->kind) {
    case BY_LABEL:
        return volume->label && strcmp(volume->label, search->name) == 0;
    case BY_UUID:
        return volume->uuid && strcasecmp(volume->uuid, search->name) == 0;
    case BY_FILE:
        return volume->filesystem && search->name[0] == '/' && grub2_steps(g, GRUB2_FILE_STEPS) &&
               guest_status(g->guest, index, search->name, &status, &err) == 1 && status.regular;
    }
    return false;
}

/* A hint is a device, or "hd0,": any partition of a disk. */
static int find_hinted(struct grub2 *g, const struct search_command *search, const char *hint)
{
    size_t length = strcspn(hint, ")");
    int device;

    if (length > 1 && hint[length - 1] == ',') {
        for (size_t i = 0; i < g->guest->volume_count; i++) {
            auto_free char *name = grub2_device_name(g, i);
            if (strncmp(name, hint, length) == 0 && matches(g, search, i))
                return (int)i;
        }
        return -1;
    }
    device = grub2_device(g, hint, length);
    return device >= 0 && matches(g, search, (size_t)device) ? device : -1;
}

/* The volume that is meant: the hints first, then disk by disk. GRUB looks at the partitions of a
 * disk from the last to the first, which tells where several would do. */
static int find_volume(struct grub2 *g, const struct search_command *search)
{
    const struct guest *guest = g->guest;
    int found = -1;

    for (size_t i = 0; i < search->hint_count && found < 0; i++)
        found = find_hinted(g, search, search->hints[i]);
    for (size_t start = 0, end; start < guest->volume_count && found < 0; start = end) {
        for (end = start; end < guest->volume_count; end++)
            if (guest->volumes[end].disk != guest->volumes[start].disk)
                break;
        for (size_t i = end; i-- > start && found < 0;)
            found = matches(g, search, i) ? (int)i : -1;
    }
    return found;
}

static int run_search(struct grub2 *g, const struct search_command *search)
{
    int found;

    if (!search->name ||
        !grub2_steps(g, (1 + search->hint_count) * (1 + g->guest->volume_count / 8)))
        return GRUB2_BAD_ARGUMENT;
    found = find_volume(g, search);
    if (found < 0) {
        grub2_problem(g, "search: no filesystem of the guest's disks has %s %s",
                      search->kind == BY_LABEL  ? "the label"
                      : search->kind == BY_UUID ? "the UUID"
                                                : "the file",
                      search->name);
        return GRUB2_NO_FILE;
    }
    if (!search->variable)
        return GRUB2_OK;
    auto_free char *device = grub2_device_name(g, (size_t)found);
    return grub2_set(g, search->variable, device) ? GRUB2_OK : GRUB2_FALSE;
}

static void add_hint(struct search_command *search, const char *device)
{
    if (device && search->hint_count < ARRAY_SIZE(search->hints))
        search->hints[search->hint_count++] = device + (*device == '(');
}

/* search.file NAME [VARIABLE [HINT…]], and the same for fs_label and fs_uuid. */
static int search_short(struct grub2 *g, const struct grub2_call *call,
                        struct search_command *search)
{
    search->name = call->argc > 1 ? call->argv[1] : NULL;
    search->variable = call->argc > 2 ? call->argv[2] : NULL;
    for (size_t i = 3; i < call->argc; i++)
        add_hint(search, call->argv[i]);
    return run_search(g, search);
}

int grub2_cmd_search(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {
        {'f', "file", GRUB2_FLAG},
        {'l', "label", GRUB2_FLAG},
        {'u', "fs-uuid", GRUB2_FLAG},
        {'s', "set", GRUB2_OPTIONAL},
        {'n', "no-floppy", GRUB2_FLAG},
        {'h', "hint", GRUB2_REQUIRED},
        {0, "hint-bios", GRUB2_REQUIRED},
        {0, "hint-ieee1275", GRUB2_REQUIRED},
        {0, "hint-baremetal", GRUB2_REQUIRED},
        {0, "hint-efi", GRUB2_REQUIRED},
        {0, "hint-arc", GRUB2_REQUIRED},
        {0, NULL, GRUB2_FLAG},
    };
    struct search_command search = {.kind = BY_FILE};
    struct grub2_options state = {.at = 0};
    const char *type = strchr(call->argv[0], '.');
    int option;

    if (type) {
        search.kind = strcmp(type, ".file") == 0       ? BY_FILE
                      : strcmp(type, ".fs_label") == 0 ? BY_LABEL
                                                       : BY_UUID;
        return search_short(g, call, &search);
    }
    while ((option = grub2_next_option(call, options, &state)) != -2) {
        if (option < 0) {
            search.name = search.name ? search.name : state.word;
        } else if (option < 3) {
            search.kind = option == 0 ? BY_FILE : option == 1 ? BY_LABEL : BY_UUID;
        } else if (option == 3) {
            search.variable = state.value && *state.value ? state.value : "root";
        } else if (option == 5 || option == 6) {
            /* The hints of other platforms name disks as these find them. */
            add_hint(&search, state.value);
        }
    }
    return run_search(g, &search);
}

/* GRUB's own name of a filesystem. */
static const char *filesystem_name(const struct volume *volume)
{
    const char *type = volume->type;

    if (!type)
        return NULL;
    if (text_starts(type, "ext"))
        return "ext2";
    if (strcmp(type, "vfat") == 0)
        return "fat";
    return type;
}

static const char *probe_value(const struct volume *volume, int option)
{
    switch (option) {
    case 1:
        return "biosdisk";
    case 2:
        return volume->partition == 0 ? "none" : volume->gpt ? "gpt" : "msdos";
    case 3:
        return filesystem_name(volume);
    case 4:
        return volume->uuid;
    case 5:
        return volume->label ? volume->label : "";
    case 6:
        return volume->part_uuid ? volume->part_uuid : "none";
    default:
        return NULL;
    }
}

int grub2_cmd_probe(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {
        {'s', "set", GRUB2_REQUIRED}, {'d', "driver", GRUB2_FLAG},  {'p', "partmap", GRUB2_FLAG},
        {'f', "fs", GRUB2_FLAG},      {'u', "fs-uuid", GRUB2_FLAG}, {'l', "label", GRUB2_FLAG},
        {0, "part-uuid", GRUB2_FLAG}, {0, NULL, GRUB2_FLAG},
    };
    struct grub2_options state = {.at = 0};
    const char *variable = NULL, *device = NULL;
    int option, what = 0;

    while ((option = grub2_next_option(call, options, &state)) != -2) {
        if (option == -1)
            device = state.word;
        else if (option == 0)
            variable = state.value;
        else
            what = option;
    }
    if (!device || !what)
        return GRUB2_BAD_ARGUMENT;
    device += *device == '(';
    int found = grub2_device(g, device, strcspn(device, ")"));
    if (found < 0)
        return GRUB2_NO_DEVICE;
    const char *value = probe_value(&g->guest->volumes[found], what);
    if (!value)
        return GRUB2_NOT_HERE;
    return !variable || grub2_set(g, variable, value) ? GRUB2_OK : GRUB2_FALSE;
}
