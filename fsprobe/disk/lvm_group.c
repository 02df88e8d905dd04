/* From the text of the metadata to a volume group. See lvm_group.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_group.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR UINT64_C(512)

static int bad(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "its LVM metadata are damaged: %s", what);
}

/* ID, "6-4-4-4-4-4-6" letters and digits, without its dashes; false when it is none. */
static bool take_id(const char *id, char uuid[LVM_UUID_LENGTH + 1])
{
    size_t length = 0;

    if (!id || strlen(id) != LVM_ID_LENGTH)
        return false;
    for (const char *p = id; *p; p++) {
        bool letter =
            (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (!letter && *p != '-')
            return false;
        if (letter && length == LVM_UUID_LENGTH)
            return false;
        if (letter)
            uuid[length++] = *p;
    }
    uuid[length] = '\0';
    return length == LVM_UUID_LENGTH;
}

static int read_pv(struct lvm_group *group, const struct lvm_node *section, struct error *err)
{
    struct lvm_pv *pv = &group->pvs[group->pv_count];
    uint64_t start, bytes;

    if (group->pv_count == LVM_PVS_MAX)
        return bad(err, "it has more physical volumes than are read");
    *pv = (struct lvm_pv){.name = section->name,
                          .id = lvm_string(section->inner, "id"),
                          .missing = lvm_has(section->inner, "flags", "MISSING")};
    if (!take_id(pv->id, pv->uuid) ||
        !lvm_number(section->inner, "pe_start", 0, UINT64_MAX / SECTOR / 2, &start) ||
        !lvm_number(section->inner, "pe_count", 0, UINT32_MAX, &pv->extents) ||
        __builtin_mul_overflow(pv->extents, group->extent, &bytes))
        return bad(err, "a physical volume lacks something");
    pv->start = start * SECTOR;
    group->pv_count++;
    return 0;
}

/* The section of the group itself: the only one with physical volumes. */
static const struct lvm_node *find_group(const struct lvm_text *text)
{
    for (const struct lvm_node *node = text->first; node; node = node->next)
        if (node->kind == LVM_SECTION && lvm_find(node->inner, "physical_volumes", LVM_SECTION))
            return node;
    return NULL;
}

static int check_lvs(const struct lvm_group *group, struct error *err)
{
    size_t count = 0;

    for (const struct lvm_node *lv = group->lvs; lv; lv = lv->next)
        if (++count > LVM_LVS_MAX)
            return bad(err, "it has more logical volumes than are read");
    return 0;
}

int lvm_group_parse(struct lvm_group *group, const char *bytes, size_t length, struct error *err)
{
    char uuid[LVM_UUID_LENGTH + 1];
    const struct lvm_node *section, *pvs, *lvs;

    if (lvm_text_parse(bytes, length, &group->text, err) < 0)
        return -1;
    section = find_group(&group->text);
    if (!section)
        return bad(err, "there is no volume group in it");
    group->name = section->name;
    group->id = lvm_string(section->inner, "id");
    if (!take_id(group->id, uuid) ||
        !lvm_number(section->inner, "seqno", 0, UINT32_MAX, &group->number) ||
        !lvm_number(section->inner, "extent_size", 1, UINT32_MAX, &group->extent))
        return bad(err, "the volume group lacks something");
    group->extent *= SECTOR;
    pvs = lvm_find(section->inner, "physical_volumes", LVM_SECTION);
    for (const struct lvm_node *pv = pvs->inner; pv; pv = pv->next)
        if (pv->kind == LVM_SECTION && read_pv(group, pv, err) < 0)
            return -1;
    lvs = lvm_find(section->inner, "logical_volumes", LVM_SECTION);
    group->lvs = lvs ? lvs->inner : NULL;
    return check_lvs(group, err);
}

void lvm_group_forget(struct lvm_group *group)
{
    for (size_t i = 0; i < group->pv_count; i++)
        group->pvs[i].used = group->pvs[i].lacking = false;
}

void lvm_group_free(struct lvm_group *group)
{
    lvm_text_free(&group->text);
    *group = (struct lvm_group){.parts = 0};
}
