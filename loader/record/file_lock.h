/* Locks on a record's file: who may change a VM's record, and who is starting the VM.
 *
 * Both are open-file-description locks on the record file itself, so they end with their
 * holder, whatever ends it. A change replaces the file, so a lock counts only once the path
 * still names the file that it is on.
 *   byte 0, the change lock: held from reading a record to writing it;
 *   byte 1, the run lock: held by one run of the loader from its start to its end.
 * The run lock is taken only under the change lock: who holds the change lock and sees no run
 * can be sure that none begins before it lets go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_FILE_LOCK_H
#define LOADER_RECORD_FILE_LOCK_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/record/record.h"

/* Opens PATH, the record file of VM ID, into *FD: for RECORD_READ without locks; for
 * RECORD_CHANGE with the change lock, and only when no run is under way; for RECORD_RUN with
 * both locks. Where *FD is a descriptor already (a run that is about to change its record),
 * that one is locked if PATH still names its file; else it is closed and PATH opened. Waits
 * for the change lock, never for the run lock. 1; 0 when there is no such file; -1 with ERR
 * (somebody else's lock, a symbolic link, no regular file). */
int record_lock(const char *path, const char *id, enum record_access access, int *fd,
                struct error *err) must_check;

/* Locks FD, a new file that nobody else knows yet, as record_lock() would. 0, or -1 with
 * errno. */
int record_lock_new(int fd, enum record_access access) must_check;

/* Gives up the change lock; the run lock stays. */
void record_unlock_change(int fd);

#endif
