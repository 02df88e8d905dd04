/* XFS with damage, and with its checksums put right behind it: whatever a field says, the reader
 * ends with an answer or a sentence, and what it answers is inside the filesystem.
 *
 * With LONG in the environment, thousands of filesystems with random damage, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/damage.h"
#include "tests/unit/xfs_disk.h"

/* --- damage -------------------------------------------------------------------------------- */

static void nothing_is_damaged(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;

    for (size_t i = XFS_SUPER; i < XFS_STRUCTURES; i++)
        if (xfs->counts[i] == 0)
            fail_msg("there is no structure %zu", i);
    if (look(disk))
        fail_msg("%s", disk->first_error);
    assert_true(disk->nodes > 30);
}

/* A byte that is changed anywhere in a structure is found out, and said to be so. */
static void wrong_checksums(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;

    for (enum xfs_structure i = XFS_SUPER; i < XFS_STRUCTURES; i++) {
        /* all of them are read, but for the inodes of many names */
        unsigned char *bytes = disk->memory.bytes + xfs->places[i][0];
        size_t length = xfs_structure_length(i);
        for (size_t at = length / 2; at < length; at += length / 4) {
            bytes[at] ^= 0x10;
            const char *error = look(disk);
            if (!error || !strstr(error, "checksum"))
                fail_msg("structure %d, byte %zu: %s", i, at, error ? error : "no error");
            bytes[at] ^= 0x10;
        }
    }
    assert_null(look(disk));
}

/* What moves elsewhere, to another owner or another filesystem is found out by that alone. */
static void wrong_identities(void **state)
{
    static const struct {
        enum xfs_structure structure;
        unsigned at;
        const char *why;
    } cases[] = {
        {XFS_INODE, 159, "another one"},
        {XFS_INODE, 160, "another filesystem"},
        {XFS_ALONE, 15, "elsewhere"},
        {XFS_ALONE, 24, "another filesystem"},
        {XFS_ALONE, 47, "another inode's"},
        {XFS_DATA, 15, "elsewhere"},
        {XFS_DATA, 39, "another filesystem"},
        {XFS_DATA, 47, "another inode's"},
        {XFS_NODE, 23, "elsewhere"},
        {XFS_NODE, 32, "another filesystem"},
        {XFS_NODE, 55, "another inode's"},
        {XFS_LEAF, 55, "another inode's"},
        {XFS_BRANCH, 31, "elsewhere"},
        {XFS_BRANCH, 40, "another filesystem"},
        {XFS_BRANCH, 63, "another inode's"},
        {XFS_TARGET, 3, "leads elsewhere"},
        {XFS_TARGET, 7, "do not fit together"},
        {XFS_TARGET, 11, "do not fit together"},
        {XFS_TARGET, 16, "another filesystem"},
        {XFS_TARGET, 39, "another inode's"},
        {XFS_TARGET, 47, "elsewhere"},
    };
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned char *bytes = disk->memory.bytes + xfs->places[cases[i].structure][0];
        bytes[cases[i].at] ^= 1;
        xfs_mend(bytes, cases[i].structure);
        const char *error = look(disk);
        if (!error || !strstr(error, cases[i].why))
            fail_msg("case %zu: %s", i, error ? error : "no error");
        bytes[cases[i].at] ^= 1;
        xfs_mend(bytes, cases[i].structure);
    }
}

/* A structure that is being damaged. */
struct damaged {
    struct disk *disk;
    enum xfs_structure structure;
    unsigned char *bytes;
};

static void mend_structure(void *context, size_t at)
{
    const struct damaged *damaged = context;

    (void)at;
    xfs_mend(damaged->bytes, damaged->structure);
}

static void look_again(void *context)
{
    (void)look(((struct damaged *)context)->disk);
}

/* { at, width }; from the end where AT is below 0. */
struct field_place {
    int at;
    unsigned width;
};
static const struct field_place super_fields[] = {
    {0, 4},   {4, 4},   {8, 8},   {32, 4},  {48, 8},  {56, 8},  {84, 4},  {88, 4},
    {96, 4},  {100, 2}, {102, 2}, {104, 2}, {106, 2}, {120, 1}, {121, 1}, {122, 1},
    {123, 1}, {124, 1}, {126, 1}, {192, 1}, {200, 4}, {212, 4}, {216, 4}, {220, 4}};
static const struct field_place inode_fields[] = {
    {0, 2},   {2, 2},   {4, 1},   {5, 1},   {24, 8},  {56, 8},  {76, 4},  {82, 1},
    {90, 2},  {120, 8}, {152, 8}, {160, 4}, {176, 1}, {177, 1}, {176, 2}, {178, 2},
    {178, 4}, {182, 1}, {176, 8}, {180, 8}, {184, 8}, {192, 8}, {200, 8}, {348, 8}};
static const struct field_place data_fields[] = {
    {0, 4},  {8, 8},  {24, 4}, {40, 8}, {64, 8}, {64, 2}, {66, 2}, {72, 1},  {73, 1},
    {74, 1}, {78, 2}, {80, 8}, {88, 1}, {94, 2}, {-8, 4}, {-4, 4}, {-16, 4}, {-12, 4}};
