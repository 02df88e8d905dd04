/* The vendor's archive and the overlay's into one. See cpio_merge.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio_merge.h"

#include <stdlib.h>
#include <string.h>

#include "loader/ramdisk/cpio_archives.h"
#include "loader/ramdisk/cpio_links.h"
#include "loader/ramdisk/cpio_overlay.h"

#define TARGET_MAX      4096  /* bytes of a symbolic link's target, as in kernels */
#define HELD_MAX        16384 /* of the vendor's entries that wait */
#define ADDED_DIRECTORY (S_IFDIR | 0755)
#define DIRECTORY_NLINK 2

struct merge {
    struct output *output;
    struct report *report;
    struct layer *layer;
    struct links *links;
    const struct stream *stream;
    uint64_t ordinal; /* of the overlay's present entry */
    size_t held;
};

static int add_bytes(void *context, const unsigned char *bytes, size_t length, struct error *err)
{
    return output_add(context, bytes, length, err);
}

/* ENTRY with the content of the entry READ, at which READER stands. */
static int copy(struct merge *merge, struct cpio_reader *reader, const struct cpio_entry *read,
                const struct cpio_entry *entry, struct error *err)
{
    if (cpio_write(merge->output, entry, err) < 0 ||
        cpio_content(reader, read, add_bytes, merge->output, err) < 0)
        return -1;
    return output_align(merge->output, CPIO_ALIGN, err);
}

static int skip(struct cpio_reader *reader, const struct cpio_entry *read, struct error *err)
{
    return cpio_content(reader, read, NULL, NULL, err);
}

/* --- hard links --- */

/* All that wait in GROUP, without a content. */
static int write_waiting(struct merge *merge, struct links_group *group, struct error *err)
{
    struct links_member *member;

    while ((member = links_take(merge->links, group))) {
        auto_free struct links_member *owned = member;
        struct cpio_entry entry = owned->entry;

        entry.nlink = links_count(group, &entry);
        if (cpio_write(merge->output, &entry, err) < 0)
            return -1;
    }
    return 0;
}

/* ENTRY, a further name: GROUP's content goes with it. */
static int write_content(struct merge *merge, struct links_group *group, struct cpio_reader *reader,
                         const struct cpio_entry *read, struct cpio_entry entry, struct error *err)
{
    entry.nlink = links_count(group, &entry);
    group->state = LINKS_WRITTEN;
    return copy(merge, reader, read, &entry, err);
}

/* The content of READ, whose name is gone, goes to the last name that waits. */
static int move_content(struct merge *merge, struct links_group *group, struct cpio_reader *reader,
                        const struct cpio_entry *read, const struct cpio_entry *entry,
                        struct error *err)
{
    auto_free struct links_member *last = NULL;

    while (group->first && group->first->next) {
        auto_free struct links_member *member = links_take(merge->links, group);
        member->entry.nlink = links_count(group, &member->entry);
        if (cpio_write(merge->output, &member->entry, err) < 0)
            return -1;
    }
    last = links_take(merge->links, group);
    struct cpio_entry moved = *entry;
    moved.name = last->name;
    return write_content(merge, group, reader, read, moved, err);
}

/* ENTRY's content is there: READ, the entry as it was read, with or without its name. */
static int link_with_content(struct merge *merge, struct links_group *group,
                             struct cpio_reader *reader, const struct cpio_entry *read,
                             struct cpio_entry *entry, bool keep, struct error *err)
{
    if (keep && group->state == LINKS_WRITTEN && read->format == CPIO_ODC) {
        /* In odc every name carries the content; in newc one does. */
        entry->size = 0;
        entry->nlink = links_count(group, entry);
        return cpio_write(merge->output, entry, err) < 0 ? -1 : skip(reader, read, err);
    }
    if (keep) {
        if (write_waiting(merge, group, err) < 0)
            return -1;
        return write_content(merge, group, reader, read, *entry, err);
    }
    if (group->first)
        return move_content(merge, group, reader, read, entry, err);
    if (group->state == LINKS_WAITING)
        group->state = LINKS_LOST;
    return skip(reader, read, err);
}

/* READ is a name of a regular file with several. */
static int take_link(struct merge *merge, struct cpio_reader *reader, const struct cpio_entry *read,
                     bool keep, struct error *err)
{
    struct links_group *group = links_group(merge->links, read, err);
    struct cpio_entry entry = *read;
    int result = 0;

    if (!group || links_device(merge->links, &entry, err) < 0)
        return -1;
    group->replaced += !keep;
    if (read->size > 0)
        result = link_with_content(merge, group, reader, read, &entry, keep, err);
    else if (keep && group->state == LINKS_WRITTEN)
        result = cpio_write(merge->output, &entry, err);
    else if (keep)
        result = links_wait(merge->links, group, &entry, err);
    if (group->seen >= read->nlink && !group->first)
        links_forget(merge->links, group);
    return result;
}

