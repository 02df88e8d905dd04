/* The lines of `eliloader check`. See report.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/escape.h"
#include "common/log.h"
#include "common/memory.h"

static const char *const status_names[] = {"ok", "warning", "failed"};

/* Whether TEXT, as it came, is that of a line already. */
static bool is_said(const struct check_report *report, const char *text)
{
    auto_free char *safe = text_escape(text);
    size_t i;
    json_t *line;

    json_array_foreach(report->lines, i, line)
    {
        const char *said = json_string_value(json_object_get(line, "text"));
        if (said && strcmp(said, safe) == 0)
            return true;
    }
    return false;
}

/* What a start says on its way. What was found wrong with a disk before is no news. */
static void hear(void *context, enum log_kind kind, const char *text)
{
    struct check_report *report = context;

    if (kind == LOG_KIND_STEP && (!report->steps || is_said(report, text)))
        return;
    check_say(report, kind == LOG_KIND_WARNING ? CHECK_WARNING : CHECK_OK, report->about,
              kind == LOG_KIND_WARNING
                  ? "a start goes on in spite of this; the sentence says what could be mended"
                  : NULL,
              "%s", text);
}

void check_report_listen(struct check_report *report)
{
    log_divert(hear, report);
}

void check_report_begin(struct check_report *report, bool json)
{
    *report = (struct check_report){.json = json, .lines = json_array(), .about = "host"};
    check_report_listen(report);
}

void check_report_end(struct check_report *report)
{
    log_divert(NULL, NULL);
    json_decref(report->lines);
    report->lines = NULL;
}

static void print(enum check_status status, const char *about, const char *text, const char *next)
{
    printf("%-8s %-14s %s\n", status_names[status], about, text);
    if (next)
        printf("%-8s %-14s next: %s\n", "", "", next);
    fflush(stdout);
}

void check_say(struct check_report *report, enum check_status status, const char *about,
               const char *next, const char *format, ...)
{
    va_list args;

    if (status > report->worst)
        report->worst = status;
    if (++report->count > CHECK_LINES_MAX)
        return;
    va_start(args, format);
    auto_free char *whole = xvasprintf(format, args);
    va_end(args);
    auto_free char *safe = text_escape(whole), *safe_next = next ? text_escape(next) : NULL;
    if (!report->json)
        print(status, about, safe, safe_next);
    json_array_append_new(report->lines,
                          json_pack("{s:s,s:s,s:s,s:s?}", "status", status_names[status], "about",
                                    about, "text", safe, "next", safe_next));
}

static const char *next_of(enum error_name name)
{
    switch (name) {
    case ERROR_INVALID_SOURCE:
        return "`eliloader identify URL` says what a repository is, and `eliloader vm set` mends "
               "the record";
    case ERROR_UNSUPPORTED_METHOD:
        return "`eliloader vm set ID install-distro=…` with one of the families that are named";
    case ERROR_SUPPORT_PACKAGE:
        return "`eliloader media check` says which overlays are missing";
    case ERROR_LIMITS:
        return "make room, or raise the limit that is named";
    case ERROR_USAGE:
        return "mend the option or the word that is named";
    case ERROR_HANDOFF:
        return "`eliloader probe DISK` shows each entry; mend in the guest what keeps one from "
               "booting, or choose another with --entry";
    case ERROR_KERNEL:
        return "give the guest the type that its kernel has an entry for, or another kernel";
    case ERROR_NONE:
    case ERROR_INTERNAL:
    case ERROR_INTERRUPTED:
        break;
    }
    return "mend what the sentence names, and check again";
}

void check_say_error(struct check_report *report, enum check_status status, const char *about,
                     const char *next, const struct error *err)
{
    check_say(report, status, about, next ? next : next_of(err->name), "%s",
              err->text ? err->text : "failed");
}

json_t *check_report_json(const struct check_report *report)
{
    return json_pack("{s:s,s:O}", "status", status_names[report->worst], "checks", report->lines);
}
