/* The answer pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/answer.h"

#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "common/clock.h"
#include "common/io.h"
#include "common/text.h"

/* TEXT as JSON. What is too long or no UTF-8, which JSON cannot hold, is escaped. */
static json_t *text_json(const char *text)
{
    json_t *json = strlen(text) <= RAMDISK_TEXT_MAX ? json_string(text) : NULL;

    if (json)
        return json;
    auto_free char *escaped = text_escape_bytes(text, strlen(text), RAMDISK_TEXT_MAX);
    return json_string(escaped);
}

/* Takes LINE. */
static int send_line(const struct ramdisk_report *report, json_t *line)
{
    auto_free char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

    json_decref(line);
    if (!text)
        return -1;
    auto_free char *whole = xasprintf("%s\n", text);
    return report->fd < 0 ? 0 : write_all(report->fd, whole, strlen(whole));
}

void ramdisk_progress(struct ramdisk_report *report, uint64_t received)
{
    int64_t now = clock_ms();

    if (report->last_progress && now - report->last_progress < RAMDISK_PROGRESS_MS)
        return;
    report->last_progress = now;
    /* When nobody listens any more, the last line will fail too, and that one counts. */
    (void)send_line(report, json_pack("{s:{s:I,s:I}}", "progress", "received", (json_int_t)received,
                                      "total", (json_int_t)report->total));
}

void ramdisk_note(struct ramdisk_report *report, const char *format, ...)
{
    va_list args;

    if (++report->notes > RAMDISK_NOTES_MAX)
        return;
    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    if (report->notes == RAMDISK_NOTES_MAX)
        replace_string(&text, xstrdup("there is more of this kind, which is not listed"));
    (void)send_line(report, json_pack("{s:o}", "note", text_json(text)));
}

int ramdisk_answer(struct ramdisk_report *report, uint64_t size)
{
    return send_line(report, json_pack("{s:{s:I}}", "answer", "size", (json_int_t)size));
}

int ramdisk_answer_error(struct ramdisk_report *report, const struct error *err)
{
    const char *text = err->text ? err->text : "ramdisk failed without saying why";

    return send_line(report, json_pack("{s:{s:s,s:o}}", "error", "name",
                                       error_toolstack_name(err->name), "text", text_json(text)));
}