/* READ as it is, or without it. */
static int take_entry(struct merge *merge, struct cpio_reader *reader,
                      const struct cpio_entry *read, bool keep, struct error *err)
{
    struct cpio_entry entry = *read;

    if (S_ISREG(read->mode) && read->nlink > 1)
        return take_link(merge, reader, read, keep, err);
    if (!keep)
        return skip(reader, read, err);
    if (read->nlink > 1 && !S_ISDIR(read->mode) && links_device(merge->links, &entry, err) < 0)
        return -1;
    return copy(merge, reader, read, &entry, err);
}

/* An archive ends: files that are empty under all their names are written. Those whose content
 * is lost stay for the second pass. */
static int end_archive(void *context, struct error *err)
{
    struct merge *merge = context;
    struct links *links = merge->links;
    struct links_group *newer;

    for (struct links_group *group = links->oldest; group; group = newer) {
        newer = group->newer;
        if (group->archive != links->archive || (group->state == LINKS_LOST && group->first))
            continue;
        if (write_waiting(merge, group, err) < 0)
            return -1;
        links_forget(links, group);
    }
    links->archive++;
    return 0;
}

/* --- the second pass --- */

static int fetch_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                       struct error *err)
{
    struct merge *merge = context;
    struct links_group *group = NULL;
    struct cpio_entry entry = *read;

    if (S_ISREG(read->mode) && read->nlink > 1 && read->size > 0)
        group = links_find(merge->links, read);
    if (!group)
        return skip(reader, read, err);
    if (links_device(merge->links, &entry, err) < 0 ||
        move_content(merge, group, reader, read, &entry, err) < 0)
        return -1;
    links_forget(merge->links, group);
    return 0;
}

static int next_archive(void *context, struct error *err)
{
    (void)err;
    ((struct merge *)context)->links->archive++;
    return 0;
}

/* All of STREAM; again for what is LOST then. */
static int read_source(struct merge *merge, struct stream *stream,
                       const struct archives_visitor *visitor, struct error *err)
{
    const struct archives_visitor again = {fetch_entry, next_archive, merge};
    unsigned first = merge->links->archive;

    merge->stream = stream;
    merge->links->name = stream->name;
    if (archives_read(stream, visitor, err) < 0)
        return -1;
    if (!merge->links->oldest)
        return 0;
    merge->links->archive = first;
    stream_rewind(stream);
    return archives_read(stream, &again, err);
}

/* --- the vendor's --- */

static int write_held(struct merge *merge, struct layer_node *node, struct error *err)
{
    if (cpio_write(merge->output, node->held, err) < 0 ||
        output_add(merge->output, node->held_target, node->held->size, err) < 0 ||
        output_align(merge->output, CPIO_ALIGN, err) < 0)
        return -1;
    layer_drop_held(node);
    return 0;
}

/* The vendor has something that is reached through NODE. */
static int reach(void *context, struct layer_node *node, struct error *err)
{
    if (node->held && write_held(context, node, err) < 0)
        return -1;
    if (layer_is_other(node) && (node->vendor_mode == 0 || S_ISDIR(node->vendor_mode)))
        node->kept = true;
    return 0;
}

struct filling {
    char *to;
};

static int add_target(void *context, const unsigned char *bytes, size_t length, struct error *err)
{
    struct filling *filling = context;

    (void)err;
    memcpy(filling->to, bytes, length);
    filling->to += length;
    return 0;
}

/* Keeps the entry READ, a directory or a symbolic link that NODE replaces, until something is
 * reached through it. */
static int hold(struct merge *merge, struct cpio_reader *reader, const struct cpio_entry *read,
                struct layer_node *node, struct error *err)
{
    if (read->size > TARGET_MAX)
        return stream_bad(reader->stream, err, "a symbolic link longer than %d bytes", TARGET_MAX);
    if (++merge->held > HELD_MAX)
        return error_set(err, ERROR_LIMITS,
                         "%s holds more than %d directories and symbolic links that its overlay "
                         "replaces by something else",
                         reader->stream->name, HELD_MAX);
    layer_drop_held(node);
    node->held_name = xstrdup(read->name);
    node->held_target = xcalloc(1, read->size);
    node->held = xmalloc(sizeof *node->held);
    *node->held = *read;
    node->held->name = node->held_name;
    struct filling filling = {node->held_target};
    return cpio_content(reader, read, add_target, &filling, err);
}

