/* The start of every helper. See start.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

/* Bytes of the names of what a kernel may lack. */
#define MISSING_MAX 256

bool helper_arguments(const char *name, int argc, char **argv, int *status)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("%s (eliloader) " ELILOADER_VERSION "\n", name);
        *status = 0;
        return false;
    }
    if (argc > 1) {
        fprintf(stderr, "%s: it takes no arguments; eliloader starts it, see eliloader(8)\n", name);
        *status = 2;
        return false;
    }
    memory_for_json();
    signal(SIGPIPE, SIG_IGN);
    return true;
}

int helper_read_request(const char *name, size_t max, struct buffer *text, struct error *err)
{
    *text = BUFFER_INIT(max);
    if (read_all(STDIN_FILENO, text) == 0)
        return 0;
    if (errno == EFBIG)
        return error_set(err, ERROR_INTERNAL, "the request to %s is longer than %zu bytes", name,
                         max);
    return error_set_errno(err, ERROR_INTERNAL, "cannot read the request to %s", name);
}

int helper_confine(const char *name, const struct confine *policy, struct report *report,
                   struct error *err)
{
    auto_buffer struct buffer missing = BUFFER_INIT(MISSING_MAX);

    if (confine_enter(policy, &missing, err) < 0)
        return -1;
    if (missing.length > 0)
        report_note(report, "this host's kernel lacks %s: %s runs with less confinement",
                    buffer_text(&missing), name);
    return 0;
}
