/* Physical volumes to volume groups to logical volumes. See lvm.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/disk/lvm_group.h"
#include "fsprobe/disk/lvm_label.h"
#include "fsprobe/disk/lvm_segment.h"

/* All physical volumes and groups of the guest. */
struct lvm_search {
    struct guest *guest;
    struct problems *problems;
    size_t volumes[GUEST_VOLUMES_MAX]; /* by place in `labels` */
    struct lvm_label labels[GUEST_VOLUMES_MAX];
    size_t label_count;
    struct lvm_group *groups[LVM_GROUPS_MAX];
    size_t group_count;
    size_t parts; /* that their logical volumes are made of */
    size_t tries; /* for those */
};

/* --- groups ------------------------------------------------------------------------------ */

/* Whether the texts that are kept leave room for one more. */
static bool has_room(const struct lvm_search *search, const struct lvm_group *group)
{
    size_t bytes = lvm_text_memory(&group->text);

    for (size_t i = 0; i < search->group_count; i++)
        bytes += lvm_text_memory(&search->groups[i]->text);
    return bytes <= LVM_KEPT_MAX;
}

/* Keeps the newest text of each group. Takes GROUP. */
static void keep_group(struct lvm_search *search, struct lvm_group *group)
{
    struct lvm_group *other = group;

    for (size_t i = 0; i < search->group_count; i++) {
        if (strcmp(search->groups[i]->id, group->id) != 0)
            continue;
        if (search->groups[i]->number < group->number) {
            other = search->groups[i];
            search->groups[i] = group;
        }
        lvm_group_free(other);
        free(other);
        return;
    }
    if (search->group_count < LVM_GROUPS_MAX && has_room(search, group)) {
        search->groups[search->group_count++] = group;
        return;
    }
    problems_add(
        search->problems,
        "there are more than %d volume groups, or their metadata are larger than are read; "
        "'%s' is not",
        LVM_GROUPS_MAX, group->name);
    lvm_group_free(group);
    free(group);
}

/* The texts of one physical volume. 0, or -1 with ERR when none of those that it should have can
 * be read; it may have none. */
static int read_areas(struct lvm_search *search, struct source *source,
                      const struct lvm_label *label, struct error *err)
{
    bool any = label->area_count == 0;

    for (unsigned i = 0; i < label->area_count; i++) {
        auto_buffer struct buffer text = BUFFER_INIT(LVM_TEXT_MAX);
        struct lvm_group *group;
        int found = lvm_area_read(source, &label->areas[i], &text, err);

        any = any || found == 0;
        if (found <= 0)
            continue;
        group = xcalloc(1, sizeof *group);
        if (lvm_group_parse(group, buffer_text(&text), text.length, err) == 0) {
            keep_group(search, group);
            any = true;
        } else {
            lvm_group_free(group);
            free(group);
        }
    }
    return any ? 0 : -1;
}

static void read_physical(struct lvm_search *search, size_t index)
{
    struct volume *volume = &search->guest->volumes[index];
    struct lvm_label *label = &search->labels[search->label_count];
    auto_error struct error err = ERROR_INIT;
    int found = lvm_label_read(volume->source, label, &err);

    for (size_t i = 0; i < search->label_count && found > 0; i++)
        if (strcmp(search->labels[i].uuid, label->uuid) == 0)
            found = error_set(&err, ERROR_INTERNAL,
                              "it has the UUID of another physical volume: one of them is a copy");
    if (found > 0) {
        search->volumes[search->label_count++] = index;
        found = read_areas(search, volume->source, label, &err);
    }
    if (found < 0)
        replace_string(&volume->refusal, xasprintf("%s: %s", volume->where, err.text));
}

/* --- logical volumes --------------------------------------------------------------------- */

/* Gives each physical volume of the metadata its bytes, where it is there. */
static void find_physicals(struct lvm_search *search, struct lvm_group *group)
{
    for (size_t i = 0; i < group->pv_count; i++) {
        struct lvm_pv *pv = &group->pvs[i];
        for (size_t k = 0; k < search->label_count && !pv->missing && !pv->source; k++) {
            if (strcmp(search->labels[k].uuid, pv->uuid) != 0)
                continue;
            pv->volume = search->volumes[k];
            pv->source = search->guest->volumes[pv->volume].source;
        }
    }
}

/* NAME, every dash doubled: so has GRUB (and device mapper) it where names are joined by one. */
static void add_doubled(struct buffer *out, const char *name)
{
    for (; *name; name++) {
        (void)buffer_add(out, name, 1);
        if (*name == '-')
            (void)buffer_add(out, name, 1);
    }
}

static void name_volume(struct volume *volume, const struct lvm_group *group,
                        const struct lvm_node *lv)
{
    auto_buffer struct buffer name = BUFFER_INIT(4 * LVM_NAME_MAX + 8);
    const char *id = lvm_string(lv->inner, "id");

    (void)buffer_add_text(&name, "lvm/");
    add_doubled(&name, group->name);
    (void)buffer_add_text(&name, "-");
    add_doubled(&name, lv->name);
    volume->devices[0] = buffer_take(&name);
    if (id && strlen(id) == LVM_ID_LENGTH)
        volume->devices[1] = xasprintf("lvmid/%s/%s", group->id, id);
}

/* The physical volumes that it is on; of one that cannot be read, all of its group. */
static void set_members(struct volume *volume, const struct lvm_group *group)
{
    volume->members = xcalloc(LVM_PVS_MAX, sizeof *volume->members);
    for (size_t i = 0; i < group->pv_count; i++) {
        const struct lvm_pv *pv = &group->pvs[i];
        if (volume->source ? pv->used : pv->source != NULL)
            volume->members[volume->member_count++] = pv->volume;
        volume->missing += pv->lacking;
    }
}

