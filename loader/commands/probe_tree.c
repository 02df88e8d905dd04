/* Rows of the tree. See probe_tree.h.
 *
 * Everything that is printed here is the guest's: names of volume groups, labels, paths.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/probe_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/escape.h"
#include "common/text.h"
#include "common/utf8.h"

#define NAME_WIDTH_MIN 6
#define TYPE_WIDTH_MIN 8
#define WIDTH_MAX      48  /* columns of a name or a type; what is longer has a line for itself */
#define NUMBERS_WIDTH  24  /* of the two columns between them */
#define TEXT_MAX       256 /* bytes of one text in a row */

struct row {
    char *name, *start, *size, *type, *label; /* owned; NULL: "-", of the label nothing */
};

/* All rows of a disk: their widths are known when the last one is. */
struct tree {
    const struct probed *probed;
    bool shown[PROBED_VOLUMES_MAX];
    struct row *rows;
    size_t count;
};

void probe_print_text(const char *before, const char *text, const char *after)
{
    auto_free char *safe = text_escape_again(text ? text : "", SIZE_MAX);

    printf("%s%s%s", before, safe, after);
}

/* --- rows -------------------------------------------------------------------------------- */

/* Takes all texts of ROW. */
static void add_row(struct tree *tree, struct row row)
{
    if ((tree->count & (tree->count - 1)) == 0)
        tree->rows = xreallocarray(tree->rows, tree->count ? 2 * tree->count : 1, sizeof row);
    tree->rows[tree->count++] = row;
}

static void free_rows(struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct row *row = &tree->rows[i];
        free(row->name), free(row->start), free(row->size), free(row->type), free(row->label);
    }
    free(tree->rows);
    tree->rows = NULL;
    tree->count = 0;
}

static char *size_text(uint64_t bytes)
{
    char text[TEXT_SIZE_LENGTH];

    return xstrdup(text_from_size(bytes, text));
}

/* What a partition is for that holds nothing that is known; NULL: nobody says. The caller frees. */
static char *purpose_of(const struct probed_volume *volume)
{
    static const struct {
        const char *type, *name;
    } purposes[] = {
        {"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition"},
        {"0xef", "EFI system partition"},
        {"21686148-6449-6e6f-744e-656564454649", "BIOS boot partition"},
        {"9e1a2d38-c612-4316-aa26-8b49521e5a8b", "PReP boot partition"},
        {"0x41", "PReP boot partition"},
        {"e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved"},
        {"0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux"},
        {"0x83", "Linux"},
        {"e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM"},
        {"0x8e", "Linux LVM"},
        {"a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID"},
        {"0xfd", "Linux RAID"},
    };

    if (volume->type || !volume->part_type)
        return NULL;
    for (size_t i = 0; i < ARRAY_SIZE(purposes); i++)
        if (strcasecmp(purposes[i].type, volume->part_type) == 0)
            return xasprintf("(%s)", purposes[i].name);
    return xasprintf("(%.64s)", volume->part_type);
}

/* "2", "md host:boot (raid1, 1 missing)", "vg0/boot (linear)". The caller frees. */
static char *name_of(const struct probed_volume *volume)
{
    auto_free char *missing =
        volume->missing ? xasprintf(", %u missing", volume->missing) : xstrdup("");

    if (strcmp(volume->kind, "disk") == 0)
        return xstrdup("disk");
    if (!volume->title)
        return xasprintf("%u", volume->partition);
    return xasprintf("%s%.*s (%s%s)", strcmp(volume->kind, "md") == 0 ? "md " : "", TEXT_MAX,
                     volume->title, volume->layout ? volume->layout : "-", missing);
}

static bool is_told(const struct probed *probed, const char *text)
{
    for (size_t i = 0; i < probed->problem_count; i++)
        if (strstr(probed->problems[i], text))
            return true;
    return false;
}

/* --- the tree ---------------------------------------------------------------------------- */

static bool is_member(const struct probed_volume *volume, unsigned index)
{
    for (size_t i = 0; i < volume->member_count; i++)
        if (volume->members[i] == index)
            return true;
    return false;
}

static void add_subvolumes(struct tree *tree, const struct probed_volume *volume, const char *lead,
                           bool more)
{
    for (size_t i = 0; i < volume->subvolume_count; i++) {
        const struct probed_subvolume *subvolume = &volume->subvolumes[i];
        bool last = !more && i + 1 == volume->subvolume_count;
        add_row(tree, (struct row){.name = xasprintf("%s%s%.*s%s", lead, last ? "`-" : "|-",
                                                     TEXT_MAX, subvolume->path,
                                                     subvolume->is_default ? " (default)" : ""),
                                   .type = xstrdup("subvolume"),
                                   .label = xasprintf("%llu", (unsigned long long)subvolume->id)});
    }
}

static unsigned next_child(const struct tree *tree, unsigned index, unsigned from)
{
    const struct probed *probed = tree->probed;

    while (from < probed->volume_count && !is_member(&probed->volumes[from], index))
        from++;
    return from;
}