/* The overlay's directory. */
static int write_directory(struct merge *merge, struct layer_node *node, struct error *err)
{
    struct cpio_entry entry = node->entry;

    entry.name = node->path[0] ? node->path : ".";
    entry.size = 0;
    if (node->ordinal == 0) {
        entry.mode = ADDED_DIRECTORY;
        entry.nlink = DIRECTORY_NLINK;
    }
    node->written = true;
    return cpio_write(merge->output, &entry, err);
}

static int vendor_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                        struct error *err)
{
    struct merge *merge = context;
    char path[CPIO_NAME_MAX];

    cpio_normalise(read->name, path);
    if (layer_above(merge->layer, path, reach, merge, err) < 0)
        return -1;
    struct layer_node *node = layer_find(merge->layer, path);
    if (!node)
        return take_entry(merge, reader, read, true, err);
    node->vendor_mode = read->mode;
    if (node->ordinal == 0) {
        node->written = node->written || S_ISDIR(read->mode);
        return take_entry(merge, reader, read, true, err);
    }
    if (S_ISDIR(read->mode) && layer_is_directory(node))
        return write_directory(merge, node, err) < 0 ? -1 : skip(reader, read, err);
    if (S_ISDIR(read->mode) && node->kept)
        return take_entry(merge, reader, read, true, err);
    if (S_ISDIR(read->mode) || S_ISLNK(read->mode))
        return hold(merge, reader, read, node, err);
    return take_entry(merge, reader, read, false, err);
}

/* --- the overlay's --- */

static int index_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                       struct error *err)
{
    struct merge *merge = context;

    if (layer_add(merge->layer, read, ++merge->ordinal, reader->stream->name, err) < 0)
        return -1;
    return skip(reader, read, err);
}

/* Whether what lies in NODE's place when the overlay comes is reached through directories only. */
static bool below_other(const struct layer_node *node)
{
    for (node = node->parent; node; node = node->parent)
        if (layer_is_other(node) && !node->kept)
            return true;
    return false;
}

/* The directories that the vendor does not have, outermost first. */
static int write_directories(struct merge *merge, struct error *err)
{
    auto_free struct layer_node **nodes = layer_sorted(merge->layer);

    for (struct layer_node **node = nodes; *node; node++) {
        bool needed = (*node)->ordinal == 0 && (*node)->vendor_mode == 0;

        if ((*node)->written || (!needed && !layer_is_directory(*node)) || below_other(*node))
            continue;
        if (S_ISLNK((*node)->vendor_mode))
            report_note(merge->report,
                        "the overlay's directory %s replaces a symbolic link of the ramdisk",
                        (*node)->path);
        if (write_directory(merge, *node, err) < 0)
            return -1;
    }
    return 0;
}

static int overlay_entry(void *context, struct cpio_reader *reader, const struct cpio_entry *read,
                         struct error *err)
{
    struct merge *merge = context;
    char path[CPIO_NAME_MAX];

    cpio_normalise(read->name, path);
    merge->ordinal++;
    struct layer_node *node = layer_find(merge->layer, path);
    if (!node) /* the index pass has seen all entries */
        return error_set(err, ERROR_INTERNAL, "%s changed while it was read", reader->stream->name);
    if (node->ordinal != merge->ordinal)
        return take_entry(merge, reader, read, false, err);
    if (S_ISDIR(read->mode)) {
        if (!node->written && write_directory(merge, node, err) < 0)
            return -1;
        return skip(reader, read, err);
    }
    if (node->kept)
        report_note(merge->report,
                    "%s of the overlay is left out: the ramdisk has a directory there that is "
                    "not empty",
                    node->path);
    return take_entry(merge, reader, read, !node->kept, err);
}

/* --- all of it --- */

static int merge_all(struct merge *merge, struct stream *vendor, struct stream *overlay,
                     struct error *err)
{
    const struct archives_visitor index = {index_entry, NULL, merge};
    const struct archives_visitor first = {vendor_entry, end_archive, merge};
    const struct archives_visitor second = {overlay_entry, end_archive, merge};

    if (archives_read(overlay, &index, err) < 0 || read_source(merge, vendor, &first, err) < 0 ||
        write_directories(merge, err) < 0)
        return -1;
    merge->ordinal = 0;
    stream_rewind(overlay);
    if (read_source(merge, overlay, &second, err) < 0)
        return -1;
    return cpio_write_end(merge->output, err);
}

int merge_archives(struct stream *vendor, struct stream *overlay, struct output *output,
                   struct report *report, struct error *err)
{
    struct merge merge = {
        .output = output, .report = report, .layer = layer_new(), .links = links_new()};
    int result = merge_all(&merge, vendor, overlay, err);

    layer_free(merge.layer);
    links_free(merge.links);
    return result;
}
