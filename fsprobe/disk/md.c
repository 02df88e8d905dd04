/* Arrays out of members. See md.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/md.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/disk/md_layout.h"
#include "fsprobe/disk/md_super.h"
#include "fsprobe/disk/pieces.h"

/* All members of the guest, and those of the array that is looked at. */
struct md_members {
    struct guest *guest;
    struct problems *problems;
    size_t volumes[GUEST_VOLUMES_MAX]; /* by place in `supers` */
    struct md_super *supers;
    bool done[GUEST_VOLUMES_MAX];
    size_t count;
};

/* "host:boot", or what mdadm calls one without a name. The caller frees. */
static char *array_name(const struct md_super *super)
{
    const unsigned char *u = super->uuid;

    if (*super->name)
        return xstrdup(super->name);
    return xasprintf("%02x%02x%02x%02x:%02x%02x%02x%02x:%02x%02x%02x%02x:%02x%02x%02x%02x", u[0],
                     u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12],
                     u[13], u[14], u[15]);
}

static bool is_same_array(const struct md_super *a, const struct md_super *b)
{
    return a->old == b->old && memcmp(a->uuid, b->uuid, sizeof a->uuid) == 0;
}

static void collect(struct md_members *members)
{
    struct guest *guest = members->guest;

    for (size_t i = 0; i < guest->volume_count; i++) {
        struct volume *volume = &guest->volumes[i];
        auto_error struct error err = ERROR_INIT;
        if (!volume->type || strcmp(volume->type, "linux_raid_member") != 0 || !volume->source)
            continue;
        int found = md_super_read(volume->source, &members->supers[members->count], &err);
        if (found < 0)
            replace_string(&volume->refusal, xasprintf("%s: %s", volume->where, err.text));
        if (found > 0)
            members->volumes[members->count++] = i;
    }
}

/* Whether the array that FIRST belongs to was assembled when an earlier layer was looked at. What
 * it did not take then, an older state, is no array of its own. */
static bool is_assembled(const struct md_members *members, size_t first)
{
    for (size_t i = 0; i < members->count; i++)
        if (is_same_array(&members->supers[i], &members->supers[first]) &&
            guest_is_member(members->guest, members->volumes[i]))
            return true;
    return false;
}

/* The place in MEMBERS of the newest one of the array that FIRST belongs to. */
static size_t find_newest(const struct md_members *members, size_t first)
{
    size_t newest = first;

    for (size_t i = first + 1; i < members->count; i++)
        if (is_same_array(&members->supers[i], &members->supers[first]) &&
            members->supers[i].events > members->supers[newest].events)
            newest = i;
    return newest;
}

/* Which role a member has by what itself says and all those that are as new as NEWEST;
 * MD_ROLE_FAULTY: none. */
static unsigned role_of(const struct md_members *members, const struct md_super *super,
                        const struct md_super *newest)
{
    unsigned number = super->number;

    if (number >= super->role_count || super->recovering || super->replacement ||
        super->roles[number] >= newest->raid_disks)
        return MD_ROLE_FAULTY;
    for (size_t i = 0; i < members->count; i++) {
        const struct md_super *other = &members->supers[i];
        if (is_same_array(other, newest) && other->events == newest->events &&
            (number >= other->role_count || other->roles[number] != super->roles[number]))
            return MD_ROLE_FAULTY;
    }
    return super->roles[number];
}

/* md itself takes a member whose superblock was written one time less: the machine stopped between
 * the two. */
static bool is_stale(const struct md_super *super, const struct md_super *newest)
{
    return super->events < newest->events && newest->events - super->events > 1;
}

static bool is_better(const struct md_super *a, const struct md_super *b)
{
    return a->bad_blocks != b->bad_blocks ? b->bad_blocks : a->events > b->events;
}

/* Fills ARRAY's roles with the members that may be read. */
static void fill_roles(struct md_members *members, const struct md_super *newest,
                       struct md_array *array)
{
    struct guest *guest = members->guest;

