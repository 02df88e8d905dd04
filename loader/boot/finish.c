/* The end of a boot. See finish.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/finish.h"

#include "common/child.h"
#include "loader/boot/xenstore.h"
#include "loader/output/answer.h"
#include "loader/record/program.h"
#include "loader/settings/user.h"

/* Under xl nobody else gives the guest its xenstore_data; under xapi, xapi does. */
static int give_data(const struct boot_context *boot, struct error *err)
{
    int domid = user_domid(boot->settings->output_directory);

    if (domid < 0 || boot->record->backend == &record_xapi_backend)
        return 0;
    return xenstore_give_data(domid, boot->record, err);
}

/* The answer cannot be taken back: a run that was told to stop gives none. */
static int give_answer(const struct settings *settings, enum answer_format format,
                       const struct outputs *outputs, const char *args, struct error *err)
{
    const struct answer answer = {
        .kernel = outputs->kernel.path, .ramdisk = outputs->ramdisk.path, .args = args};

    if (settings->output_format != ANSWER_DEFAULT)
        format = settings->output_format;
    answer_warn_of_length(args);
    if (signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal before the answer");
    return answer_deliver(&answer, format, settings->output, err);
}

int boot_deliver(const struct settings *settings, enum answer_format format,
                 struct outputs *outputs, const char *args, struct error *err)
{
    if (outputs_name(outputs, err) < 0 || give_answer(settings, format, outputs, args, err) < 0)
        return -1;
    outputs_keep(outputs);
    memory_all_done(); /* but for what the log says */
    return 0;
}

int boot_finish(const struct boot_context *boot, struct outputs *outputs, const char *args,
                const json_t *changes, struct error *err)
{
    if (outputs_name(outputs, err) < 0 || give_data(boot, err) < 0 ||
        give_answer(boot->settings, ANSWER_SIMPLE, outputs, args, err) < 0 ||
        (json_array_size(changes) && record_commit(boot->record, changes, err) < 0))
        return -1;
    outputs_keep(outputs);
    memory_all_done(); /* but for what the log says */
    return 0;
}
