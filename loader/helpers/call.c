/* One conversation with a helper. See call.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/call.h"

#include "common/log.h"
#include "loader/host/progress.h"

struct conversation {
    const struct helper_call *call;
    struct progress progress;
    unsigned notes;
    json_t *last; /* the line that is neither progress nor a note, or NULL */
};

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct conversation *conversation = context;
    json_error_t where;
    json_auto_t *object = json_loadb(line, length, 0, &where);
    json_t *member;

    if (!json_is_object(object))
        return error_set(err, ERROR_INTERNAL,
                         "the helper %s answered something that is not JSON: %s",
                         conversation->call->name, where.text);
    if ((member = json_object_get(object, "progress"))) {
        if (conversation->call->doing)
            progress_update(&conversation->progress,
                            (uint64_t)json_integer_value(json_object_get(member, "received")),
                            (uint64_t)json_integer_value(json_object_get(member, "total")));
    } else if ((member = json_object_get(object, "note"))) {
        if (json_is_string(member) && conversation->notes++ < HELPER_NOTES_MAX)
            log_step("%s", json_string_value(member));
    } else {
        /* The last one alone: whatever a helper says, it takes no more memory. */
        json_decref(conversation->last);
        conversation->last = json_incref(object);
    }
    return 0;
}

static int meanwhile(void *context, struct error *err)
{
    const struct helper_call *call = ((struct conversation *)context)->call;

    return call->meanwhile ? call->meanwhile(call->context, err) : 0;
}

static int run(struct conversation *conversation, struct error *err)
{
    const struct helper_call *call = conversation->call;
    const char *const argv[] = {call->name, NULL};
    auto_free char *path = helper_path(call->name, err);
    const struct child_spec spec = {.name = call->name,
                                    .path = path,
                                    .argv = argv,
                                    .input = call->request,
                                    .separator = '\n',
                                    .fds = call->fds,
                                    .fd_count = call->fd_count,
                                    .silence_seconds = call->silence_seconds,
                                    .total_seconds = call->total_seconds,
                                    .meanwhile = meanwhile,
                                    .line = take_line,
                                    .context = conversation};

    if (!path)
        return -1;
    if (call->doing)
        progress_start(&conversation->progress, call->doing, call->quiet);
    int result = child_run(&spec, err);
    if (call->doing)
        progress_end(&conversation->progress);
    return result;
}

static int take_failure(const char *name, const json_t *failure, struct error *err)
{
    const char *kind = json_string_value(json_object_get(failure, "name"));
    const char *text = json_string_value(json_object_get(failure, "text"));

    if (text)
        return error_set(err, kind ? error_from_toolstack_name(kind) : ERROR_INTERNAL, "%s", text);
    return error_set(err, ERROR_INTERNAL, "the helper %s failed without saying why", name);
}

int helper_run(const struct helper_call *call, json_t **answer, json_t **failure, struct error *err)
{
    struct conversation conversation = {.call = call};
    int result = run(&conversation, err);
    json_auto_t *last = conversation.last;
    json_t *said = json_object_get(last, "answer"), *wrong = json_object_get(last, "error");

    *answer = NULL;
    if (failure)
        *failure = NULL;
    /* A helper that says what is wrong may end with any status. */
    if (wrong && (result == 0 || err->name != ERROR_INTERRUPTED)) {
        if (failure)
            *failure = json_incref(wrong);
        return take_failure(call->name, wrong, err);
    }
    if (result == 0 && !json_is_object(said))
        return error_set(err, ERROR_INTERNAL, "the helper %s ended without an answer", call->name);
    if (result == 0)
        *answer = json_incref(said);
    return result;
}