/* Its bytes, by the metadata; 0: they do not say. */
static uint64_t size_of(const struct lvm_group *group, const struct lvm_node *lv)
{
    uint64_t count, extents, all = 0, bytes;

    if (!lvm_number(lv->inner, "segment_count", 1, LVM_SEGMENTS_MAX, &count))
        return 0;
    for (const struct lvm_node *node = lv->inner; node; node = node->next)
        if (node->kind == LVM_SECTION && strncmp(node->name, "segment", 7) == 0 &&
            lvm_number(node->inner, "extent_count", 1, UINT32_MAX, &extents))
            all += extents; /* a node each: no such sum overflows */
    return __builtin_mul_overflow(all, group->extent, &bytes) || bytes > INT64_MAX ? 0 : bytes;
}

/* The kind of its first segment; what follows a plus is no different to a reader. NULL: none. The
 * caller frees. */
static char *layout_of(const struct lvm_node *lv)
{
    const struct lvm_node *segment = lvm_find(lv->inner, "segment1", LVM_SECTION);
    const char *type = segment ? lvm_string(segment->inner, "type") : NULL;
    uint64_t stripes;

    if (!type)
        return NULL;
    if (strcmp(type, "striped") == 0 && lvm_number(segment->inner, "stripe_count", 1, 1, &stripes))
        return xstrdup("linear");
    return xstrndup(type, strcspn(type, "+"));
}

/* Where the group is seen first, for messages. */
static const struct volume *first_physical(const struct lvm_search *search,
                                           const struct lvm_group *group)
{
    for (size_t i = 0; i < group->pv_count; i++)
        if (group->pvs[i].source)
            return &search->guest->volumes[group->pvs[i].volume];
    return NULL;
}

static void add_logical(struct lvm_search *search, struct lvm_group *group,
                        const struct lvm_node *lv, const char *refusal)
{
    const struct volume *first = first_physical(search, group);
    struct guest *guest = search->guest;
    struct volume *volume = first ? guest_add(guest) : NULL;
    auto_error struct error err = ERROR_INIT;

    if (!volume) {
        if (first)
            problems_add(search->problems,
                         "there are more than %d volumes; those of volume group "
                         "'%s' are not all read",
                         GUEST_VOLUMES_MAX, group->name);
        return;
    }
    volume->kind = VOLUME_LOGICAL;
    volume->disk = first->disk;
    volume->where = xasprintf("%s/%s on %s", group->name, lv->name, first->where);
    volume->title = xasprintf("%s/%s", group->name, lv->name);
    volume->layout = layout_of(lv);
    name_volume(volume, group, lv);
    lvm_group_forget(group);
    if (refusal)
        (void)error_set(&err, ERROR_INTERNAL, "%s", refusal);
    else
        volume->source = lvm_source(group, lv, &err);
    volume->size = volume->source ? volume->source->size : size_of(group, lv);
    if (!volume->source)
        volume->refusal = xasprintf("%s %s", volume->where, err.text);
    set_members(volume, group);
}

/* The name under KEY in the first segment of LV, when that is a snapshot. */
static const char *snapshot_text(const struct lvm_node *lv, const char *key)
{
    const struct lvm_node *segment = lvm_find(lv->inner, "segment1", LVM_SECTION);
    const char *type = segment ? lvm_string(segment->inner, "type") : NULL;

    return type && strcmp(type, "snapshot") == 0 ? lvm_string(segment->inner, key) : NULL;
}

/* Why LV must not be read though its segments could be; NULL: nothing says so. */
static const char *refusal_of(const struct lvm_group *group, const struct lvm_node *lv)
{
    for (const struct lvm_node *other = group->lvs; other; other = other->next) {
        if (other->kind != LVM_SECTION)
            continue;
        const char *origin = snapshot_text(other, "origin");
        if (origin && strcmp(origin, lv->name) == 0 && snapshot_text(other, "merging_store"))
            return "is just being made again what its snapshot holds, and is not read until that "
                   "is done";
    }
    return snapshot_text(lv, "origin") ? "is a snapshot, which is not read here; its origin is"
                                       : NULL;
}

static void add_group(struct lvm_search *search, struct lvm_group *group)
{
    group->budget = &search->guest->budget;
    group->parts = search->parts;
    group->tries = search->tries;
    find_physicals(search, group);
    for (const struct lvm_node *lv = group->lvs; lv; lv = lv->next)
        if (lv->kind == LVM_SECTION && lvm_has(lv->inner, "status", "VISIBLE"))
            add_logical(search, group, lv, refusal_of(group, lv));
    search->parts = group->parts;
    search->tries = group->tries;
}

/* Whether volumes of GROUP are the guest's already. */
static bool is_added(const struct guest *guest, const struct lvm_group *group)
{
    auto_free char *head = xasprintf("lvmid/%s/", group->id);

    for (size_t i = 0; i < guest->volume_count; i++)
        if (guest->volumes[i].devices[1] &&
            strncmp(guest->volumes[i].devices[1], head, strlen(head)) == 0)
            return true;
    return false;
}

void lvm_assemble(struct guest *guest, struct problems *problems)
{
    struct lvm_search *search = xcalloc(1, sizeof *search);
    size_t count = guest->volume_count;

    search->guest = guest;
    search->problems = problems;
    for (size_t i = 0; i < count; i++) {
        const char *type = guest->volumes[i].type;
        if (type && strcmp(type, "LVM2_member") == 0 && guest->volumes[i].source)
            read_physical(search, i);
    }
    for (size_t i = 0; i < search->group_count; i++) {
        if (!is_added(guest, search->groups[i]))
            add_group(search, search->groups[i]);
        lvm_group_free(search->groups[i]);
        free(search->groups[i]);
    }
    free(search);
}
