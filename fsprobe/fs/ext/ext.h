/* ext2, ext3 and ext4, read through libext2fs. Private to fsprobe.
 *
 * libext2fs gives the superblock, the inodes, the maps from a file's blocks to the disk's,
 * the directory hash and all checksums. What it would do on sizes that the image dictates
 * (following links, walking directories, inline data) is done here, with bounds.
 *
 * Checksums (metadata_csum) are verified: what fails them, the guest's own kernel would
 * refuse to read too, and a loader that takes it anyway would hide the damage.
 *
 * Format: the kernel's Documentation/filesystems/ext4, and e2fsprogs' ext2_fs.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_H
#define FSPROBE_FS_EXT_EXT_H

#include <ext2fs/ext2fs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/source.h"

#define EXT_EXTENT_DEPTH  5                  /* levels of an extent tree; the kernel's bound */
#define EXT_DIRECTORY_MAX (16 * 1024 * 1024) /* bytes of one directory */
#define EXT_CACHE_BLOCKS  16
/* Group descriptors that are read at once, where that has to be: 4 TiB of filesystem. */
#define EXT_DESCRIPTORS_MAX (16 * 1024 * 1024)
#define EXT_SMALL_KEPT      8                 /* directories of one block that are kept */
#define EXT_KEPT_MAX        (2 * 1024 * 1024) /* bytes of a directory that are kept */
#define EXT_AHEAD_BYTES     (64 * 1024)       /* read at once, after so many blocks in a row: */
#define EXT_AHEAD_AFTER     4

/* A block whose newest content still stands in the journal. */
struct ext_replay {
    uint64_t block;    /* of the filesystem */
    uint64_t copy;     /* where its content is: a block of the filesystem, too */
    uint32_t sequence; /* of the transaction */
    bool escaped;      /* its first four bytes were replaced, see JBD2's tag flags */
};

struct ext_cached {
    uint64_t block;
    uint64_t used; /* 0: empty; else a clock, the smallest is thrown out */
    unsigned char *data;
};

/* Where a filesystem's bytes come from: its volume's, and the journal laid over them. */
struct ext_source {
    struct source *base; /* the volume's; not owned */
    unsigned block_size;
    bool descriptors_first;    /* see ext_super_check() */
    struct error failure;      /* why the last read failed, where we know better than a number */
    struct ext_replay *replay; /* sorted by block; owned */
    size_t replay_count;
    struct ext_cached cache[EXT_CACHE_BLOCKS];
    uint64_t clock;
    /* Blocks read ahead of a reader that goes on and on, as through a large directory. */
    unsigned char *ahead;
    uint64_t ahead_first;
    unsigned ahead_count;
    uint64_t last_missed;
    unsigned in_a_row;
};

/* One opened filesystem: a volume's `state`. */
struct ext {
    struct ext_source source;
    ext2_filsys fs;
    unsigned inode_size;
    /* The blocks, as far as they were read, of the directory that was last searched from its
     * start: one without an index is searched again for the next name. */
    ext2_ino_t kept_number; /* 0: none */
    struct buffer kept;
    /* Directories of one block, their checksums verified, each in the place that its number gives
     * it: "/boot" is searched once for each name that might be there. */
    struct ext_small {
        ext2_ino_t number;    /* 0: none */
        unsigned char *block; /* owned */
    } small[EXT_SMALL_KEPT];
};

struct ext_node {
    ext2_ino_t number;
    struct ext2_inode *inode; /* inode_size bytes, owned */
};
#define EXT_NODE_INIT \
    (struct ext_node) \
    {                 \
        0, NULL       \
    }
void ext_node_free(struct ext_node *node);
#define auto_ext_node __attribute__((cleanup(ext_node_free)))

extern const struct filesystem ext_filesystem;

/* --- ext_super.c --- */

/* What is known of a filesystem before libext2fs is. */
struct ext_shape {
    unsigned block_size, inode_size; /* bytes */
    /* The group descriptors have to be read when it is opened: libext2fs 1.47 looks for a single
     * one of them a block too early where clusters (bigalloc) meet blocks of 1 KiB. */
    bool descriptors_first;
};

/* Checks the 1024 bytes of a superblock for all that libext2fs divides by, allocates by or
 * shifts by. 0, or -1 with ERR. */
int ext_super_check(const unsigned char *bytes, struct ext_shape *shape,
                    struct error *err) must_check;