static const struct field_place index_fields[] = {{0, 4},  {4, 4},  {8, 2},  {16, 8}, {32, 4},
                                                  {48, 8}, {56, 2}, {58, 2}, {64, 4}, {68, 4},
                                                  {72, 4}, {76, 4}, {-4, 4}};
static const struct field_place branch_fields[] = {{0, 4},  {4, 2},  {6, 2},    {8, 8},   {16, 8},
                                                   {24, 8}, {40, 4}, {56, 8},   {72, 8},  {80, 8},
                                                   {88, 8}, {96, 8}, {2080, 8}, {2088, 8}};
static const struct field_place target_fields[] = {{0, 4},  {4, 4},  {8, 4},
                                                   {16, 4}, {32, 8}, {40, 8}};
static const struct {
    const struct field_place *fields;
    size_t count;
} fields_of[XFS_STRUCTURES] = {
    [XFS_SUPER] = {super_fields, ARRAY_SIZE(super_fields)},
    [XFS_INODE] = {inode_fields, ARRAY_SIZE(inode_fields)},
    [XFS_ALONE] = {data_fields, ARRAY_SIZE(data_fields)},
    [XFS_DATA] = {data_fields, ARRAY_SIZE(data_fields)},
    [XFS_LEAF] = {index_fields, ARRAY_SIZE(index_fields)},
    [XFS_LEAVES] = {index_fields, ARRAY_SIZE(index_fields)},
    [XFS_NODE] = {index_fields, ARRAY_SIZE(index_fields)},
    [XFS_BRANCH] = {branch_fields, ARRAY_SIZE(branch_fields)},
    [XFS_TARGET] = {target_fields, ARRAY_SIZE(target_fields)},
};

/* Inodes that are directories or links, or the first file's; those of many names are alike. */
static bool is_special(const struct xfs_disk *xfs, size_t number)
{
    const unsigned char *inode = xfs->disk.memory.bytes + xfs->places[XFS_INODE][number];

    return number < 4 || !S_ISREG(get_be16(inode + 2));
}

static void each_field(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;

    for (enum xfs_structure i = XFS_SUPER; i < XFS_STRUCTURES; i++)
        for (size_t number = 0; number < xfs->counts[i]; number++) {
            if (i == XFS_INODE ? !is_special(xfs, number) : number > 1)
                continue;
            struct damaged damaged = {disk, i, disk->memory.bytes + xfs->places[i][number]};
            const struct damage damage = {.bytes = damaged.bytes,
                                          .big = true,
                                          .mend = mend_structure,
                                          .look = look_again,
                                          .context = &damaged};
            for (size_t k = 0; k < fields_of[i].count; k++) {
                const struct field_place *place = &fields_of[i].fields[k];
                int at = place->at < 0 ? place->at + (int)xfs_structure_length(i) : place->at;
                damage_field(&damage, (size_t)at, place->width);
            }
        }
    if (look(disk))
        fail_msg("not mended: %s", disk->first_error);
}

/* --- random damage ------------------------------------------------------------------------- */

/* One to four structures of DISK, each with up to eight other bytes. */
static void damage_some(struct xfs_disk *xfs, uint32_t seed)
{
    unsigned char kept[4][XFS_PIECE], *bytes[4];
    enum xfs_structure structures[4];
    unsigned count = 1 + next_random(&seed) % 4;

    for (unsigned i = 0; i < count; i++) {
        structures[i] = XFS_SUPER + next_random(&seed) % (XFS_STRUCTURES - XFS_SUPER);
        size_t among = xfs->counts[structures[i]] < 16 ? xfs->counts[structures[i]] : 16;
        bytes[i] = xfs->disk.memory.bytes + xfs->places[structures[i]][next_random(&seed) % among];
        memcpy(kept[i], bytes[i], XFS_PIECE);
        size_t length = xfs_structure_length(structures[i]);
        /* more often where the numbers are */
        size_t range = next_random(&seed) % 2 ? length : length / 3;
        for (unsigned k = next_random(&seed) % 8 + 1; k; k--)
            bytes[i][next_random(&seed) % range] = (unsigned char)next_random(&seed);
        xfs_mend(bytes[i], structures[i]);
    }
    (void)look(&xfs->disk);
    for (unsigned i = count; i-- > 0;)
        memcpy(bytes[i], kept[i], XFS_PIECE);
}

static void random_damage(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;
    unsigned count = getenv("LONG") ? DAMAGE_LONG_CASES : DAMAGE_CASES;

    for (unsigned i = 0; i < count; i++)
        damage_some(xfs, i * 2654435761u + 1);
    if (look(disk))
        fail_msg("not mended: %s", disk->first_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_damaged), cmocka_unit_test(wrong_checksums),
        cmocka_unit_test(wrong_identities),   cmocka_unit_test(each_field),
        cmocka_unit_test(random_damage),
    };

    return cmocka_run_group_tests(tests, setup_disk, teardown_disk);
}
