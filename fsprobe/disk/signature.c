/* Marks of filesystems. Each function knows one and says whether it is there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/signature.h"

#include <endian.h>
#include <string.h>

#include "common/text.h"
#include "fsprobe/disk/md_super.h"
#include "fsprobe/fs/source.h"

/* The two places where marks are: most in the first page, the others far behind. */
#define NEAR_SIZE 4096
#define FAR_SIZE  2048

#define ISO_AT      32768
#define BTRFS_AT    65536 /* and UFS2 */
#define UFS1_AT     8192
#define UFS_LAST_AT 262144
#define ZFS_AT      131072

struct bytes {
    const unsigned char *data;
    size_t length;
};

static bool has(const struct bytes *bytes, size_t at, const char *mark, size_t size)
{
    return at + size <= bytes->length && memcmp(bytes->data + at, mark, size) == 0;
}
#define HAS(bytes, at, mark) has(bytes, at, mark, sizeof(mark) - 1)

static uint32_t get32(const struct bytes *bytes, size_t at)
{
    uint32_t value;

    memcpy(&value, bytes->data + at, sizeof value);
    return le32toh(value);
}

static unsigned get16(const struct bytes *bytes, size_t at)
{
    return bytes->data[at] | (unsigned)bytes->data[at + 1] << 8;
}

static void set_uuid(struct volume *volume, const unsigned char u[16])
{
    static const unsigned char none[16];

    if (memcmp(u, none, sizeof none) == 0)
        return;
    replace_string(&volume->uuid,
                   xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                             u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10],
                             u[11], u[12], u[13], u[14], u[15]));
}

/* SIZE bytes at AT, up to a NUL, without the blanks behind. Empty: none. */
static char *text_at(const struct bytes *bytes, size_t at, size_t size)
{
    const char *text = (const char *)bytes->data + at;
    size_t length = strnlen(text, size);

    while (length && text[length - 1] == ' ')
        length--;
    return length ? xstrndup(text, length) : NULL;
}

static void set(struct volume *volume, const char *type, char *label)
{
    replace_string(&volume->type, xstrdup(type));
    replace_string(&volume->label, label);
}

/* Feature bits up to those of ext3; what has others is an ext4. */
#define EXT3_INCOMPAT  0x0016u
#define EXT3_RO_COMPAT 0x0007u

static bool is_ext(const struct bytes *b, struct volume *volume)
{
    const size_t super = 1024;

    if (!HAS(b, super + 56, "\x53\xEF"))
        return false;
    uint32_t compat = get32(b, super + 92), incompat = get32(b, super + 96);
    uint32_t ro_compat = get32(b, super + 100);
    const char *type = "ext2";
    if (incompat & 0x0008)
        type = "jbd";
    else if ((incompat & ~EXT3_INCOMPAT) || (ro_compat & ~EXT3_RO_COMPAT))
        type = "ext4";
    else if (compat & 0x0004)
        type = "ext3";
    set(volume, type, text_at(b, super + 120, 16));
    set_uuid(volume, b->data + super + 104);
    return true;
}

static bool is_xfs(const struct bytes *b, struct volume *volume)
{
    if (!HAS(b, 0, "XFSB"))
        return false;
    set(volume, "xfs", text_at(b, 108, 12));
    set_uuid(volume, b->data + 32);
    return true;
}

static bool is_swap(const struct bytes *b, struct volume *volume)
{
    if (!HAS(b, 4086, "SWAPSPACE2") && !HAS(b, 4086, "SWAP-SPACE"))
        return false;
    set(volume, "swap", text_at(b, 1052, 16));
    set_uuid(volume, b->data + 1036);
    return true;
}

static bool is_lvm(const struct bytes *b, struct volume *volume)
{
    for (size_t at = 0; at < 4 * 512; at += 512)
        if (HAS(b, at, "LABELONE") && HAS(b, at + 24, "LVM2 001")) {
            set(volume, "LVM2_member", NULL);
            replace_string(&volume->uuid, text_at(b, at + 32, 32));
            return true;
        }
    return false;
}