/* --- ext_io.c --- */

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
void ext_source_free(struct ext_source *source);
/* ext2fs_open2() on SOURCE, which must outlive *FS. Group descriptors are read one block at a
 * time when they are needed, so that the size of the filesystem costs nothing. */
errcode_t ext_source_open(struct ext_source *source, ext2_filsys *fs);

/* --- ext_journal.c --- */

/* Reads the journal of EXT and lays what it would replay over EXT->source; the caller opens
 * the filesystem anew. 0; or -1 with ERR when that cannot be done: nothing is changed then. */
int ext_journal_load(struct ext *ext, struct error *err) must_check;

/* --- ext_file.c --- */

/* Reads inode NUMBER into NODE (freed first). 0, or -1 with ERR. */
int ext_node_load(struct ext *ext, ext2_ino_t number, struct ext_node *node,
                  struct error *err) must_check;
/* Whether the root of the file's extent tree is such that libext2fs may be given it: 0, or an error
 * number. */
errcode_t ext_extents_check(const struct ext_node *node) must_check;
/* Where block LOGICAL of the file is; 0 for a hole or one that was never written. */
errcode_t ext_map(struct ext *ext, const struct ext_node *node, uint64_t logical,
                  blk64_t *physical) must_check;
/* The block PHYSICAL of a directory, its checksum verified. OUT: of the size of a block. */
errcode_t ext_read_dir_block(struct ext *ext, const struct ext_node *directory, blk64_t physical,
                             unsigned char *out) must_check;
bool ext_is_inline(const struct ext_node *node);
/* The bytes of an inode with inline data: the 60 in the inode, then those of its attribute
 * "system.data". Into OUT, which must have room. 0, or -1 with ERR. */
int ext_inline_data(struct ext *ext, const struct ext_node *node, struct buffer *out,
                    struct error *err) must_check;
/* The first MAX bytes at most of a file or a link's target. 0, or -1 with ERR. */
int ext_file_read(struct ext *ext, const struct ext_node *node, size_t max, struct buffer *out,
                  struct error *err) must_check;
/* Sets ERR from an error number of libext2fs: "DOING: cause". Returns -1. */
int ext_error(struct ext *ext, struct error *err, errcode_t code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* --- ext_extents.c --- */

/* Fills MAP, which is empty, with where the bytes of a regular file are, the journal laid over.
 * What is encrypted or compressed is refused. 0; or -1 with ERR, without the file's name. The
 * caller frees MAP in both cases. */
int ext_file_map(struct ext *ext, const struct ext_node *node, struct file_map *map,
                 struct error *err) must_check;

/* --- ext_dir.c --- */

/* The inode of NAME (LENGTH bytes) in a directory: 1, 0 not there, -1 with ERR. */
int ext_lookup(struct ext *ext, const struct ext_node *directory, const char *name, size_t length,
               ext2_ino_t *found, struct error *err) must_check;
/* Calls EACH for every name but "." and ".." until it returns false. 0, or -1 with ERR. */
int ext_dir_each(struct ext *ext, const struct ext_node *directory,
                 bool (*each)(void *context, const char *name, size_t length, ext2_ino_t number),
                 void *context, struct error *err) must_check;

/* --- ext_htree.c --- */

/* Looks NAME up by the directory's hash index. 1 found; 0 not there; -1: the index is of a
 * kind that is not known, or not sound, and the directory has to be read from end to end. */
int ext_htree_lookup(struct ext *ext, const struct ext_node *directory, const char *name,
                     size_t length, ext2_ino_t *found) must_check;
/* NAME in one block of a directory (SIZE bytes at BLOCK). 1 found, 0 not, -1 damaged. */
int ext_block_lookup(const unsigned char *block, size_t size, const char *name, size_t length,
                     ext2_ino_t *found) must_check;
/* One directory entry at AT of SIZE bytes, checked. The next is at AT + *RECORD. False when
 * it is damaged. */
struct ext_dirent {
    ext2_ino_t number; /* 0: unused */
    unsigned record;   /* bytes to the next */
    const char *name;  /* not terminated */
    size_t length;
};
bool ext_dirent_at(const unsigned char *block, size_t size, size_t at,
                   struct ext_dirent *entry) must_check;

/* --- ext_walk.c --- */

/* The inode at PATH, symbolic links followed, the last one too: 1, 0 not there, -1 with ERR. */
int ext_walk(struct ext *ext, const char *path, struct ext_node *node,
             struct error *err) must_check;

#endif
