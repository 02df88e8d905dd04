/* What libext2fs reads: a volume's bytes, with the journal laid over them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_IO_H
#define FSPROBE_FS_EXT_EXT_IO_H

#include "fsprobe/fs/ext/ext_private.h"

/* LENGTH bytes at AT (bytes into the filesystem), as they are after the journal's replay. 0,
 * or an error number of libext2fs; SOURCE->failure may say more. */
errcode_t ext_source_read(struct ext_source *source, uint64_t at, size_t length, void *out);
/* The first block at or behind BLOCK whose newest content is in the journal; NULL: none. */
const struct ext_replay *ext_replay_from(const struct ext_source *source, uint64_t block);
/* Takes LENGTH bytes off the budget; an error when there are not so many left. Reads by
 * libext2fs itself never fail for that: who calls it takes one byte before. */
errcode_t ext_source_charge(struct ext_source *source, size_t length);
/* Says in words why what is asked of SOURCE fails: for ext_error(), behind an error number. */
void ext_source_fail(struct ext_source *source, const char *why);
/* Forgets the cached blocks; for when the journal has been laid over. */
void ext_source_forget(struct ext_source *source);
/* Frees the map of the journal and all cached blocks; the volume's source stays. */
void ext_source_free(struct ext_source *source);
/* ext2fs_open2() on SOURCE, which must outlive *FS. Group descriptors are read one block at a
 * time when they are needed, so that the size of the filesystem costs nothing. */
errcode_t ext_source_open(struct ext_source *source, ext2_filsys *fs);

#endif