static bool is_luks(const struct bytes *b, struct volume *volume)
{
    if (!HAS(b, 0, "LUKS\xBA\xBE"))
        return false;
    /* only version 2 has a label */
    set(volume, "crypto_LUKS", b->data[7] == 2 ? text_at(b, 24, 48) : NULL);
    replace_string(&volume->uuid, text_at(b, 168, 40));
    return true;
}

/* What mkfs.vfat writes for none is none. */
static char *fat_label(const struct bytes *b, size_t at)
{
    return HAS(b, at, "NO NAME    ") ? NULL : text_at(b, at, 11);
}

static void set_serial(struct volume *volume, uint32_t serial)
{
    replace_string(&volume->uuid, xasprintf("%04X-%04X", serial >> 16, serial & 0xffff));
}

static bool is_windows(const struct bytes *b, struct volume *volume)
{
    static const struct {
        const char *mark;
        size_t at;
        const char *type;
        size_t label, serial;
    } kinds[] = {
        {"FAT32   ", 82, "vfat", 71, 67}, {"FAT16   ", 54, "vfat", 43, 39},
        {"FAT12   ", 54, "vfat", 43, 39}, {"NTFS    ", 3, "ntfs", 0, 72},
        {"EXFAT   ", 3, "exfat", 0, 100}, {"-FVE-FS-", 3, "BitLocker", 0, 0},
    };

    if (!HAS(b, 510, "\x55\xAA"))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!has(b, kinds[i].at, kinds[i].mark, 8))
            continue;
        char *label = kinds[i].label ? fat_label(b, kinds[i].label) : NULL;
        uint32_t serial = get32(b, kinds[i].serial);
        set(volume, kinds[i].type, label);
        if (strcmp(kinds[i].type, "ntfs") == 0)
            replace_string(&volume->uuid,
                           xasprintf("%08X%08X", get32(b, kinds[i].serial + 4), serial));
        else if (kinds[i].serial)
            set_serial(volume, serial);
        return true;
    }
    return false;
}

/* One without the words that programs of Microsoft's kind put there: all numbers are possible. */
static bool is_fat(const struct bytes *b, struct volume *volume)
{
    unsigned sector = get16(b, 11), table = get16(b, 22), all = get16(b, 19);
    size_t more = table ? 38 : 66; /* 0x28 or 0x29: a serial number follows; 0x29: a label, too */

    if (!HAS(b, 510, "\x55\xAA") || (b->data[0] != 0xEB && b->data[0] != 0xE9) || sector < 512 ||
        sector > 4096 || (sector & (sector - 1)) || b->data[13] == 0 ||
        (b->data[13] & (b->data[13] - 1)) || get16(b, 14) == 0 || b->data[16] == 0 ||
        b->data[16] > 2 || b->data[21] < 0xF0 || (all == 0 && get32(b, 32) == 0) ||
        (table == 0 && get32(b, 36) == 0))
        return false;
    set(volume, "vfat", b->data[more] == 0x29 ? fat_label(b, more + 5) : NULL);
    if (b->data[more] == 0x28 || b->data[more] == 0x29)
        set_serial(volume, get32(b, more + 1));
    return true;
}

static bool is_other(const struct bytes *b, struct volume *volume)
{
    const char *type = HAS(b, 0, "hsqs")                  ? "squashfs"
                       : HAS(b, 1024, "\x10\x20\xF5\xF2") ? "f2fs"
                       : HAS(b, 0, "-rom1fs-")            ? "romfs"
                       : HAS(b, 0, "\x45\x3D\xCD\x28")    ? "cramfs"
                       : HAS(b, 1024, "\xE2\xE1\xF5\xE0") ? "erofs"
                       : HAS(b, 1024, "H+\0\4")           ? "hfsplus"
                       : HAS(b, 1024, "HX\0\5")           ? "hfsplus"
                       : HAS(b, 32, "NXSB")               ? "apfs"
                       : HAS(b, 0, "HM\1\0")              ? "LVM1_member"
                       : HAS(b, 512, "!Stra0tis")         ? "stratis"
                       : HAS(b, 1030, "\x34\x34")         ? "nilfs2"
                                                          : NULL;

    if (type)
        set(volume, type, NULL);
    return type != NULL;
}

