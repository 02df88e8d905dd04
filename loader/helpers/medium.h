/* What a file is, and whether a kernel can run as a Xen guest, by its own Xen ELF notes: runs the
 * helper `medium`, which reads and unpacks it, and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MEDIUM_H
#define LOADER_HELPERS_MEDIUM_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/identity.h"
#include "loader/settings/options.h"

/* Looks into the kernel that is open as FD (a regular file), called NAME in messages. 0; or -1 with
 * ERR when the helper could not do its work; a kernel that is not understood is no error. */
int kernel_support_look(const struct settings *settings, int fd, const char *name,
                        struct kernel_support *support, struct error *err) must_check;

/* Asks what the file or device PATH is, which may take as long as it takes to read it (--verify).
 * IDENTITY, which is empty and freed by the caller, has a kind and its own size then. 0; or -1 with
 * ERR: it cannot be opened, the helper failed, or its answer has neither. */
int medium_identify(const struct settings *settings, const char *path, struct identity *identity,
                    struct error *err) must_check;

#endif