/* SENTENCE without what it begins with, where that is WHERE: the row has it. */
static const char *without_name(const char *sentence, const char *where)
{
    size_t length = where ? strlen(where) : 0;

    return length && strncmp(sentence, where, length) == 0 && sentence[length] == ' '
               ? sentence + length + 1
               : sentence;
}

/* What stands behind a row: where else the filesystem is, why the volume is not read. */
static char *label_of(const struct tree *tree, unsigned index)
{
    const struct probed *probed = tree->probed;
    const struct probed_volume *volume = &probed->volumes[index];
    auto_free char *label =
        volume->label ? xasprintf("%.*s", TEXT_MAX, volume->label) : purpose_of(volume);

    if (volume->device_count && volume->devices[0] != index) {
        const char *where = probed->volumes[volume->devices[0]].where;
        return xasprintf("%s%s(with %s)", label ? label : "", label ? " " : "",
                         where ? where : "another");
    }
    if (volume->why && !is_told(probed, volume->why))
        return xasprintf("%s%s(%s)", label ? label : "", label ? " " : "",
                         without_name(volume->why, volume->where));
    return take_pointer(label);
}

/* Adds the row of volume INDEX and what is made of it. HEAD: what stands before its name; LEAD: and
 * before those of what is below it. Members stand before what they make, so that this ends. */
static void add_volume(struct tree *tree, unsigned index, const char *head, const char *lead)
{
    const struct probed *probed = tree->probed;
    const struct probed_volume *volume = &probed->volumes[index];
    auto_free char *name = name_of(volume);

    if (tree->shown[index]) {
        add_row(tree, (struct row){.name = xasprintf("%s%s", head, name),
                                   .label = xstrdup("(as above)")});
        return;
    }
    tree->shown[index] = true;
    add_row(tree,
            (struct row){.name = xasprintf("%s%s", head, name),
                         .start = volume->placed ? size_text(volume->offset) : NULL,
                         .size = volume->size ? size_text(volume->size) : NULL,
                         .type = volume->type ? xasprintf("%.*s", TEXT_MAX, volume->type) : NULL,
                         .label = label_of(tree, index)});
    unsigned child = next_child(tree, index, index + 1);
    add_subvolumes(tree, volume, lead, child < probed->volume_count);
    while (child < probed->volume_count) {
        unsigned next = next_child(tree, index, child + 1);
        bool last = next == probed->volume_count;
        auto_free char *below_head = xasprintf("%s%s", lead, last ? "`-" : "|-");
        auto_free char *below_lead = xasprintf("%s%s", lead, last ? "  " : "| ");
        add_volume(tree, child, below_head, below_lead);
        child = next;
    }
}

/* --- printing ---------------------------------------------------------------------------- */

/* WIDTH is where the next cell begins, 0: there is none. A longer text has its line for itself. */
static void print_cell(const char *text, size_t before, size_t width)
{
    auto_free char *safe = text_escape_again(text ? text : "-", SIZE_MAX);
    size_t own = utf8_columns(safe);

    printf("  %s", safe);
    if (own <= width)
        printf("%*s", (int)(width - own), "");
    else if (width)
        printf("\n%*s", (int)(before + 2 + width), "");
}

static size_t widest(size_t width, const char *text)
{
    auto_free char *safe = text_escape_again(text ? text : "", SIZE_MAX);
    size_t own = utf8_columns(safe);

    return own > width ? (own < WIDTH_MAX ? own : WIDTH_MAX) : width;
}

static void print_rows(const struct tree *tree)
{
    size_t name = NAME_WIDTH_MIN, type = TYPE_WIDTH_MIN;

    for (size_t i = 0; i < tree->count; i++) {
        name = widest(name, tree->rows[i].name);
        type = widest(type, tree->rows[i].type);
    }
    if (tree->count)
        printf("  %-*s  %10s  %10s  %-*s  %s\n", (int)name, "VOLUME", "START", "SIZE", (int)type,
               "TYPE", "LABEL");
    for (size_t i = 0; i < tree->count; i++) {
        const struct row *row = &tree->rows[i];
        print_cell(row->name, 0, name);
        printf("  %10s  %10s", row->start ? row->start : "-", row->size ? row->size : "-");
        print_cell(row->type, 2 + name + NUMBERS_WIDTH, row->label ? type : 0);
        probe_print_text(row->label ? "  " : "", row->label, "\n");
    }
}

static void print_disk(struct tree *tree, unsigned number)
{
    const struct probed *probed = tree->probed;
    const struct probed_disk *disk = &probed->disks[number];
    char size[TEXT_SIZE_LENGTH];

    probe_print_text("", disk->path, "");
    printf(": %s, table: ", text_from_size(disk->size, size));
    probe_print_text("", disk->table, "\n");
    for (unsigned i = 0; i < probed->volume_count; i++)
        if (probed->volumes[i].disk == number && probed->volumes[i].member_count == 0)
            add_volume(tree, i, "", "");
    print_rows(tree);
    free_rows(tree);
}

void probe_tree_print(const struct probed *probed)
{
    struct tree tree = {.probed = probed};

    for (unsigned i = 0; i < probed->disk_count; i++)
        print_disk(&tree, i);
}
