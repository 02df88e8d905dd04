/* GRUB 2's `search` and `probe`. See search.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/search.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/place.h"

enum search_kind { BY_LABEL, BY_FILE, BY_UUID };

#define HINTS_MAX 32

struct search_command {
    enum search_kind kind;
    const char *name;     /* what is looked for */
    const char *variable; /* what gets the device; or NULL */
    const char *hints[HINTS_MAX];
    size_t hint_count;
    const char *disk; /* only there: "hd0"; or NULL */
};

static bool matches(struct grub2 *g, const struct search_command *search, size_t index)
{
    const struct volume *volume = &g->guest->volumes[index];
    struct file_status status;

    if (search->disk) {
        auto_free char *device = grub2_device_name(g, index);
        size_t length = strcspn(device, ",");
        if (strncmp(device, search->disk, length) != 0 || !strchr(",", search->disk[length]))
            return false;
    }
    if (search->kind == BY_FILE) {
        auto_free char *device = grub2_device_name(g, index);
        auto_free char *spec = xasprintf("(%s)%s", device, search->name);
        return volume->filesystem && grub2_look(g, spec, &status) && status.regular;
    }
    const char *own = search->kind == BY_LABEL ? volume->label : volume->uuid;
    return own && (search->kind == BY_LABEL ? strcmp : strcasecmp)(own, search->name) == 0;
}

static bool matches_each(struct grub2 *g, size_t volume, void *search)
{
    return matches(g, search, volume);
}

static bool matches_name(struct grub2 *g, const struct search_command *search, const char *device,
                         size_t length)
{
    int found = grub2_device(g, device, length);

    return found >= 0 && matches(g, search, (size_t)found);
}

/* A hint is a device, or "hd0,": a disk, then any partition of it, from the first on. The device as
 * GRUB then names it, which the caller frees; or NULL. */
static char *find_hinted(struct grub2 *g, const struct search_command *search, const char *hint)
{
    size_t length = strlen(hint);
    bool partitions = length && hint[length - 1] == ',';

    if (matches_name(g, search, hint, length - partitions))
        return xstrndup(hint, length - partitions);
    for (size_t i = 0; i < g->guest->volume_count && partitions; i++) {
        auto_free char *name = grub2_device_name(g, i);
        if (strncmp(name, hint, length) == 0 && matches(g, search, i))
            return take_pointer(name);
    }
    return NULL;
}

/* What was found for the same name before, when it is still what is searched; or NULL. */
static char *find_again(struct grub2 *g, const struct search_command *search)
{
    for (size_t i = g->search_count; i-- > 0;) {
        const struct grub2_search *known = &g->searches[i];
        bool same = known->kind == (int)search->kind &&
                    (search->kind == BY_UUID ? strcasecmp : strcmp)(known->name, search->name) == 0;
        if (same)
            return matches_name(g, search, known->device, strlen(known->device))
                       ? xstrdup(known->device)
                       : NULL;
    }
    return NULL;
}

/* The device that is meant: what was found before, the hints, then disk by disk. NULL: none. */
static char *find_volume(struct grub2 *g, struct search_command *search)
{
    char *device = find_again(g, search);
    int found;

    if (device)
        return device;
    for (size_t i = 0; i < search->hint_count && !device; i++)
        device = find_hinted(g, search, search->hints[i]);
    if (!device && (found = grub2_device_each(g, matches_each, search)) >= 0)
        device = grub2_device_name(g, (size_t)found);
    if (device && g->search_count < GRUB2_SEARCHES_MAX)
        g->searches[g->search_count++] =
            (struct grub2_search){(int)search->kind, xstrdup(search->name), xstrdup(device)};
    return device;
}

static int run_search(struct grub2 *g, struct search_command *search)
{
    if (!search->name ||
        !grub2_steps(g, (1 + search->hint_count) * (1 + g->guest->volume_count / 8)))
        return GRUB2_BAD_ARGUMENT;
    auto_free char *device = find_volume(g, search);
    if (!device) {
        grub2_problem(g, "search: no filesystem of the guest's disks has %s %s",
                      search->kind == BY_LABEL  ? "the label"
                      : search->kind == BY_UUID ? "the UUID"
                                                : "the file",
                      search->name);
        return GRUB2_NO_FILE;
    }
    if (!search->variable)
        return GRUB2_OK;
    return grub2_set(g, search->variable, device) ? GRUB2_OK : GRUB2_FALSE;
}

static void add_hint(struct search_command *search, const char *device)
{
    if (search->hint_count < HINTS_MAX)
        search->hints[search->hint_count++] = device;
}

/* search.file NAME [VARIABLE [HINT…]], and the same for fs_label and fs_uuid. */
static int search_short(struct grub2 *g, const struct grub2_call *call)
{
    const char *type = strchr(call->argv[0], '.');
    struct search_command search = {.kind = strcmp(type, ".file") == 0       ? BY_FILE
                                            : strcmp(type, ".fs_label") == 0 ? BY_LABEL
                                                                             : BY_UUID};

    search.name = call->argc > 1 ? call->argv[1] : NULL;
    search.variable = call->argc > 2 ? call->argv[2] : NULL;
    for (size_t i = 3; i < call->argc; i++)
        add_hint(&search, call->argv[i]);
    return run_search(g, &search);
}

enum {
    FILE_FLAG,
    LABEL,
    FS_UUID,
    SET,
    NO_FLOPPY,
    ROOT_DEV,
    HINT,
    HINT_BAREMETAL,
    HINT_BIOS,
    HINT_EFI,
    HINT_IEEE1275,
    HINT_ARC
};

