/* The progress line. See progress.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"

#define PATIENCE      1000 /* milliseconds: what is done by then needs no line */
#define WIDTH_MAX     200
#define WIDTH_DEFAULT 80   /* libxl's pty says 0 columns */
#define RATE_MAX      1e18 /* bytes a second: what no network has, and a uint64_t can hold */

void progress_start(struct progress *progress, const char *what, bool quiet)
{
    *progress = (struct progress){
        .shown = !quiet && isatty(STDERR_FILENO), .started = clock_ms(), .what = what};
}

void progress_line(char *out, unsigned width, const char *what, uint64_t received, uint64_t total,
                   int64_t elapsed)
{
    char done[TEXT_SIZE_LENGTH], all[TEXT_SIZE_LENGTH], rate[TEXT_SIZE_LENGTH];
    double speed = elapsed > 0 ? (double)received * 1000 / (double)elapsed : 0;
    /* A helper may claim to have received anything. */
    uint64_t per_second = speed < RATE_MAX ? (uint64_t)speed : (uint64_t)RATE_MAX;
    char line[WIDTH_MAX + 1];
    int length = snprintf(line, sizeof line, "%s %s", what, text_from_size(received, done));

    if (total)
        length += snprintf(line + length, sizeof line - (size_t)length, " of %s",
                           text_from_size(total, all));
    if (per_second)
        length += snprintf(line + length, sizeof line - (size_t)length, ", %s/s",
                           text_from_size(per_second, rate));
    if (per_second && total >= received) {
        uint64_t left = (total - received) / per_second;
        snprintf(line + length, sizeof line - (size_t)length, ", %llu:%02u left",
                 (unsigned long long)(left / 60), (unsigned)(left % 60));
    }
    snprintf(out, width + 1, "%.*s", (int)width, line);
}

void progress_update(struct progress *progress, uint64_t received, uint64_t total)
{
    struct winsize size = {0};
    char line[WIDTH_MAX + 1];

    if (!progress->shown || clock_ms() - progress->started < PATIENCE)
        return;
    unsigned width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col
                         ? size.ws_col - 1u
                         : WIDTH_DEFAULT - 1;
    if (width > WIDTH_MAX)
        width = WIDTH_MAX;
    progress_line(line, width, progress->what, received, total, clock_ms() - progress->started);
    /* Blanks clear what an earlier one left: no escape sequence, so that any terminal can. */
    fprintf(stderr, "\r%-*s", (int)width, line);
    progress->drawn = width > progress->drawn ? width : progress->drawn;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\r%*s\r", (int)progress->drawn, "");
    progress->drawn = 0;
}