/* Images of disks that are not raw, and what is packed: by the first bytes of the whole. */
static bool is_wrapped(const struct bytes *b, struct volume *volume)
{
    const char *type = HAS(b, 0, "QFI\xFB")                 ? "qcow2"
                       : HAS(b, 0, "conectix")              ? "vhd"
                       : HAS(b, 0, "vhdxfile")              ? "vhdx"
                       : HAS(b, 0, "KDMV")                  ? "vmdk"
                       : HAS(b, 0, "# Disk DescriptorFile") ? "vmdk"
                       : HAS(b, 64, "\x7F\x10\xDA\xBE")     ? "vdi"
                       : HAS(b, 0, "\x1F\x8B\x08")          ? "gzip"
                       : HAS(b, 0,
                             "\xFD"
                             "7zXZ")
                           ? "xz"
                       : HAS(b, 0, "\x28\xB5\x2F\xFD") ? "zstd"
                       : HAS(b, 0, "BZh")              ? "bzip2"
                       : HAS(b, 0, "\x04\x22\x4D\x18") ? "lz4"
                       : HAS(b, 0, "PK\3\4")           ? "zip"
                       : HAS(b, 257, "ustar")          ? "tar"
                       : HAS(b, 0, "QED\0")            ? "qed"
                       : HAS(b, 0, "WithoutFreeSpace") ? "parallels"
                       : HAS(b, 0, "WithouFreSpacExt") ? "parallels"
                                                       : NULL;

    if (type)
        set(volume, type, NULL);
    return type != NULL;
}

static bool is_bcachefs(const struct bytes *b, struct volume *volume)
{
    if (!HAS(b, 24, "\xC6\x85\x73\xF6\x4E\x1A\x45\xCA\x82\x65\xF5\x7F\x48\xBA\x6D\x81") &&
        !HAS(b, 24, "\xC6\x85\x73\xF6\x66\xCE\x90\xA9\xD9\x6A\x60\xCF\x80\x3D\xF7\xEF"))
        return false;
    set(volume, "bcachefs", NULL);
    return true;
}

/* The first of the blocks in which a pool keeps its state, in either byte order; of 1 KiB to 8 KiB.
 */
static bool is_zfs(const struct bytes *b, struct volume *volume)
{
    bool is = false;

    for (size_t at = 0; at < b->length && !is; at += 1024)
        is = HAS(b, at, "\x0C\xB1\xBA\0\0\0\0\0") || HAS(b, at, "\0\0\0\0\0\xBA\xB1\x0C");
    if (is)
        set(volume, "zfs_member", NULL);
    return is;
}

static bool is_ufs(const struct bytes *b, struct volume *volume)
{
    /* UFS2 and UFS1, of little-endian machines and of others */
    if (!HAS(b, 1372, "\x19\x01\x54\x19") && !HAS(b, 1372, "\x19\x54\x01\x19") &&
        !HAS(b, 1372, "\x54\x19\x01\0") && !HAS(b, 1372, "\0\x01\x19\x54"))
        return false;
    set(volume, "ufs", text_at(b, 680, 32));
    return true;
}

/* What format 3.5 has in the place of a label and a UUID is something else. */
static bool is_reiserfs(const struct bytes *b, struct volume *volume)
{
    if (HAS(b, 0, "ReIsEr4")) {
        set(volume, "reiser4", NULL);
        return true;
    }
    if (!HAS(b, 52, "ReIsErFs") && !HAS(b, 52, "ReIsEr2Fs") && !HAS(b, 52, "ReIsEr3Fs"))
        return false;
    bool old = HAS(b, 52, "ReIsErFs") || (HAS(b, 52, "ReIsEr3Fs") && get16(b, 72) == 0);
    set(volume, "reiserfs", old ? NULL : text_at(b, 100, 16));
    if (!old)
        set_uuid(volume, b->data + 84);
    return true;
}

