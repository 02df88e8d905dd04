/* Labels and metadata areas of LVM2. See lvm_label.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_label.h"

#include <string.h>

#include "common/bytes.h"
#include "common/memory.h"
#include "fsprobe/disk/crc32.h"
#include "fsprobe/disk/lvm_text.h"

#define SECTOR        512
#define LABEL_SECTORS 4 /* the label is in one of the first */
#define CRC_BEGIN     0xf597a6cfu

/* label_header, and pv_header behind it */
#define LABEL_CRC_AT    16
#define LABEL_CRC_FROM  20
#define LABEL_OFFSET_AT 20
#define PAIRS_AT        40 /* into pv_header: its UUID and size are before them */
#define PAIR_BYTES      16

/* mda_header; raw_locn behind it */
#define AREA_MARK    "\x20LVM2\x20x[5A%r0N*>"
#define AREA_MARK_AT 4
#define TEXT_AT      40
#define FLAG_IGNORED 1

static int damaged(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "its LVM label is damaged: %s", what);
}

static bool is_label(const unsigned char *sector)
{
    return memcmp(sector, "LABELONE", 8) == 0 && memcmp(sector + 24, "LVM2 001", 8) == 0;
}

/* The next of the pairs of offset and size, of which a pair of zeros is the last. 1, 0 at the end,
 * -1 when the sector ends first. */
static int next_pair(const unsigned char *sector, size_t *at, struct lvm_area *pair)
{
    if (*at + PAIR_BYTES > SECTOR)
        return -1;
    *pair = (struct lvm_area){get_le64(sector + *at), get_le64(sector + *at + 8)};
    *at += PAIR_BYTES;
    return pair->at || pair->size;
}

static int read_areas(const unsigned char *sector, size_t at, uint64_t size,
                      struct lvm_label *label, struct error *err)
{
    struct lvm_area area;
    uint64_t end;
    int result;

    while ((result = next_pair(sector, &at, &area)) > 0)
        ; /* where data are, which the metadata say too */
    if (result < 0)
        return damaged(err, "its list of areas has no end");
    while ((result = next_pair(sector, &at, &area)) > 0) {
        if (label->area_count == LVM_AREAS_MAX)
            return damaged(err, "it has too many areas of metadata");
        if (__builtin_add_overflow(area.at, area.size, &end) || end > size || area.size <= SECTOR)
            return damaged(err,
                           "an area of metadata is past the end of the volume, or has no room");
        label->areas[label->area_count++] = area;
    }
    return result < 0 ? damaged(err, "its list of areas has no end") : 1;
}

static int parse_label(const unsigned char *sector, uint64_t number, uint64_t size,
                       struct lvm_label *label, struct error *err)
{
    size_t offset = get_le32(sector + LABEL_OFFSET_AT);

    if (get_le64(sector + 8) != number)
        return damaged(err, "it says that it stands elsewhere");
    if (crc32_update(CRC_BEGIN, sector + LABEL_CRC_FROM, SECTOR - LABEL_CRC_FROM) !=
        get_le32(sector + LABEL_CRC_AT))
        return damaged(err, "its checksum is wrong");
    if (offset < 32 || offset > SECTOR - PAIRS_AT)
        return damaged(err, "what it names is not in it");
    memcpy(label->uuid, sector + offset, LVM_UUID_LENGTH);
    if (strlen(label->uuid) != LVM_UUID_LENGTH)
        return damaged(err, "its UUID holds a NUL byte");
    return read_areas(sector, offset + PAIRS_AT, size, label, err);
}

int lvm_label_read(struct source *source, struct lvm_label *label, struct error *err)
{
    unsigned char sectors[LABEL_SECTORS * SECTOR];

    *label = (struct lvm_label){.area_count = 0};
    if (source->size < sizeof sectors)
        return 0;
    if (source_read(source, 0, sectors, sizeof sectors, err) < 0)
        return -1;
    for (unsigned i = 0; i < LABEL_SECTORS; i++)
        if (is_label(sectors + i * (size_t)SECTOR))
            return parse_label(sectors + i * (size_t)SECTOR, i, source->size, label, err);
    return 0;
}

/* LENGTH bytes from AT of the area, which goes round: behind its end comes its second sector. */
static int read_round(struct source *source, const struct lvm_area *area, uint64_t at,
                      uint64_t length, struct buffer *text, struct error *err)
{
    auto_free char *bytes = xmalloc((size_t)length + 1);
    uint64_t first = area->size - at < length ? area->size - at : length;

    if (source_read(source, area->at + at, bytes, (size_t)first, err) < 0 ||
        source_read(source, area->at + SECTOR, bytes + first, (size_t)(length - first), err) < 0)
        return -1;
    if (!buffer_add(text, bytes, (size_t)length))
        return damaged(err, "its metadata are too long");
    return 0;
}

int lvm_area_read(struct source *source, const struct lvm_area *area, struct buffer *text,
                  struct error *err)
{
    unsigned char header[SECTOR];

    buffer_clear(text);
    if (source_read(source, area->at, header, sizeof header, err) < 0)
        return -1;
    if (memcmp(header + AREA_MARK_AT, AREA_MARK, sizeof AREA_MARK - 1) != 0 ||
        crc32_update(CRC_BEGIN, header + 4, SECTOR - 4) != get_le32(header))
        return damaged(err, "the header of its metadata has a wrong checksum");
    if (get_le32(header + 20) != 1 || get_le64(header + 24) != area->at ||
        get_le64(header + 32) != area->size)
        return damaged(err, "the header of its metadata is another area's");
    uint64_t at = get_le64(header + TEXT_AT), length = get_le64(header + TEXT_AT + 8);
    if (at == 0 || length == 0 || get_le32(header + TEXT_AT + 20) & FLAG_IGNORED)
        return 0;
    if (length > LVM_TEXT_MAX || length > area->size - SECTOR || at < SECTOR || at >= area->size)
        return damaged(err, "its metadata are not where they are said to be");
    if (read_round(source, area, at, length, text, err) < 0)
        return -1;
    if (crc32_update(CRC_BEGIN, buffer_text(text), text->length) != get_le32(header + TEXT_AT + 16))
        return damaged(err, "the checksum of its metadata is wrong");
    return 1;
}
