/* All that can be told of one file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_EXAMINE_H
#define LOADER_MEDIUM_EXAMINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/digests.h"
#include "common/helper/report.h"
#include "loader/medium/file_type.h"
#include "loader/medium/iso_descriptor.h"
#include "loader/medium/kernel_image.h"
#include "loader/medium/request.h"

/* Sentences about what is wrong with a medium; there are never more. */
#define EXAMINE_PROBLEMS_MAX 8

/* Starts zeroed; ended by finding_free(). */
struct finding {
    uint64_t size; /* bytes */
    struct kind_of kind;
    bool iso;
    struct descriptor descriptor;       /* of an image */
    bool checked, good;                 /* the implanted MD5 */
    struct checksum sums[DIGEST_KINDS]; /* of the file, or its part; DIGEST_NONE: not computed */
    bool has_sums;
    struct kernel_found support; /* of a kernel */
    bool looked;                 /* SUPPORT is set */
    uint64_t unpacked;           /* bytes that were written of one; 0: none */
    char *problems[EXAMINE_PROBLEMS_MAX];
    size_t problem_count;
};

/* Examines the file FD of SIZE bytes. What is wrong with a medium is a problem of FINDING. 0, or
 * -1 with ERR when the file cannot be read at all. */
int examine(int fd, uint64_t size, const struct medium_request *request,
            const struct digest_algorithms *algorithms, struct report *report,
            struct finding *finding, struct error *err) must_check;
/* Frees what FINDING holds, and zeroes it. */
void finding_free(struct finding *finding);

#endif