static bool is_btrfs(const struct bytes *b, struct volume *volume)
{
    if (!HAS(b, 64, "_BHRfS_M"))
        return is_reiserfs(b, volume);
    set(volume, "btrfs", text_at(b, 299, 256));
    set_uuid(volume, b->data + 32);
    return true;
}

/* GRUB's and blkid's "UUID" of an ISO image is its date of change, "YYYYMMDDhhmmsscc". */
static bool is_iso(const struct bytes *b, struct volume *volume)
{
    const char *date = (const char *)b->data + 830;

    /* what has both is an ISO image for all who read that */
    if (HAS(b, 1, "BEA01"))
        return set(volume, "udf", NULL), true;
    if (!HAS(b, 1, "CD001"))
        return HAS(b, 0, "JFS1") ? set(volume, "jfs", text_at(b, 152, 16)), true : false;
    set(volume, "iso9660", text_at(b, 40, 32));
    if (strnlen(date, 16) == 16 && date[0] != '0')
        replace_string(&volume->uuid,
                       xasprintf("%.4s-%.2s-%.2s-%.2s-%.2s-%.2s-%.2s", date, date + 4, date + 6,
                                 date + 8, date + 10, date + 12, date + 14));
    return true;
}

/* Members of md before anything else: seen from its start, one may be the very filesystem that the
 * array holds. */
static bool is_raid(struct volume *volume)
{
    auto_error struct error err = ERROR_INIT;
    struct md_super super;
    int found = md_super_read(volume->source, &super, &err);

    if (found == 0)
        return false;
    set(volume, "linux_raid_member", found > 0 && *super.name ? xstrdup(super.name) : NULL);
    if (found > 0)
        set_uuid(volume, super.uuid);
    else
        replace_string(&volume->refusal, xasprintf("%s: %s", volume->where, err.text));
    return true;
}

typedef bool (*recogniser)(const struct bytes *bytes, struct volume *volume);

/* Reads SIZE bytes at AT and asks each of NULL-terminated WHO: 1 known, 0 not, -1 with ERR. */
static int ask(struct volume *volume, uint64_t at, size_t size, const recogniser *who,
               struct error *err)
{
    unsigned char data[NEAR_SIZE];

    if (volume->size < at + size)
        return 0;
    if (source_read(volume->source, at, data, size, err) < 0)
        return -1;
    const struct bytes bytes = {data, size};
    for (; *who; who++)
        if ((*who)(&bytes, volume))
            return 1;
    return 0;
}

int signature_identify(struct volume *volume, struct error *err)
{
    static const recogniser near[] = {is_luks, is_xfs,   is_ext,     is_lvm,
                                      is_swap, is_other, is_wrapped, NULL};
    static const recogniser iso[] = {is_iso, NULL};
    static const recogniser btrfs[] = {is_btrfs, NULL};
    static const recogniser bcachefs[] = {is_bcachefs, NULL};
    static const recogniser zfs[] = {is_zfs, NULL};
    static const recogniser ufs[] = {is_ufs, is_reiserfs, NULL}; /* both are at either place */
    static const recogniser windows[] = {is_windows, is_fat, NULL};
    const struct {
        uint64_t at;
        size_t size;
        const recogniser *who;
    } places[] = {
        {0, NEAR_SIZE, near},
        {ISO_AT, FAR_SIZE, iso},
        {BTRFS_AT, FAR_SIZE, btrfs},
        {BTRFS_AT, FAR_SIZE, ufs},
        {UFS1_AT, FAR_SIZE, ufs},
        {0, FAR_SIZE, ufs},
        {UFS_LAST_AT, FAR_SIZE, ufs},
        {NEAR_SIZE, FAR_SIZE, bcachefs},
        {ZFS_AT, NEAR_SIZE, zfs},
        /* last: its mark is in what other filesystems leave to boot programs */
        {0, 512, windows},
    };
    int result = is_raid(volume);

    for (size_t i = 0; i < ARRAY_SIZE(places) && result == 0; i++)
        result = ask(volume, places[i].at, places[i].size, places[i].who, err);
    return result < 0 ? -1 : 0;
}