static const struct grub2_option search_options[] = {
    [FILE_FLAG] = {'f', "file", GRUB2_FLAG, true},
    [LABEL] = {'l', "label", GRUB2_FLAG, false},
    [FS_UUID] = {'u', "fs-uuid", GRUB2_FLAG, false},
    [SET] = {'s', "set", GRUB2_OPTIONAL, false},
    [NO_FLOPPY] = {'n', "no-floppy", GRUB2_FLAG, false},
    [ROOT_DEV] = {'r', "root-dev-only", GRUB2_FLAG, false},
    [HINT] = {'h', "hint", GRUB2_REQUIRED, false},
    /* The other platforms' hints name disks as these find them. */
    [HINT_BAREMETAL] = {0, "hint-baremetal", GRUB2_REQUIRED, false},
    [HINT_BIOS] = {0, "hint-bios", GRUB2_REQUIRED, false},
    [HINT_EFI] = {0, "hint-efi", GRUB2_REQUIRED, false},
    [HINT_IEEE1275] = {0, "hint-ieee1275", GRUB2_REQUIRED, false},
    [HINT_ARC] = {0, "hint-arc", GRUB2_REQUIRED, false},
    GRUB2_OPTIONS_END,
};

/* The first word that is no hint of a platform that is not known here; or NULL. */
static const char *searched_name(const struct grub2_parsed *parsed)
{
    for (size_t i = 0; i < parsed->count; i++)
        if (!text_starts(parsed->words[i], "--hint-"))
            return parsed->words[i];
    return NULL;
}

int grub2_cmd_search(struct grub2 *g, const struct grub2_call *call)
{
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    struct search_command search = {.name = NULL};
    int status;

    if (strchr(call->argv[0], '.'))
        return search_short(g, call);
    if (!grub2_parse_options(g, call, search_options, &parsed, &status))
        return status;
    search.name = searched_name(&parsed);
    if (parsed.options[SET].set)
        search.variable = parsed.options[SET].value ? parsed.options[SET].value : "root";
    /* "search --set root UUID" is what was meant, but "search --set UUID" looks for that. */
    if (!search.name && parsed.options[SET].value) {
        search.name = parsed.options[SET].value;
        search.variable = "root";
    }
    if (parsed.options[ROOT_DEV].set)
        search.disk = grub2_get(g, "root");
    for (int kind = HINT; kind <= HINT_BAREMETAL; kind++)
        for (size_t i = 0; i < parsed.value_count; i++)
            if (parsed.values[i].option == kind)
                add_hint(&search, parsed.values[i].value);
    if (parsed.options[LABEL].set)
        search.kind = BY_LABEL;
    else if (parsed.options[FS_UUID].set)
        search.kind = BY_UUID;
    else if (parsed.options[FILE_FLAG].set)
        search.kind = BY_FILE;
    else
        return GRUB2_BAD_COMMAND;
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

enum { PROBE_SET, DRIVER, PARTMAP, FS, PROBE_UUID, PROBE_LABEL, PART_UUID };

static const char *probe_value(const struct volume *volume, int option)
{
    switch (option) {
    case DRIVER:
        return "xendisk";
    case PARTMAP:
        return volume->partition == 0 ? "none" : volume->gpt ? "gpt" : "msdos";
    case FS:
        return filesystem_name(volume);
    case PROBE_UUID:
        return volume->uuid;
    case PROBE_LABEL:
        return volume->label ? volume->label : "";
    case PART_UUID:
        return volume->part_uuid ? volume->part_uuid : "none";
    default:
        return NULL;
    }
}

static const struct grub2_option probe_options[] = {
    [PROBE_SET] = {'s', "set", GRUB2_REQUIRED, false},
    [DRIVER] = {'d', "driver", GRUB2_FLAG, false},
    [PARTMAP] = {'p', "partmap", GRUB2_FLAG, false},
    [FS] = {'f', "fs", GRUB2_FLAG, false},
    [PROBE_UUID] = {'u', "fs-uuid", GRUB2_FLAG, false},
    [PROBE_LABEL] = {'l', "label", GRUB2_FLAG, false},
    [PART_UUID] = {0, "part-uuid", GRUB2_FLAG, false},
    GRUB2_OPTIONS_END,
};

/* probe [--set VARIABLE] WHAT DEVICE: the first of what is asked. */
int grub2_cmd_probe(struct grub2 *g, const struct grub2_call *call)
{
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    int what, status;

    if (!grub2_parse_options(g, call, probe_options, &parsed, &status))
        return status;
    if (parsed.count != 1)
        return GRUB2_BAD_ARGUMENT;
    const char *device = parsed.words[0] + (parsed.words[0][0] == '(');
    int found = grub2_device(g, device, strcspn(device, ")"));
    if (found < 0)
        return GRUB2_NO_DEVICE;
    for (what = DRIVER; what <= PART_UUID && !parsed.options[what].set; what++) {
    }
    const char *value = probe_value(&g->guest->volumes[found], what);
    const char *variable = parsed.options[PROBE_SET].value;
    if (!value && variable && what <= PART_UUID)
        grub2_unknown(g, "probe: what it would find on (%s) is not known here", parsed.words[0]);
    if (!value)
        return GRUB2_NOT_HERE;
    return !variable || grub2_set(g, variable, value) ? GRUB2_OK : GRUB2_FALSE;
}
