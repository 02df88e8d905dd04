/* One conversation with a helper. See call.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/call.h"

#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "loader/helpers/member.h"

/* --- listening ----------------------------------------------------------------------------- */

/* The length of TEXT, at most HELPER_SENTENCE_MAX bytes, without a part of a character at the end.
 */
static int bounded(const char *text)
{
    size_t length = strnlen(text, HELPER_SENTENCE_MAX + 1);

    if (length > HELPER_SENTENCE_MAX)
        for (length = HELPER_SENTENCE_MAX; length > 0 && (text[length] & 0xc0) == 0x80;)
            length--;
    return (int)length;
}

static void hear_progress(struct helper_talk *talk, const json_t *progress)
{
    uint64_t received, total;

    (void)member_number(progress, "received", INT64_MAX, &received);
    (void)member_number(progress, "total", INT64_MAX, &total);
    if (talk->call->doing)
        progress_update(&talk->progress, received, total);
}

static void hear_note(struct helper_talk *talk, const json_t *note)
{
    const char *text = json_string_value(note);

    if (!text || talk->notes >= HELPER_NOTES_MAX)
        return;
    talk->notes++;
    log_step("%.*s", bounded(text), text);
}

/* More lines than its time allows: reading them would burn a core. */
static bool is_flood(const struct helper_talk *talk)
{
    int64_t seconds = (clock_ms() - talk->started) / 1000;

    return (int64_t)talk->lines - HELPER_LINES_MAX > seconds * HELPER_LINES_RATE;
}

int helper_hear(void *context, const char *line, size_t length, struct error *err)
{
    struct helper_talk *talk = context;
    json_error_t where;
    const json_t *member;

    if (++talk->lines > HELPER_LINES_MAX && is_flood(talk))
        return error_set(err, ERROR_INTERNAL,
                         "the helper %s said more than %d lines, and %d a second, and was ended",
                         talk->call->name, HELPER_LINES_MAX, HELPER_LINES_RATE);
    json_auto_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(object))
        return error_set(err, ERROR_INTERNAL,
                         "the helper %s answered something that is not JSON: %s", talk->call->name,
                         where.text);
    if ((member = json_object_get(object, "progress"))) {
        hear_progress(talk, member);
    } else if ((member = json_object_get(object, "note"))) {
        hear_note(talk, member);
    } else {
        /* The last one alone: whatever a helper says, it takes no more memory. */
        json_decref(talk->last);
        talk->last = json_incref(object);
    }
    return 0;
}

/* --- the end ------------------------------------------------------------------------------- */

static int take_failure(const char *name, const json_t *failure, struct error *err)
{
    const char *kind = member_text(failure, "name"), *text = member_text(failure, "text");

    if (!text)
        return error_set(err, ERROR_INTERNAL, "the helper %s failed without saying why", name);
    return error_set(err, kind ? error_from_toolstack_name(kind) : ERROR_INTERNAL, "%.*s",
                     bounded(text), text);
}

int helper_conclude(struct helper_talk *talk, int ended, json_t **answer, json_t **failure,
                    struct error *err)
{
    json_auto_t *last = take_pointer(talk->last);
    json_t *said = json_object_get(last, "answer"), *wrong = json_object_get(last, "error");

    *answer = NULL;
    if (failure)
        *failure = NULL;
    /* A helper that says what is wrong may end with any status. */
    if (wrong && (ended == 0 || err->name != ERROR_INTERRUPTED)) {
        if (failure)
            *failure = json_incref(wrong);
        return take_failure(talk->call->name, wrong, err);
    }
    if (ended == 0 && !json_is_object(said))
        return error_set(err, ERROR_INTERNAL, "the helper %s ended without an answer",
                         talk->call->name);
    if (ended == 0)
        *answer = json_incref(said);
    return ended;
}

/* --- the request --------------------------------------------------------------------------- */

/* Once in a run. */
static void log_user(const struct settings *settings)
{
    static bool done;

    if (!done && geteuid() == 0 && !settings->runas_own && !settings->runas_given)
        log_step("helpers run as user %lu, whom all runs share; runas-base gives each its own",
                 (unsigned long)settings->runas);
    done = true;
}

void helper_add_user(json_t *request, const struct settings *settings)
{
    log_user(settings);
    (void)json_object_set_new(request, "uid", json_integer((json_int_t)settings->runas));
    (void)json_object_set_new(request, "own_user", json_boolean(settings->runas_own));
    (void)json_object_set_new(request, "complete", json_boolean(settings->require_confinement));
}

/* --- together ------------------------------------------------------------------------------ */

static int meanwhile(void *context, struct error *err)
{
    const struct helper_call *call = ((struct helper_talk *)context)->call;

    return call->meanwhile ? call->meanwhile(call->context, err) : 0;
}

static int start_helper(struct helper_talk *talk, struct error *err)
{
    const struct helper_call *call = talk->call;
    const char *const argv[] = {call->name, NULL};
    auto_free char *path = helper_path(call->name, err);
    const struct child_spec spec = {.name = call->name,
                                    .path = path,
                                    .argv = argv,
                                    .input = call->request,
                                    .our_group = call->our_group,
                                    .separator = '\n',
                                    .fds = call->fds,
                                    .fd_count = call->fd_count,
                                    .silence_seconds = call->silence_seconds,
                                    .total_seconds = call->total_seconds,
                                    .total_setting = call->total_setting,
                                    .meanwhile = meanwhile,
                                    .line = helper_hear,
                                    .context = talk};

    if (!path)
        return -1;
    if (call->doing)
        progress_start(&talk->progress, call->doing, call->quiet);
    int result = child_run(&spec, err);
    if (call->doing)
        progress_end(&talk->progress);
    return result;
}

int helper_run(const struct helper_call *call, json_t **answer, json_t **failure, struct error *err)
{
    struct helper_talk talk = {.call = call, .started = clock_ms()};
    int ended = start_helper(&talk, err);

    return helper_conclude(&talk, ended, answer, failure, err);
}
