/* What a file is, and whether a kernel can run as a Xen guest, by its own Xen ELF notes: runs the
 * helper `medium`, which reads and unpacks it, and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MEDIUM_H
#define LOADER_HELPERS_MEDIUM_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/identity.h"
#include "loader/output/output_file.h"
#include "loader/settings/options.h"

/* Looks into the kernel that is open as FD (a regular file), called NAME in messages. 0; or -1 with
 * ERR when the helper could not do its work; a kernel that is not understood is no error. */
int kernel_support_look(const struct settings *settings, int fd, const char *name,
                        struct kernel_support *support, struct error *err) must_check;

/* What a kernel is unpacked from, by the names of common/protocol/medium.h. */
struct unpack_forms {
    const char *const *names;
    size_t count;
    bool all; /* whatever it is, and the names do not count */
};

/* What came of it. Starts as UNPACKED_INIT; freed by unpacked_free(). */
struct unpacked {
    char form[16]; /* what it was unpacked from; "": it was not */
    uint64_t size; /* bytes of the kernel; 0: it is to be taken as it is */
    struct kernel_support support;
};
#define UNPACKED_INIT         \
    (struct unpacked)         \
    {                         \
        .form = "", .size = 0 \
    }
void unpacked_free(struct unpacked *unpacked);
#define auto_unpacked __attribute__((cleanup(unpacked_free)))

/* Unpacks KERNEL, called NAME in messages, into INTO, which is empty and sealed then, and may get
 * MAX bytes, when it is of one of FORMS. 0, with a SIZE of 0 when INTO is not used; or -1 with ERR:
 * it is of one of them and damaged or (ERROR_LIMITS) too large, or the helper failed. */
int medium_unpack(const struct settings *settings, const struct output_file *kernel,
                  const struct unpack_forms *forms, uint64_t max, const char *name,
                  struct output_file *into, struct unpacked *unpacked,
                  struct error *err) must_check;

/* Asks what the file or device PATH is, which may take as long as it takes to read it (--verify).
 * IDENTITY, which is empty and freed by the caller, has a kind and its own size then. 0; or -1 with
 * ERR: it cannot be opened, the helper failed, or its answer has neither. */
int medium_identify(const struct settings *settings, const char *path, struct identity *identity,
                    struct error *err) must_check;

#endif
