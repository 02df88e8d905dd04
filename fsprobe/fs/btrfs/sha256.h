/* SHA-256, of what is in memory. For checksums on disks; what is fetched is digested by OpenSSL.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_SHA256_H
#define FSPROBE_FS_BTRFS_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
void sha256(const unsigned char *bytes, size_t length, unsigned char out[SHA256_SIZE]);

#endif
