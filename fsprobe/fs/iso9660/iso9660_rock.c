/* Fields of two letters, a length and a version each; one says where others go on. See
 * iso9660_rock.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/iso9660/iso9660_rock.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"

#define FIELD_MIN 4 /* bytes; then its content */

/* The field that is in the root's own record. */
#define SP_LENGTH 7
#define SP_SKIP   6
/* Where others go on: block, offset, length. */
#define CE_LENGTH    28
#define CE_OFFSET_AT 12
#define CE_SIZE_AT   20
/* Flags of names and of a link's pieces. */
#define GOES_ON 0x01
#define SELF    0x02
#define PARENT  0x04
#define ROOT    0x08

struct rock_walk {
    struct iso *iso;
    struct iso_rock *rock;
    struct buffer *target;
    bool piece_goes_on; /* the next piece of the link belongs to the same name */
    bool has_next;      /* others stand at NEXT */
    struct iso_extent next;
};

static int too_long(const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "a %s is too long", what);
}

static int take_name(struct rock_walk *walk, const unsigned char *content, size_t length,
                     struct error *err)
{
    struct iso_rock *rock = walk->rock;

    if (length == 0 || (content[0] & (SELF | PARENT)))
        return 0;
    if (length - 1 > sizeof rock->name - rock->length)
        return too_long("name", err);
    memcpy(rock->name + rock->length, content + 1, length - 1);
    rock->length += length - 1;
    return 0;
}

/* One piece of a link's target. */
static int add_piece(struct rock_walk *walk, unsigned flags, const unsigned char *text,
                     size_t length, struct error *err)
{
    struct buffer *target = walk->target;
    const char *name = flags & SELF ? "." : flags & PARENT ? ".." : NULL;
    bool added = true;

    if (flags & ROOT)
        added = buffer_add(target, "/", 1);
    else if (target->length && target->data[target->length - 1] != '/' && !walk->piece_goes_on)
        added = buffer_add(target, "/", 1);
    if (name)
        added = added && buffer_add_text(target, name);
    else if (!(flags & ROOT))
        added = added && buffer_add(target, text, length);
    walk->piece_goes_on = flags & GOES_ON;
    return added ? 0 : too_long("symbolic link", err);
}

static int take_link(struct rock_walk *walk, const unsigned char *content, size_t length,
                     struct error *err)
{
    for (size_t at = 1; walk->target && at + 2 <= length; at += 2 + (size_t)content[at + 1]) {
        if (content[at + 1] > length - at - 2)
            return error_set(err, ERROR_INTERNAL, "a symbolic link has a piece behind its end");
        if (add_piece(walk, content[at], content + at + 2, content[at + 1], err) < 0)
            return -1;
    }
    return 0;
}

static int take_next(struct rock_walk *walk, const unsigned char *field, size_t length,
                     struct error *err)
{
    struct iso_extent next;

    if (length < CE_LENGTH)
        return 0;
    uint32_t offset = get_le32(field + CE_OFFSET_AT);
    next.place = (uint64_t)get_le32(field + FIELD_MIN) * walk->iso->block + offset;
    next.size = get_le32(field + CE_SIZE_AT);
    if (offset > ISO_SECTOR || next.size > ISO_SECTOR - offset)
        return error_set(err, ERROR_INTERNAL, "what Rock Ridge says goes on across a sector");
    if (iso_check_extent(walk->iso, &next, err) < 0)
        return -1;
    walk->next = next;
    walk->has_next = true;
    return 0;
}

/* 1 go on, 0 there is nothing further, -1 with ERR. */
static int take_field(struct rock_walk *walk, const unsigned char *field, size_t length,
                      struct error *err)
{
    struct iso_rock *rock = walk->rock;
    const unsigned char *content = field + FIELD_MIN;
    size_t rest = length - FIELD_MIN;

    if (memcmp(field, "ST", 2) == 0)
        return 0;
    if (memcmp(field, "CE", 2) == 0)
        return take_next(walk, field, length, err) < 0 ? -1 : 1;
    if (memcmp(field, "NM", 2) == 0)
        return take_name(walk, content, rest, err) < 0 ? -1 : 1;
    if (memcmp(field, "SL", 2) == 0)
        return take_link(walk, content, rest, err) < 0 ? -1 : 1;
    if (memcmp(field, "PX", 2) == 0 && rest >= 4) {
        rock->has_mode = true;
        rock->mode = get_le32(content);
    } else if (memcmp(field, "CL", 2) == 0 && rest >= 4) {
        rock->elsewhere = true;
        rock->moved_to = get_le32(content);
    } else if (memcmp(field, "RE", 2) == 0) {
        rock->moved = true;
    } else if (memcmp(field, "ZF", 2) == 0) {
        rock->packed = true;
    }
    return 1;
}

/* As take_field(). */
static int take_fields(struct rock_walk *walk, const unsigned char *bytes, size_t length,
                       struct error *err)
{
    int result = 1;

    for (size_t at = 0; result > 0 && length - at >= FIELD_MIN; at += bytes[at + 2]) {
        /* what is no field is padding */
        if (bytes[at + 2] < FIELD_MIN || bytes[at + 2] > length - at)
            break;
        result = take_field(walk, bytes + at, bytes[at + 2], err);
    }
    return result;
}

int iso_rock_read(struct iso *iso, const struct iso_record *record, struct iso_rock *rock,
                  struct buffer *target, struct error *err)
{
    struct rock_walk walk = {.iso = iso, .rock = rock, .target = target};
    unsigned char bytes[ISO_SECTOR];
    int result = 1;

    *rock = (struct iso_rock){.length = 0};
    if (record->more_length > iso->skip)
        result = take_fields(&walk, record->more + iso->skip, record->more_length - iso->skip, err);
    for (unsigned i = 0; walk.has_next && result > 0; i++) {
        struct iso_extent here = walk.next;
        if (i == ISO_CONTINUED_MAX)
            return error_set(err, ERROR_INTERNAL, "what Rock Ridge says is in more than %d pieces",
                             ISO_CONTINUED_MAX);
        walk.has_next = false;
        if (block_cache_read(iso->nodes.cache, here.place, bytes, (size_t)here.size, err) < 0)
            return -1;
        result = take_fields(&walk, bytes, (size_t)here.size, err);
    }
    return result < 0 ? -1 : 0;
}

bool iso_rock_begins(const struct iso_record *record, unsigned *skip)
{
    const unsigned char *field = record->more;

    if (record->more_length < SP_LENGTH || memcmp(field, "SP", 2) != 0 || field[2] < SP_LENGTH ||
        field[4] != 0xBE || field[5] != 0xEF)
        return false;
    *skip = field[SP_SKIP];
    return true;
}
