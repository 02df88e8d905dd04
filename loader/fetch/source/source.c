/* The transfers of a source, and the loop that drives them. See source.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/source/source.h"

#include <stdlib.h>

#include "common/clock.h"
#include "loader/fetch/source/content.h"

/* Longest wait in one step, in milliseconds, so that progress is reported in time. */
#define STEP_MS 250

void source_need_port(struct source_needs *needs, uint16_t port)
{
    if (port && needs->port_count < SOURCE_PORTS_MAX)
        needs->ports[needs->port_count++] = port;
}

int source_open(struct file_source *source, const struct source_kind *kind,
                const struct source_settings *settings, struct report *report, struct error *err)
{
    *source = (struct file_source){
        .kind = kind,
        .settings = settings,
        .report = report,
        .deadline = clock_ms() + (int64_t)settings->total_timeout * 1000,
    };
    return kind->open(source, err);
}

void source_close(struct file_source *source)
{
    if (!source->kind)
        return;
    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        if (source->transfers[i])
            source->kind->stop(source, source->transfers[i]);
    source->kind->close(source);
    free(source->repository);
    *source = (struct file_source){0};
}

const char *source_repository(const struct file_source *source)
{
    return source->repository;
}

struct transfer *source_start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err)
{
    size_t slot = 0;

    while (slot < SOURCE_TRANSFERS_MAX && source->transfers[slot])
        slot++;
    if (slot == SOURCE_TRANSFERS_MAX) {
        error_set(err, ERROR_INTERNAL, "too many transfers at once");
        return NULL;
    }
    source->transfers[slot] = source->kind->start(source, path, spec, err);
    return source->transfers[slot];
}

void source_stop(struct file_source *source, struct transfer **transfer)
{
    if (!*transfer)
        return;
    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        if (source->transfers[i] == *transfer)
            source->transfers[i] = NULL;
    source->kind->stop(source, *transfer);
    *transfer = NULL;
}

void source_progress(void *context)
{
    struct file_source *source = context;
    uint64_t received = 0, total = 0;
    bool known = false, all_known = true;

    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++) {
        const struct transfer *t = source->transfers[i];
        if (!t || !t->spec.what)
            continue;
        received += t->received;
        total += t->total_known ? t->total : 0;
        known |= t->total_known;
        all_known &= t->total_known;
    }
    report_progress(source->report, received, known && all_known, total);
}

static unsigned count_running(const struct file_source *source)
{
    unsigned count = 0;

    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        count += source->transfers[i] && source->transfers[i]->state == TRANSFER_RUNNING;
    return count;
}

int source_step(struct file_source *source, struct error *err)
{
    unsigned before = count_running(source);
    int wait = STEP_MS;

    if (source->kind->move(source, err) < 0)
        return -1;
    for (size_t i = 0; i < SOURCE_TRANSFERS_MAX; i++)
        if (source->transfers[i] && source->transfers[i]->state == TRANSFER_RUNNING)
            wait = source->kind->look(source, source->transfers[i], wait);
    source_progress(source);
    /* One that has just ended may be what the caller waits for. */
    if (count_running(source) != before)
        return 0;
    return source->kind->wait(source, wait, err);
}

/* --- metadata ------------------------------------------------------------------------------ */

static int take_metadata(void *context, const void *bytes, size_t length, struct error *err)
{
    struct buffer *out = context;

    if (buffer_add(out, bytes, length))
        return 0;
    return error_set(err, ERROR_INTERNAL, "metadata of a tree is larger than its buffer");
}

/* What a finished transfer of metadata means: see tree_reader. */
static int judge_metadata(struct file_source *source, struct transfer *transfer, struct buffer *out,
                          struct error *err)
{
    if (transfer->state == TRANSFER_MISSING)
        return 0;
    if (transfer->state == TRANSFER_FAILED && transfer->withheld) {
        report_note(source->report, "%s is forbidden: going on without it", transfer->url);
        return 0;
    }
    if (transfer->state == TRANSFER_FAILED)
        return transfer_give_error(transfer, err);
    const unsigned char *bytes = (const unsigned char *)buffer_text(out);
    if (content_recognise(bytes, out->length, true) != CONTENT_HTML)
        return 1;
    report_note(source->report, "%s is an HTML page: going on without it", transfer->url);
    return 0;
}

int source_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                         struct error *err)
{
    struct file_source *source = context;
    struct transfer_spec spec = {
        .limit = max, .limit_error = ERROR_INVALID_SOURCE, .data = take_metadata, .context = out};
    int result = 0;

    buffer_clear(out);
    if (spec.limit > out->maximum)
        spec.limit = out->maximum;
    struct transfer *transfer = source_start(source, path, &spec, err);
    if (!transfer)
        return -1;
    while (result == 0 && transfer->state == TRANSFER_RUNNING)
        result = source_step(source, err);
    if (result == 0)
        result = judge_metadata(source, transfer, out, err);
    source_stop(source, &transfer);
    if (result <= 0)
        buffer_clear(out);
    return result;
}
