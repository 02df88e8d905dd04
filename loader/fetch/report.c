/* The answer pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/io.h"
#include "common/text.h"

json_t *report_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *json = strlen(text) <= REPORT_TEXT_MAX ? json_string(text) : NULL;
    if (json)
        return json;
    auto_free char *escaped = text_escape_bytes(text, strlen(text), REPORT_TEXT_MAX);
    return json_string(escaped);
}

/* Lines are far shorter than a pipe's buffer, so each arrives as one. */
int report_line(const struct report *report, json_t *line)
{
    auto_free char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text)
        return -1;
    auto_free char *whole = xasprintf("%s\n", text);
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
    (void)report_line(report, json_pack("{s:{s:I,s:o}}", "progress", "received",
                                        (json_int_t)received, "total", json_total));
}

void report_note(struct report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    (void)report_line(report, json_pack("{s:o}", "note", report_text(text)));
}

static json_t *file_json(const struct fetch_result_file *file)
{
    return json_pack("{s:o,s:I,s:s,s:s,s:s?}", "url", report_text(file->url), "size",
                     (json_int_t)file->size, "md5", file->md5.hex, "sha256", file->sha256.hex,
                     "verified", digest_name(file->verified));
}

json_t *report_recognised(const struct recognised *recognised)
{
    const struct tree *tree = &recognised->tree;

    if (!recognised->family)
        return json_null();
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:b,s:o}", "family", recognised->family, "name",
                     report_text(tree->name), "version", report_text(tree->version), "arch",
                     report_text(tree->arch), "metadata", report_text(recognised->metadata),
                     "release", report_text(recognised->release), "release_assumed",
                     (int)recognised->release_assumed, "codename",
                     report_text(recognised->codename));
}

static int report_sums(const struct report *report, const struct sums *sums)
{
    return report_line(report, json_pack("{s:{s:I,s:s,s:s,s:s?}}", "answer", "size",
                                         (json_int_t)sums->size, "md5", sums->md5.hex, "sha256",
                                         sums->sha256.hex, "type", sums->type));
}

int report_answer(struct report *report, const struct fetch_result *fetched)
{
    if (fetched->sums_taken)
        return report_sums(report, &fetched->sums);
    const struct tree *tree = &fetched->tree;
    json_t *tree_json = json_pack("{s:o,s:o,s:o,s:o}", "metadata", report_text(tree->metadata),
                                  "name", report_text(tree->name), "version",
                                  report_text(tree->version), "arch", report_text(tree->arch));
    json_t *ramdisk = fetched->has_ramdisk ? file_json(&fetched->ramdisk) : json_null();
    json_t *kernel = fetched->kernel.url ? file_json(&fetched->kernel) : json_null();
    return report_line(report, json_pack("{s:{s:o,s:s?,s:o,s:o,s:o,s:o,s:o}}", "answer", "layout",
                                         report_text(fetched->layout), "family", fetched->family,
                                         "recognised", report_recognised(&fetched->recognised),
                                         "tree", tree_json, "kernel", kernel, "ramdisk", ramdisk,
                                         "problem", report_text(fetched->problem)));
}

int report_error(struct report *report, const struct error *err, const char *file,
                 const struct fetch_result *fetched)
{
    const char *text = err->text ? err->text : "the fetch helper failed without saying why";
    return report_line(report, json_pack("{s:{s:s,s:o,s:s?,s:b,s:o}}", "error", "name",
                                         error_toolstack_name(err->name), "text", report_text(text),
                                         "file", file, "no_kernel", (int)fetched->no_kernel,
                                         "recognised", report_recognised(&fetched->recognised)));
}

int report_failure(const struct report *report, const struct error *err)
{
    const char *text = err->text ? err->text : "the helper failed without saying why";
    return report_line(report,
                       json_pack("{s:{s:s,s:o}}", "error", "name", error_toolstack_name(err->name),
                                 "text", report_text(text)));
}

static void fetched_file_free(struct fetch_result_file *file)
{
    free(file->url);
    *file = (struct fetch_result_file){0};
}

void fetch_result_free(struct fetch_result *fetched)
{
    recognised_free(&fetched->recognised);
    free(fetched->problem);
    tree_free(&fetched->tree);
    free(fetched->layout);
    fetched_file_free(&fetched->kernel);
    fetched_file_free(&fetched->ramdisk);
    *fetched = (struct fetch_result){0};
}
