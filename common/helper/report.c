/* The answer pipe. See report.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/report.h"

#include <stdarg.h>
#include <string.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/escape.h"
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

int report_line(const struct report *report, json_t *line)
{
    auto_free char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

    json_decref(line);
    if (!text || strlen(text) >= CHILD_LINE_MAX)
        return -1;
    /* In one write: what fits a pipe's buffer arrives as one. */
    auto_free char *whole = xasprintf("%s\n", text);
    return report->fd < 0 ? 0 : write_all(report->fd, whole, strlen(whole));
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

    if (report->notes == REPORT_NOTES_MAX)
        return;
    report->notes++;
    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    if (report->notes == REPORT_NOTES_MAX)
        replace_string(&text, xstrdup("there is more to be told, which is not listed"));
    (void)report_line(report, json_pack("{s:o}", "note", report_text(text)));
}

int report_answer(const struct report *report, json_t *answer)
{
    return report_line(report, json_pack("{s:o}", "answer", answer));
}

int report_failure(const struct report *report, const struct error *err, json_t *more)
{
    const char *text = err->text ? err->text : "the helper failed without saying why";
    json_t *error =
        json_pack("{s:s,s:o}", "name", error_toolstack_name(err->name), "text", report_text(text));

    if (more)
        json_object_update(error, more);
    json_decref(more);
    return report_line(report, json_pack("{s:o}", "error", error));
}
