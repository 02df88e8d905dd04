/* The end of a boot. See finish.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/finish.h"

#include <sys/stat.h>

#include "common/child.h"
#include "loader/boot/xenstore.h"
#include "loader/output/answer.h"
#include "loader/record/program.h"
#include "loader/settings/user.h"

/* --- a rehearsal ------------------------------------------------------------------------- */

void rehearsal_free(struct rehearsal *rehearsal)
{
    replace_string(&rehearsal->args, NULL);
    replace_string(&rehearsal->why_not, NULL);
    kernel_support_free(&rehearsal->support);
}

static int size_of(const struct output_file *file, uint64_t *size, struct error *err)
{
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at a file of ours");
    *size = (uint64_t)status.st_size;
    return 0;
}

static int rehearse(const struct settings *settings, const struct outputs *outputs,
                    const char *args, const json_t *changes, struct error *err)
{
    struct rehearsal *rehearsal = settings->rehearsal;
    auto_error struct error why = ERROR_INIT;

    if (size_of(&outputs->kernel, &rehearsal->kernel_size, err) < 0)
        return -1;
    rehearsal->has_ramdisk = outputs->ramdisk.fd >= 0;
    if (rehearsal->has_ramdisk && size_of(&outputs->ramdisk, &rehearsal->ramdisk_size, err) < 0)
        return -1;
    answer_warn_of_length(args);
    rehearsal->looked = kernel_support_look(settings, outputs->kernel.fd, "the kernel",
                                            &rehearsal->support, &why) == 0;
    if (why.name == ERROR_INTERRUPTED || signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal");
    replace_string(&rehearsal->why_not, take_pointer(why.text));
    replace_string(&rehearsal->args, xstrdup(args));
    rehearsal->changes = json_array_size(changes);
    rehearsal->done = true;
    return 0;
}

/* --- the end ----------------------------------------------------------------------------- */

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
    if (settings->rehearsal)
        return rehearse(settings, outputs, args, NULL, err);
    if (outputs_name(outputs, err) < 0 || give_answer(settings, format, outputs, args, err) < 0)
        return -1;
    outputs_keep(outputs);
    memory_all_done(); /* but for what the log says */
    return 0;
}

int boot_finish(const struct boot_context *boot, struct outputs *outputs, const char *args,
                const json_t *changes, struct error *err)
{
    if (boot->settings->rehearsal)
        return rehearse(boot->settings, outputs, args, changes, err);
    if (outputs_name(outputs, err) < 0 || give_data(boot, err) < 0 ||
        give_answer(boot->settings, ANSWER_SIMPLE, outputs, args, err) < 0 ||
        (json_array_size(changes) && record_commit(boot->record, changes, err) < 0))
        return -1;
    outputs_keep(outputs);
    memory_all_done(); /* but for what the log says */
    return 0;
}
