/* The answer pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/fetch/clock.h"

/* TEXT as JSON. What is too long or no UTF-8, which JSON cannot hold, is escaped. */
static json_t *text_or_null(const char *text)
{
    if (!text)
        return json_null();
    json_t *json = strlen(text) <= REPORT_TEXT_MAX ? json_string(text) : NULL;
    if (json)
        return json;
    autofree char *escaped = text_escape_bytes(text, strlen(text), REPORT_TEXT_MAX);
    return json_string(escaped);
}

/* Takes LINE. Lines are far shorter than a pipe's buffer, so each arrives as one. */
static int send_line(const struct report *report, json_t *line)
{
    autofree char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text)
        return -1;
    autofree char *whole = xasprintf("%s\n", text);
    return write_all(report->fd, whole, strlen(whole));
}

void report_progress(struct report *report, uint64_t received, bool total_known, uint64_t total)
{
    int64_t now = clock_ms();
    if (report->last_progress && now - report->last_progress < REPORT_PROGRESS_MS)
        return;
    report->last_progress = now;
    json_t *json_total = total_known ? json_integer((json_int_t)total) : json_null();
    /* When nobody listens any more, the last line will fail too, and that one counts. */
    (void)send_line(report, json_pack("{s:{s:I,s:o}}", "progress", "received", (json_int_t)received,
                                      "total", json_total));
}

void report_note(struct report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    autofree char *text = xvasprintf(format, args);
    va_end(args);
    (void)send_line(report, json_pack("{s:o}", "note", text_or_null(text)));
}

static json_t *file_json(const struct fetched_file *file)
{
    return json_pack("{s:o,s:I,s:s,s:s,s:s?}", "url", text_or_null(file->url), "size",
                     (json_int_t)file->size, "md5", file->md5.hex, "sha256", file->sha256.hex,
                     "verified", digest_name(file->verified));
}

int report_answer(struct report *report, const struct fetched *fetched)
{
    const struct tree *tree = &fetched->tree;
    json_t *tree_json = json_pack("{s:o,s:o,s:o,s:o}", "metadata", text_or_null(tree->metadata),
                                  "name", text_or_null(tree->name), "version",
                                  text_or_null(tree->version), "arch", text_or_null(tree->arch));
    json_t *ramdisk = fetched->has_ramdisk ? file_json(&fetched->ramdisk) : json_null();
    return send_line(report, json_pack("{s:{s:o,s:o,s:o,s:o}}", "answer", "layout",
                                       text_or_null(fetched->layout), "tree", tree_json, "kernel",
                                       file_json(&fetched->kernel), "ramdisk", ramdisk));
}

int report_error(struct report *report, const struct error *err, const char *file, bool no_kernel)
{
    const char *text = err->text ? err->text : "the fetch helper failed without saying why";
    return send_line(report, json_pack("{s:{s:s,s:o,s:s?,s:b}}", "error", "name",
                                       error_toolstack_name(err->name), "text", text_or_null(text),
                                       "file", file, "no_kernel", (int)no_kernel));
}

static void fetched_file_free(struct fetched_file *file)
{
    free(file->url);
    *file = (struct fetched_file){0};
}

void fetched_free(struct fetched *fetched)
{
    tree_free(&fetched->tree);
    free(fetched->layout);
    fetched_file_free(&fetched->kernel);
    fetched_file_free(&fetched->ramdisk);
    *fetched = (struct fetched){0};
}
