/* The table of kinds. See way_out.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/way_out.h"

#include <stddef.h>
#include <string.h>

#include "common/memory.h"

#define ASKS   "with `handoff = grub` GRUB opens it inside the guest (`cryptomount -a`)"
#define READS  "with `handoff = grub` GRUB reads it inside the guest"
#define MOVE   "put the guest's /boot on ext4 or XFS"
#define LINEAR "put the guest's /boot on a linear logical volume, or outside of LVM"
#define MIRROR "put the guest's /boot on RAID 1"
#define RAW    "`qemu-img convert -O raw` makes a raw disk of it"
#define UNPACK "unpack it first"

static const struct way_out kinds[] = {
    {"crypto_LUKS", "encrypted (LUKS)", ASKS ", or put its /boot outside", WAY_OUT_LIKELY},
    {"BitLocker", "encrypted (BitLocker)", NULL, WAY_OUT_UNLIKELY},
    {"zfs_member", "a part of a ZFS pool, which is not read here", READS, WAY_OUT_LIKELY},
    {"jfs", "JFS, which is not read here", READS ", or " MOVE, WAY_OUT_LIKELY},
    {"f2fs", "F2FS, which is not read here", READS ", or " MOVE, WAY_OUT_LIKELY},
    {"nilfs2", "NILFS2, which is not read here", READS ", or " MOVE, WAY_OUT_LIKELY},
    {"bcachefs", "bcachefs, which is not read here", MOVE, WAY_OUT_LIKELY},
    {"reiser4", "Reiser4, which is not read here", MOVE, WAY_OUT_LIKELY},
    {"udf", "UDF without ISO 9660 beside it, which is not read here", READS, WAY_OUT_LIKELY},
    {"stratis", "a part of a Stratis pool, which is not read here", MOVE, WAY_OUT_LIKELY},
    {"LVM1_member", "a physical volume of LVM 1, which is not read here",
     "`vgconvert -M2` makes LVM 2 of it", WAY_OUT_LIKELY},
    {"hfsplus", "HFS+, from which no kernel is booted", NULL, WAY_OUT_UNLIKELY},
    {"apfs", "APFS, from which no kernel is booted", NULL, WAY_OUT_UNLIKELY},
    {"ntfs", "NTFS, from which no kernel is booted", NULL, WAY_OUT_UNLIKELY},
    {"exfat", "exFAT, from which no kernel is booted", NULL, WAY_OUT_UNLIKELY},
    {"jbd", "the journal of another filesystem", NULL, WAY_OUT_UNLIKELY},
    {"LVM2_member", "a physical volume of LVM without a logical volume", NULL, WAY_OUT_UNLIKELY},
    {"md:raid4", "a RAID 4, which is not read here", READS ", or " MIRROR, WAY_OUT_LIKELY},
    {"md:raid5", "a RAID 5, which is not read here", READS ", or " MIRROR, WAY_OUT_LIKELY},
    {"md:raid6", "a RAID 6, which is not read here", READS ", or " MIRROR, WAY_OUT_LIKELY},
    {"md:container", "a container of a RAID that firmware keeps (IMSM, DDF)", MIRROR " of md's own",
     WAY_OUT_LIKELY},
    {"md:multipath", "a path to something that has several", "give the guest that itself",
     WAY_OUT_LIKELY},
    {"lvm:raid4", "RAID 4, which is not read here", READS ", or " LINEAR, WAY_OUT_LIKELY},
    {"lvm:raid5", "RAID 5, which is not read here", READS ", or " LINEAR, WAY_OUT_LIKELY},
    {"lvm:raid6", "RAID 6, which is not read here", READS ", or " LINEAR, WAY_OUT_LIKELY},
    {"lvm:thin", "a thin volume, which is not read here", LINEAR, WAY_OUT_LIKELY},
    {"lvm:thin-pool", "a thin pool, which is not read here", LINEAR, WAY_OUT_LIKELY},
    {"lvm:vdo", "a VDO volume, which is not read here", LINEAR, WAY_OUT_LIKELY},
    {"lvm:writecache", "behind a writecache, where its newest blocks may be",
     "`lvconvert --uncache` in the guest ends that, or " LINEAR, WAY_OUT_LIKELY},
    {"qcow2", "a qcow2 image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"vhd", "a VHD image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"vhdx", "a VHDX image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"vmdk", "a VMDK image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"vdi", "a VDI image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"qed", "a QED image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"parallels", "a Parallels image and no raw disk", RAW, WAY_OUT_LIKELY},
    {"zip", "an archive (zip)", UNPACK, WAY_OUT_LIKELY},
    {"tar", "an archive (tar, as OVA and XVA are)", UNPACK, WAY_OUT_LIKELY},
    {"gzip", "compressed (gzip)", UNPACK, WAY_OUT_LIKELY},
    {"xz", "compressed (xz)", UNPACK, WAY_OUT_LIKELY},
    {"zstd", "compressed (zstd)", UNPACK, WAY_OUT_LIKELY},
    {"bzip2", "compressed (bzip2)", UNPACK, WAY_OUT_LIKELY},
    {"lz4", "compressed (lz4)", UNPACK, WAY_OUT_LIKELY},
};

const struct way_out *way_out_of(const char *kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return &kinds[i];
    return NULL;
}

const char *way_out_usual(void)
{
    return MOVE;
}