    for (size_t i = 0; i < members->count; i++) {
        const struct md_super *super = &members->supers[i];
        struct volume *volume = &guest->volumes[members->volumes[i]];
        if (!is_same_array(super, newest))
            continue;
        members->done[i] = true;
        unsigned role = role_of(members, super, newest);
        if (is_stale(super, newest))
            replace_string(&volume->refusal,
                           xasprintf("%s was left behind by the md array that it was in: what it "
                                     "holds is an older state",
                                     volume->where));
        else if (role < MD_ARRAY_ROLES &&
                 (!array->roles[role].super || is_better(super, array->roles[role].super)))
            array->roles[role] = (struct md_role){super, volume->source, members->volumes[i]};
    }
}

/* As mdadm calls it. The caller frees. */
static char *level_name(const struct md_super *super)
{
    return super->level == MD_LEVEL_LINEAR ? xstrdup("linear") : xasprintf("raid%d", super->level);
}

static char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return xasprintf("md/%s", colon ? colon + 1 : name);
}

static char *uuid_device(const unsigned char u[16])
{
    return xasprintf("mduuid/%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x",
                     u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
                     u[12], u[13], u[14], u[15]);
}

/* The array as a volume of the guest; takes PIECES. */
static void add_array(struct md_members *members, const struct md_super *newest, const char *name,
                      struct md_array *array, struct pieces *pieces)
{
    struct guest *guest = members->guest;
    struct volume *volume = guest_add(guest);

    if (!volume) {
        problems_add(members->problems, "there are more than %d volumes; md array '%s' is not read",
                     GUEST_VOLUMES_MAX, name);
        return;
    }
    volume->kind = VOLUME_ARRAY;
    volume->size = pieces->size;
    volume->members = xcalloc(MD_ARRAY_ROLES, sizeof *volume->members);
    for (unsigned i = 0; i < MD_ARRAY_ROLES; i++)
        if (array->roles[i].super)
            volume->members[volume->member_count++] = array->roles[i].volume;
    /* at most MD_ARRAY_ROLES: md_layout() has checked it */
    volume->missing = newest->raid_disks - (unsigned)volume->member_count;
    const struct volume *first = &guest->volumes[volume->members[0]];
    volume->disk = first->disk;
    volume->where = xasprintf("md array '%s' on %s", name, first->where);
    volume->title = xstrdup(name);
    volume->layout = level_name(newest);
    volume->devices[0] = uuid_device(newest->uuid);
    volume->devices[1] = *newest->name ? local_name(newest->name) : NULL;
    volume->source = source_of_pieces(pieces, volume->where, &guest->budget);
}

static void refuse_members(struct md_members *members, const struct md_super *newest,
                           const char *name, const char *why)
{
    for (size_t i = 0; i < members->count; i++) {
        struct volume *volume = &members->guest->volumes[members->volumes[i]];
        if (is_same_array(&members->supers[i], newest) && !is_stale(&members->supers[i], newest))
            replace_string(&volume->refusal, xasprintf("%s holds a part of the md array '%s', %s",
                                                       volume->where, name, why));
    }
}

static void assemble_one(struct md_members *members, size_t first)
{
    const struct md_super *newest = &members->supers[find_newest(members, first)];
    auto_free struct md_array *array = xcalloc(1, sizeof *array);
    auto_free char *name = array_name(newest);
    auto_pieces struct pieces pieces = {.count = 0};
    auto_error struct error why = ERROR_INIT;

    fill_roles(members, newest, array);
    if (md_layout(array, newest, &pieces, &why) < 0)
        refuse_members(members, newest, name, why.text);
    else
        add_array(members, newest, name, array, &pieces);
}

void md_assemble(struct guest *guest, struct problems *problems)
{
    struct md_members *members = xcalloc(1, sizeof *members);

    members->guest = guest;
    members->problems = problems;
    members->supers = xcalloc(guest->volume_count + 1, sizeof *members->supers);
    collect(members);
    for (size_t i = 0; i < members->count; i++)
        if (!members->done[i] && !is_assembled(members, i))
            assemble_one(members, i);
    free(members->supers);
    free(members);
}
