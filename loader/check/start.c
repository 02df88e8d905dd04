/* A start, tried. See start.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/start.h"

#include "common/text.h"
#include "loader/boot/finish.h"
#include "loader/boot/guest_kind.h"
#include "loader/boot/kernel_support.h"
#include "loader/check/place.h"

static const char other_kernel[] =
    "give the guest the type that its kernel has an entry for (xl.cfg: type), or another kernel";

/* What is known of the kernel, against what the guest is. */
static void say_kernel(struct check_report *report, const struct settings *settings,
                       enum guest_kind kind, const struct rehearsal *rehearsal)
{
    const struct kernel_support *support = &rehearsal->support;
    auto_error struct error why = ERROR_INIT;
    auto_free char *text = rehearsal->looked ? kernel_support_text(support) : NULL;

    if (!rehearsal->looked || !support->known) {
        check_say(report, CHECK_WARNING, "kernel",
                  "nothing, where the guest starts; else try another kernel",
                  "whether a Xen guest can start with it is %s",
                  text                 ? text
                  : rehearsal->why_not ? rehearsal->why_not
                                       : "not known");
        return;
    }
    /* Without a kind, one that starts as no guest at all is a warning, which is heard. */
    report->about = "kernel";
    if (kernel_support_judge(kind, support->pv, support->pvh, "the kernel", NULL, &why) < 0)
        check_say_error(report, settings->check_kernel ? CHECK_FAILED : CHECK_WARNING, "kernel",
                        other_kernel, &why);
    else if (!kernel_support_none(support))
        check_say(report, CHECK_OK, "kernel", NULL, "it can start as a guest of Xen: %s", text);
}

static void say_end(struct check_report *report, const struct rehearsal *rehearsal)
{
    char kernel[TEXT_SIZE_LENGTH], ramdisk[TEXT_SIZE_LENGTH];

    text_from_size(rehearsal->kernel_size, kernel);
    text_from_size(rehearsal->ramdisk_size, ramdisk);
    check_say(report, CHECK_OK, "start", NULL, "it would boot: a kernel of %s, %s%s, args '%s'%s",
              kernel, rehearsal->has_ramdisk ? "a ramdisk of " : "no ramdisk",
              rehearsal->has_ramdisk ? ramdisk : "", rehearsal->args,
              rehearsal->changes ? "; the record would move on" : "");
}

static void say_failure(struct check_report *report, const struct settings *settings,
                        const struct error *why)
{
    bool no_disk = why->name == ERROR_USAGE && !settings->operand_count;

    if (no_disk)
        check_say_error(report, CHECK_WARNING, "start",
                        "name its disks behind it, or its xl.cfg: eliloader check ID DISK…", why);
    else
        check_say_error(report, CHECK_FAILED, "start", NULL, why);
}

int check_start(struct check_report *report, const struct settings *settings, enum guest_kind kind,
                check_boot *boot, struct error *err)
{
    auto_rehearsal struct rehearsal rehearsal = {.done = false};
    auto_error struct error why = ERROR_INIT;
    auto_place char *place = place_make(settings->output_directory, err);
    struct settings tried = *settings;

    if (!place)
        return -1;
    tried.output_directory = place;
    tried.rehearsal = &rehearsal;
    tried.output = NULL;
    tried.cache = NULL; /* what is only tried is not kept */
    tried.interactive = tried.list_entries = tried.not_really = false;
    if (tried.guest_kind == GUEST_UNKNOWN ||
        (kind != GUEST_UNKNOWN && guest_kind_type(kind) != guest_kind_type(tried.guest_kind)))
        tried.guest_kind = kind;
    report->about = "start";
    report->steps = true;
    int result = boot(&tried, &why);
    report->steps = false;
    if (result < 0 && why.name == ERROR_INTERRUPTED)
        return error_set(err, why.name, "%s", why.text);
    if (result < 0) {
        say_failure(report, settings, &why);
        return 0;
    }
    say_end(report, &rehearsal);
    say_kernel(report, settings, tried.guest_kind, &rehearsal);
    return 0;
}
